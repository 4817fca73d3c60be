use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use sayso::claims::{Ground, Grounded};
use sayso_registry::lookup::{Holding, How};
use serde_json::json;

use crate::arguments::ClaimCheck;
use crate::exit::Outcome;
use crate::output::harmless;

/// Bytes of a line.
const LINE_BYTES: u64 = 64 << 10;

pub(super) fn run(arguments: &ClaimCheck) -> anyhow::Result<Outcome> {
    let ground = Ground::open(&arguments.at.registry)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut found, mut rows) = (0_u64, Vec::new());
    let mut each = |url: &str| -> anyhow::Result<()> {
        let holdings = ground.find(&Grounded { url, ..Grounded::default() });
        found += u64::from(!holdings.is_empty());
        if arguments.at.json {
            rows.push(json!({ "url": url, "claims": holdings.iter().map(holding_json).collect::<Vec<_>>() }));
        } else if holdings.is_empty() {
            writeln!(out, "{}: no claim", harmless(url))?;
        } else {
            writeln!(out, "{}", harmless(url))?;
            for Holding { claim, how } in &holdings {
                let wishes: String = claim.wishes().map(|(category, wish)| format!(" {category} {wish},")).collect();
                let subject = harmless(&claim.subject.to_string());
                writeln!(
                    out,
                    "  {}  {}  {subject} {} ({})",
                    claim.id,
                    claim.state,
                    wishes.trim_end_matches(','),
                    by(*how)
                )?;
            }
        }
        Ok(())
    };
    for input in &arguments.inputs {
        if input.starts_with("http://") || input.starts_with("https://") {
            each(input)?;
        } else if input == "-" {
            lines(std::io::stdin().lock(), &mut each)?;
        } else {
            lines(BufReader::new(fs_err::File::open(input)?), &mut each)?;
        }
    }
    if arguments.at.json {
        serde_json::to_writer_pretty(&mut out, &json!({ "head": ground.head(), "urls": rows }))?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(if found == 0 { Outcome::No } else { Outcome::Done })
}

fn lines(mut from: impl BufRead, each: &mut dyn FnMut(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut from).take(LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if !text.is_empty() {
            each(text)?;
        }
    }
}

fn holding_json(Holding { claim, how }: &Holding<'_>) -> serde_json::Value {
    let wishes: std::collections::BTreeMap<_, _> = claim.wishes().collect();
    json!({
        "claim": claim.id, "state": claim.state, "by_control": claim.is_by_control,
        "subject": claim.subject.to_string(), "preferences": wishes, "by": by(*how),
    })
}

const fn by(how: How) -> &'static str {
    match how {
        How::Address => "address",
        How::Page => "page",
        How::Account => "account",
        How::Digest => "digest",
        How::Copy { .. } => "copy",
    }
}

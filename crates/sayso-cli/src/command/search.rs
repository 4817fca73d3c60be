use std::io::{IsTerminal, Write};

use anyhow::Context;
use sayso::library::{Library, Matched, SearchAnswer, SearchQuestion, Start, search_json};

use crate::arguments::Search;
use crate::exit::Outcome;
use crate::output::{harmless, shortened};

pub(crate) fn run(arguments: &Search) -> anyhow::Result<Outcome> {
    if arguments.by_meaning.meaning.is_some() || arguments.by_meaning.picture.is_some() {
        return super::meaning::run(arguments);
    }
    let Some((query, dirs)) = arguments.paths.split_last().filter(|(_, dirs)| !dirs.is_empty()) else {
        anyhow::bail!("there is nothing to look for\nhint: name the datasets, and behind them what you look for");
    };
    let query = query.to_str().context("the question is no text\nhint: write it in UTF-8")?;
    let library = Library::open(dirs)?;
    let start = Start::Offset(arguments.offset);
    let answer = library.find(&SearchQuestion { query, sort: arguments.sort, start, limit: arguments.limit })?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &search_json(query, &answer))?;
        writeln!(out)?;
    } else {
        table(&mut out, &answer, arguments.offset)?;
    }
    Ok(if answer.total == 0 { Outcome::No } else { Outcome::Done })
}

/// Three lines a hit: what it is, where it is, what was judged.
fn table(out: &mut impl Write, answer: &SearchAnswer, offset: usize) -> std::io::Result<()> {
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if answer.total == 0 {
        return writeln!(out, "nothing found");
    }
    for (number, hit) in (offset + 1..).zip(&answer.hits) {
        let pair = &hit.sample.pair;
        let caption = hit.matched.iter().find(|matched| matched.field == "caption");
        let caption = caption.map_or_else(|| shortened(&pair.caption, 160), |matched| marked(matched, colours));
        writeln!(out, "{number:>3}. {caption}")?;
        let creator =
            pair.creator.as_deref().map(|creator| format!("  by {}", shortened(creator, 60))).unwrap_or_default();
        writeln!(out, "     {}{creator}", shortened(&pair.url, 120))?;
        let verdict = hit.sample.verdict();
        let reason = verdict.reasons.first().map_or("", |reason| reason.code.as_str());
        let mut fields: Vec<&str> = hit.matched.iter().map(|matched| matched.field).collect();
        fields.dedup();
        let matched = if fields.is_empty() { String::new() } else { format!("  matched: {}", fields.join(", ")) };
        writeln!(out, "     {} for {} ({})  {}{matched}", verdict.stance, verdict.purpose, harmless(reason), pair.uid)?;
    }
    let shown = answer.hits.len();
    match answer.total {
        1 => writeln!(out, "1 sample"),
        total => writeln!(out, "{shown} of {total} samples"),
    }
}

/// The text with what matched in bold, or between asterisks where there is no bold.
fn marked(matched: &Matched, colours: bool) -> String {
    let (start, end) = if colours { ("\u{1b}[1m", "\u{1b}[0m") } else { ("*", "*") };
    let mut text = String::new();
    let mut at = 0;
    for range in &matched.ranges {
        text.push_str(&harmless(matched.text.get(at..range.start).unwrap_or("")));
        text.push_str(start);
        text.push_str(&harmless(matched.text.get(range.clone()).unwrap_or("")));
        text.push_str(end);
        at = range.end;
    }
    let rest: String = harmless(matched.text.get(at..).unwrap_or(""));
    text.push_str(&shortened(&rest, 200));
    text
}

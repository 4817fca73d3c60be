mod csv;
mod json;

use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use sayso::pictures::{BadPicture, Looked, PICTURE_LIMITS, PictureInput, PictureOptions, PictureSummary, each_picture};
use sayso_core::Pdq;
use sayso_picture::{Hashed, PictureFacts, Turn, facts_and_turns};

use super::build::interrupt_on_signal;
use super::threads;
use crate::arguments::Hash;
use crate::exit::Outcome;
use crate::output::harmless;
use csv::CsvOutput;
use json::JsonOutput;

/// What is printed of a picture.
struct Answer {
    facts: PictureFacts,
    /// The hashes of all turns, if somebody wants them.
    turned: Option<[Pdq; 8]>,
}

impl Answer {
    /// Every hash with the name of the view that it is of.
    fn views(&self) -> Vec<(&'static str, Option<Hashed>)> {
        let PictureFacts { pdq, pdq_on_white, .. } = self.facts;
        let mut views = vec![(Turn::Original.as_str(), pdq)];
        if let (Some(turned), Some(Hashed { quality, .. })) = (self.turned, pdq) {
            let turned = Turn::ALL.iter().zip(turned).skip(1);
            views.extend(turned.map(|(turn, pdq)| (turn.as_str(), Some(Hashed { pdq, quality }))));
        }
        views.extend(pdq_on_white.map(|hashed| ("on-white", Some(hashed))));
        views
    }
}

pub(crate) fn run(arguments: &Hash) -> anyhow::Result<Outcome> {
    let options = PictureOptions { threads: threads(arguments.threads), limits: PICTURE_LIMITS };
    let inputs = arguments.inputs.iter().map(|path| input(path)).collect::<io::Result<Vec<_>>>()?;
    let interrupt = interrupt_on_signal()?;
    let stdout = io::stdout().lock();
    // Somebody who looks wants to see each at once.
    let is_watched = stdout.is_terminal();
    let mut output = Output::new(arguments.json, BufWriter::new(stdout));
    let (mut weak, mut tiny, mut failed) = (0_u64, 0_u64, None);
    let work = |bytes: &[u8]| {
        let (facts, turned) = facts_and_turns(bytes, &options.limits)?;
        Ok(Answer { facts, turned: turned.filter(|_| arguments.dihedral) })
    };
    let summary = each_picture(&inputs, &options, interrupt, &work, &mut |looked| {
        let written = match &looked {
            Ok(looked) => {
                let facts = &looked.made.facts;
                tiny += u64::from(facts.pdq.is_none());
                let hashes = [facts.pdq, facts.pdq_on_white];
                weak += u64::from(facts.pdq.is_some() && !hashes.iter().flatten().any(Hashed::is_good));
                output.add(looked)
            }
            Err(bad) => output.add_bad(bad),
        };
        match written.and_then(|()| if is_watched { output.flush() } else { Ok(()) }) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    output.finish(&summary)?;
    say(&summary, weak, tiny)?;
    Ok(if summary.bad.is_empty() { Outcome::Done } else { Outcome::DoneWithDamage })
}

fn input(path: &Path) -> io::Result<PictureInput> {
    if path != Path::new("-") {
        return Ok(PictureInput::Path(path.to_owned()));
    }
    let mut bytes = Vec::new();
    // One byte more tells that there are too many.
    io::stdin().lock().take(PICTURE_LIMITS.file_bytes + 1).read_to_end(&mut bytes)?;
    Ok(PictureInput::Bytes { name: "-".to_owned(), bytes })
}

/// What a person should know beside the hashes.
fn say(summary: &PictureSummary, weak: u64, tiny: u64) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let pictures = |count: u64| if count == 1 { "1 picture".to_owned() } else { format!("{count} pictures") };
    writeln!(out, "{} hashed; {} other files", pictures(summary.pictures - tiny), summary.others)?;
    if weak > 0 {
        let good = Hashed::GOOD;
        writeln!(out, "{}: quality below {good}, too little to see for a hash that means anything", pictures(weak))?;
    }
    if tiny > 0 {
        writeln!(out, "{}: too small for a hash", pictures(tiny))?;
    }
    for (kind, bad) in &summary.bad {
        writeln!(out, "{} x {} ({kind})", bad.count, bad.in_words)?;
        for BadPicture { place, message, .. } in &bad.examples {
            writeln!(out, "  {}: {}", harmless(place), harmless(message))?;
        }
        let left = bad.count.saturating_sub(bad.examples.len() as u64);
        if left > 0 {
            writeln!(out, "  and {left} more")?;
        }
    }
    Ok(())
}

enum Output<W: Write> {
    Json(JsonOutput<W>),
    Csv(CsvOutput<W>),
}

impl<W: Write> Output<W> {
    const fn new(is_json: bool, out: W) -> Self {
        if is_json { Self::Json(JsonOutput::new(out)) } else { Self::Csv(CsvOutput::new(out)) }
    }

    fn add(&mut self, looked: &Looked<Answer>) -> io::Result<()> {
        match self {
            Self::Json(output) => output.add(looked),
            Self::Csv(output) => output.add(looked),
        }
    }

    fn add_bad(&mut self, bad: &BadPicture) -> io::Result<()> {
        match self {
            Self::Json(output) => output.add_bad(bad),
            // It is told at the end, where it is no row among rows.
            Self::Csv(_) => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Json(output) => output.flush(),
            Self::Csv(output) => output.flush(),
        }
    }

    fn finish(self, summary: &PictureSummary) -> io::Result<()> {
        match self {
            Self::Json(output) => output.finish(summary),
            Self::Csv(output) => output.finish(),
        }
    }
}

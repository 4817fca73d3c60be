use std::fmt::Write as _;
use std::io::{self, Write};

use sayso::check::{Checked, FaultCount, decision_word};
use sayso_core::Decision;

use super::Answer;
use crate::output::{counted, harmless, shortened};

/// A few lines a picture, what is refused first.
pub(super) struct TextOutput<W> {
    out: W,
    refused: Listed,
    admitted: Listed,
}

/// Lines that wait until everything is checked, for as many pictures as somebody may want to read about.
#[derive(Default)]
struct Listed {
    lines: String,
    shown: usize,
    hidden: u64,
}

/// Pictures that are listed of those refused, and of the others.
const REFUSED: usize = 10_000;
const ADMITTED: usize = 1_000;

/// Examples of bad input that are listed of a kind.
const EXAMPLES: usize = 3;

impl<W: Write> TextOutput<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, refused: Listed::default(), admitted: Listed::default() }
    }

    pub(super) fn add(&mut self, checked: &Checked) {
        match checked.decision {
            Decision::Refused => self.refused.add(checked, REFUSED),
            Decision::Admitted => self.admitted.add(checked, ADMITTED),
        }
    }

    pub(super) fn finish(mut self, answer: &Answer<'_>) -> io::Result<()> {
        let out = &mut self.out;
        for (listed, word) in [(&self.refused, "refused"), (&self.admitted, "admitted")] {
            out.write_all(listed.lines.as_bytes())?;
            if listed.hidden > 0 {
                writeln!(out, "{} more {word}; --json lists all", listed.hidden)?;
            }
        }
        let (summary, policy) = (answer.summary, &answer.options.policy);
        writeln!(
            out,
            "{} for {} under {policy}: {} refused; {}",
            counted(summary.checked, "picture"),
            policy.purpose,
            summary.refused,
            counted(summary.others, "other file")
        )?;
        if summary.unasked > 0 {
            writeln!(out, "{} with an address that was not asked: add --online to ask their sites", summary.unasked)?;
        }
        if !summary.faults.is_empty() {
            writeln!(out, "some input was bad:")?;
            for (kind, count) in summary.faults.iter() {
                writeln!(out, "  {} {} ({})", count.count, kind.as_str(), kind.in_words())?;
                examples(out, count)?;
            }
        }
        if !answer.moved.moved.is_empty() {
            writeln!(out, "{} moved", counted(answer.moved.moved.len(), "file"))?;
        }
        for (path, why) in &answer.moved.stayed {
            writeln!(out, "not moved: {}: {}", harmless(&path.display().to_string()), harmless(why))?;
        }
        if answer.unmovable > 0 {
            writeln!(out, "{} refused in tars and tables, which stay as they are", answer.unmovable)?;
        }
        out.flush()
    }
}

fn examples(out: &mut impl Write, count: &FaultCount) -> io::Result<()> {
    for fault in count.examples.iter().take(EXAMPLES) {
        let place = harmless(&fault.place);
        let colon = if place.is_empty() { "" } else { ": " };
        writeln!(out, "    {place}{colon}{}", shortened(&fault.message, 200))?;
    }
    Ok(())
}

impl Listed {
    fn add(&mut self, checked: &Checked, most: usize) {
        if self.shown >= most {
            self.hidden += 1;
            return;
        }
        self.shown += 1;
        let place = harmless(&checked.origin.to_string());
        // Writing to a string cannot fail.
        let _ = writeln!(self.lines, "{:<9}{:<11}{place}", decision_word(checked.decision), checked.verdict.stance);
        if checked.verdict.reasons.first().is_some_and(|reason| reason.evidence.is_some()) {
            let _ = writeln!(self.lines, "         {}", harmless(&checked.why()));
        }
        for fault in &checked.faults {
            let _ = writeln!(self.lines, "         not read: {}", shortened(&fault.message, 100));
        }
        let is_address = !checked.origin.is_picture();
        let named = [
            ("at", checked.url.as_ref().filter(|url| is_address && **url != place)),
            ("by", checked.creator.as_ref()),
            ("rights", checked.rights.as_ref()),
            ("licence", checked.licence.as_ref()),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                let _ = writeln!(self.lines, "         {name} {}", shortened(value, 100));
            }
        }
    }
}

use std::io::{self, Write};

use sayso::matching::{Matched, PictureCopy};

use super::Summary;
use crate::output::{harmless, shortened};

/// A line a picture, and three lines a copy: how near and where it is, what is said of it, what was judged.
pub(super) struct TextOutput<W> {
    out: W,
}

/// Examples of bad input that are listed of a kind.
const EXAMPLES: usize = 3;

impl<W: Write> TextOutput<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out }
    }

    pub(super) fn add(&mut self, matched: &Matched) -> io::Result<()> {
        let name = harmless(&matched.name);
        let copies = &matched.copies;
        if !matched.own.can_be_matched() {
            let quality = matched.own.quality.map(|quality| format!(" (quality {quality} of 100)")).unwrap_or_default();
            return writeln!(self.out, "{name}: cannot be matched: it is too plain to be told from others{quality}");
        }
        let more = if copies.has_more { "; there are more, -n shows them" } else { "" };
        match copies.copies.len() {
            0 => return writeln!(self.out, "{name}: nothing found"),
            count => writeln!(self.out, "{name}: {count} found{more}")?,
        }
        copies.copies.iter().try_for_each(|one| copy(&mut self.out, one))
    }

    pub(super) fn finish(mut self, summary: &Summary) -> io::Result<()> {
        let Summary { pictures, found, too_plain, copies, faults } = summary;
        let out = &mut self.out;
        let word = if *pictures == 1 { "picture" } else { "pictures" };
        write!(out, "{pictures} {word} looked for, {found} found, in {copies} samples")?;
        if *too_plain > 0 {
            write!(out, "; {too_plain} too plain to be matched")?;
        }
        writeln!(out)?;
        if !faults.is_empty() {
            writeln!(out, "some input was bad:")?;
        }
        for (kind, count, examples) in faults.iter() {
            writeln!(out, "  {count} {}", kind.as_str())?;
            for fault in examples.iter().take(EXAMPLES) {
                writeln!(out, "    {}: {}", harmless(&fault.place), shortened(&fault.message, 200))?;
            }
        }
        out.flush()
    }
}

fn copy(out: &mut impl Write, copy: &PictureCopy) -> io::Result<()> {
    let pair = &copy.sample.pair;
    let turn = copy.how.turn_in_words().map(|turn| format!(", {turn}")).unwrap_or_default();
    let class = copy.class().in_words();
    let how = match copy.how.distance() {
        Some(distance) => format!("{distance:>3} of 256 bits"),
        None => copy.how.in_words(),
    };
    writeln!(out, "  {class:<14}{how}{turn}  {}", shortened(&pair.url, 160))?;
    let creator = pair.creator.as_deref().map(|creator| format!("  by {}", shortened(creator, 60))).unwrap_or_default();
    writeln!(out, "      {}{creator}", shortened(&pair.caption, 120))?;
    writeln!(out, "      on {}", shortened(&pair.page_url, 160))?;
    let verdict = copy.sample.verdict();
    let reason = verdict.reasons.first().map_or("", |reason| reason.code.as_str());
    let dataset = harmless(&copy.dataset);
    writeln!(out, "      {} for {} ({})  {}  in {dataset}", verdict.stance, verdict.purpose, harmless(reason), pair.uid)
}

use std::io::{self, Write};

use sayso::matching::{MatchFault, Matched, PictureCopy, Region};

/// A line a copy. A picture of which nothing was found, or that cannot be looked for, has one line that says so.
pub(super) struct CsvOutput<W> {
    out: W,
}

const COLUMNS: [&str; 20] = [
    "picture",
    "class",
    "how",
    "distance",
    "turn",
    "dataset",
    "uid",
    "url",
    "page_url",
    "caption",
    "creator",
    "licence",
    "verdict",
    "reason",
    "captured_at",
    "score",
    "places",
    "own_part",
    "found_part",
    "message",
];

impl<W: Write> CsvOutput<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut output = Self { out };
        output.line(&COLUMNS.map(str::to_owned))?;
        Ok(output)
    }

    pub(super) fn add(&mut self, matched: &Matched) -> io::Result<()> {
        if !matched.own.can_be_matched() {
            return self.alone(&matched.name, "too-plain", "its hash says too little to be told from others");
        }
        if matched.copies.copies.is_empty() {
            return self.alone(&matched.name, "not-found", "");
        }
        matched.copies.copies.iter().try_for_each(|copy| self.line(&cells(&matched.name, copy)))
    }

    pub(super) fn add_fault(&mut self, fault: &MatchFault) -> io::Result<()> {
        self.alone(&fault.place, fault.kind.as_str(), &fault.message)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// A line without a copy.
    fn alone(&mut self, picture: &str, class: &str, message: &str) -> io::Result<()> {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        let [name, kind, .., last] = &mut cells;
        (*name, *kind, *last) = (picture.to_owned(), class.to_owned(), message.to_owned());
        self.line(&cells)
    }

    fn line(&mut self, cells: &[String; COLUMNS.len()]) -> io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        // RFC 4180, section 2.1: lines end so.
        write!(self.out, "{}\r\n", cells.join(","))
    }
}

fn cells(picture: &str, copy: &PictureCopy) -> [String; COLUMNS.len()] {
    let pair = &copy.sample.pair;
    let verdict = copy.sample.verdict();
    let agreement = copy.how.agreement();
    [
        picture.to_owned(),
        copy.class().as_str().to_owned(),
        copy.how.as_str().to_owned(),
        copy.how.distance().map(|distance| distance.to_string()).unwrap_or_default(),
        copy.how.turn().map(|turn| turn.as_str().to_owned()).unwrap_or_default(),
        copy.dataset.clone(),
        pair.uid.to_string(),
        pair.url.clone(),
        pair.page_url.clone(),
        pair.caption.clone(),
        pair.creator.clone().unwrap_or_default(),
        pair.licence.clone().unwrap_or_default(),
        verdict.stance.to_string(),
        verdict.reasons.first().map(|reason| reason.code.to_string()).unwrap_or_default(),
        pair.captured_at.map(|at| at.to_string()).unwrap_or_default(),
        agreement.map(|agreement| format!("{:.1}", agreement.score)).unwrap_or_default(),
        agreement.map(|agreement| agreement.places.to_string()).unwrap_or_default(),
        agreement.map(|agreement| part(&agreement.own)).unwrap_or_default(),
        agreement.map(|agreement| part(&agreement.found)).unwrap_or_default(),
        String::new(),
    ]
}

/// A part of a picture: left, top, right and bottom, in hundredths of its width and height.
fn part(region: &Region) -> String {
    let [left, top, right, bottom] =
        [region.left, region.top, region.right, region.bottom].map(|edge| format!("{:.0}", edge * 100.0));
    format!("{left} {top} {right} {bottom}")
}

/// A cell. Most of it was written by strangers: what a spreadsheet would calculate gets an apostrophe before it.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell != "-";
    let apostrophe = if is_formula { "'" } else { "" };
    if is_formula || cell.contains([',', '"', '\n', '\r']) {
        format!("\"{apostrophe}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_of_strangers_are_text() {
        for (cell, expected) in [
            ("a cat", "a cat"),
            ("a, \"b\"\n", "\"a, \"\"b\"\"\n\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@a", "\"'@a\""),
            ("-", "-"),
            ("", ""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}

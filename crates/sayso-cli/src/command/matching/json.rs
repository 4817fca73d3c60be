use std::io::{self, Write};

use sayso::library::sample_json;
use sayso::matching::{Agreement, Matched, PictureCopy, Region, Turn};
use serde_json::{Value, json};

use super::Summary;

/// One JSON document, a picture a line, written as they come.
pub(super) struct JsonOutput<W> {
    out: W,
    is_first: bool,
}

impl<W: Write> JsonOutput<W> {
    pub(super) fn new(mut out: W, distance: u32) -> io::Result<Self> {
        write!(out, "{{\"distance\":{distance},\"pictures\":[")?;
        Ok(Self { out, is_first: true })
    }

    pub(super) fn add(&mut self, matched: &Matched) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"\n" } else { b",\n" })?;
        self.is_first = false;
        Ok(serde_json::to_writer(&mut self.out, &picture(matched))?)
    }

    pub(super) fn finish(mut self, summary: &Summary) -> io::Result<()> {
        let bad: Vec<_> = summary
            .faults
            .iter()
            .map(|(kind, count, examples)| {
                let examples: Vec<_> =
                    examples.iter().map(|fault| json!({ "place": fault.place, "message": fault.message })).collect();
                json!({ "kind": kind.as_str(), "count": count, "examples": examples })
            })
            .collect();
        let numbers = json!({
            "looked_for": summary.pictures,
            "found": summary.found,
            "too_plain": summary.too_plain,
            "copies": summary.copies,
            "bad": bad,
        });
        self.out.write_all(b"\n]")?;
        // The rest of the same object.
        let numbers = numbers.to_string();
        writeln!(self.out, ",{}", numbers.strip_prefix('{').unwrap_or_default())?;
        self.out.flush()
    }
}

fn picture(matched: &Matched) -> Value {
    let own = &matched.own;
    let copies: Vec<_> = matched.copies.copies.iter().map(copy).collect();
    json!({
        "picture": matched.name,
        "sha256": own.sha256.map(|digest| digest.to_string()),
        "pdq": own.pdq,
        "quality": own.quality,
        "width": own.size.map(|(width, _)| width),
        "height": own.size.map(|(_, height)| height),
        "can_be_matched": own.can_be_matched(),
        "has_more": matched.copies.has_more,
        "copies": copies,
    })
}

fn copy(copy: &PictureCopy) -> Value {
    json!({
        "class": copy.class().as_str(),
        "how": copy.how.as_str(),
        "distance": copy.how.distance(),
        "turn": copy.how.turn().map(Turn::as_str),
        "agreement": copy.how.agreement().map(agreement),
        "sample": sample_json(&copy.dataset, &copy.sample),
    })
}

/// What agrees; parts of a picture in parts of its width and height, from the upper left.
fn agreement(agreement: Agreement) -> Value {
    json!({
        "score": to_thousandths(agreement.score),
        "places": agreement.places,
        "mirrored": agreement.is_mirrored,
        "own": region(&agreement.own),
        "found": region(&agreement.found),
    })
}

fn region(region: &Region) -> Value {
    let [left, top, right, bottom] = [region.left, region.top, region.right, region.bottom].map(to_thousandths);
    json!({ "left": left, "top": top, "right": right, "bottom": bottom })
}

/// More digits than are known would only look sure.
fn to_thousandths(number: f32) -> f64 {
    (f64::from(number) * 1000.0).round() / 1000.0
}

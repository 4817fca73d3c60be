use std::io::{self, Write};

use sayso::pictures::{BadPicture, Looked, PictureSummary};
use sayso_picture::Hashed;
use serde_json::{Value, json};

use super::Answer;

/// The version of what is printed; `docs/reference/hash.md` describes it.
const VERSION: u32 = 1;

/// One JSON document, written as it comes to be: each picture on a line of its own, the numbers behind all of them.
pub(super) struct JsonOutput<W> {
    out: W,
    is_first: bool,
}

impl<W: Write> JsonOutput<W> {
    pub(super) const fn new(out: W) -> Self {
        Self { out, is_first: true }
    }

    /// Written with the first line: where an input is missing there is nothing but the error.
    fn head(&mut self) -> io::Result<()> {
        write!(self.out, "{{\"version\":{VERSION},\"pictures\":[")
    }

    pub(super) fn add(&mut self, looked: &Looked<Answer>) -> io::Result<()> {
        let facts = &looked.made.facts;
        let path = looked.place.path().map_or_else(|| looked.place.to_string(), |path| path.display().to_string());
        let hashes: Vec<Value> = looked
            .made
            .views()
            .into_iter()
            .filter_map(|(view, hashed)| {
                let Hashed { pdq, quality } = hashed?;
                Some(json!({ "view": view, "pdq": pdq, "quality": quality }))
            })
            .collect();
        self.line(&json!({
            "path": path,
            "member": looked.place.member(),
            "format": facts.format.as_str(),
            "width": facts.width,
            "height": facts.height,
            "sha256": facts.sha256.to_string(),
            "hashes": hashes,
        }))
    }

    pub(super) fn add_bad(&mut self, bad: &BadPicture) -> io::Result<()> {
        self.line(&json!({ "path": bad.place, "bad": { "kind": bad.kind, "message": bad.message } }))
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        if std::mem::take(&mut self.is_first) {
            self.head()?;
        } else {
            self.out.write_all(b",")?;
        }
        self.out.write_all(b"\n")?;
        serde_json::to_writer(&mut self.out, value).map_err(io::Error::from)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub(super) fn finish(mut self, summary: &PictureSummary) -> io::Result<()> {
        if self.is_first {
            self.head()?;
        }
        let bad = summary.bad.iter().map(|(kind, bad)| json!({ "kind": kind, "count": bad.count }));
        let (hashed, others, bad) = (json!(summary.pictures), json!(summary.others), json!(bad.collect::<Vec<_>>()));
        writeln!(self.out, "\n],\"count\":{hashed},\"other_files\":{others},\"bad\":{bad}}}")?;
        self.out.flush()
    }
}

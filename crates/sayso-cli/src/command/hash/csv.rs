use std::io::{self, Write};

use sayso::pictures::Looked;

use super::Answer;
use crate::output::harmless;

/// One row a hash, with a line of names above them.
pub(super) struct CsvOutput<W> {
    out: W,
    is_headed: bool,
}

impl<W: Write> CsvOutput<W> {
    pub(super) const fn new(out: W) -> Self {
        Self { out, is_headed: false }
    }

    /// Written with the first row: where an input is missing there is nothing but the error.
    fn head(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.is_headed, true) {
            return Ok(());
        }
        writeln!(self.out, "hash,quality,view,width,height,format,sha256,picture")
    }

    pub(super) fn add(&mut self, looked: &Looked<Answer>) -> io::Result<()> {
        self.head()?;
        let facts = &looked.made.facts;
        let picture = quoted(&harmless(&looked.place.to_string()));
        for (view, hashed) in looked.made.views() {
            match hashed {
                Some(hashed) => write!(self.out, "{},{}", hashed.pdq, hashed.quality)?,
                None => write!(self.out, ",")?,
            }
            let (width, height, format, sha256) = (facts.width, facts.height, facts.format, facts.sha256);
            writeln!(self.out, ",{view},{width},{height},{format},{sha256},{picture}")?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.head()?;
        self.flush()
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A field as RFC 4180 has it. Line breaks are gone already.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

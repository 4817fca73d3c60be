use std::io::{self, Write};

use sayso::pictures::Looked;

use super::Answer;
use crate::output::harmless;

/// One row a hash, with a line of names above them.
pub(super) struct CsvOutput<W> {
    out: W,
}

impl<W: Write> CsvOutput<W> {
    pub(super) fn new(mut out: W) -> io::Result<Self> {
        writeln!(out, "hash,quality,view,width,height,format,sha256,picture")?;
        Ok(Self { out })
    }

    pub(super) fn add(&mut self, looked: &Looked<Answer>) -> io::Result<()> {
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

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A field as RFC 4180 has it. Line breaks are gone already.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sayso_core::stable_names;
use serde::{Deserialize, Serialize};

use super::report::AsideCount;
use crate::Error;

/// Why a row became no sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsideReason {
    /// It has no address of a picture.
    NoUrl,
    /// What stands for the address is none of http or https.
    NotAUrl,
    /// The address is longer than the limit.
    UrlTooLong,
    /// It has no caption.
    NoCaption,
    /// The caption is longer than the limit.
    CaptionTooLong,
    /// A row of text has more or fewer fields than the table has columns, or a quotation is never closed.
    Fields,
    /// A line is longer than any row may be.
    TooLong,
    /// A line is no JSON object.
    NotJson,
    /// It is no UTF-8.
    NotUtf8,
    /// A value is not of the type of its column.
    WrongType,
    /// A picture cannot be read.
    Picture,
    /// What lies beside a picture cannot be read.
    Sidecar,
    /// A member of a tar with a name that leads out of the folder, or that is a link.
    UnsafePath,
}

stable_names!(AsideReason, "reason to keep a row aside", {
    NoUrl => "no-url",
    NotAUrl => "not-a-url",
    UrlTooLong => "url-too-long",
    NoCaption => "no-caption",
    CaptionTooLong => "caption-too-long",
    Fields => "fields",
    TooLong => "too-long",
    NotJson => "not-json",
    NotUtf8 => "not-utf8",
    WrongType => "wrong-type",
    Picture => "picture",
    Sidecar => "sidecar",
    UnsafePath => "unsafe-path",
});

/// A row that became no sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Aside {
    pub(super) file: String,
    /// The row's number in the file, from 0.
    pub(super) row: u64,
    pub(super) reason: AsideReason,
    pub(super) message: String,
    /// The row as far as it could be read, cut where it is long.
    pub(super) content: String,
}

/// Bytes of a row that are kept.
pub(super) const CONTENT_BYTES: usize = 4 << 10;

/// Rows that are kept aside, a JSON object a line. The count goes on when there are more.
pub(super) const KEPT_ROWS: u64 = 1_000_000;

impl Aside {
    pub(super) fn new(file: &str, row: u64, reason: AsideReason, message: impl Into<String>, content: &[u8]) -> Self {
        let cut = content.get(..CONTENT_BYTES.min(content.len())).unwrap_or_default();
        let content = String::from_utf8_lossy(cut).into_owned();
        Self { file: file.to_owned(), row, reason, message: message.into(), content }
    }
}

/// The file of rows that are kept aside. What lies behind the length that the journal knows is written anew after a kill.
pub(super) struct AsideFile {
    path: PathBuf,
    file: BufWriter<File>,
    bytes: u64,
    rows: u64,
}

impl AsideFile {
    /// Opens the file and goes on behind its first `bytes`, which hold `rows` rows.
    pub(super) fn open(path: &Path, bytes: u64, rows: u64) -> Result<Self, Error> {
        let file = File::options().create(true).append(true).open(path).map_err(Error::file(path))?;
        file.set_len(bytes).map_err(Error::file(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), bytes, rows })
    }

    pub(super) fn push(&mut self, aside: &Aside) -> Result<(), Error> {
        self.rows += 1;
        if self.rows > KEPT_ROWS {
            return Ok(());
        }
        let mut line =
            serde_json::to_vec(aside).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
        line.push(b'\n');
        self.bytes += line.len() as u64;
        self.file.write_all(&line).map_err(Error::file(&self.path))
    }

    /// Puts everything on disk, and says how many bytes and rows that are.
    pub(super) fn sync(&mut self) -> Result<(u64, u64), Error> {
        let last = |file: &mut BufWriter<File>| {
            file.flush()?;
            file.get_ref().sync_all()
        };
        last(&mut self.file).map_err(Error::file(&self.path))?;
        Ok((self.bytes, self.rows))
    }
}

/// Counts rows by why they were kept aside.
pub(super) fn count(counts: &mut BTreeMap<AsideReason, AsideCount>, aside: &Aside) {
    let example = format!("{} row {}: {}", aside.file, aside.row, aside.message);
    counts.entry(aside.reason).or_default().add([example]);
}

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use sayso_core::Sha256;

use super::bundle::bundle;
use super::error::StudioError;
use super::folder::files;
use super::open::Studio;
use super::room::Signs;
use super::session::Session;
use crate::Error;

/// What of a session can be fetched, by a name that is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileName {
    /// A picture that was brought.
    Upload(u32),
    /// A picture on the way, counted from one.
    Sample(usize),
    /// A picture that was made.
    Picture(usize),
    /// The adapter.
    Weights,
    /// Its card.
    Card,
    /// All that was made, in one file.
    Bundle,
}

/// A name of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchName;

impl FromStr for FileName {
    type Err = NoSuchName;

    fn from_str(name: &str) -> Result<Self, NoSuchName> {
        // One text each: leading zeros and signs name nothing.
        fn number<T: FromStr + ToString>(text: &str) -> Result<T, NoSuchName> {
            text.parse::<T>().ok().filter(|number| number.to_string() == text).ok_or(NoSuchName)
        }
        match name.split_once('-') {
            Some(("upload", rest)) => number(rest).map(Self::Upload),
            Some(("sample", rest)) => number(rest).map(Self::Sample),
            Some(("picture", rest)) => number(rest).map(Self::Picture),
            None if name == "weights" => Ok(Self::Weights),
            None if name == "card" => Ok(Self::Card),
            None if name == "bundle" => Ok(Self::Bundle),
            _ => Err(NoSuchName),
        }
    }
}

/// A file as it is handed out, which is read piece by piece.
#[derive(Debug, Clone)]
pub struct Served {
    file: Arc<File>,
    signs: Arc<Signs>,
    /// How many bytes it has.
    pub length: u64,
    /// Its media type.
    pub kind: &'static str,
    /// What it is to be called, of letters that every program takes.
    pub name: String,
}

impl Studio {
    /// A file of a session; `None` where there is no such.
    pub fn file(&self, token: &Sha256, name: FileName) -> Result<Option<Served>, StudioError> {
        self.inner.with(token, |session| {
            let Some(path) = session.path_of(name)? else { return Ok(None) };
            if name == FileName::Bundle {
                let called = path.file_stem().unwrap_or_default().to_string_lossy();
                let name = format!("{called}.zip");
                // Made once, until something else is: whoever fetches it again and again fills no disk.
                let file = match &session.bundle {
                    Some(made) => Arc::clone(made),
                    None => Arc::new(bundle(&session.folder)?),
                };
                session.bundle = Some(Arc::clone(&file));
                return Ok(Some(Served::new(file, session, "application/zip", name).map_err(Error::file(&path))?));
            }
            let file = Arc::new(File::open(&path).map_err(Error::file(&path))?);
            let called = path.file_name().unwrap_or_default().to_string_lossy();
            let name = match name {
                FileName::Upload(_) => format!("upload-{called}"),
                FileName::Picture(_) => format!("picture-{called}"),
                _ => called.into_owned(),
            };
            Ok(Some(Served::new(file, session, kind_of(&path), name).map_err(Error::file(&path))?))
        })
    }
}

impl Served {
    fn new(file: Arc<File>, session: &Session, kind: &'static str, name: String) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, signs: Arc::clone(&session.signs), length, kind, name })
    }

    /// At most so many bytes from a place on. A session that is over hands nothing out any more.
    pub fn read_at(&self, at: u64, most: usize) -> io::Result<Vec<u8>> {
        if self.signs.is_over() {
            return Err(io::Error::other("the session is over"));
        }
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; most.min(left)];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }
}

impl Session {
    fn path_of(&self, name: FileName) -> Result<Option<PathBuf>, Error> {
        Ok(match name {
            FileName::Upload(number) => {
                let upload = self.uploads.iter().find(|upload| upload.number == number);
                upload.map(|upload| self.folder.uploads().join(&upload.file))
            }
            FileName::Sample(number) => number.checked_sub(1).and_then(|at| self.samples.get(at)).cloned(),
            FileName::Picture(number) => {
                let is_there = self.made.iter().any(|made| made.number == number);
                is_there.then(|| self.folder.pictures().join(picture_name(number)))
            }
            FileName::Weights | FileName::Bundle => self.adapter.clone(),
            FileName::Card => {
                let papers = if self.adapter.is_some() { files(&self.folder.weights())? } else { Vec::new() };
                papers.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "md"))
            }
        })
    }
}

/// What a picture that was made is called.
pub(super) fn picture_name(number: usize) -> String {
    format!("{number:04}.png")
}

/// The media type by the ending that we gave it ourselves.
fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("md") => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::FileName;

    #[test]
    fn names_are_no_paths() {
        assert_eq!("upload-3".parse(), Ok(FileName::Upload(3)));
        for bad in ["upload-", "upload-03", "upload-+3", "upload-../x", "../card", "card.md", "", "picture--1", "run"] {
            assert!(bad.parse::<FileName>().is_err(), "{bad}");
        }
    }
}

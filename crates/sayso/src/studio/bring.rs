use std::io::BufReader;

use sayso_core::{Sha256, Stance};

use super::error::StudioError;
use super::incoming::Incoming;
use super::open::{Inner, Studio};
use super::options::{NAME_CHARS, PROMPT_CHARS};
use super::session::{Session, Upload};
use super::view::{CheckOutcome, RefusedPicture};
use crate::Error;
use crate::pictures::PICTURE_LIMITS;

/// A name and the bytes of a picture.
type Brought = (String, Vec<u8>);

impl Studio {
    /// Takes pictures in, and checks all of them. Of several, those before the first that is refused are in.
    pub fn bring(&self, token: &Sha256, pictures: Vec<Brought>) -> Result<(), StudioError> {
        let inner = &self.inner;
        inner.with(token, |session| {
            session.is_open()?;
            let brought = pictures.into_iter().try_for_each(|(name, bytes)| {
                let mut incoming = inner.incoming(session)?;
                incoming.write(&bytes)?;
                inner.take(session, &name, incoming)
            });
            // Whatever became of the last one, the others are judged.
            inner.check(session)?;
            brought
        })
    }

    /// Takes one picture in; [`Self::check_all`] checks it with all others.
    pub fn put(&self, token: &Sha256, name: &str, picture: Incoming) -> Result<(), StudioError> {
        self.inner.with(token, |session| {
            session.is_open()?;
            self.inner.take(session, name, picture)
        })
    }

    /// Refuses a session that is over, or at work.
    pub fn is_open(&self, token: &Sha256) -> Result<(), StudioError> {
        self.inner.with(token, |session| session.is_open())
    }

    /// How many pictures a session has.
    pub fn held(&self, token: &Sha256) -> Result<usize, StudioError> {
        self.inner.with(token, |session| Ok(session.uploads.len()))
    }

    /// Checks every picture anew, by the claims as they are now.
    pub fn check_all(&self, token: &Sha256) -> Result<(), StudioError> {
        self.inner.with(token, |session| self.inner.check(session))
    }

    /// Takes a picture out, and its file away.
    pub fn take_out(&self, token: &Sha256, number: u32) -> Result<(), StudioError> {
        let inner = &self.inner;
        inner.with(token, |session| {
            session.is_open()?;
            let Some(at) = session.uploads.iter().position(|upload| upload.number == number) else { return Ok(()) };
            let file = &session.uploads.get(at).ok_or(StudioError::Over)?.file;
            for folder in [session.folder.uploads(), session.folder.stated()] {
                let path = folder.join(file);
                match fs_err::remove_file(&path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::file(path)(error).into());
                    }
                    _ => {}
                }
            }
            session.uploads.remove(at);
            inner.check(session)
        })
    }

    /// Says of single pictures what they show.
    pub fn caption(&self, token: &Sha256, captions: &[(u32, String)]) -> Result<(), StudioError> {
        self.inner.with(token, |session| {
            session.is_open()?;
            for (number, caption) in captions {
                if let Some(upload) = session.uploads.iter_mut().find(|upload| upload.number == *number) {
                    upload.caption = one_line(caption, PROMPT_CHARS);
                }
            }
            Ok(())
        })
    }
}

impl Inner {
    /// Keeps a picture in the session's folder, under a name of its own.
    fn take(&self, session: &mut Session, name: &str, picture: Incoming) -> Result<(), StudioError> {
        let limits = &self.options.limits;
        let name = told_name(name);
        let length = picture.bytes();
        if session.uploads.len() >= limits.pictures {
            return Err(StudioError::Pictures { most: limits.pictures });
        }
        if length > limits.picture_bytes {
            return Err(StudioError::TooLarge { name, most_bytes: limits.picture_bytes, of: "of a picture" });
        }
        let held: u64 = session.uploads.iter().map(|upload| upload.bytes).sum();
        if held.saturating_add(length) > limits.session_bytes {
            return Err(StudioError::TooLarge {
                name,
                most_bytes: limits.session_bytes,
                of: "of all pictures together",
            });
        }
        // What it is, is told by its bytes; what it is called may be anything.
        let not_taken = |name: String, why: &str| StudioError::NotTaken { name, why: why.to_owned() };
        let mut read = BufReader::new(picture.file.reopen().map_err(Error::file(session.folder.uploads()))?);
        let kind = imagesize::reader_type(&mut read);
        let ending = match kind {
            Ok(imagesize::ImageType::Jpeg) => "jpg",
            Ok(imagesize::ImageType::Png) => "png",
            Ok(imagesize::ImageType::Webp) => "webp",
            _ => return Err(not_taken(name, "it is no picture of a kind that is learned here")),
        };
        let Ok(size) = kind.and_then(|kind| kind.reader_size(&mut read)) else {
            return Err(not_taken(name, "its size cannot be read"));
        };
        if (size.width as u64).saturating_mul(size.height as u64) > PICTURE_LIMITS.area_pixels {
            return Err(not_taken(name, "it has too many pixels"));
        }
        let number = session.next;
        let file = format!("{number:04}.{ending}");
        let path = session.folder.uploads().join(&file);
        picture.file.persist(&path).map_err(|error| Error::file(&path)(error.error))?;
        session.next += 1;
        let outcome = CheckOutcome::Refused(Box::new(RefusedPicture {
            kind: "unreadable",
            stance: Stance::Unknown,
            why: "it was not checked yet".to_owned(),
            reasons: Vec::new(),
            changes: Vec::new(),
            ask: None,
            can_be_stated: false,
        }));
        let caption = String::new();
        session.uploads.push(Upload { number, name, file, bytes: length, caption, stated: None, outcome });
        Ok(())
    }
}

/// What a picture was called, without the folders that some browsers send, and short.
fn told_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = one_line(last, NAME_CHARS);
    if name.is_empty() { "a picture".to_owned() } else { name }
}

/// A text on one line, up to a length.
pub(super) fn one_line(text: &str, chars: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(chars).collect();
    spaced.trim().to_owned()
}

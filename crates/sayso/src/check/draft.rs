//! From something found to all that is known of it before anybody is asked.

use std::path::{Path, PathBuf};

use sayso_consent::agents::AgentTable;
use sayso_consent::embedded::{Embedded, People, read_embedded};
use sayso_consent::statements;
use sayso_core::{Pdq, Place, Sha256, Signal, SignalKind, Speaker, Statement};
use sayso_dataset::Cell;
use sayso_picture::{Hashed, facts, is_cut};
use sha2::Digest;

use super::fault::{Fault, FaultKind};
use super::sidecar::{Beside, Sidecar, read_extent};
use super::source::{Extent, Licence, Row, Unit};
use super::subject::{Origin, web_host};
use crate::pictures::PICTURE_LIMITS;
use crate::signals::{EMBEDDED_LIMITS, SourceKind};

/// All that is known of a subject, but for what sites say.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) origin: Origin,
    pub(super) statements: Vec<Statement>,
    pub(crate) creator: Option<String>,
    pub(super) rights: Option<String>,
    pub(super) licence: Option<String>,
    pub(crate) caption: Option<String>,
    pub(super) url: Option<String>,
    /// The host of `url`, which is one on the web then.
    pub(super) host: Option<String>,
    pub(super) page_url: Option<String>,
    pub(crate) faults: Vec<Fault>,
    /// Digest and perceptual hash, where claims may speak of them.
    pub(crate) sha256: Option<Sha256>,
    pub(crate) pdq: Option<Pdq>,
    /// Why its pixels cannot be had, where its hashes were asked for.
    pub(crate) undecoded: Option<String>,
    /// How whoever made it is reached, by its own metadata.
    pub(crate) contacts: Vec<String>,
    /// Whom it shows, by its own metadata.
    pub(crate) people: People,
}

/// What became of a unit.
pub(crate) enum Drafted {
    Subject(Box<Draft>),
    Fault(Fault),
    Other,
}

/// Bytes at the start of a file on which it is decided whether it is a picture.
const PROBE_BYTES: u64 = 8 << 10;

/// Bytes of a licence that are kept as evidence.
const SIGNAL_BYTES: u64 = 4 << 10;

/// Reads whatever belongs to a unit, at most `file_bytes` of a picture.
///
/// `with_hashes` says whether claims may speak of the picture by its digest and by what it looks like.
pub(crate) fn draft(unit: Unit, file_bytes: u64, with_hashes: bool, buffer: &mut Vec<u8>) -> Drafted {
    let mut drafted = of_unit(unit, file_bytes, buffer);
    if let Drafted::Subject(draft) = &mut drafted
        && with_hashes
        && draft.origin.is_picture()
    {
        draft.take_hashes(buffer);
    }
    drafted
}

fn of_unit(unit: Unit, file_bytes: u64, buffer: &mut Vec<u8>) -> Drafted {
    match unit {
        Unit::File { path, sidecars, is_named } => of_file(&path, &sidecars, is_named, file_bytes, buffer),
        Unit::Member { tar, name, extent, sidecars } => {
            let sidecar = Sidecar::from(Beside::of_members(&tar, &sidecars, buffer));
            let read = read_extent(&tar, extent, file_bytes, buffer);
            let is_short = buffer.len() as u64 != extent.bytes.min(file_bytes);
            let Extent { offset, bytes } = extent;
            let mut draft = Draft::new(Origin::Member { tar, name: name.clone(), offset, bytes });
            draft.take_picture(Path::new(&name), read, bytes > file_bytes, is_short, buffer);
            draft.take_sidecar(sidecar);
            Drafted::Subject(Box::new(draft))
        }
        Unit::Row(row) => of_row(*row),
        Unit::Url(url) => {
            let mut draft = Draft::new(Origin::Url(url.clone()));
            draft.take_url(Some(url));
            Drafted::Subject(Box::new(draft))
        }
        Unit::Fault(fault) => Drafted::Fault(fault),
        Unit::Other => Drafted::Other,
    }
}

fn of_file(path: &Path, sidecars: &[PathBuf], is_named: bool, file_bytes: u64, buffer: &mut Vec<u8>) -> Drafted {
    let (read, is_too_large) = match read_picture(path, is_named, file_bytes, buffer) {
        Ok(Read::None) => return Drafted::Other,
        Ok(Read::Whole) => (Ok(()), false),
        Ok(Read::TooLarge) => (Ok(()), true),
        // Whether it is a picture at all cannot be known: where it is not called one, it is not taken for one.
        Err(error) if !is_named => {
            return Drafted::Fault(Fault::new(
                FaultKind::PictureUnreadable,
                path.display().to_string(),
                error.to_string(),
            ));
        }
        Err(error) => (Err(error), false),
    };
    let mut draft = Draft::new(Origin::File(path.to_owned()));
    draft.take_picture(path, read, is_too_large, false, buffer);
    draft.take_sidecar(Beside::of_files(sidecars).into());
    Drafted::Subject(Box::new(draft))
}

pub(crate) enum Read {
    Whole,
    TooLarge,
    /// It is no picture.
    None,
}

/// Reads a file in a buffer that served for others: fresh memory costs as much as reading. It is opened once.
pub(crate) fn read_picture(
    path: &Path,
    is_named: bool,
    file_bytes: u64,
    buffer: &mut Vec<u8>,
) -> std::io::Result<Read> {
    use std::io::Read as _;
    buffer.clear();
    let mut file = fs_err::File::open(path)?;
    if !is_named {
        (&mut file).take(PROBE_BYTES).read_to_end(buffer)?;
        if SourceKind::of(path, buffer) != Some(SourceKind::Picture) {
            return Ok(Read::None);
        }
    }
    let left = file_bytes.saturating_sub(buffer.len() as u64);
    (&mut file).take(left).read_to_end(buffer)?;
    // One byte more tells whether that was all.
    let is_whole = (buffer.len() as u64) < file_bytes || file.read(&mut [0])? == 0;
    Ok(if is_whole { Read::Whole } else { Read::TooLarge })
}

fn of_row(row: Row) -> Drafted {
    let Row { table, number, url, caption, page_url, licence } = row;
    let origin = Origin::Row { table, number };
    let fault = |kind, message: String| Drafted::Fault(Fault::new(kind, origin.to_string(), message));
    let url = match url {
        Cell::Text(url) if !url.trim().is_empty() => url.trim().to_owned(),
        Cell::Null | Cell::Text(_) => return fault(FaultKind::NoUrl, "the row has no address".to_owned()),
        Cell::Other => return fault(FaultKind::UrlType, "the address is no text".to_owned()),
    };
    if web_host(&url).is_none() {
        return fault(FaultKind::NotAUrl, not_a_url(&url));
    }
    let mut draft = Draft::new(origin);
    draft.take_url(Some(url));
    (draft.caption, draft.page_url) = (caption, page_url);
    draft.take_licence(licence);
    Drafted::Subject(Box::new(draft))
}

fn not_a_url(url: &str) -> String {
    let start: String = url.chars().take(100).collect();
    format!("`{start}` is no address on the web")
}

impl Draft {
    fn new(origin: Origin) -> Self {
        Self {
            origin,
            statements: Vec::new(),
            creator: None,
            rights: None,
            licence: None,
            caption: None,
            url: None,
            host: None,
            page_url: None,
            faults: Vec::new(),
            sha256: None,
            pdq: None,
            undecoded: None,
            contacts: Vec::new(),
            people: People::default(),
        }
    }

    fn fault(&mut self, kind: FaultKind, message: impl Into<String>) {
        self.faults.push(Fault::new(kind, self.origin.to_string(), message));
    }

    fn take_picture(
        &mut self,
        name: &Path,
        read: std::io::Result<()>,
        is_too_large: bool,
        is_short: bool,
        bytes: &[u8],
    ) {
        if let Err(error) = read {
            return self.fault(FaultKind::PictureUnreadable, error.to_string());
        }
        if SourceKind::of(name, bytes) != Some(SourceKind::Picture) {
            let message = if bytes.is_empty() { "the file is empty" } else { "it is no picture of a known format" };
            self.fault(FaultKind::PictureUnknown, message);
        } else if is_too_large {
            self.fault(FaultKind::PictureTooLarge, format!("only the first {} bytes were read", bytes.len()));
        } else if is_short || is_cut(bytes) {
            self.fault(FaultKind::PictureCut, "the file ends before the picture does");
        }
        let embedded = read_embedded(bytes, &EMBEDDED_LIMITS);
        let Embedded { statements, creator, rights, licence, contacts, people, .. } = embedded;
        (self.statements, self.contacts, self.people) = (statements, contacts, people);
        (self.creator, self.rights, self.licence) = (creator, rights, licence);
    }

    /// A picture that cannot be decoded has a digest all the same; of one that was not read whole neither is right, and
    /// that is a fault already.
    fn take_hashes(&mut self, bytes: &[u8]) {
        self.sha256 = Some(Sha256(sha2::Sha256::digest(bytes).into()));
        match facts(bytes, &PICTURE_LIMITS) {
            Ok(facts) => self.pdq = facts.pdq.filter(Hashed::is_good).map(|hashed| hashed.pdq),
            Err(fault) => self.undecoded = Some(fault.to_string()),
        }
    }

    fn take_sidecar(&mut self, sidecar: Sidecar) {
        let Sidecar { caption, url, page_url, licences, faults } = sidecar;
        self.faults.extend(faults);
        (self.caption, self.page_url) = (caption, page_url);
        self.take_url(url);
        for licence in licences {
            self.take_licence(Some(licence));
        }
    }

    fn take_url(&mut self, url: Option<String>) {
        self.host = url.as_deref().and_then(web_host);
        if let Some(url) = url.as_ref().filter(|_| self.host.is_none()) {
            self.fault(FaultKind::NotAUrl, not_a_url(url));
        }
        self.url = url;
    }

    /// A licence that is stated beside the picture is evidence, as one on its page is.
    fn take_licence(&mut self, licence: Option<Licence>) {
        let Some(Licence { column, value }) = licence else { return };
        let (name, at) = match &self.origin {
            Origin::Row { table, number } => (file_name(table), format!("row {number}, column {column}")),
            Origin::File(_) | Origin::Member { .. } | Origin::Url(_) => ("sidecar".to_owned(), column),
        };
        let place = Place::File { name, at };
        let signal = Signal::found(SignalKind::Licence, Speaker::Page, place, value.trim().as_bytes(), SIGNAL_BYTES);
        self.statements.extend(statements(&[signal], AgentTable::builtin(), ""));
        self.licence.get_or_insert(value);
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

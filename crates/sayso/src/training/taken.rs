use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use sayso_core::{Pdq, Place, Sha256, SignalKind, Verdict};
use sha2::Digest;

use super::lineage::PictureFacts;
use crate::Error;
use crate::check::Origin;
use crate::check::sidecar::read_extent;
use crate::check::source::Extent;

/// A picture whose verdict allows training on it, bound to the bytes that were judged.
///
/// There is no other way to one than [`select`](super::select), and none to its bytes than [`Taken::bytes`].
#[derive(Debug, Clone)]
pub struct Taken {
    pub(super) origin: Origin,
    pub(super) sha256: Sha256,
    pub(super) pdq: Option<Pdq>,
    pub(super) verdict: Verdict,
    pub(super) caption: String,
    pub(super) creator: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) url: Option<String>,
    pub(super) people: Vec<String>,
    pub(super) credit: Vec<String>,
    /// The bytes themselves, where there was room for them.
    pub(super) kept: Option<Arc<[u8]>>,
    pub(super) file_bytes: u64,
}

impl Taken {
    /// Where it stands.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The digest of the bytes that were judged.
    #[must_use]
    pub const fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// What it looks like, where that is worth comparing.
    #[must_use]
    pub const fn pdq(&self) -> Option<Pdq> {
        self.pdq
    }

    /// The verdict, which allows the use.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What the model is to learn that it shows.
    #[must_use]
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// Who made it, by its own metadata.
    #[must_use]
    pub fn creator(&self) -> Option<&str> {
        self.creator.as_deref()
    }

    /// Whom it shows, by its own metadata.
    #[must_use]
    pub fn people(&self) -> &[String] {
        &self.people
    }

    /// The bytes that were judged: those that were read then, or the same read again. Others are refused, whatever changed them.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, Error> {
        if let Some(kept) = &self.kept {
            return Ok(Cow::Borrowed(kept));
        }
        let mut buffer = Vec::new();
        match &self.origin {
            Origin::File(path) => read(path, self.file_bytes, &mut buffer)?,
            Origin::Member { tar, offset, bytes, .. } => {
                let extent = Extent { offset: *offset, bytes: *bytes };
                read_extent(tar, extent, self.file_bytes, &mut buffer).map_err(Error::file(tar.to_path_buf()))?;
            }
            Origin::Row { .. } | Origin::Url(_) => return Err(self.changed()),
        }
        self.check(&buffer)?;
        Ok(Cow::Owned(buffer))
    }

    /// Whether these are the bytes that were judged.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Error> {
        let digest: [u8; 32] = sha2::Sha256::digest(bytes).into();
        if digest == self.sha256.0 { Ok(()) } else { Err(self.changed()) }
    }

    fn changed(&self) -> Error {
        Error::Changed { picture: self.origin.to_string() }
    }

    /// What the lineage of a run tells of it. Its path is nobody's business and no part of it.
    #[must_use]
    pub fn facts(&self) -> PictureFacts {
        let claims = self.verdict.reasons.iter().filter_map(|reason| {
            let signal = reason.evidence.as_ref()?;
            match &signal.place {
                Place::Registry { entry, .. } if signal.kind == SignalKind::Claim => Some(*entry),
                _ => None,
            }
        });
        let mut claims: Vec<u64> = claims.collect();
        claims.sort_unstable();
        claims.dedup();
        PictureFacts {
            sha256: self.sha256,
            pdq: self.pdq,
            verdict: self.verdict.stance,
            reason: self.verdict.reasons.first().map(|reason| reason.code.to_string()).unwrap_or_default(),
            claims,
            creator: self.creator.clone(),
            licence: self.licence.clone(),
            url: self.url.as_deref().and_then(public),
            credit: self.credit.clone(),
        }
    }
}

/// An address of the web without who asked for it and with which key; what else stands there is nobody's business.
fn public(address: &str) -> Option<String> {
    let mut url = url::Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    if url.username().is_empty() && url.password().is_none() {
        return Some(address.to_owned());
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.to_string())
}

fn read(path: &Path, most: u64, buffer: &mut Vec<u8>) -> Result<(), Error> {
    use std::io::Read as _;
    let file = fs_err::File::open(path).map_err(Error::file(path))?;
    // A byte more than was judged: what has grown is another file.
    file.take(most.saturating_add(1)).read_to_end(buffer).map_err(Error::file(path))?;
    Ok(())
}

//! The metadata of pictures: XMP with `plus:DataMining`, and a C2PA manifest over all of it.

use std::path::{Path, PathBuf};

use sayso_consent::categories::reserves;
use sayso_consent::embedded::{Inscription, read_embedded, write_embedded};
use sayso_core::{SignalKind, Stance, Statement, UsageCategory};
use sayso_picture::is_cut;

use super::credentials::Signing;
use super::place::write_beside;
use super::plan::{Target, plan};
use super::wishes::{Wishes, understood, unsaid};
use crate::Error;
use crate::signals::EMBEDDED_LIMITS;

mod inscription;

pub use inscription::Texts;

/// Bytes of a picture that is written: it lies in memory twice.
const FILE_BYTES: u64 = 1 << 30;

/// What to write, and where.
#[derive(Debug)]
pub struct PictureOptions {
    /// Which uses are reserved or granted.
    pub wishes: Wishes,
    /// Who holds the rights, and on which terms.
    pub texts: Texts,
    /// Where the pictures go.
    pub target: Target,
    /// Whether pictures whose C2PA manifest the change breaks are written all the same.
    pub force: bool,
    /// Who signs a C2PA manifest; none is written without.
    pub signing: Option<Signing>,
}

/// A picture that was written, and what a reader understands.
#[derive(Debug, Clone)]
pub struct PictureReserved {
    /// Where it was.
    pub from: PathBuf,
    /// Where it is.
    pub path: PathBuf,
    /// Whether its bytes are others than before.
    pub is_changed: bool,
    /// What was read in it again.
    pub statements: Vec<Statement>,
    /// What a reader understands of each use.
    pub understood: Vec<(UsageCategory, Stance)>,
    /// Wishes that are not understood from the picture.
    pub unsaid: Vec<UsageCategory>,
}

/// A picture that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFailed {
    /// Where it is.
    pub path: PathBuf,
    /// Why, with a hint on a line of its own.
    pub message: String,
}

/// Everything that was written, and what was not.
#[derive(Debug, Clone, Default)]
pub struct PicturesReserved {
    /// The pictures that were written, in the order in which they were found.
    pub pictures: Vec<PictureReserved>,
    /// Those that could not be.
    pub failed: Vec<PictureFailed>,
    /// Files that are no pictures.
    pub others: u64,
}

/// Writes what is wished into the pictures at `paths` and in folders, and reads them again. `progress` is told how many of
/// how many are done.
///
/// A picture that cannot be written is left as it is, and counted.
pub fn reserve_pictures(
    paths: &[PathBuf],
    options: &PictureOptions,
    progress: &dyn Fn(usize, usize),
) -> Result<PicturesReserved, Error> {
    let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    options.wishes.check(&first)?;
    options.texts.check()?;
    let plan = plan(paths, &options.target)?;
    let mut report = PicturesReserved { others: plan.others, failed: plan.failed, ..PicturesReserved::default() };
    for (number, (from, to)) in plan.pictures.iter().enumerate() {
        match reserve_picture(from, to, options) {
            Ok(picture) => report.pictures.push(picture),
            Err(message) => report.failed.push(PictureFailed { path: from.clone(), message }),
        }
        progress(number + 1, plan.pictures.len());
    }
    Ok(report)
}

fn reserve_picture(from: &Path, to: &Path, options: &PictureOptions) -> Result<PictureReserved, String> {
    let told = |error: std::io::Error| error.to_string();
    if fs_err::metadata(from).map_err(told)?.len() > FILE_BYTES {
        return Err(format!("it is longer than {FILE_BYTES} bytes\nhint: write a smaller copy"));
    }
    let old = fs_err::read(from).map_err(told)?;
    if is_cut(&old) && !options.force {
        return Err(
            "its file ends before the picture does\nhint: get it again, and whole; --force writes into it as it is"
                .to_owned(),
        );
    }
    let present = read_embedded(&old, &EMBEDDED_LIMITS);
    if present.has_c2pa && options.signing.is_none() && !options.force {
        return Err("it has a C2PA manifest, which any change of the file breaks\n\
                    hint: --sign binds a new manifest that keeps the old one; --force breaks it"
            .to_owned());
    }
    let inscription: Inscription = inscription::of(&options.wishes, &options.texts, &present);
    let mut new = write_embedded(&old, &inscription, &EMBEDDED_LIMITS).map_err(|error| error.to_string())?;
    if let Some(signing) = &options.signing {
        new = signing.sign(&old, &new, &with_present(&options.wishes, &present.statements))?;
    }
    // What others see first has to be as it was, whatever we think of the rest.
    let size = |bytes: &[u8]| imagesize::blob_size(bytes).ok();
    if size(&old) != size(&new) {
        return Err(
            "its width and height would not be read as before\nhint: this is a defect of Sayso; please report it"
                .to_owned(),
        );
    }
    let placed = write_beside(from, to, &new).map_err(told)?;
    // From the disk, not from memory: what counts is what others will read.
    let written = fs_err::read(placed.path()).map_err(told)?;
    let statements = read_embedded(&written, &EMBEDDED_LIMITS).statements;
    let understood = understood("", &statements);
    let unsaid = unsaid(&options.wishes, &understood);
    let is_changed = written != old;
    // A picture that stays as it is keeps its file, too.
    if is_changed || matches!(options.target, Target::Copies(_)) {
        placed.put(&options.target).map_err(told)?;
    }
    Ok(PictureReserved { from: from.to_owned(), path: to.to_owned(), is_changed, statements, understood, unsaid })
}

/// The wishes, and what the manifest that is there reserves and nobody takes back: only the newest one speaks.
fn with_present(wishes: &Wishes, present: &[Statement]) -> Wishes {
    let manifests = present.iter().filter(|statement| statement.signal.kind == SignalKind::Cawg);
    let reserved = manifests.flat_map(|statement| &statement.preferences).filter(|p| p.stance == Stance::Disallowed);
    let takes_back = |category: UsageCategory| wishes.yes.iter().any(|yes| reserves(category, *yes));
    let kept = reserved.map(|preference| preference.category).filter(|category| !takes_back(*category));
    Wishes { no: wishes.no.iter().copied().chain(kept).collect(), yes: wishes.yes.clone() }
}

//! A site's own files.

use std::path::{Path, PathBuf};

use sayso_core::{Stance, Statement, UsageCategory};

use super::vocabularies;
use super::wishes::{Wishes, understood, unsaid};
use crate::Error;
use crate::build::default_limits;
use crate::signals::{SourceKind, statements_of};

/// A file that says it, and what a reader understands.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its path below the folder, and below the site's root where it is one of the site's own files.
    pub path: &'static str,
    /// What to do with it.
    pub what_to_do: &'static str,
    /// Its text.
    pub text: String,
    /// What was read in it again.
    pub statements: Vec<Statement>,
}

/// Everything that was written.
#[derive(Debug, Clone)]
pub struct Reservation {
    /// The files.
    pub files: Vec<Written>,
    /// What a reader of all of them understands of each use.
    pub understood: Vec<(UsageCategory, Stance)>,
    /// Wishes that no vocabulary has words for.
    pub unsaid: Vec<UsageCategory>,
}

/// Writes what `wishes` say into `folder`, and reads it again. Files that are there already are not touched.
///
/// `site` is written `https://example.org`.
pub fn reserve_site(site: &str, wishes: &Wishes, folder: &Path) -> Result<Reservation, Error> {
    let rest = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    if rest.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', ' ', '"', '<', '\n', '\r'])) {
        let message = "it is no site\nhint: a site is written https://example.org, without a path".to_owned();
        return Err(Error::Input { input: site.to_owned(), message });
    }
    wishes.check(site)?;
    let files = vocabularies::files(site, wishes);
    for file in &files {
        let path = folder.join(file.path);
        if path.exists() {
            return Err(Error::Output {
                dir: folder.to_owned(),
                message: format!("`{}` is there already\nhint: name a new folder, and merge by hand", file.path),
            });
        }
    }
    for file in &files {
        let path: PathBuf = folder.join(file.path);
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent).map_err(Error::file(parent))?;
        }
        fs_err::write(&path, &file.text).map_err(Error::file(&path))?;
    }
    let mut files = files;
    let url = format!("{site}/picture.jpg");
    for file in &mut files {
        // From the disk, not from memory: what counts is what others will read.
        let path = folder.join(file.path);
        let bytes = fs_err::read(&path).map_err(Error::file(&path))?;
        if let Some(kind) = SourceKind::of(&path, &bytes) {
            file.statements = statements_of(kind, &bytes, &url, "an-honest-crawler", &default_limits());
        }
    }
    let all: Vec<Statement> = files.iter().flat_map(|file| file.statements.iter().cloned()).collect();
    let understood = understood(&url, &all);
    let unsaid = unsaid(wishes, &understood);
    Ok(Reservation { files, understood, unsaid })
}

//! The other way round: the files and header lines by which a rightsholder says no, or yes, for which uses.
//!
//! What is written is read again by the same readers that judge other people's sites, so that nobody relies on words
//! that no program understands.

mod vocabularies;

use std::path::{Path, PathBuf};

use sayso_consent::categories::{grants, reserves};
use sayso_consent::judge;
use sayso_core::{Policy, PolicyName, Purpose, Stance, Statement, Subject, UsageCategory};

use crate::Error;
use crate::build::default_limits;
use crate::signals::{SourceKind, statements_of};

/// What somebody wants to say of the pictures of a site.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// The site, such as `https://example.org`.
    pub site: String,
    /// Uses that are reserved.
    pub no: Vec<UsageCategory>,
    /// Uses that are granted.
    pub yes: Vec<UsageCategory>,
}

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

impl Wishes {
    fn reserves(&self, category: UsageCategory) -> bool {
        self.no.iter().any(|said| reserves(*said, category))
    }

    fn grants(&self, category: UsageCategory) -> bool {
        !self.reserves(category) && self.yes.iter().any(|said| grants(*said, category))
    }

    fn check(&self) -> Result<(), Error> {
        let refused = |message: &str| Err(Error::Input { input: self.site.clone(), message: message.to_owned() });
        let rest = self.site.strip_prefix("https://").or_else(|| self.site.strip_prefix("http://"));
        if rest.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', ' ', '"', '<', '\n', '\r'])) {
            return refused("it is no site\nhint: a site is written https://example.org, without a path");
        }
        if self.no.is_empty() && self.yes.is_empty() {
            return refused("nothing was wished\nhint: say --no data-mining, for example, or --yes search");
        }
        if self.yes.iter().any(|category| self.reserves(*category)) {
            return refused("a use is granted and reserved at once\nhint: leave one of them out");
        }
        Ok(())
    }
}

/// Writes what `wishes` say into `folder`, and reads it again. Files that are there already are not touched.
pub fn reserve(wishes: &Wishes, folder: &Path) -> Result<Reservation, Error> {
    wishes.check()?;
    let files = vocabularies::files(wishes);
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
    let url = format!("{}/picture.jpg", wishes.site);
    for file in &mut files {
        // From the disk, not from memory: what counts is what others will read.
        let path = folder.join(file.path);
        let bytes = fs_err::read(&path).map_err(Error::file(&path))?;
        if let Some(kind) = SourceKind::of(&path, &bytes) {
            file.statements = statements_of(kind, &bytes, &url, "an-honest-crawler", &default_limits());
        }
    }
    let all: Vec<Statement> = files.iter().flat_map(|file| file.statements.iter().cloned()).collect();
    let stance = |category: UsageCategory| {
        let policy = Policy::new(PolicyName::Record, Purpose(category));
        judge(&Subject { url: &url, page_url: &url }, &all, None, &policy).stance
    };
    let understood: Vec<_> = UsageCategory::ALL.iter().map(|category| (*category, stance(*category))).collect();
    let unsaid = understood
        .iter()
        .filter(|(category, stance)| {
            (wishes.no.contains(category) && *stance != Stance::Disallowed)
                || (wishes.yes.contains(category) && *stance != Stance::Allowed)
        })
        .map(|(category, _)| *category)
        .collect();
    Ok(Reservation { files, understood, unsaid })
}

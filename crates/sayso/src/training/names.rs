use std::path::Path;

use arrow_array::cast::AsArray;
use sayso_core::UsageCategory;
use sayso_dataset::Dataset;
use sayso_lineage::PersonNames;
use sayso_registry::claim::{ClaimId, SubjectKind};

use super::grant::{GrantedBy, PersonGrant};
use super::select::Selection;
use super::terms::KeptTerms;
use crate::Error;
use crate::claims::Ground;

/// Names of persons and artists by which no adapter and no token is called without their leave.
#[derive(Debug, Default)]
pub struct KnownNames {
    names: PersonNames,
    /// Where each comes from, in the order in which they were added.
    sources: std::collections::HashMap<String, NameSource>,
    ignored: usize,
}

/// Where a name is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameSource {
    /// An account or site that a claim is about.
    Claim(ClaimId),
    /// A list of names.
    List(String),
    /// The creators of a dataset.
    Dataset(String),
    /// The creator of a picture that is trained on, or somebody whom it shows.
    Picture(String),
}

impl std::fmt::Display for NameSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Claim(claim) => write!(f, "claim {claim} in the registry"),
            Self::List(file) => write!(f, "the list {file}"),
            Self::Dataset(dir) => write!(f, "the creators of {dir}"),
            Self::Picture(picture) => write!(f, "the metadata of {picture}"),
        }
    }
}

/// A text that is called by somebody's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRefused {
    /// What it is: `name`, `token`, …, as it was handed in.
    pub what: String,
    /// The text.
    pub text: String,
    /// The name as it is known.
    pub name: String,
    /// Where it is known from.
    pub known_from: NameSource,
}

impl std::fmt::Display for NameRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, text, name, known_from } = self;
        write!(
            f,
            "the {what} `{text}` is called by the name of {name} ({known_from}), and no claim of theirs grants it"
        )
    }
}

/// Names that are kept, and bytes of a file of them.
const NAMES: usize = 1_000_000;
const LIST_BYTES: u64 = 64 << 20;
const NAME_BYTES: usize = 200;

impl KnownNames {
    /// No names.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a name. Of one that is known already the first source stays.
    pub fn add(&mut self, name: &str, source: &NameSource) {
        let name = name.trim();
        if name.is_empty() || name.len() > NAME_BYTES || self.names.len() >= NAMES {
            self.ignored += usize::from(!name.is_empty());
            return;
        }
        if self.sources.contains_key(name) {
            return;
        }
        if self.names.add(name) {
            self.sources.insert(name.to_owned(), source.clone());
        } else {
            self.ignored += 1;
        }
    }

    /// Adds the names of a file, one a line, or the creators of a dataset.
    pub fn add_path(&mut self, path: &Path) -> Result<(), Error> {
        if path.join("CURRENT").is_file() || path.is_dir() {
            return self.add_dataset(path);
        }
        let refused = |message: String| Error::Input { input: path.display().to_string(), message };
        let bytes = fs_err::metadata(path).map_err(Error::file(path))?.len();
        if bytes > LIST_BYTES {
            return Err(refused(format!("it has more than {LIST_BYTES} bytes\nhint: a list of names has one a line")));
        }
        let list = fs_err::read(path).map_err(Error::file(path))?;
        let list = String::from_utf8(list)
            .map_err(|_| refused("it is no UTF-8\nhint: save it as UTF-8, one name a line".to_owned()))?;
        let source = NameSource::List(path.display().to_string());
        for line in list.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            self.add(line, &source);
        }
        Ok(())
    }

    fn add_dataset(&mut self, dir: &Path) -> Result<(), Error> {
        let dataset = Dataset::open(dir)?;
        let source = NameSource::Dataset(dir.display().to_string());
        dataset.scan(&["creator"], |_, batch| {
            let creators = batch.column_by_name("creator").and_then(|column| column.as_string_opt::<i32>());
            for creator in creators.into_iter().flatten().flatten() {
                self.add_creator(creator, &source);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Adds a creator as metadata name one: several stand between semicolons, an account is `host/name`.
    fn add_creator(&mut self, creator: &str, source: &NameSource) {
        for one in creator.split(';') {
            let name = match one.split_once('/') {
                Some((host, name)) if host.contains('.') => name,
                _ => one,
            };
            self.add(name, source);
        }
    }

    /// Adds those whom the pictures themselves name: who made them, and whom they show.
    pub fn add_selection(&mut self, selection: &Selection) {
        for refused in &selection.refused {
            if let Some(creator) = refused.ask.as_ref().and_then(|ask| ask.whom.as_deref()) {
                self.add_creator(creator, &NameSource::Picture(refused.origin.to_string()));
            }
        }
        for taken in &selection.taken {
            let source = NameSource::Picture(taken.origin().to_string());
            if let Some(creator) = taken.creator() {
                self.add_creator(creator, &source);
            }
            for person in taken.people() {
                self.add(person, &source);
            }
        }
    }

    /// Adds the names of the accounts and sites that claims are about. One that grants the use by itself needs no other leave.
    pub fn add_registry(&mut self, registry: &Ground, use_: UsageCategory, kept: &KeptTerms) {
        for claim in registry.index().iter() {
            let value = claim.subject.value();
            let name = match claim.subject.kind() {
                SubjectKind::Account => value.split_once('/').map(|(_, name)| name.to_owned()),
                // `anamueller.example`, `ana-mueller.co.uk`: the part that somebody chose.
                SubjectKind::Domain => sayso_crawl::registrable_domain(&value).split('.').next().map(str::to_owned),
                SubjectKind::Prefix | SubjectKind::Url | SubjectKind::Sha256 | SubjectKind::Pdq => None,
            };
            let Some(name) = name else { continue };
            let grant = PersonGrant { name: name.clone(), by: GrantedBy::Claim(claim.id) };
            if grant.check(use_, Some(registry), kept).is_err() {
                self.add(&name, &NameSource::Claim(claim.id));
            }
        }
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How many were left out, since they would be found everywhere: single first names, two or three letters.
    #[must_use]
    pub const fn ignored(&self) -> usize {
        self.ignored
    }

    /// Which of these texts are called by a name. Each stands behind what it is: `("name", "hollie-mengert-style")`. `granted`
    /// are those whose leave is there, which [`PersonGrant::check`] says.
    #[must_use]
    pub fn check(&self, texts: &[(&str, &str)], granted: &[PersonGrant]) -> Vec<NameRefused> {
        let mut leave = PersonNames::default();
        // Whoever says to be the person has shown it to nobody: their claim does.
        let granted: Vec<&PersonGrant> =
            granted.iter().filter(|grant| matches!(grant.by, GrantedBy::Claim(_))).collect();
        for grant in &granted {
            leave.add(&grant.name);
        }
        let mut refused = Vec::new();
        for (what, text) in texts {
            for name in self.names.found_in(text) {
                // A lookalike may refuse, and never give leave.
                let is_granted = !leave.read_in(name).is_empty()
                    || granted.iter().any(|grant| grant.name.trim().eq_ignore_ascii_case(name));
                let Some(known_from) = self.sources.get(name).filter(|_| !is_granted) else { continue };
                let (what, text, name) = ((*what).to_owned(), (*text).to_owned(), name.to_owned());
                refused.push(NameRefused { what, text, name, known_from: known_from.clone() });
            }
        }
        refused
    }
}

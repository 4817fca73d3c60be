use sayso_core::{Sha256, UsageCategory};
use sayso_registry::claim::{ClaimId, Day, Undertaking, UseKind};

use super::error::StudioError;
use super::grants::assert_theirs;
use super::open::{Inner, Studio};
use super::session::Session;
use crate::Error;
use crate::claims::Ground;
use crate::training::{Captions, Depicts, GrantedBy, KeptTerms, KnownNames, PersonGrant, SelectOptions, Selection};

/// What a studio judges for.
pub(super) const USE: UsageCategory = UsageCategory::FineTune;

/// Bytes of pictures that stay in memory while they are learned; while they are judged, none do.
pub(super) const KEPT_BYTES: u64 = 64 << 20;

/// Who can be recognised, as whoever brought the pictures says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Nobody.
    Nobody,
    /// These: `me`, or `NAME=CLAIM`.
    Persons(Vec<String>),
}

impl Studio {
    /// Takes the answer who is shown, and what the adapter is for. A grant that does not hold is no answer. `own` are claims of which
    /// whoever answers has shown that they are theirs; they are remembered for this session.
    pub fn say_who_is_shown(
        &self,
        token: &Sha256,
        shown: &Shown,
        own: &[ClaimId],
        use_kind: UseKind,
    ) -> Result<(), StudioError> {
        let depicts = match shown {
            Shown::Nobody => Depicts::Nobody,
            Shown::Persons(lines) => {
                let grants: Result<Vec<PersonGrant>, String> = lines.iter().map(|line| line.parse()).collect();
                let grants = grants.map_err(|why| StudioError::asked(format!("who is shown cannot be read: {why}")))?;
                if grants.is_empty() {
                    return Err(StudioError::asked("nobody is named\nhint: say that nobody is shown, or who is"));
                }
                Depicts::Persons(grants)
            }
        };
        let inner = &self.inner;
        inner.with(token, |session| {
            session.is_open()?;
            session.own_claims.extend(own);
            let options = inner.select_options(&depicts, use_kind, Captions::Same(String::new()))?;
            for grant in depicts.grants() {
                grant.check(USE, options.registry.as_deref(), &options.terms).map_err(|error| refused(grant, error))?;
                if let Some(ground) = &options.registry {
                    assert_theirs(grant, ground, &session.own_claims)?;
                }
            }
            (session.depicts, session.use_kind) = (Some(depicts), use_kind);
            inner.check(session)
        })
    }
}

impl Session {
    /// Whether it can be changed: while something is learned from it, it cannot.
    pub(super) fn is_open(&self) -> Result<(), StudioError> {
        if self.is_busy() { Err(StudioError::Busy) } else { Ok(()) }
    }

    /// Who is shown, as it stands in forms.
    pub(super) fn shown(&self) -> Option<Shown> {
        let line = |grant: &PersonGrant| match grant.by {
            GrantedBy::Themselves if grant.name == "me" => "me".to_owned(),
            GrantedBy::Themselves => format!("{}=me", grant.name),
            GrantedBy::Claim(claim) => format!("{}={claim}", grant.name),
        };
        self.depicts.as_ref().map(|depicts| match depicts {
            Depicts::Nobody => Shown::Nobody,
            Depicts::Persons(grants) => Shown::Persons(grants.iter().map(line).collect()),
        })
    }
}

impl Inner {
    /// How pictures are judged, by the claims as they are now.
    pub(super) fn select_options(
        &self,
        depicts: &Depicts,
        use_kind: UseKind,
        captions: Captions,
    ) -> Result<SelectOptions, Error> {
        let ground = Ground::open(&self.options.registry)?;
        let today: String = self.now().to_string().chars().take(10).collect();
        let today: Day = today.parse().map_err(|_| Error::Stopped("clock"))?;
        let undertaking = Undertaking { kind: use_kind, on: today, by: None };
        let terms = KeptTerms::read(&self.options.registry, &ground, &undertaking)?;
        let limits = &self.options.limits;
        Ok(SelectOptions {
            policy: self.options.policy.clone(),
            registry: Some(std::sync::Arc::new(ground)),
            terms,
            depicts: depicts.clone(),
            captions,
            // A statement makes a file a little longer.
            file_bytes: limits.picture_bytes.saturating_add(1 << 20),
            kept_bytes: 0,
            pictures: limits.pictures.saturating_mul(2),
            threads: limits.judged_at_once,
        })
    }

    /// Refuses texts that name somebody who did not grant theirs.
    pub(super) fn check_names(
        &self,
        texts: &[(&str, &str)],
        options: &SelectOptions,
        selections: &[&Selection],
    ) -> Result<(), StudioError> {
        let mut names = KnownNames::none();
        for path in &self.options.names {
            names.add_path(path)?;
        }
        for selection in selections {
            names.add_selection(selection);
        }
        if let Some(registry) = &options.registry {
            names.add_registry(registry, USE, &options.terms);
        }
        match names.check(texts, options.depicts.grants()).first() {
            None => Ok(()),
            Some(first) => Err(StudioError::asked(format!(
                "{}\nhint: call it something else, or let them bring a claim of theirs with --preference fine-tune=y, and name it where you say who is shown",
                first_words(&first.to_string())
            ))),
        }
    }
}

/// Why a claim is no grant, with a way to find out that whoever reads it has: what is wrong here is not theirs to read.
fn refused(grant: &PersonGrant, error: Error) -> StudioError {
    let GrantedBy::Claim(id) = grant.by else { return error.into() };
    match error {
        Error::Input { message, .. } => {
            let why = message.lines().next().unwrap_or_default();
            StudioError::asked(format!(
                "{why}\nhint: the page /claims/{id} says how the claim stands; ask whoever holds it"
            ))
        }
        error => error.into(),
    }
}

/// Without the place from which a name is known, which may be a path of this machine.
fn first_words(text: &str) -> String {
    match (text.find(" (the metadata of "), text.find("), and no claim")) {
        (Some(from), Some(to)) if from < to => {
            format!(
                "{} (the metadata of a picture{}",
                text.get(..from).unwrap_or_default(),
                text.get(to..).unwrap_or_default()
            )
        }
        _ => text.to_owned(),
    }
}

//! From wishes and texts to the properties of one picture.

use std::sync::Arc;

use sayso_consent::categories::reserves;
use sayso_consent::embedded::{Embedded, Inscription, data_mining_term, read_embedded_signal};
use sayso_core::{Place, Signal, SignalKind, Speaker, Stance, UsageCategory};

use crate::Error;
use crate::reserve::Wishes;

/// Who holds the rights, and on which terms. What is `None` stays as it is in the picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// `dc:creator`.
    pub creator: Option<String>,
    /// `dc:rights`, the notice.
    pub rights: Option<String>,
    /// `plus:LicensorURL`, where a licence can be asked for.
    pub licensor_url: Option<String>,
    /// `xmpRights:WebStatement`, the address of the licence or of a statement of rights.
    pub licence: Option<String>,
    /// `xmpRights:UsageTerms`, the terms in prose.
    pub terms: Option<String>,
}

/// Bytes of one text.
const TEXT_BYTES: usize = 4096;

impl Texts {
    /// Whether they can be written.
    pub(super) fn check(&self) -> Result<(), Error> {
        let refused = |text: &str, message: &str| {
            Err(Error::Input { input: text.chars().take(100).collect(), message: message.to_owned() })
        };
        for text in [&self.creator, &self.rights, &self.licensor_url, &self.licence, &self.terms].into_iter().flatten()
        {
            if text.trim().is_empty() {
                return refused(text, "it is an empty text\nhint: leave the option out, and what is there stays");
            }
            if text.chars().any(char::is_control) || text.len() > TEXT_BYTES {
                return refused(text, "it is no line of text of up to 4096 bytes\nhint: write it on one line");
            }
        }
        for url in [&self.licensor_url, &self.licence].into_iter().flatten() {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if rest.is_none_or(str::is_empty) || url.contains(char::is_whitespace) {
                return refused(url, "it is no address\nhint: an address starts with https://");
            }
        }
        Ok(())
    }
}

/// The words for a use in `plus:OtherConstraints`, for people: no program reads them.
const WORDS: &[(UsageCategory, &str)] = &[
    (UsageCategory::Search, "showing this image in search results"),
    (UsageCategory::DataMining, "text and data mining of this image"),
    (UsageCategory::TrainAi, "training AI models with this image"),
    (UsageCategory::TrainGenai, "training generative AI models with this image"),
    (UsageCategory::FineTune, "fine-tuning models with this image to imitate its creator or a person in it"),
    (UsageCategory::AiInput, "giving this image to AI models as input"),
];

/// What to write into a picture that says `present` so far. What it says already is left out.
pub(super) fn of(wishes: &Wishes, texts: &Texts, present: &Embedded) -> Inscription {
    let raw_of = |property: &str| {
        let statements = present.statements.iter();
        let mut signals = statements.map(|statement| &statement.signal);
        let is = |signal: &&Arc<Signal>| match &signal.place {
            Place::Embedded { container, path } => container == "XMP" && path == property,
            _ => false,
        };
        signals.find(is).map(|signal| signal.raw.as_str())
    };
    let value = raw_of("plus:DataMining").map(|raw| raw.trim_end_matches(Signal::CUT_MARK));
    let term = data_mining_term(&wishes.no, &wishes.yes, value);
    let other_constraints = match (raw_of("plus:OtherConstraints"), constraints(wishes, term.or(value))) {
        (Some(theirs), Some(ours)) if theirs.contains(&ours) => None,
        (Some(theirs), Some(ours)) => Some(format!("{theirs} {ours}")),
        (_, ours) => ours,
    };
    let unless = |said: Option<&str>, text: &Option<String>| text.clone().filter(|text| said != Some(text));
    Inscription {
        data_mining: term,
        other_constraints,
        licensor_url: unless(raw_of("plus:Licensor"), &texts.licensor_url),
        creator: unless(raw_of("dc:creator"), &texts.creator),
        rights: unless(raw_of("dc:rights"), &texts.rights),
        web_statement: unless(present.licence.as_deref(), &texts.licence),
        usage_terms: unless(raw_of("xmpRights:UsageTerms"), &texts.terms),
    }
}

/// In prose, what is reserved and `value` does not say.
fn constraints(wishes: &Wishes, value: Option<&str>) -> Option<String> {
    let said = value.map(said_by).unwrap_or_default();
    let is_said = |category: &UsageCategory| said.iter().any(|said| reserves(*said, *category));
    let left = WORDS.iter().filter(|(category, _)| wishes.no.contains(category) && !is_said(category));
    let left: Vec<&str> = left.map(|(_, words)| *words).collect();
    (!left.is_empty()).then(|| format!("Not permitted without consent: {}.", left.join("; ")))
}

/// The uses that a value of `plus:DataMining` reserves, as its reader reads it.
fn said_by(value: &str) -> Vec<UsageCategory> {
    let signal = Signal {
        kind: SignalKind::Iptc,
        speaker: Speaker::Picture,
        place: Place::Embedded { container: "XMP".to_owned(), path: "plus:DataMining".to_owned() },
        raw: value.to_owned(),
        at_bytes: None,
        record: None,
        captured_at: None,
    };
    let preferences = read_embedded_signal(&signal);
    preferences.iter().filter(|p| p.stance == Stance::Disallowed).map(|p| p.category).collect()
}

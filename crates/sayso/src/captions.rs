//! What captions say of themselves: creators, languages, personal data.

pub use sayso_caption::{
    Creator, CreatorForm, Finding, Language, Names, NamesError, NamesLimits, PersonalKind, creator_of, display_name,
    language_of, mask, personal_in,
};

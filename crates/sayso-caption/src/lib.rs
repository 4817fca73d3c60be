//! What a caption says: who made the picture, in which language it is, and what in it is about persons.
//!
//! Pure functions of text. They do no I/O, remember nothing, take a time that grows with the caption's length and not
//! faster, and allocate only for what they find: an import asks them about every one of its captions.
//!
//! * [`creator_of`] finds a creator's name: after "by", "photo by", "©" and their like in a few languages, before the years of
//!   a life as museums write them, or any name of a list of [`Names`]. [`creator_key`] tells which ways to write a name
//!   mean the same one.
//! * [`language_of`] says the language, or nothing where the caption is too short to tell.
//! * [`personal_in`] finds e-mail addresses, telephone numbers, street addresses and numbers of documents; [`mask`] takes
//!   them out.
//!
//! All of them would rather find nothing than something wrong.
//!
//! ```
//! use sayso_caption::{creator_of, language_of, mask};
//!
//! let caption = "The harbour at dusk, photo by Ana Müller, prints from ana@example.org";
//! let creator = creator_of(caption, None).expect("a name stands behind `by`");
//! assert_eq!(creator.name, "Ana Müller");
//! assert_eq!(language_of(caption).map(|language| language.as_str()), Some("en"));
//! assert_eq!(mask(caption), "The harbour at dusk, photo by Ana Müller, prints from [e-mail]");
//! ```

mod creator;
mod fold;
mod language;
mod names;
mod personal;
mod words;

pub use creator::{Creator, CreatorForm, creator_key, creator_of, display_name};
pub use language::{Language, language_of};
pub use names::{Names, NamesError, NamesLimits};
pub use personal::{Finding, PersonalKind, mask, personal_in};

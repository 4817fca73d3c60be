use sayso_core::stable_names;

mod latin;
mod script;

use crate::words::upto;
use script::{Script, script_of};

/// Languages that captions are told to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "their names are the codes of ISO 639-1")]
pub enum Language {
    Af,
    Am,
    Ar,
    Be,
    Bg,
    Bn,
    Ca,
    Cs,
    Da,
    De,
    El,
    En,
    Eo,
    Es,
    Et,
    Fa,
    Fi,
    Fr,
    Gl,
    Gu,
    He,
    Hi,
    Hr,
    Hu,
    Hy,
    Id,
    It,
    Ja,
    Ka,
    Km,
    Kn,
    Ko,
    Lo,
    Lt,
    Lv,
    Mk,
    Ml,
    My,
    Nb,
    Nl,
    Pa,
    Pl,
    Pt,
    Ro,
    Ru,
    Si,
    Sk,
    Sl,
    Sr,
    Sv,
    Ta,
    Te,
    Th,
    Tr,
    Uk,
    Ur,
    Vi,
    Zh,
}

stable_names!(Language, "language", {
    Af => "af", Am => "am", Ar => "ar", Be => "be", Bg => "bg", Bn => "bn", Ca => "ca", Cs => "cs", Da => "da", De => "de",
    El => "el", En => "en", Eo => "eo", Es => "es", Et => "et", Fa => "fa", Fi => "fi", Fr => "fr", Gl => "gl", Gu => "gu",
    He => "he", Hi => "hi", Hr => "hr", Hu => "hu", Hy => "hy", Id => "id", It => "it", Ja => "ja", Ka => "ka", Km => "km",
    Kn => "kn", Ko => "ko", Lo => "lo", Lt => "lt", Lv => "lv", Mk => "mk", Ml => "ml", My => "my", Nb => "nb", Nl => "nl",
    Pa => "pa", Pl => "pl", Pt => "pt", Ro => "ro", Ru => "ru", Si => "si", Sk => "sk", Sl => "sl", Sr => "sr", Sv => "sv",
    Ta => "ta", Te => "te", Th => "th", Tr => "tr", Uk => "uk", Ur => "ur", Vi => "vi", Zh => "zh",
});

/// The bytes of a caption by which its language is told: what is not clear by then does not get clearer.
const ENOUGH_BYTES: usize = 1024;

/// The language of a caption, as its code in ISO 639-1; `None` where it is too short to tell or could be one or another.
///
/// Most scripts have one language that is far ahead of the others that are written in it. Latin letters are told apart by
/// the small words of each language, and by letters that few of them have.
#[must_use]
pub fn language_of(caption: &str) -> Option<Language> {
    let caption = upto(caption, ENOUGH_BYTES);
    match script_of(caption) {
        Script::Latin(letters) => latin::language(caption, letters),
        Script::Of(language) => Some(language),
        Script::None => None,
    }
}

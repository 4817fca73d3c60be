use super::Language;

/// What the letters of a caption say of its language.
pub(super) enum Script {
    /// Most are Latin; those that few languages have are given by their languages ([`latin_bit`]).
    Latin(Marks),
    /// Most are of a script, or have among them letters, of this language.
    Of(Language),
    /// There are too few letters, or they can be of several languages.
    None,
}

/// How often letters were found that speak for languages, for the few letters that do.
pub(super) type Marks = [u8; MARKED.len()];

/// Letters that few languages in Latin letters have, with those that do.
pub(super) const MARKED: &[(&str, &[Language])] = {
    use Language::{Ca, Cs, Da, De, Eo, Es, Et, Fi, Fr, Gl, Hr, Hu, Lt, Lv, Nb, Pl, Pt, Ro, Sk, Sl, Sv, Tr, Vi};
    &[
        ("ß", &[De]),
        ("ñ", &[Es, Gl]),
        ("ãõ", &[Pt]),
        ("øæ", &[Da, Nb]),
        ("å", &[Sv, Da, Nb]),
        ("ł", &[Pl]),
        ("ęą", &[Pl, Lt]),
        ("ńśźżć", &[Pl]),
        ("őű", &[Hu]),
        ("ğış", &[Tr]),
        ("řěů", &[Cs]),
        ("ľĺŕ", &[Sk]),
        ("șțăş", &[Ro]),
        ("đ", &[Hr, Vi]),
        ("ơưạảấầậẩắằặẳẹẻếềệểịỉọỏốồộổớờợởụủứừựửỳỵỷỹẵẫẽễĩỗỡũữ", &[Vi]),
        ("ķļģņā", &[Lv]),
        ("ėįų", &[Lt]),
        ("ĉĝŝŭĵĥ", &[Eo]),
        ("äö", &[De, Sv, Fi, Et]),
        ("ü", &[De, Tr, Hu, Et]),
        ("êèûœîïù", &[Fr]),
        ("ç", &[Fr, Pt, Ca, Tr]),
        ("òì", &[Language::It, Ca]),
        ("šž", &[Cs, Sk, Sl, Hr, Lt, Lv]),
        ("č", &[Cs, Sk, Sl, Hr, Lt, Lv]),
        ("ý", &[Cs, Sk]),
        ("¿¡", &[Es]),
    ]
};

/// Counts the letters of each script and says what comes of them.
pub(super) fn script_of(caption: &str) -> Script {
    let mut marks = [0; MARKED.len()];
    if caption.is_ascii() {
        return Script::Latin(marks);
    }
    let mut latin = 0_u32;
    let mut counts = [0_u32; SCRIPTS.len()];
    for c in caption.chars() {
        if c.is_ascii() {
            latin += u32::from(c.is_ascii_alphabetic());
        } else if c < '\u{370}' || ('\u{1e00}'..'\u{2000}').contains(&c) {
            latin += u32::from(c.is_alphabetic());
            if c >= '\u{a1}' {
                count_mark(c, &mut marks);
            }
        } else if let Some(count) = block_of(c).and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let Some((most, count)) = counts.iter().enumerate().max_by_key(|(_, count)| **count).map(|(at, n)| (at, *n)) else {
        return Script::None;
    };
    if count == 0 {
        return Script::Latin(marks);
    }
    // Scripts that write a syllable or a word with a sign need fewer of them.
    let weight = if most <= HAN { 3 } else { 1 };
    if count * weight <= latin {
        return if latin > 3 * count * weight { Script::Latin(marks) } else { Script::None };
    }
    // Kanji among kana are Japanese, however many they are; Hangul among Hanja Korean.
    let has = |at: usize| counts.get(at).is_some_and(|count| *count > 0);
    match most {
        HAN | KANA if has(KANA) => Script::Of(Language::Ja),
        HAN if has(HANGUL) => Script::Of(Language::Ko),
        CYRILLIC => cyrillic(caption).map_or(Script::None, Script::Of),
        ARABIC => Script::Of(arabic(caption)),
        most => SCRIPTS.get(most).filter(|_| count > 1).map_or(Script::None, |(_, _, language)| Script::Of(*language)),
    }
}

fn count_mark(c: char, marks: &mut Marks) {
    let lower = c.to_lowercase().next().unwrap_or(c);
    for (mark, (letters, _)) in marks.iter_mut().zip(MARKED) {
        if letters.contains(lower) {
            *mark = mark.saturating_add(1);
        }
    }
}

const KANA: usize = 0;
const HANGUL: usize = 1;
const HAN: usize = 2;
const CYRILLIC: usize = 3;
const ARABIC: usize = 4;

/// Ranges of characters, with the language that is far ahead of the others written in them.
const SCRIPTS: [(char, char, Language); 24] = [
    ('\u{3041}', '\u{30ff}', Language::Ja),
    ('\u{ac00}', '\u{d7a3}', Language::Ko),
    ('\u{3400}', '\u{9fff}', Language::Zh),
    ('\u{400}', '\u{52f}', Language::Ru),
    ('\u{600}', '\u{6ff}', Language::Ar),
    ('\u{370}', '\u{3ff}', Language::El),
    ('\u{1f00}', '\u{1fff}', Language::El),
    ('\u{590}', '\u{5ff}', Language::He),
    ('\u{530}', '\u{58f}', Language::Hy),
    ('\u{10a0}', '\u{10ff}', Language::Ka),
    ('\u{900}', '\u{97f}', Language::Hi),
    ('\u{980}', '\u{9ff}', Language::Bn),
    ('\u{a00}', '\u{a7f}', Language::Pa),
    ('\u{a80}', '\u{aff}', Language::Gu),
    ('\u{b80}', '\u{bff}', Language::Ta),
    ('\u{c00}', '\u{c7f}', Language::Te),
    ('\u{c80}', '\u{cff}', Language::Kn),
    ('\u{d00}', '\u{d7f}', Language::Ml),
    ('\u{d80}', '\u{dff}', Language::Si),
    ('\u{e00}', '\u{e7f}', Language::Th),
    ('\u{e80}', '\u{eff}', Language::Lo),
    ('\u{1000}', '\u{109f}', Language::My),
    ('\u{1200}', '\u{137f}', Language::Am),
    ('\u{1780}', '\u{17ff}', Language::Km),
];

fn block_of(c: char) -> Option<usize> {
    SCRIPTS.iter().position(|(first, last, _)| (*first..=*last).contains(&c))
}

/// Cyrillic: by the letters that one of its languages has, else by endings and small words of Russian and Bulgarian.
fn cyrillic(caption: &str) -> Option<Language> {
    let has = |letters: &str| caption.chars().any(|c| letters.contains(c));
    if has("ўЎ") {
        return Some(Language::Be);
    }
    if has("ѓќѕЃЌЅ") {
        return Some(Language::Mk);
    }
    if has("їєґЇЄҐ") {
        return Some(Language::Uk);
    }
    if has("ђћЂЋ") {
        return Some(Language::Sr);
    }
    if has("іІ") {
        return Some(if has("ыэёЫЭЁ") { Language::Be } else { Language::Uk });
    }
    if has("ыэёЫЭЁ") {
        return Some(Language::Ru);
    }
    if has("јљњџЈЉЊЏ") {
        let is_macedonian =
            caption.split_whitespace().any(|word| matches!(word, "со" | "од" | "ова" | "се" | "во" | "на"));
        return Some(if is_macedonian && !has("ј") { Language::Mk } else { Language::Sr });
    }
    let mut russian = 0;
    let mut bulgarian = u32::from(has("ъ"));
    for word in caption.split(|c: char| !c.is_alphabetic()) {
        match word {
            "из" | "для" | "что" | "как" | "это" | "или" | "не" | "под" | "над" | "у" | "к" =>
            {
                russian += 1;
            }
            "за" | "от" | "в" | "на" | "и" | "с" | "по" => {}
            "със" | "във" | "е" | "който" | "една" | "един" | "това" => bulgarian += 2,
            _ if ["ая", "ий", "ое", "ые", "ть", "ов", "ие"].iter().any(|end| word.ends_with(end)) => {
                russian += 1;
            }
            _ if ["та", "то", "ът", "ят"].iter().any(|end| word.ends_with(end)) && word.len() > 8 => {
                bulgarian += 1;
            }
            _ => {}
        }
    }
    if caption.contains('ь') && !caption.contains("ьо") {
        russian += 1;
    }
    match russian.cmp(&bulgarian) {
        std::cmp::Ordering::Greater => Some(Language::Ru),
        std::cmp::Ordering::Less => Some(Language::Bg),
        std::cmp::Ordering::Equal => None,
    }
}

/// Arabic letters: Urdu and Persian have some that Arabic does not.
fn arabic(caption: &str) -> Language {
    let has = |letters: &str| caption.chars().any(|c| letters.contains(c));
    if has("ٹڈڑںےہ") {
        Language::Ur
    } else if has("پچژگکی") {
        Language::Fa
    } else {
        Language::Ar
    }
}

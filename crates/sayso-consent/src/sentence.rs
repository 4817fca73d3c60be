use sayso_core::{Place, Reason, Signal, SignalKind, Speaker, UsageCategory};

use crate::codes;

/// How much of a signal a sentence quotes, in characters.
const QUOTED: usize = 120;

/// Says a reason in one plain English sentence, in lower case and without a full stop.
///
/// For example: the page's header `X-Robots-Tag: noai` reserves AI training.
#[must_use]
pub fn sentence(reason: &Reason) -> String {
    let predicate = match codes::entry(&reason.code) {
        Some(entry) => entry.predicate.replace("{use}", in_words(reason.category)),
        // A dataset may come from a newer version.
        None => format!("says `{}` of {}, for the reason `{}`", reason.stance, in_words(reason.category), reason.code),
    };
    match &reason.evidence {
        Some(signal) => format!("{} {predicate}", subject(signal)),
        None => predicate,
    }
}

pub(crate) fn in_words(category: UsageCategory) -> &'static str {
    match category {
        UsageCategory::Search => "being shown in a search",
        UsageCategory::DataMining => "text and data mining",
        UsageCategory::TrainAi => "AI training",
        UsageCategory::TrainGenai => "training of generative AI",
        UsageCategory::FineTune => "imitation by fine-tuning",
        UsageCategory::AiInput => "input to an AI",
    }
}

fn subject(signal: &Signal) -> String {
    let speaker = match signal.speaker {
        Speaker::Page => "the page",
        Speaker::PageSite => "the page's site",
        Speaker::Picture => "the picture",
        Speaker::PictureSite => "the picture's site",
        Speaker::Claimant => "somebody",
    };
    let raw = quoted(&signal.raw);
    match &signal.place {
        Place::Header { name } => format!("{speaker}'s header `{}: {raw}`", quoted(name)),
        Place::Meta { name } => format!("{speaker}'s meta element `{}` with `{raw}`", quoted(name)),
        Place::RobotsTxt { line, group: Some(group) } => {
            format!("{speaker}'s robots.txt with `{raw}` for `{}` on line {line}", quoted(group))
        }
        Place::RobotsTxt { line, group: None } => format!("{speaker}'s robots.txt with `{raw}` on line {line}"),
        Place::Element { .. } if signal.kind == SignalKind::RobotsTxt => format!("{speaker}'s robots.txt ({raw})"),
        Place::Element { path } => format!("{speaker}'s `{}` with `{raw}`", quoted(path)),
        Place::File { name, at } => format!("{speaker}'s {} with `{raw}` ({})", quoted(name), quoted(at)),
        Place::Embedded { container, path } => {
            format!("{speaker}'s {} metadata, `{}` with `{raw}`", quoted(container), quoted(path))
        }
        Place::Registry { log, entry } => format!("claim {entry} of {} with `{raw}`", quoted(log)),
    }
}

/// Foreign text for the inside of a sentence: on one line, not long, and unable to close its quotation.
fn quoted(text: &str) -> String {
    let plain = |char: char| match char {
        '`' => '\'',
        // Besides control characters those that turn the direction of what follows.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        char if char.is_control() => ' ',
        char => char,
    };
    let mut quoted: String = text.chars().take(QUOTED).map(plain).collect();
    if text.chars().nth(QUOTED).is_some() {
        quoted.push(Signal::CUT_MARK);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use sayso_core::{Place, Reason, ReasonCode, Signal, SignalKind, Speaker, Stance, UsageCategory};

    use super::sentence;
    use crate::codes::{self, CODES};

    fn reason(code: &ReasonCode, place: Place, raw: &str) -> Reason {
        let (kind, speaker) = (SignalKind::XRobotsTag, Speaker::Page);
        let signal =
            Signal { kind, speaker, place, raw: raw.to_owned(), at_bytes: None, record: None, captured_at: None };
        let category = UsageCategory::TrainAi;
        Reason {
            code: code.clone(),
            stance: Stance::Disallowed,
            category,
            evidence: Some(signal.into()),
            also: Vec::new(),
        }
    }

    fn header(code: &ReasonCode, raw: &str) -> Reason {
        reason(code, Place::Header { name: "X-Robots-Tag".to_owned() }, raw)
    }

    #[test]
    fn a_reason_is_one_sentence() {
        assert_eq!(
            sentence(&header(codes::NOAI, "noai")),
            "the page's header `X-Robots-Tag: noai` reserves AI training"
        );
        let line = Place::RobotsTxt { line: 12, group: Some("GPTBot".to_owned()) };
        assert_eq!(
            sentence(&reason(codes::AI_AGENT_DISALLOWED, line, "Disallow: /")),
            "the page's robots.txt with `Disallow: /` for `GPTBot` on line 12 turns away an AI agent, which reserves \
             AI training"
        );
        let (code, category) = (ReasonCode::NO_STATEMENT, UsageCategory::TrainGenai);
        let none = Reason { code, stance: Stance::Unknown, category, evidence: None, also: Vec::new() };
        assert_eq!(sentence(&none), "nothing says whether training of generative AI is wanted");
        assert_eq!(
            sentence(&header(&ReasonCode::stored("x-new".to_owned()), "a")),
            "the page's header `X-Robots-Tag: a` says `disallowed` of AI training, for the reason `x-new`"
        );
    }

    #[test]
    fn every_code_has_its_sentence_in_the_house_form() {
        for entry in CODES {
            let sentence = sentence(&header(entry.code, "x"));
            assert!(!sentence.contains(['{', '\n']) && !sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn a_quotation_stays_inside_its_quotes() {
        let hostile = format!("a`b\r\n\u{202e}{}", "é".repeat(500));
        let sentence = sentence(&header(codes::NOAI, &hostile));
        assert_eq!(sentence.matches('`').count(), 2);
        assert!(!sentence.contains(['\r', '\n', '\u{202e}']) && sentence.chars().count() < 250);
    }
}

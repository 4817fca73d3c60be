use sayso_core::{Place, Preference, ReasonCode, Signal, Stance, UsageCategory};

use super::Preferences;
use crate::agents::{Agent, AgentTable};
use crate::codes;
use crate::labels::{Labels, VALUED_DIRECTIVES, Vocabulary};

/// For whom a directive is meant.
#[derive(Clone, Copy)]
enum Audience<'a> {
    /// Everybody, and so the builder; or the builder by name.
    Builder,
    /// An agent of the table.
    Ai(&'a Agent),
    /// Anybody else's agent.
    Other,
}

/// Reads robots directives, from `X-Robots-Tag` or a meta element named `robots` or after an agent.
///
/// A directive list is cut at commas, and only then looked at for an `agent:` prefix, which holds until the next one.
/// Cutting at the first colon of the whole value, as other tools do, loses whatever follows a date.
pub(super) fn read_directives(signal: &Signal, agents: &AgentTable, builder_agent: &str) -> Vec<Preference> {
    let audience_of = |name: &str| match agents.find(name) {
        _ if name == "*" || name.eq_ignore_ascii_case(builder_agent) => Audience::Builder,
        Some(agent) => Audience::Ai(agent),
        None => Audience::Other,
    };
    let mut audience = match &signal.place {
        Place::Meta { name } if !is_for_everybody(name) => audience_of(name),
        _ => Audience::Builder,
    };
    let mut preferences = Preferences::default();
    let mut in_date = false;
    for part in signal.raw.split([',', ';']) {
        let mut part = part.trim_ascii();
        if in_date && part.starts_with(|first: char| first.is_ascii_digit()) {
            continue;
        }
        in_date = false;
        while let Some((name, rest)) = part.split_once(':') {
            let name = name.trim_ascii();
            if VALUED_DIRECTIVES.iter().any(|valued| name.eq_ignore_ascii_case(valued)) {
                in_date = name.eq_ignore_ascii_case("unavailable_after");
                if in_date && matches!(audience, Audience::Builder) {
                    preferences.add(UsageCategory::Search, Stance::Unknown, codes::UNAVAILABLE_AFTER);
                }
                // A date holds no directive, so one behind it that lacks its comma is still meant; a limit does
                // (`max-image-preview:none`).
                part = if in_date { rest } else { "" };
                break;
            }
            audience = audience_of(name);
            part = rest.trim_ascii();
        }
        for word in part.split_ascii_whitespace() {
            add_word(word, audience, &mut preferences);
        }
    }
    if signal.is_cut() {
        preferences.add(UsageCategory::TrainAi, Stance::Unknown, codes::SIGNAL_CUT);
    }
    preferences.into_vec()
}

fn is_for_everybody(name: &str) -> bool {
    name.eq_ignore_ascii_case("robots") || name.eq_ignore_ascii_case("x-robots-tag")
}

fn add_word(word: &str, audience: Audience<'_>, preferences: &mut Preferences) {
    let Some(directive) = Labels::builtin().find_in_any_case(Vocabulary::RobotsDirective, word) else {
        return;
    };
    match audience {
        Audience::Builder => preferences.add_all(&directive.reserves, Stance::Disallowed, code_of(&directive.label)),
        // Whatever it is that the agent may not do, the site does not want to be used by it.
        Audience::Ai(agent) => {
            let mut purpose_is_known = false;
            for category in agent.reserved_uses() {
                preferences.add(category, Stance::Disallowed, codes::AGENT_DIRECTIVE);
                purpose_is_known = true;
            }
            if !purpose_is_known {
                preferences.add(UsageCategory::TrainAi, Stance::Unknown, codes::AI_AGENT_UNCLEAR);
            }
        }
        // `noindex` for one search engine is no news to anybody else; a `noai` is at least evidence of a wish.
        Audience::Other if directive.reserves.contains(&UsageCategory::TrainAi) => {
            preferences.add_all(&directive.reserves, Stance::Unknown, codes::OTHER_AGENT);
        }
        Audience::Other => {}
    }
}

fn code_of(directive: &str) -> &'static ReasonCode {
    match directive {
        "noai" => codes::NOAI,
        "noimageai" => codes::NOIMAGEAI,
        "noimageindex" => codes::NOIMAGEINDEX,
        _ => codes::NOINDEX,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use sayso_core::Speaker;

    use crate::agents::AgentTable;
    use crate::headers::{header_signal, meta_signal};
    use crate::read;

    fn header(value: &str) -> Vec<String> {
        let signal = header_signal(Speaker::Picture, "X-Robots-Tag", value.as_bytes(), 200).unwrap();
        shown(&signal)
    }

    fn meta(name: &str, content: &str) -> Vec<String> {
        shown(&meta_signal(Speaker::Page, name, content, 200).unwrap())
    }

    fn shown(signal: &sayso_core::Signal) -> Vec<String> {
        let preferences = read(signal, AgentTable::builtin(), "saysobot");
        preferences.iter().map(|p| format!("{}={} {}", p.category, p.stance, p.code)).collect()
    }

    const NOAI: &str = "train-ai=disallowed noai";

    #[test]
    fn plain_directives() {
        assert_eq!(header("noai"), [NOAI]);
        assert_eq!(header("NoAI, NoImageAI"), [NOAI]);
        assert_eq!(header("noimageai"), ["train-ai=disallowed noimageai"]);
        assert_eq!(header("noindex nofollow;noai"), ["search=disallowed noindex", NOAI]);
        assert_eq!(header("none"), ["search=disallowed noindex"]);
        assert_eq!(header("noimageindex"), ["search=disallowed noimageindex"]);
        assert!(header("all, index, follow, max-snippet:-1, max-image-preview:large, nofollow").is_empty());
        assert!(header("").is_empty());
        assert!(header("no-ai, noaix, ai").is_empty());
    }

    #[test]
    fn a_date_with_colons_and_commas_swallows_nothing() {
        // datadiligence 0.1.7 and img2dataset cut at the first colon and take what stands before it for an agent,
        // so that the `noai` here is lost.
        let search = "search=unknown unavailable-after";
        for date in [
            "25 Jun 2027 15:00:00 PST",
            "Fri, 25 Jun 2027 15:00:00 GMT",
            "Friday, 25-Jun-27 15:00:00 UTC",
            "2027-06-25T15:00:00-08:00",
            "25 Jun 2027, 15:00:00 PST",
        ] {
            assert_eq!(header(&format!("unavailable_after: {date}, noai")), [search, NOAI], "{date}");
            assert_eq!(header(&format!("saysobot: unavailable_after: {date}, noai")), [search, NOAI], "{date}");
            assert_eq!(header(&format!("noai, unavailable_after: {date}")), [search, NOAI], "{date}");
        }
        assert_eq!(header("unavailable_after: , noai"), [search, NOAI]);
        assert_eq!(header("unavailable_after: 25 Jun 2027 15:00:00 PST noai"), [search, NOAI]);
        assert!(header("max-image-preview:none").is_empty());
    }

    #[test]
    fn an_agent_prefix_says_for_whom() {
        assert_eq!(header("SaysoBot: noai"), [NOAI]);
        assert_eq!(header("*: noai"), [NOAI]);
        assert_eq!(header("GPTBot: noindex"), ["train-ai=disallowed agent-directive"]);
        assert_eq!(header("PerplexityBot: none"), ["ai-input=disallowed agent-directive"]);
        assert_eq!(header("LCC: noai"), ["train-ai=unknown ai-agent-unclear"]);
        assert_eq!(header("googlebot: noai"), ["train-ai=unknown other-agent"]);
        assert!(header("googlebot: noindex, nofollow").is_empty());
        // The prefix holds until the next one.
        assert_eq!(header("googlebot: nofollow, saysobot: nofollow, noai"), [NOAI]);
        assert_eq!(header("googlebot: max-snippet: 5, noai"), ["train-ai=unknown other-agent"]);
    }

    #[test]
    fn meta_elements_are_read_alike() {
        assert_eq!(meta("robots", "noai, noimageai"), [NOAI]);
        assert_eq!(meta("ROBOTS", "noindex"), ["search=disallowed noindex"]);
        assert_eq!(meta("x-robots-tag", "noai"), [NOAI]);
        assert_eq!(meta("CCBot", "noindex"), ["train-ai=disallowed agent-directive"]);
        assert_eq!(meta("saysobot", "noai"), [NOAI]);
    }

    #[test]
    fn what_was_cut_off_may_have_said_more() {
        let long = format!("{}noai", "nofollow, ".repeat(40));
        assert_eq!(header(&long), ["train-ai=unknown signal-cut"]);
        assert_eq!(header(&format!("noai, {long}")), [NOAI]);
    }
}

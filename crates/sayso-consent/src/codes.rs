//! The reason codes that this crate writes: the one table, from which sentences, documentation and judgement follow.

use std::collections::HashMap;
use std::sync::LazyLock;

use sayso_core::ReasonCode;

/// What a preference with [`Stance::Unknown`](sayso_core::Stance::Unknown) is worth to a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It grants or reserves.
    Says,
    /// Something was said that cannot be read: it is the reason of an unknown verdict.
    Doubt,
    /// It is kept because somebody may want to see it, and decides nothing.
    Evidence,
}

/// One code, what it is worth, and the words for it.
#[derive(Debug, Clone, Copy)]
pub struct CodeEntry {
    /// The code.
    pub code: &'static ReasonCode,
    /// What it is worth.
    pub role: Role,
    /// What the evidence does, as the predicate of a sentence; `{use}` stands for the usage category in words.
    pub predicate: &'static str,
}

/// The entry of a code, `None` for a code of another version.
#[must_use]
pub fn entry(code: &ReasonCode) -> Option<&'static CodeEntry> {
    /// By their texts: a verdict asks for many codes.
    static BY_CODE: LazyLock<HashMap<&'static str, &'static CodeEntry>> =
        LazyLock::new(|| CODES.iter().map(|entry| (entry.code.as_str(), entry)).collect());
    BY_CODE.get(code.as_str()).copied()
}

macro_rules! codes {
    ($($name:ident, $code:literal, $role:ident, $doc:literal, $predicate:literal;)+) => {
        $(#[doc = $doc] pub const $name: &ReasonCode = &ReasonCode::new($code);)+

        /// Every code that this crate writes.
        pub const CODES: &[CodeEntry] =
            &[$(CodeEntry { code: $name, role: Role::$role, predicate: $predicate }),+];
    };
}

codes! {
    NO_STATEMENT, "no-statement", Evidence, "No signal said anything about the purpose.", "nothing says whether {use} is wanted";

    NOAI, "noai", Says, "The robots directive `noai`.", "reserves {use}";
    NOIMAGEAI, "noimageai", Says, "The robots directive `noimageai`.", "reserves {use} on its pictures";
    NOINDEX, "noindex", Says, "The robots directive `noindex` or `none`.", "reserves {use}";
    NOIMAGEINDEX, "noimageindex", Says, "The robots directive `noimageindex`.", "reserves {use} on its pictures";
    AGENT_DIRECTIVE, "agent-directive", Says, "A robots directive under the name of an AI agent.", "turns away an AI agent, which reserves {use}";
    OTHER_AGENT, "other-agent", Evidence, "A `noai` under the name of somebody else's agent.", "speaks to another agent only";
    UNAVAILABLE_AFTER, "unavailable-after", Evidence, "The robots directive `unavailable_after`.", "sets a date after which {use} ends";
    SIGNAL_CUT, "signal-cut", Doubt, "A signal longer than the limit: what was cut off may reserve more.", "is longer than the limit and cannot be read to its end";

    TDM_RESERVED, "tdm-reserved", Says, "TDMRep: the rights are reserved.", "reserves {use}";
    TDM_RESERVED_POLICY, "tdm-reserved-policy", Says, "TDMRep: the rights are reserved, and a policy says how to get them.", "reserves {use} and names a policy that says how to get it";
    TDM_GRANTED, "tdm-granted", Says, "TDMRep: the rights are not reserved.", "declines to reserve {use}";
    TDM_POLICY, "tdm-policy", Evidence, "TDMRep: the policy that goes with a reservation.", "names the policy that goes with the reservation";
    TDM_SUPERSEDED, "tdm-superseded", Evidence, "TDMRep: a later place says otherwise.", "is superseded by a later TDMRep statement";
    TDM_UNREADABLE, "tdm-unreadable", Doubt, "TDMRep: a value other than 0 or 1, which sets nothing.", "has a value other than 0 or 1, which sets nothing";

    CONTENT_USAGE_RESERVED, "content-usage-reserved", Says, "AIPREF: a label with `n`.", "reserves {use}";
    CONTENT_USAGE_GRANTED, "content-usage-granted", Says, "AIPREF: a label with `y`.", "grants {use}";
    CONTENT_USAGE_OLD_RESERVED, "content-usage-old-reserved", Says, "AIPREF: a label of an earlier draft with `n`.", "reserves {use}, in a word of an earlier draft";
    CONTENT_USAGE_OLD_GRANTED, "content-usage-old-granted", Says, "AIPREF: a label of an earlier draft with `y`.", "grants {use}, in a word of an earlier draft";
    CONTENT_USAGE_SUPERSEDED, "content-usage-superseded", Evidence, "AIPREF: a later line of the same field has another value for the label.", "is superseded by a later line of the same field";
    CONTENT_USAGE_OUTSIDE, "content-usage-outside", Evidence, "AIPREF: a grant before the first group of robots.txt, where it is nobody's.", "stands before the first group, where a grant of {use} is nobody's";
    CONTENT_USAGE_UNREADABLE, "content-usage-unreadable", Doubt, "AIPREF: not a dictionary of RFC 9651, or a value other than `y` and `n`.", "cannot be read";

    CONTENT_SIGNAL_RESERVED, "content-signal-reserved", Says, "Content-Signal: a signal with `no`.", "reserves {use}";
    CONTENT_SIGNAL_GRANTED, "content-signal-granted", Says, "Content-Signal: a signal with `yes`.", "grants {use}";
    CONTENT_SIGNAL_UNREADABLE, "content-signal-unreadable", Doubt, "Content-Signal: a value other than `yes` and `no`.", "cannot be read";

    ROBOTS_DISALLOWED, "robots-disallowed", Says, "robots.txt keeps crawlers out of the path.", "keeps crawlers out, which reserves {use}";
    AI_AGENT_DISALLOWED, "ai-agent-disallowed", Says, "robots.txt keeps an AI agent out of the path.", "turns away an AI agent, which reserves {use}";
    AI_AGENT_UNCLEAR, "ai-agent-unclear", Doubt, "An AI agent of unknown purpose is turned away.", "turns away an AI agent of unknown purpose";
    ROBOTS_ASSUMED_DISALLOWED, "robots-assumed-disallowed", Says, "robots.txt was not to be had for an error of the server, and crawlers must then assume that everything is disallowed.", "was not to be had, and then counts as keeping crawlers out, which reserves {use}";
    ROBOTS_UNREACHABLE, "robots-unreachable", Doubt, "robots.txt exists perhaps, and was not to be had.", "was not to be had, so what it says is unknown";

    AI_TXT_RESERVED, "ai-txt-reserved", Says, "ai.txt: the path or its kind of file is disallowed.", "keeps it out of AI training data";
    AI_TXT_GRANTED, "ai-txt-granted", Says, "ai.txt: the path or its kind of file is allowed.", "allows it in AI training data";
    AI_TXT_UNREADABLE, "ai-txt-unreadable", Doubt, "ai.txt: not a text file of rules.", "cannot be read";

    RSL_PROHIBITED, "rsl-prohibited", Says, "RSL: a `prohibits` names the use.", "prohibits {use}";
    RSL_NOT_PERMITTED, "rsl-not-permitted", Says, "RSL: `permits` is a closed list without the use.", "permits other uses only, which reserves {use}";
    RSL_CONDITIONAL, "rsl-conditional", Says, "RSL: the use is permitted against a payment, a licence token, or to some users only.", "permits {use} on conditions, which reserves it for everybody else";
    RSL_PERMITTED, "rsl-permitted", Says, "RSL: a `permits` names the use, without conditions.", "permits {use}";
    RSL_UNREADABLE, "rsl-unreadable", Doubt, "RSL: not a document of its namespace, or one that breaks its rules.", "cannot be read";

    CAWG_RESERVED, "cawg-reserved", Says, "C2PA manifest: `notAllowed` for the use.", "reserves {use}";
    CAWG_CONSTRAINED, "cawg-constrained", Says, "C2PA manifest: the use is `constrained`, by terms that no program reads.", "puts {use} under terms that no program reads, which reserves it";
    CAWG_GRANTED_UNVERIFIED, "cawg-granted-unverified", Evidence, "C2PA manifest: `allowed`, under a signature that was not verified: a grant that anybody could have written.", "allows {use}, under a signature that was not verified";
    CAWG_UNREADABLE, "cawg-unreadable", Doubt, "C2PA manifest: broken, or an assertion with an unknown value.", "cannot be read";

    IPTC_PROHIBITED, "iptc-prohibited", Says, "PLUS: data mining is prohibited.", "prohibits {use}";
    IPTC_CONSTRAINED, "iptc-constrained", Says, "PLUS: prohibited but for terms that stand elsewhere.", "prohibits {use} but for terms that no program reads";
    IPTC_GRANTED, "iptc-granted", Says, "PLUS: data mining is allowed.", "allows {use}";
    IPTC_UNSPECIFIED, "iptc-unspecified", Evidence, "PLUS: unspecified, which is no statement.", "leaves {use} unspecified";
    IPTC_UNREADABLE, "iptc-unreadable", Doubt, "PLUS: a value that its vocabulary does not know, or XMP that is no XML.", "cannot be read";
    RIGHTS_STATED, "rights-stated", Evidence, "A creator, rights or licensor that the picture's metadata name.", "names who holds the rights";

    CLAIM_VERIFIED_RESERVED, "claim-verified-reserved", Says, "Registry: a claim of whoever controls the subject reserves the use.", "reserves {use}, by whoever controls it";
    CLAIM_RESERVED, "claim-reserved", Says, "Registry: a claim that nobody contests reserves the use.", "reserves {use}";
    CLAIM_TERMS, "claim-terms", Says, "Registry: a claim allows the use under terms, which reserves it for everybody who has not agreed to them.", "puts {use} under terms, which reserves it";
    CLAIM_TERMS_KEPT, "claim-terms-kept", Says, "Registry: a claim of whoever controls the picture's own address, account or site allows the use under terms, which whoever asks says to keep.", "allows {use} under terms, which are kept";
    CLAIM_GRANTED, "claim-granted", Says, "Registry: a claim of whoever controls the picture's own address, account or site allows the use.", "allows {use}, by whoever controls it";
    CLAIM_GRANT_UNPROVEN, "claim-grant-unproven", Evidence, "Registry: a claim allows the use, and nobody has shown that it is theirs to allow.", "allows {use}, and nobody has shown that it is theirs to allow";
    CLAIM_CONTESTED, "claim-contested", Doubt, "Registry: a claim that somebody else contests.", "is contested, so what it says is unknown";
    CLAIM_OUTRANKED, "claim-outranked", Evidence, "Registry: whoever controls the same subject says otherwise of the use.", "is outranked by a verified claim on the same";

    LICENCE_FREE, "licence-free", Evidence, "A free licence: CC0, CC BY or public domain.", "states a free licence";
    LICENCE_RESTRICTED, "licence-restricted", Evidence, "A licence with conditions that a grant would not have.", "states a licence that is not a free one";
    LICENCE_LINKED, "licence-linked", Evidence, "A link to a free licence that does not say whose licence it is.", "links to a free licence without saying that it is its own";
    LICENCE_GRANTED, "licence-granted", Says, "A licence that the policy takes for a grant.", "states a licence that this policy takes for a grant";
    LICENCE_REFUSED, "licence-refused", Evidence, "A licence that the policy refuses.", "states a licence that this policy refuses";
    LICENCE_UNREAD, "licence-unread", Evidence, "A licence that is none of the known ones.", "states a licence that is not known";
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{CODES, NO_STATEMENT};

    #[test]
    fn the_code_of_the_core_is_in_the_table() {
        assert_eq!(*NO_STATEMENT, sayso_core::ReasonCode::NO_STATEMENT);
    }

    #[test]
    fn every_code_stands_once_and_is_documented() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/reasons.md");
        let page = std::fs::read_to_string(page).unwrap();
        for entry in CODES {
            assert_eq!(CODES.iter().filter(|other| other.code == entry.code).count(), 1, "{}", entry.code);
            assert!(page.contains(&format!("| `{}` |", entry.code)), "`{}` is not in reasons.md", entry.code);
        }
        let listed = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(listed, CODES.len(), "reasons.md lists a code that nobody writes");
    }
}

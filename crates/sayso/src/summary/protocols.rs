//! By which protocol somebody opts out whose reason has a code.

use sayso_consent::codes::{Role, entry};
use sayso_core::ReasonCode;

/// A way of saying no that machines can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Protocol {
    /// The stable name.
    pub(super) id: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    /// What its codes begin with; codes that begin with none of these are no protocol's.
    codes: &'static [&'static str],
}

/// All of them, in the order in which a summary lists them.
pub(super) const PROTOCOLS: [Protocol; 10] = [
    Protocol {
        id: "robots-txt",
        name: "Robots Exclusion Protocol (robots.txt, RFC 9309)",
        codes: &["robots-", "ai-agent-"],
    },
    Protocol {
        id: "robots-directives",
        name: "Robots directives (X-Robots-Tag, robots meta elements): noai, noimageai, noindex",
        codes: &["noai", "noimageai", "noindex", "noimageindex", "agent-directive", "unavailable-after"],
    },
    Protocol { id: "tdmrep", name: "TDM Reservation Protocol (TDMRep)", codes: &["tdm-"] },
    Protocol { id: "content-usage", name: "Content-Usage (IETF AIPREF)", codes: &["content-usage-"] },
    Protocol { id: "content-signal", name: "Content-Signal", codes: &["content-signal-"] },
    Protocol { id: "ai-txt", name: "ai.txt", codes: &["ai-txt-"] },
    Protocol { id: "rsl", name: "Really Simple Licensing (RSL)", codes: &["rsl-"] },
    Protocol { id: "c2pa", name: "Training and data mining assertions in C2PA manifests (CAWG)", codes: &["cawg-"] },
    Protocol { id: "iptc", name: "Data mining in picture metadata (IPTC, PLUS)", codes: &["iptc-"] },
    Protocol { id: "registry", name: "Claims in a registry", codes: &["claim-"] },
];

/// The protocol whose reservation a code is; `None` of what is no opt-out: no statement, a licence, personal data.
pub(super) fn protocol_of(code: &str) -> Option<&'static Protocol> {
    let is_its = |known: &&str| if known.ends_with('-') { code.starts_with(*known) } else { code == *known };
    PROTOCOLS.iter().find(|protocol| protocol.codes.iter().any(is_its))
}

/// Whether somebody said so, and it was not only kept out for a doubt.
pub(super) fn is_said(code: &str) -> bool {
    entry(&ReasonCode::stored(code.to_owned())).is_none_or(|entry| entry.role == Role::Says)
}

#[cfg(test)]
mod tests {
    use sayso_consent::codes::{CODES, Role};

    use super::{is_said, protocol_of};

    #[test]
    fn every_code_that_reserves_is_of_a_protocol() {
        for entry in CODES {
            let code = entry.code.as_str();
            assert_eq!(is_said(code), entry.role == Role::Says, "{code}");
            // A licence is a grant or a condition, not a way of opting out.
            if entry.role == Role::Says && !code.starts_with("licence-") {
                assert!(protocol_of(code).is_some(), "{code} is of no protocol");
            }
        }
        assert_eq!(protocol_of("noimageindex").map(|protocol| protocol.id), Some("robots-directives"));
        for code in
            ["no-statement", "personal-data", "licence-refused", "signal-cut", "rights-stated", "of a time to come"]
        {
            assert_eq!(protocol_of(code), None, "{code}");
        }
    }
}

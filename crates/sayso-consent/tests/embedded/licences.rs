//! Licences in a picture's own XMP: what is stated, and under which policy it is a grant.

use sayso_consent::judge;
use sayso_core::{LicencePattern, OwnRules, Policy, PolicyName, Purpose, SignalKind, Stance, Subject, UsageCategory};

use super::pictures::rdf;
use super::{Embedded, xmp_in_png};

const BY: &str = "https://creativecommons.org/licenses/by/4.0/";
const BY_NC: &str = "https://creativecommons.org/licenses/by-nc/4.0/";

fn picture(licence: &[&str], statement: &str, terms: &str) -> Embedded {
    let licences: String = licence.iter().map(|url| format!("<c:license r:resource='{url}'/>")).collect();
    let terms = if terms.is_empty() {
        String::new()
    } else {
        format!("<rights:UsageTerms><r:Alt><r:li xml:lang='x-default'>{terms}</r:li></r:Alt></rights:UsageTerms>")
    };
    let statement = if statement.is_empty() {
        String::new()
    } else {
        format!("<rights:WebStatement>{statement}</rights:WebStatement>")
    };
    xmp_in_png(&rdf("xmlns:c='http://creativecommons.org/ns#'", &format!("{licences}{statement}{terms}")))
}

fn licences(embedded: &Embedded) -> Vec<(String, &str, &str)> {
    let stated = embedded.statements.iter().filter(|statement| statement.signal.kind == SignalKind::Licence);
    stated
        .map(|statement| {
            let code = statement.preferences.first().map_or("", |preference| preference.code.as_str());
            (statement.signal.place.to_string(), statement.signal.raw.as_str(), code)
        })
        .collect()
}

fn verdict(embedded: &Embedded, policy: &Policy) -> (Stance, String) {
    let verdict = judge(&Subject { url: "", page_url: "" }, &embedded.statements, None, policy);
    (verdict.stance, verdict.reasons[0].code.to_string())
}

fn policy(name: PolicyName) -> Policy {
    Policy::new(name, Purpose(UsageCategory::FineTune))
}

#[test]
fn a_free_licence_is_a_grant_under_opt_in_and_evidence_elsewhere() {
    let free = picture(&[BY], "", "");
    assert_eq!(licences(&free), [("XMP cc:license".to_owned(), BY, "licence-free")]);
    assert_eq!(verdict(&free, &policy(PolicyName::OptIn)), (Stance::Allowed, "licence-free".to_owned()));
    for name in [PolicyName::OptOut, PolicyName::Strict, PolicyName::Record] {
        assert_eq!(verdict(&free, &policy(name)).0, Stance::Unknown, "{name}");
    }
    // The page of the rights is the licence itself, or the terms are nothing but its name.
    let statement = picture(&[], BY, "");
    assert_eq!(licences(&statement), [("XMP xmpRights:WebStatement".to_owned(), BY, "licence-free")]);
    let terms = picture(&[], "", "CC0 1.0");
    assert_eq!(licences(&terms), [("XMP xmpRights:UsageTerms".to_owned(), "CC0 1.0", "licence-free")]);
    let notice = picture(
        &[BY],
        "https://ana.example/rights",
        "Licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).",
    );
    assert_eq!(licences(&notice).len(), 1);
    for picture in [&statement, &terms, &notice] {
        assert_eq!(verdict(picture, &policy(PolicyName::OptIn)).0, Stance::Allowed);
    }
    // What a page on the rights, or prose alone, says is read by nobody.
    assert!(licences(&picture(&[], "https://ana.example/rights", "All rights reserved")).is_empty());
}

#[test]
fn conditions_and_doubt_grant_nothing() {
    let opt_in = policy(PolicyName::OptIn);
    for (what, picture) in [
        ("non-commercial", picture(&[BY_NC], "", "")),
        ("two that differ", picture(&[BY, BY_NC], "", "")),
        ("a statement that differs", picture(&[BY], BY_NC, "")),
        ("terms that differ", picture(&[BY], "", "CC BY-ND 4.0")),
        ("terms in prose", picture(&[BY], "", "No use for AI training.")),
        ("an address and a refusal", picture(&[], "", &format!("{BY} - not for AI training"))),
        ("a licence and a refusal behind it", picture(&[&format!("{BY} No AI")], "", "")),
        ("a page and a refusal behind it", picture(&[BY], &format!("{BY};{BY_NC}"), &format!("{BY};{BY_NC}"))),
        (
            "a notice with a refusal",
            picture(&[BY], "", &format!("CC BY 4.0 ({BY}). Use for AI training is prohibited.")),
        ),
        ("prose of another licence", picture(&[BY], "", &format!("Licensed under {BY_NC}"))),
        ("none that is known", picture(&["https://ana.example/licence"], "", "")),
        ("too many", picture(&[BY; 9], "", "")),
    ] {
        assert_eq!(verdict(&picture, &opt_in).0, Stance::Unknown, "{what}");
    }
    // A packet that is cut off may have said more.
    let whole = rdf("xmlns:c='http://creativecommons.org/ns#'", &format!("<c:license r:resource='{BY}'/>"));
    let cut = xmp_in_png(whole.strip_suffix("</r:Description></r:RDF></x:xmpmeta>").unwrap());
    assert_eq!(verdict(&cut, &opt_in).0, Stance::Unknown, "{:?}", licences(&cut));
    // What it reserves stands before what it grants.
    let reserved = xmp_in_png(&rdf(
        "xmlns:c='http://creativecommons.org/ns#' p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED'",
        &format!("<c:license r:resource='{BY}'/>"),
    ));
    assert_eq!(verdict(&reserved, &opt_in).0, Stance::Disallowed);
    // A policy of one's own names what it takes for a grant.
    let own = OwnRules { grant_licences: vec![LicencePattern::new("cc-by-nc")], ..OwnRules::default() };
    let named = Policy { own: Some(own.into()), ..policy(PolicyName::OptIn) };
    assert_eq!(verdict(&picture(&[BY_NC], "", ""), &named), (Stance::Allowed, "licence-granted".to_owned()));
    assert_eq!(verdict(&picture(&[BY_NC, BY], "", ""), &named).0, Stance::Unknown);
}

#[test]
fn terms_in_every_language_and_what_is_said_of_the_rights_count() {
    let opt_in = policy(PolicyName::OptIn);
    let with = |elements: &str| {
        let licence = format!("<c:license r:resource='{BY}'/>");
        xmp_in_png(&rdf("xmlns:c='http://creativecommons.org/ns#'", &format!("{licence}{elements}")))
    };
    let notice = format!("Licensed under CC BY 4.0 ({BY})");
    let terms = |name: &str, other: &str| {
        with(&format!(
            "<{name}><r:Alt><r:li xml:lang='x-default'>{notice}</r:li><r:li xml:lang='de'>{other}</r:li></r:Alt></{name}>"
        ))
    };
    for name in ["rights:UsageTerms", "p:OtherConstraints"] {
        assert_eq!(verdict(&terms(name, &notice), &opt_in).0, Stance::Allowed, "{name}");
        for other in ["Keine Nutzung für KI", "CC BY-NC 4.0"] {
            assert_eq!(verdict(&terms(name, other), &opt_in).0, Stance::Unknown, "{name}: {other}");
        }
    }
    let rights = |text: &str| with(&format!("<d:rights><r:Alt><r:li xml:lang='de'>{text}</r:li></r:Alt></d:rights>"));
    for text in ["CC BY-NC 4.0", BY_NC, "© Ana, CC BY-ND"] {
        assert_eq!(verdict(&rights(text), &opt_in).0, Stance::Unknown, "{text}");
    }
    for text in ["© Ana 2020", "CC BY 4.0"] {
        assert_eq!(verdict(&rights(text), &opt_in).0, Stance::Allowed, "{text}");
    }
}

#[test]
fn what_is_said_of_another_picture_grants_nothing() {
    let opt_in = policy(PolicyName::OptIn);
    let with = |about: &str, others: &str| {
        let licence = format!("<c:license r:resource='{BY}'/>");
        let own = format!("<r:Description r:about='{about}'>{licence}</r:Description></r:RDF>");
        let xmp = rdf("xmlns:c='http://creativecommons.org/ns#'", "");
        // The same namespaces for all nodes.
        let xmp = xmp.replace("<r:RDF ", "<r:RDF xmlns:c='http://creativecommons.org/ns#' ");
        xmp_in_png(&xmp.replace("</r:RDF>", &format!("{others}{own}")))
    };
    assert_eq!(verdict(&with("", ""), &opt_in).0, Stance::Allowed);
    assert_eq!(verdict(&with("https://bo.example/sky.jpg", ""), &opt_in).0, Stance::Unknown);
    // A node about the licence itself is none about a picture.
    let of_licence = format!("<c:License r:about='{BY}'/>");
    assert_eq!(verdict(&with("", &of_licence), &opt_in).0, Stance::Allowed);
    // What is reserved there is reserved.
    let reserved = "<r:Description r:about='https://bo.example/sky.jpg' xmlns:p='http://ns.useplus.org/ldf/xmp/1.0/' \
                    p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED'/>";
    assert_eq!(verdict(&with("", reserved), &opt_in).0, Stance::Disallowed);
}

//! What is found in a caption lies in it, apart from each other; what is masked is found no more where nothing stood beside it;
//! and words far behind change neither the language nor what was found before them.

use sayso_caption::{PersonalKind, creator_key, creator_of, display_name, language_of, mask, personal_in};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "caption",
    assert,
    mutations: 20_000,
    words: &[
        " by ",
        "Photo: ",
        "© ",
        "(c) ",
        "(1853-1890), ",
        "van ",
        "Ana",
        "+49 30 ",
        "tel ",
        "555-0123",
        "@a.org",
        "12 ",
        " Street",
        "Via ",
        "IBAN ",
        "DE89 3704",
        "4111 1111 ",
        "12345678Z",
        "the ",
        "\u{301}",
        "\u{202e}",
        "猫",
    ],
};

fn assert(input: &[u8]) {
    let Ok(caption) = std::str::from_utf8(input) else { return };
    if let Some(creator) = creator_of(caption, None) {
        assert!(!creator.name.trim().is_empty());
        assert!(caption.get(creator.span).is_some_and(|text| text.ends_with(&*creator.name)));
        assert_eq!(creator_key(&display_name(&creator.name)), creator_key(&creator.name));
    }
    let findings = personal_in(caption);
    let mut masked = String::new();
    let mut from = 0;
    for finding in &findings {
        assert!(finding.span.start >= from && !finding.span.is_empty());
        masked.push_str(&caption[from..finding.span.start]);
        masked.push_str(finding.kind.mask());
        from = finding.span.end;
        if finding.kind == PersonalKind::Email {
            assert!(caption[finding.span.clone()].contains('@'));
        }
    }
    masked.push_str(&caption[from..]);
    assert_eq!(mask(caption), masked);
    let end = (0..=caption.len().min(1024)).rev().find(|at| caption.is_char_boundary(*at));
    assert_eq!(language_of(caption), language_of(&caption[..end.unwrap_or_default()]));
}

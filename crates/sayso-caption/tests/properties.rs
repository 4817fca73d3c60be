//! What holds for any text.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};
use sayso_caption::{Names, NamesLimits, creator_key, creator_of, display_name, language_of, mask, personal_in};

/// Captions out of what the readers look for, in any order and with anything between.
fn caption() -> impl Strategy<Value = String> {
    let words = [
        "by",
        "By",
        "photo",
        "Ana",
        "Müller",
        "van",
        "de",
        "©",
        "(c)",
        "Copyright",
        "Photo:",
        "(photo:",
        "(1853-1890)",
        "(b. 1945)",
        "2012",
        "+49",
        "030",
        "(212)",
        "555-0123",
        "12",
        "Main",
        "Street",
        "rue",
        "Via",
        "Roma",
        "Hauptstraße",
        "@",
        "a@b.org",
        "IBAN",
        "DE89",
        "3704",
        "0044",
        "4111",
        "1111",
        "AB",
        "34",
        "56",
        "C",
        "12345678Z",
        "tel",
        "the",
        "und",
        "猫",
        "東京",
        "Ё",
        "ї",
        ",",
        ".",
        "-",
        "/",
        "(",
        ")",
        ":",
        "'s",
        "\u{301}",
        "\u{a0}",
        "\u{200b}",
        "\u{202e}",
        "[e-mail]",
        "İ",
    ];
    let part = proptest::prop_oneof![
        8 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[0-9 ./()+-]{0,12}",
    ];
    let joined = proptest::prop_oneof![5 => proptest::strategy::Just(" "), 1 => proptest::strategy::Just("")];
    prop::collection::vec((part, joined), 0..24)
        .prop_map(|parts| parts.into_iter().flat_map(|(part, gap)| [part, gap.to_owned()]).collect())
}

fn names() -> Names {
    let limits = NamesLimits { names: 100, name_bytes: 100 };
    Names::read("Ana Müller\nVincent van Gogh\n東京\nRoma\nJean-Léon Gérôme\n".as_bytes(), &limits).unwrap()
}

proptest! {
    #[test]
    fn creators_lie_in_the_caption(caption in caption()) {
        let names = names();
        for creator in [creator_of(&caption, None), names.find(&caption), creator_of(&caption, Some(&names))].into_iter().flatten() {
            prop_assert!(!creator.name.is_empty());
            let text = caption.get(creator.span.clone());
            prop_assert!(text.is_some_and(|text| !text.is_empty() && text.trim() == text), "{:?}", creator);
        }
    }

    #[test]
    fn findings_lie_in_the_caption_in_order(caption in caption()) {
        let mut end = 0;
        for finding in personal_in(&caption) {
            prop_assert!(finding.span.start >= end && !finding.span.is_empty());
            prop_assert!(caption.get(finding.span.clone()).is_some());
            end = finding.span.end;
        }
        let masked = mask(&caption);
        prop_assert_eq!(personal_in(&caption).is_empty(), masked == caption);
    }

    #[test]
    fn languages_do_not_depend_on_space_around(caption in caption()) {
        if caption.len() < 1000 {
            prop_assert_eq!(language_of(&caption), language_of(&format!("  {caption}\n")));
        }
    }

    #[test]
    fn keys_are_of_the_name_that_is_shown(caption in caption()) {
        let key = creator_key(&caption);
        prop_assert_eq!(&creator_key(&display_name(&caption)), &key);
        prop_assert_eq!(&creator_key(&key), &key);
    }
}

/// What would take hours if anything looked back over all that came before.
#[test]
fn long_captions_take_no_longer_than_their_length() {
    let names = names();
    let parts = [
        "by ",
        "by",
        "©",
        "(c) ",
        "Copyright ",
        "photo: ",
        ":",
        "(",
        "(1853-1890)",
        "(1853-1890) ",
        "Ana ",
        "van ",
        "1",
        "12 ",
        "+1 ",
        "1-",
        "0 ",
        "@",
        "a@",
        "a@b.",
        "12 Main ",
        "Via ",
        "DE89",
        "DE89 ",
        "AB ",
        "tel ",
        "the ",
        " ",
        "\u{a0}",
        "é",
        "猫",
        "Ё",
        "J.",
        "'",
        "-",
        "by by Ana ",
        "passport ",
        "Ana Müller ",
        "Jean-",
        "東",
        "dni ",
        "00",
    ];
    for part in parts {
        let caption = part.repeat(100_000 / part.len());
        for caption in [&*caption, &format!("Photo by {caption}"), &format!("{caption} by Ana")] {
            let _ = creator_of(caption, Some(&names));
            let _ = language_of(caption);
            assert_eq!(personal_in(caption).is_empty(), mask(caption) == caption);
            let _ = creator_key(caption);
        }
    }
}

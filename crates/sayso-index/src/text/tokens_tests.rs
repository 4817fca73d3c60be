use super::{Kind, Tokens};

/// The tokens of `text` with their ranges, in order.
fn tokens(text: &str) -> Vec<(String, std::ops::Range<usize>, usize, Kind)> {
    let mut buffer = String::new();
    let mut tokens = Tokens::new(text, &mut buffer);
    let mut all = Vec::new();
    while tokens.advance() {
        all.push((tokens.text().to_owned(), tokens.range(), tokens.position(), tokens.kind()));
    }
    all
}

fn texts(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|(text, ..)| text).collect()
}

#[test]
fn words_of_spaced_scripts() {
    for (text, expected) in [
        ("", &[][..]),
        ("  -- ... !", &[]),
        ("A Cat on the Mat", &["a", "cat", "on", "the", "mat"]),
        ("IMG_1234.jpg", &["img", "1234", "jpg"]),
        ("wi-fi l'artiste O’Brien can't", &["wi", "fi", "l", "artiste", "o", "brien", "can", "t"]),
        ("Müller, MÜLLER, Mu\u{308}ller", &["muller", "muller", "muller"]),
        ("Straße STRASSE ẞ", &["strasse", "strasse", "ss"]),
        ("İstanbul ISTANBUL ıstanbul", &["istanbul", "istanbul", "istanbul"]),
        ("Søren Łódź Æon œuvre Þór Đorđe", &["soren", "lodz", "aeon", "oeuvre", "thor", "dorde"]),
        ("ﬁne oﬃce", &["fine", "office"]),
        ("Ｆｕｌｌ　ｗｉｄｔｈ１２", &["full", "width12"]),
        ("ΟΔΥΣΣΕΥΣ Ὀδυσσεύς", &["οδυσσευσ", "οδυσσευσ"]),
        ("Ёлка МОСКВА", &["елка", "москва"]),
        ("مُحَمَّد محمـد أحمد", &["محمد", "محمد", "احمد"]),
        ("שָׁלוֹם", &["שלום"]),
        ("हिन्दी में", &["हिन्दी", "में"]),
        ("Tiếng Việt", &["tieng", "viet"]),
        ("می\u{200c}خواهم", &["میخواهم"]),
        ("co\u{ad}operate", &["cooperate"]),
        ("½ x² №5", &["12", "x2", "5"]),
    ] {
        assert_eq!(texts(text), expected, "{text}");
    }
}

#[test]
fn scripts_without_spaces_become_units_and_pairs() {
    assert_eq!(texts("猫"), ["猫"]);
    assert_eq!(texts("黒い猫"), ["黒", "黒い", "い", "い猫", "猫"]);
    assert_eq!(texts("Canonカメラ2台"), ["canon", "カ", "カメ", "メ", "メラ", "ラ", "2", "台"]);
    assert_eq!(texts("ｶﾞﾗｽ"), texts("ガラス"));
    assert_eq!(texts("고양이가"), ["고", "고양", "양", "양이", "이", "이가", "가"]);
    assert_eq!(texts("한"), texts("\u{1112}\u{1161}\u{11ab}"));
    // The vowel marks of Thai belong to their consonant and are kept: without them other words would match.
    assert_eq!(texts("กิน"), ["กิ", "กิน", "น"]);
    assert_ne!(texts("กิน"), texts("กัน"));
    assert_eq!(texts("日\u{200b}本"), ["日", "日本", "本"]);
    assert_eq!(texts("東京・大阪"), ["東", "東京", "京", "大", "大阪", "阪"]);
    let kinds: Vec<(usize, Kind)> = tokens("a 猫 東京").into_iter().map(|(_, _, at, kind)| (at, kind)).collect();
    assert_eq!(
        kinds,
        [
            (0, Kind::Word),
            (1, Kind::Single { alone: true }),
            (2, Kind::Single { alone: false }),
            (2, Kind::Pair),
            (3, Kind::Single { alone: false })
        ]
    );
}

#[test]
fn emoji_are_tokens() {
    assert_eq!(texts("cat🐈cat"), ["cat", "🐈", "cat"]);
    assert_eq!(texts("👍🏽"), texts("👍"));
    assert_eq!(texts("❤️"), texts("❤"));
    assert_eq!(texts("🇩🇪🇫🇷"), ["🇩🇪", "🇫🇷"]);
    assert_eq!(texts("👩‍🎨").len(), 1);
    assert_eq!(texts("© 2024 Sony™"), ["©", "2024", "sony", "tm"]);
    assert_eq!(texts("🏽"), ["🏽"]);
}

#[test]
fn ranges_are_those_of_the_text() {
    let text = "Ein Mu\u{308}ller: 黒い👍🏽";
    let ranges: Vec<&str> = tokens(text).into_iter().map(|(_, range, ..)| &text[range]).collect();
    assert_eq!(ranges, ["Ein", "Mu\u{308}ller", "黒", "黒い", "い", "👍🏽"]);
}

#[test]
fn nothing_of_a_long_word_is_lost() {
    for word in ["x".repeat(200), "Ä".repeat(200), "é".repeat(64), "ж".repeat(33)] {
        let all = tokens(&word);
        let folded: String = all.iter().map(|(text, ..)| text.as_str()).collect();
        assert!(all.iter().all(|(text, ..)| text.len() <= 64));
        assert_eq!(folded.chars().count(), word.chars().count());
        assert!(
            all.iter()
                .enumerate()
                .all(|(index, (_, range, position, _))| *position == index && *range == (0..word.len()))
        );
    }
}

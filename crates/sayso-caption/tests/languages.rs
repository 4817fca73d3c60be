//! Languages of captions, short ones and those that cannot be told.

use sayso_caption::{Language, language_of};

#[test]
fn languages_are_told_by_script_words_and_letters() {
    for (caption, code) in [
        ("A man with his dog on the beach", "en"),
        ("Vintage recorder isolated on white background", "en"),
        ("Der Hund liegt auf dem Sofa", "de"),
        ("Une femme avec son chien sur la plage", "fr"),
        ("Una mujer con su perro en la playa", "es"),
        ("Uma mulher com o seu cão na praia", "pt"),
        ("Una donna con il suo cane sulla spiaggia", "it"),
        ("Een vrouw met haar hond op het strand", "nl"),
        ("En kvinna och hennes hund på stranden", "sv"),
        ("Kobieta i jej pies na plaży", "pl"),
        ("Žena a její pes na pláži", "cs"),
        ("Egy nő és a kutya a tó mellett", "hu"),
        ("O femeie și un câine pe plajă", "ro"),
        ("Güneşli bir gün ve deniz", "tr"),
        ("Seorang wanita dan anjing di pantai", "id"),
        ("Một người phụ nữ và con chó", "vi"),
        ("Nainen ja koira ovat rannalla", "fi"),
        ("犬と女性", "ja"),
        ("東京タワー", "ja"),
        ("一个女人和她的狗", "zh"),
        ("여자와 개", "ko"),
        ("ผู้หญิงกับสุนัข", "th"),
        ("Μια γυναίκα και ο σκύλος της", "el"),
        ("אישה עם כלב", "he"),
        ("امرأة مع كلب", "ar"),
        ("زنی با سگش در پارک", "fa"),
        ("कुत्ते के साथ एक औरत", "hi"),
        ("Женщина с собакой, вид из окна на улицы", "ru"),
        ("Жінка з собакою на вулиці її міста", "uk"),
        ("Жена със своето куче във водата", "bg"),
        ("iPhone 手机壳保护套", "zh"),
    ] {
        assert_eq!(language_of(caption).map(Language::as_str), Some(code), "{caption}");
    }
}

#[test]
fn nothing_is_said_of_what_cannot_be_told() {
    for caption in [
        "",
        "IMG_1234.JPG",
        "BMW M6 Gran Coupe",
        "may-in-hp-laserjet-pro-400",
        "12345 67890",
        "👍🏽👍🏽",
        "S",
        "α",
        "BMW 宝",
        "Yamaha MT-09 SP",
        "Olympus OM-D E-M10",
    ] {
        assert_eq!(language_of(caption), None, "{caption}");
    }
}

#[test]
fn a_long_caption_is_cut_where_it_may_be() {
    let caption = "é".repeat(5_000);
    assert_eq!(language_of(&caption), language_of(&caption[..1024]));
    assert_eq!(language_of(&"the cat and the dog ".repeat(100_000)), Some(Language::En));
}

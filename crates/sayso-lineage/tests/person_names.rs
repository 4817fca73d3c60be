//! Names of persons in other texts.

use sayso_lineage::PersonNames;

fn names(of: &[&str]) -> PersonNames {
    let mut names = PersonNames::default();
    for name in of {
        names.add(name);
    }
    names
}

#[test]
fn a_name_is_found_however_it_is_written() {
    let names = names(&["Hollie Mengert", "Ana Müller", "Beeple", "葛飾北斎", "Jean-Léon Gérôme", "Ana Lin"]);
    for (text, name) in [
        ("Hollie Mengert", "Hollie Mengert"),
        ("hollie-mengert-artstyle", "Hollie Mengert"),
        ("holliemengert", "Hollie Mengert"),
        ("a castle, holliemengertartstyle", "Hollie Mengert"),
        ("HollieMengert_v2", "Hollie Mengert"),
        ("Mengert, Hollie", "Hollie Mengert"),
        ("in the style of HOLLIE  MENGERT", "Hollie Mengert"),
        ("h.o.l.l.i.e mengert", "Hollie Mengert"),
        ("Нollie Меngеrt", "Hollie Mengert"),
        ("ana muller", "Ana Müller"),
        ("Ａｎａ Ｍｕ\u{308}ｌｌｅｒ", "Ana Müller"),
        ("ana\u{200b}mu\u{308}ller", "Ana Müller"),
        ("anamuller_style", "Ana Müller"),
        ("beeple style", "Beeple"),
        ("beeplestyle", "Beeple"),
        ("葛飾北斎の波", "葛飾北斎"),
        ("jean leon gerome", "Jean-Léon Gérôme"),
        ("analin-lora", "Ana Lin"),
    ] {
        assert_eq!(names.found_in(text), [name], "{text}");
    }
}

#[test]
fn what_is_no_name_is_left_alone() {
    let mut listed = names(&["Ana Lin", "Beeple", "Mark Rose", "Dan Fox"]);
    for common in ["Ana", "Maria", "John", "Al", "Rose", "maría", "Studio", "unknown"] {
        assert!(!listed.add(common), "{common}");
    }
    for text in [
        "ana",
        "a nonanalinear model",
        "analinear",
        "beeplex",
        "rose garden",
        "a red fox in the snow",
        "maria",
        "landanfoxes",
    ] {
        assert_eq!(listed.found_in(text), Vec::<&str>::new(), "{text}");
    }
    assert_eq!(PersonNames::default().found_in("anybody"), Vec::<&str>::new());
}

#[test]
fn many_names_and_a_long_text_take_no_long_time() {
    let mut many = PersonNames::default();
    for number in 0..20_000 {
        many.add(&format!("Somebody Number{number}"));
    }
    assert_eq!(many.len(), 20_000);
    assert!(many.found_in(&"somebody ".repeat(100_000)).is_empty());
    let found = many.found_in("somebodynumber19999");
    assert!(found.len() == 5 && found.last() == Some(&"Somebody Number19999"), "{found:?}");
}

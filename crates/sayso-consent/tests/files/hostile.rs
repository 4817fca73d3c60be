//! Files that are made to exhaust whoever reads them.

use std::time::{Duration, Instant};

use sayso_consent::files::{AiTxt, Rsl, TdmrepFile};

use crate::{HUGE, RESERVED, SITE, UNSET, URL, grants, rsl_of, shown};

#[test]
fn hostile_xml_is_refused_in_no_time() {
    let started = Instant::now();
    let mut bombs: Vec<(&str, String)> = Vec::new();
    let levels: String =
        (1..10).map(|n| format!(r#"<!ENTITY l{n} "{}">"#, format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!(r#"<!DOCTYPE rsl [<!ENTITY l0 "all">{levels}]>"#);
    let uses = |text: &str| {
        rsl_of(&format!(r#"<content url="/"><license><permits type="usage">{text}</permits></license></content>"#))
    };
    bombs.push(("billion laughs", format!("{laughs}{}", uses("&l9;").replace("<?xml version=\"1.0\"?>", ""))));
    let external = r#"<!DOCTYPE rsl [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#;
    bombs.push(("external entity", format!("{external}{}", uses("&x;").replace("<?xml version=\"1.0\"?>", ""))));
    bombs.push(("external subset", format!(r#"<!DOCTYPE rsl SYSTEM "https://example.org/x.dtd">{}"#, uses("all"))));
    bombs.push(("undefined entity", uses("&x;")));
    let nested = |name: &str| {
        rsl_of(&format!("{}{}", format!("<{name}>").repeat(100_000), format!("</{name}>").repeat(100_000)))
    };
    bombs.push(("nested elements", nested("a")));
    bombs.push(("nested contents", nested("content")));
    bombs.push(("open elements", rsl_of(&"<content>".repeat(1_000_000))));
    bombs.push(("long attribute", rsl_of(&format!(r#"<content url="/{}"/>"#, "a".repeat(10 << 20)))));
    bombs.push(("long text", uses(&"a".repeat(10 << 20))));
    let many: String = (0..500_000).map(|n| format!(r#" a{n}="""#)).collect();
    bombs.push(("many attributes", rsl_of(&format!(r#"<content url="/"{many}/>"#))));
    bombs.push(("many namespaces", rsl_of(&format!("<content{}/>", many.replace(" a", " xmlns:a")))));
    bombs.push(("many contents", rsl_of(&r#"<content url="/"/>"#.repeat(500_000))));
    bombs.push(("many licences", rsl_of(&format!(r#"<content url="/">{}</content>"#, "<license/>".repeat(500_000)))));
    for (name, bomb) in bombs {
        let statements = Rsl::parse(bomb.as_bytes(), None, HUGE, 100).statements(SITE, URL);
        let said = shown(&statements);
        assert_eq!(said.len(), 1, "{name}");
        assert!(said[0].starts_with("start: ") && !grants(&statements), "{name}: {said:?}");
    }
    // Attributes that mean nothing may be long, and so may text.
    let long = rsl_of(&format!(r#"<!-- {0} --><content url="/" x="{0}">{0}</content>"#, "a".repeat(10 << 20)));
    assert_eq!(shown(&Rsl::parse(long.as_bytes(), None, HUGE, 100).statements(SITE, URL)), ["content 1: "]);
    // Matching takes a bounded time too.
    let stars = rsl_of(&format!(r#"<content url="/{}b"/>"#, "*a".repeat(8000)).repeat(500));
    let url = format!("https://example.org/{}", "a".repeat(20_000));
    assert!(Rsl::parse(stars.as_bytes(), None, HUGE, 100).statements(SITE, &url).is_empty());
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn hostile_json_is_read_in_no_time() {
    let started = Instant::now();
    let long = "k".repeat(1 << 20);
    let entry = |more: &str| format!(r#"[{{"location": "/", "tdm-reservation": 1{more}}}]"#);
    let of = |json: &str| shown(&TdmrepFile::parse(json.as_bytes(), HUGE, 100).statements(SITE, "/a"));
    let reserved = [format!("entry 1: {RESERVED}")];
    assert_eq!(of(&entry(&format!(r#", "{long}": "{long}""#))), reserved);
    assert_eq!(of(&format!(r#"[{{"{long}": 1}}]"#)), [format!("entry 1: {UNSET}")]);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(of(&nested), [format!("entry 1: {UNSET}")]);
    assert_eq!(of(&entry(&format!(r#", "x": {nested}"#))), reserved);
    assert_eq!(of(&entry(&format!(r#", "tdm-policy": {nested}"#))), [format!("entry 1: {UNSET}")]);
    assert_eq!(of(&"[".repeat(1_000_000)), [format!("start: {UNSET}")]);
    assert_eq!(of(&format!("[{}1]", "1,".repeat(1_000_000))), [format!("entry 1: {UNSET}")]);
    let objects = format!("[{}{{}}]", "{},".repeat(1_000_000));
    assert_eq!(of(&objects), [format!("entry 1: {UNSET}")]);
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_line_of_many_rules_keeps_its_evidence_once() {
    let line = format!("User-agent: *\nDisallow:{}\nAllow: *.jpg", " /a".repeat(1_000_000));
    let found = AiTxt::parse(line.as_bytes(), None, HUGE, 1 << 20).statements(SITE, "/a.jpg");
    assert_eq!(shown(&found), ["line 2: train-ai=disallowed ai-txt-reserved"]);
    assert!(found[0].signal.is_cut());
}

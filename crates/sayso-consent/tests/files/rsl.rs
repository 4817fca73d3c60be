//! Really Simple Licensing.

use sayso_consent::files::Rsl;

use crate::{LIMIT, SITE, URL, assert_found, rsl_of, shown};

fn rsl_at(contents: &str, url: &str) -> Vec<String> {
    let document = rsl_of(contents);
    let statements = Rsl::parse(document.as_bytes(), Some("application/rsl+xml"), LIMIT, 500).statements(SITE, url);
    assert_found(document.as_bytes(), &statements);
    shown(&statements)
}

/// What one content for the whole site with these licences says, a category a line.
fn rsl(licences: &str) -> Vec<String> {
    let found = rsl_at(&format!(r#"<content url="/">{licences}</content>"#), URL);
    assert_eq!(found.len(), 1, "{licences}");
    let said = found[0].strip_prefix("content 1: ").unwrap();
    if said.is_empty() { Vec::new() } else { said.split(" + ").map(str::to_owned).collect() }
}

#[test]
fn rsl_prohibits_beats_permits_and_permits_is_closed() {
    assert_eq!(
        rsl(r#"<license><permits type="usage">search ai-input</permits></license>"#),
        ["search=allowed rsl-permitted", "train-ai=disallowed rsl-not-permitted", "ai-input=allowed rsl-permitted"]
    );
    assert_eq!(
        rsl(r#"<license><permits type="usage">search</permits><payment type="free"/></license>"#),
        [
            "search=allowed rsl-permitted",
            "data-mining=disallowed rsl-not-permitted",
            "train-ai=disallowed rsl-not-permitted",
            "ai-input=disallowed rsl-not-permitted"
        ]
    );
    assert_eq!(
        rsl(r#"<license><prohibits type="usage">ai-train</prohibits><permits type="usage">all</permits></license>"#),
        [
            "search=allowed rsl-permitted",
            "data-mining=allowed rsl-permitted",
            "train-ai=disallowed rsl-prohibited",
            "ai-input=allowed rsl-permitted"
        ]
    );
    assert_eq!(
        rsl(r#"<license><prohibits type="usage">ai-all</prohibits></license>"#),
        ["train-ai=disallowed rsl-prohibited", "ai-input=disallowed rsl-prohibited"]
    );
    assert_eq!(rsl(r#"<license><prohibits type="usage">all</prohibits></license>"#).len(), 4);
    assert_eq!(
        rsl(r#"<license><permits type="usage">ai-index</permits></license>"#).len(),
        4,
        "an index is less than input"
    );
    assert_eq!(
        rsl(r#"<license><prohibits type="usage">ai-index</prohibits></license>"#),
        ["ai-input=disallowed rsl-prohibited"]
    );
}

#[test]
fn rsl_silence_grants_nothing() {
    assert!(rsl("").is_empty());
    assert!(rsl("<license/>").is_empty());
    assert!(rsl(r#"<license><payment type="free"/></license>"#).is_empty());
    assert!(rsl(r#"<terms>https://example.org/terms</terms><copyright/>"#).is_empty());
    // An empty list is a list.
    assert_eq!(rsl(r#"<license><permits type="usage"/></license>"#).len(), 4);
    assert_eq!(rsl(r#"<license><permits type="usage">AI-TRAIN quantum</permits></license>"#).len(), 4);
}

#[test]
fn rsl_conditions_reserve() {
    let permits = r#"<permits type="usage">ai-train</permits>"#;
    let conditional = "train-ai=disallowed rsl-conditional";
    for condition in [
        r#"<payment type="crawl"><amount currency="USD">1</amount></payment>"#,
        r#"<payment type="attribution"/>"#,
        "<payment/>",
        r#"<payment type="FREE"/>"#,
        r#"<payment type="free"><custom>https://example.org/terms</custom></payment>"#,
        r#"<payment type="free"/><payment type="use"/>"#,
        r#"<permits type="user">non-commercial</permits>"#,
        r#"<permits type="geo">de</permits>"#,
        r#"<prohibits type="user">commercial</prohibits>"#,
        r#"<reporting type="telemetry"/>"#,
    ] {
        let found = rsl(&format!("<license>{permits}{condition}</license>"));
        assert!(found.contains(&conditional.to_owned()), "{condition}: {found:?}");
        assert!(!found.iter().any(|said| said.contains("allowed rsl-permitted")), "{condition}");
    }
    for free in
        ["", r#"<payment type=" free "/>"#, r#"<payment type="free"></payment><legal type="disclaimer">as-is</legal>"#]
    {
        let found = rsl(&format!("<license>{permits}{free}</license>"));
        assert!(found.contains(&"train-ai=allowed rsl-permitted".to_owned()), "{free}");
    }
    for guard in [r#"server="https://licence.example""#, r#"server="""#, r#"encrypted="true""#] {
        let found = rsl_at(&format!(r#"<content url="/" {guard}><license>{permits}</license></content>"#), URL);
        assert!(found[0].contains(conditional), "{guard}");
        let unwritten = rsl_at(&format!(r#"<content url="/" {guard}/>"#), URL);
        assert_eq!(unwritten[0].matches("disallowed rsl-conditional").count(), 4, "{guard}");
    }
}

#[test]
fn rsl_what_cannot_be_read_in_a_licence_leaves_no_grant() {
    let permits = r#"<permits type="usage">ai-train</permits>"#;
    for unclear in [
        r#"<prohibits type="usage">ai-dream</prohibits>"#,
        "<prohibits>ai-train</prohibits>",
        r#"<permits type="mood">good</permits>"#,
        "<duty/>",
        r#"<x:duty xmlns:x="https://example.org/"/>"#,
        r#"<prohibits type="usage">search<b/></prohibits>"#,
    ] {
        let found = rsl(&format!("<license>{permits}{unclear}</license>"));
        assert!(found.contains(&"train-ai=unknown rsl-unreadable".to_owned()), "{unclear}: {found:?}");
    }
    // A prohibition is read whatever its case, and whatever stands between its words.
    let words =
        r#"<license><prohibits type="usage">Search,AI-<!-- -->Train<![CDATA[ ai-]]>inp&#117;t</prohibits></license>"#;
    assert_eq!(rsl(words).len(), 3, "{:?}", rsl(words));
}

#[test]
fn rsl_any_licence_may_be_taken_but_doubt_is_strict() {
    let free = r#"<license><permits type="usage">search ai-input</permits><payment type="free"/></license>"#;
    let paid = r#"<license><permits type="usage">ai-train</permits><payment type="attribution"/></license>"#;
    for both in [format!("{free}{paid}"), format!("{paid}{free}")] {
        assert_eq!(
            rsl(&both),
            ["search=allowed rsl-permitted", "train-ai=disallowed rsl-conditional", "ai-input=allowed rsl-permitted"]
        );
    }
    // The same use on two terms.
    let free_training = r#"<license><permits type="usage">ai-train</permits></license>"#;
    assert!(rsl(&format!("{free_training}{paid}")).contains(&"train-ai=disallowed rsl-conditional".to_owned()));
    let prohibits = r#"<license><prohibits type="usage">ai-train</prohibits></license>"#;
    assert!(rsl(&format!("{free_training}{prohibits}")).contains(&"train-ai=disallowed rsl-prohibited".to_owned()));
}

#[test]
fn rsl_the_most_specific_content_decides() {
    let permits = r#"<license><permits type="usage">all</permits></license>"#;
    let prohibits = r#"<license><prohibits type="usage">all</prohibits></license>"#;
    let two = |first: &str, second: &str, url: &str| {
        let contents = format!(r#"<content {first}>{permits}</content><content {second}>{prohibits}</content>"#);
        rsl_at(&contents, url)
    };
    let decides = |found: Vec<String>, content: &str| {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(content), "{found:?}");
        assert_eq!(found[0].contains("=allowed"), content == "content 1", "{found:?}");
    };
    decides(two(r#"url="/images/""#, r#"url="/""#, URL), "content 1");
    decides(two(r#"url="/""#, r#"url="/images/*.jpg$""#, URL), "content 2");
    decides(two(r#"url="""#, r#"url="*.jpg""#, URL), "content 2");
    decides(two(r#"url="""#, r#"url="/other""#, URL), "content 1");
    decides(two(r#"url="https://example.org/images/a.jpg""#, r#"url="/images/""#, URL), "content 1");
    decides(two(r#"url="/""#, r#"url="HTTP://u@EXAMPLE.org:80/images/a.jpg#x""#, URL), "content 2");
    decides(two(r#"url="/""#, r#"url="https://other.org/images/a.jpg""#, URL), "content 1");
    decides(two(r#"url="/""#, r#"url="https://example.org:8080/""#, URL), "content 1");
    decides(two(r#"url="https://example.org""#, r#"url="""#, URL), "content 1");
    // As specific as each other: the stricter one, and its evidence.
    decides(two(r#"url="/""#, r#"url="https://example.org/""#, URL), "content 2");
    assert!(rsl_at(&format!(r#"<content url="/x">{permits}</content>"#), URL).is_empty());
}

#[test]
fn rsl_what_the_narrower_content_leaves_unsaid_the_wider_one_says() {
    let of = |wide: &str, narrow: &str| {
        let contents = format!(r#"<content url="/">{wide}</content><content url="/images/">{narrow}</content>"#);
        rsl_at(&contents, URL)
    };
    let all = r#"<license><permits type="usage">all</permits></license>"#;
    let no_training = r#"<license><prohibits type="usage">ai-train</prohibits></license>"#;
    let no_search = r#"<license><prohibits type="usage">search</prohibits></license>"#;
    assert_eq!(
        of(no_training, no_search),
        ["content 2: search=disallowed rsl-prohibited", "content 1: train-ai=disallowed rsl-prohibited"]
    );
    assert_eq!(
        of(all, no_training),
        [
            "content 2: train-ai=disallowed rsl-prohibited",
            "content 1: search=allowed rsl-permitted + data-mining=allowed rsl-permitted + ai-input=allowed rsl-permitted"
        ]
    );
    assert_eq!(of(no_training, all).len(), 1, "a closed list says something of every use");
    let training = r#"<license><permits type="usage">ai-train</permits></license>"#;
    let narrow = of(r#"<license><prohibits type="usage">all</prohibits></license>"#, training);
    assert_eq!(narrow.len(), 1, "data mining, left out by the list, is not reserved again: {narrow:?}");
}

#[test]
fn rsl_a_content_without_a_url_may_be_about_anything() {
    let permits = r#"<license><permits type="usage">all</permits></license>"#;
    let found = rsl_at(&format!(r#"<content>{permits}</content>"#), URL);
    assert!(found.len() == 1 && !found[0].contains("=allowed"), "{found:?}");
    let both = rsl_at(&format!(r#"<content url="/">{permits}</content><content/>"#), URL);
    assert!(!both.iter().any(|said| said.contains("=allowed")), "{both:?}");
}

#[test]
fn rsl_a_content_that_may_be_about_the_address_leaves_no_grant() {
    let permits = r#"<license><permits type="usage">all</permits></license>"#;
    let prohibits = r#"<license><prohibits type="usage">ai-train</prohibits></license>"#;
    // A full URL may be one address or the start of many; a relative one is about nobody knows what.
    for unclear in ["https://example.org/images/a", "images/", "//example.org/", "https://*.example.org/", "ftp://a/"] {
        let found = rsl_at(
            &format!(r#"<content url="/">{permits}</content><content url="{unclear}">{prohibits}</content>"#),
            URL,
        );
        assert_eq!(found.len(), 2, "{unclear}");
        assert!(!found.iter().any(|said| said.contains("=allowed")), "{unclear}");
        assert!(found[1].contains("train-ai=disallowed rsl-prohibited"), "{unclear}");
        let found = rsl_at(&format!(r#"<content url="{unclear}">{permits}</content>"#), URL);
        assert!(found[0].contains("data-mining=unknown rsl-unreadable"), "{unclear}");
        assert!(!found[0].contains("=allowed"), "{unclear}");
    }
}

#[test]
fn rsl_what_is_no_rsl_is_one_doubt() {
    let doubt = ["start: search=unknown rsl-unreadable + data-mining=unknown rsl-unreadable".to_owned()];
    let of = |document: &[u8], kind: Option<&str>| shown(&Rsl::parse(document, kind, LIMIT, 200).statements(SITE, URL));
    let whole = rsl_of(r#"<content url="/"><license><permits type="usage">all</permits></license></content>"#);
    assert!(of(whole.as_bytes(), Some("text/xml"))[0].contains("=allowed"));
    assert!(of(format!("\u{feff}{whole}\n<!-- end -->\n").as_bytes(), None)[0].contains("=allowed"));
    let as_page = of(whole.as_bytes(), Some("text/html"));
    assert!(as_page.len() == 1 && !as_page[0].contains("=allowed"), "{as_page:?}");
    assert!(of(whole.replace("permits", "prohibits").as_bytes(), Some("text/html"))[0].contains("rsl-prohibited"));
    assert_eq!(of(b"<!DOCTYPE html><html></html>", Some("text/html")), doubt);
    for end in 0..whole.len() {
        assert_eq!(of(&whole.as_bytes()[..end], None), doubt, "{}", &whole[..end]);
    }
    let permits = r#"<content url="/"><license><permits type="usage">all</permits></license></content>"#;
    for document in [
        "<!DOCTYPE html><html></html>".to_owned(),
        format!("<rsl>{permits}</rsl>"),
        format!(r#"<rsl xmlns="http://rslstandard.org/rsl">{permits}</rsl>"#),
        format!(r#"<rss xmlns="https://rslstandard.org/rsl">{permits}</rss>"#),
        format!(r#"<x:rsl xmlns="https://rslstandard.org/rsl">{permits}</x:rsl>"#),
        format!("{whole}{whole}"),
        format!("{whole} x"),
        format!("x {whole}"),
        whole.replace("</license>", "</licence>"),
        whole.replace("url=\"/\"", "url=\"/\" url=\"/a\""),
        whole.replace("url=\"/\"", "url=\"&site;\""),
        whole.replace(">all<", ">&all;<"),
    ] {
        assert_eq!(of(document.as_bytes(), None), doubt, "{document}");
    }
    assert_eq!(of(whole.replace("all", "\u{e9}").as_bytes(), None).len(), 1);
    assert_eq!(of(b"<rsl xmlns='https://rslstandard.org/rsl'>\xe9</rsl>", None), doubt);
    // A prefix does as well as a default namespace.
    let prefixed =
        whole.replace("<", "<r:").replace("<r:/", "</r:").replace("<r:?xml", "<?xml").replace("xmlns=", "xmlns:r=");
    assert!(of(prefixed.as_bytes(), None)[0].contains("=allowed"), "{prefixed}");
}

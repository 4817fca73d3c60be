//! `/ai.txt`.

use sayso_consent::files::AiTxt;

use crate::{LIMIT, SITE, assert_found, grants, shown};

fn ai(file: &str, path: &str) -> Vec<String> {
    let statements =
        AiTxt::parse(file.as_bytes(), Some("text/plain; charset=utf-8"), LIMIT, 500).statements(SITE, path);
    assert_found(file.as_bytes(), &statements);
    shown(&statements)
}

const AI_RESERVED: &str = "train-ai=disallowed ai-txt-reserved";
const AI_GRANTED: &str = "train-ai=allowed ai-txt-granted";
const AI_UNKNOWN: &str = "train-ai=unknown ai-txt-unreadable";

#[test]
fn ai_txt_a_kind_of_file_beats_the_site() {
    let file = "# Spawning AI\n# Prevent datasets from using the following file types\n\nUser-Agent: *\n\
        Disallow: *.jpg\nAllow: *.png\nAllow: *.js\nDisallow: /\nDisallow: *";
    assert_eq!(ai(file, "/a/b.jpg"), [format!("line 5: {AI_RESERVED}")]);
    assert_eq!(ai(file, "/a/b.PNG?x=1"), [format!("line 6: {AI_GRANTED}")]);
    assert_eq!(ai(file, "/a/b.gif"), [format!("line 8: {AI_RESERVED}")]);
    assert_eq!(ai(file, "/a/b.json"), [format!("line 8: {AI_RESERVED}")], "an extension is not the start of another");
    assert_eq!(ai(file, "/a.png/b"), [format!("line 8: {AI_RESERVED}")]);
    let open = "User-agent: *\nDisallow: *.jpg\nAllow: /\n";
    assert_eq!(ai(open, "/a.gif"), [format!("line 3: {AI_GRANTED}")]);
    assert_eq!(ai(open, "/show?file=A.JPG&w=1"), [format!("line 2: {AI_RESERVED}")]);
    assert_eq!(ai(open, "/a.jpgs"), [format!("line 3: {AI_GRANTED}")]);
}

#[test]
fn ai_txt_paths_and_ties() {
    let file = "User-agent: *\nAllow: /\nDisallow: /private/\nAllow: /private/open/\nAllow: *.png\nDisallow: /";
    assert_eq!(ai(file, "/private/a"), [format!("line 3: {AI_RESERVED}")]);
    assert_eq!(ai(file, "/private/open/a"), [format!("line 4: {AI_GRANTED}")]);
    // A kind of file and a path: neither is the more specific.
    assert_eq!(ai(file, "/private/a.png"), [format!("line 3: {AI_RESERVED}")]);
    assert_eq!(ai(file, "/private/open/a.png"), [format!("line 5: {AI_GRANTED}")]);
    // Two rules about the site.
    assert_eq!(ai(file, "/a"), [format!("line 6: {AI_RESERVED}")]);
    for tie in ["Allow: *.jpg\nDisallow: /*.JPG$", "Disallow: .jpg\nAllow: *.jpg"] {
        assert!(ai(&format!("User-agent: *\n{tie}"), "/a.jpg")[0].ends_with(AI_RESERVED), "{tie}");
    }
    // `/$` is the start page, and a dot at the start of a folder no extension.
    let page = "User-agent: *\nAllow: /$\nDisallow: /.well-known";
    assert_eq!(ai(page, "/"), [format!("line 2: {AI_GRANTED}")]);
    assert!(ai(page, "/a").is_empty());
    assert_eq!(ai(page, "/.well-known/x").len(), 1);
}

#[test]
fn ai_txt_a_grant_needs_an_allow_that_matches() {
    assert!(ai("User-agent: *\nDisallow: *.jpg", "/a.png").is_empty());
    assert!(ai("User-agent: *\nDisallow:\nAllow:", "/a.png").is_empty());
    assert!(ai("User-agent: *", "/").is_empty());
    assert!(ai("", "/").is_empty());
    assert!(ai("# nothing\n\n \t# here", "/").is_empty());
    // Groups for others are not for us, and groups for everybody are one.
    assert!(ai("User-agent: GPTBot\nAllow: /", "/").is_empty());
    let merged = "User-agent: *\nAllow: /\nUser-agent: x\nAllow: *.jpg\nUser-agent: y\nUser-agent: *\nDisallow: *.jpg";
    assert_eq!(ai(merged, "/a.jpg"), [format!("line 7: {AI_RESERVED}")]);
}

#[test]
fn ai_txt_slips_of_real_files() {
    for file in [
        "User-agent: */\nDisallow:/",
        "\u{feff}user-agent:*\r\ndisallow:/\r\n",
        "User-Agent : *\rDisallow : /*\r",
        "Useragent: * # all\nDissallow: * # everything",
        "User-agent: Spawning, *\nDisallow /",
    ] {
        assert_eq!(ai(file, "/a.jpg"), [format!("line 2: {AI_RESERVED}")], "{file:?}");
    }
    assert_eq!(ai("User-agent: *\nDisallow: *.gif, *.jpg\nAllow: /", "/a.jpg"), [format!("line 2: {AI_RESERVED}")]);
    // What breaks the form neither grants nor reserves.
    for file in ["Allow: /", "Disallow: /", "User-agent:\nAllow: /", "User-agent: *\nAllow: *.jpg *.png"] {
        assert!(ai(file, "/a.jpg")[0].ends_with(AI_UNKNOWN), "{file:?}");
    }
    assert_eq!(ai("User-agent: *\nAllow: /\nDisallow: img/", "/img/a.png"), [format!("line 3: {AI_UNKNOWN}")]);
}

#[test]
fn ai_txt_a_page_or_another_format_is_one_doubt() {
    let rules = "User-agent: *\nAllow: /";
    let of = |file: &[u8], kind: Option<&str>| shown(&AiTxt::parse(file, kind, LIMIT, 500).statements(SITE, "/"));
    let doubt = [format!("start: {AI_UNKNOWN}")];
    assert_eq!(of(rules.as_bytes(), Some("text/html; charset=utf-8")), doubt);
    assert_eq!(of(rules.as_bytes(), Some("application/xhtml+xml")), doubt);
    assert_eq!(of(rules.as_bytes(), None), [format!("line 2: {AI_GRANTED}")]);
    let reserves = "User-agent: *\nDisallow: /";
    for kind in ["application/json", "image/png"] {
        assert_eq!(of(rules.as_bytes(), Some(kind)), [format!("line 2: {AI_UNKNOWN}")], "{kind}");
        assert_ne!(of(reserves.as_bytes(), Some(kind)), [format!("line 2: {AI_UNKNOWN}")], "{kind}");
    }
    for file in [
        "<!doctype html>\nUser-agent: *\nAllow: /",
        "\u{feff}\n <html>",
        "---\ntitle: Example\n---\n# What we do",
        "U\0s\0e\0r\0-\0a\0g\0e\0n\0t\0",
        "{\"allow\": true}",
    ] {
        assert_eq!(of(file.as_bytes(), Some("text/plain")), doubt, "{file:?}");
    }
}

#[test]
fn ai_txt_a_file_whose_end_was_not_read_grants_nothing() {
    let file = "User-agent: *\nAllow: /\nDisallow: *.gif\nDisallow: *.jpg\n";
    for limit in 0..file.len() as u64 {
        let read = AiTxt::parse(file.as_bytes(), None, limit, 500);
        assert!(read.truncated());
        assert!(!grants(&read.statements(SITE, "/a.jpg")), "{limit}");
    }
    let cut = AiTxt::parse(file.as_bytes(), None, file.len() as u64 - 1, 500);
    assert_eq!(shown(&cut.statements(SITE, "/a.gif")), [format!("line 3: {AI_RESERVED}")]);
    assert_eq!(shown(&cut.statements(SITE, "/a.jpg")), [format!("line 2: {AI_UNKNOWN}")]);
}

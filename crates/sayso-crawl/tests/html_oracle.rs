//! Our tokenizer held against html5ever's, token by token.
//!
//! Known differences, all of them where the standard asks the tree of elements, which we do not build:
//!
//! - Inside `frameset` the tree builder ignores nearly every element, so that `title` and its like hold no raw text there.
//! - Inside `select` the same goes for the elements that may not stand in it.
//! - Foreign content (`svg`, `math`) is followed by counting; where it is closed in an order that does not nest, or
//!   where an HTML element is left open inside a `foreignObject`, the count and the tree may part.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod oracle;

use oracle::{Event, browser, ours};
use proptest::prelude::*;
use sayso_crawl::http::{Response, decode_text, payload};
use sayso_crawl::inflate::open_stream;
use sayso_crawl::record::{Cut, Cutter};

/// The first token in which the two differ, for a message that can be read.
fn difference(page: &str) -> Option<String> {
    let (ours, theirs) = (ours(page), browser(page));
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
    let shown = |events: &[Event]| -> String {
        format!("{:?}", events.iter().skip(at.saturating_sub(1)).take(3).collect::<Vec<_>>())
    };
    Some(format!("token {at}\nours     {}\nhtml5ever {}", shown(&ours), shown(&theirs)))
}

#[track_caller]
fn assert_same(page: &str) {
    if let Some(difference) = difference(page) {
        panic!("{page:?}\n{difference}");
    }
}

/// Pages that are nasty in one way each.
const NASTY: &[&str] = &[
    "",
    "plain text & nothing else",
    "a < b <3 <> </> < p> </ p> <!p> <?p?> <!-> <!--> <!---> <!----> <!-- - -- --! --!> x",
    "<!-- a --- > b ---> c <!-- a --!> d <!-- a ----!> e <!--- f ---> g <!-- <!-- --> h <!-- <!-> --> i <!--<!---> j",
    "<!-- never closed <p>",
    "<!-- a --!",
    "<!--",
    "<!-",
    "<!",
    "<!doctype html PUBLIC \"a>b\" 'c'><p>",
    "<!DOCTYPE",
    "<?xml version='1.0'?><html xmlns=x>",
    "<![CDATA[ <p> ]]> outside of svg <b>",
    "<svg><![CDATA[ <p> &amp; ]]> <b></svg>",
    "<svg><![CDATA[ ]] ]>]]]><g/></svg><p>",
    "<svg><![CDATA[ never closed <p>",
    "<math><mi><![CDATA[ <b> ]]></mi><![CDATA[ x ]]></math>",
    "<svg><title><b>x</b></title><desc><title><i></title></desc><style><a></a></style><script><b></b></script></svg><title><b></title>",
    "<svg/><title><b></title>",
    "<svg><p><title><b></title>",
    "<svg><foreignObject><title><b></title><textarea><i></textarea></foreignObject><title><b></b></title></svg>",
    "<svg><font><title><b></b></title></font></svg><svg><font color=red><title><b></title>",
    "<svg><a><image/><text>x</text></a></svg><style><b></style>",
    "<math><annotation-xml encoding='text/html'><title><b></title></annotation-xml><annotation-xml><title><b></b></title></annotation-xml></math>",
    "<svg><svg><title>x</title></svg><style><b></b></style></svg><style><b></style>",
    "</svg><title><b></title>",
    "<p a=1 A=2 a='3'>",
    "<img src=a.jpg alt=\"a>b\" title='c\"d' data-x = y =z / checked/>",
    "<img alt=\"&amp; &amp &ampx &ampx; &copy &copy= &copy1 &notit; &notin; &#65 &#x41; &#X41 &#0; &#x80; &#xD800; &#x110000; &#99999999999; &; &# &#x &#; & &nosuch;\">",
    "&amp; &amp &ampx &ampx; &copy &copy= &copy1 &notit; &notin; &#65 &#x41; &#X41 &#0; &#x80; &#xD800; &#x110000; &#99999999999; &; &# &#x &#; & &nosuch; &lt<b> &l<b>t;",
    "<img alt=&amp title=a&b=c src=?a&amp;b&copy=c&lt>",
    "<img alt='a\r\nb\rc\n\rd\0e'>a\r\nb\rc\n\rd\0e",
    "<a\0b c\0d=e\0f>",
    "<a\x0cb\tc\nd=e>",
    "<a/b/c / d>",
    "<a =b==c d= >e",
    "<a b='",
    "<a b=\"c\">d</a b=\"c>\">e",
    "<a b",
    "<a b=",
    "<a b='c' ",
    "<a b='c'/",
    "<a",
    "</a",
    "</a ",
    "<",
    "</",
    "</#x><p>",
    "<1><p>",
    "<é><p>",
    "<p é=ü>ß</p>",
    "<script>a</script",
    "<script>a</script ",
    "<script>a</script/><p>",
    "<script>a</scripty></script\t>b",
    "<script><!-- <script> </script> --></script>x</script>",
    "<script><!-- <script> <script> </script> x </script>y",
    "<script><!--><script></script>a",
    "<script><!---><script></script>a",
    "<script><!-- a --- > <script> --></script>b",
    "<script><!-<script></script>b",
    "<script><!--<scripty></script>b",
    "<script><!--<script </script> --></script>b",
    "<script><!--<script/</script>x</script>b",
    "<script><!--<script><!--</script>--></script>b",
    "<script><!--<script>--><script></script>b",
    "<script><!--",
    "<script><!-- <script> </script>",
    "<style>a<b></sty></STYLE >c",
    "<title>a&amp;b<c></title x=y>d",
    "<title>a</titlé></title>b",
    "<textarea>\n<b>&lt;</textarea>c",
    "<xmp><b>&amp;</xmp><iframe><b></iframe><noembed><b></noembed><noframes><b></noframes><noscript><b></noscript>",
    "<head><noscript><style><b></style><link><img></noscript><title><b></title>",
    "<plaintext><b></plaintext>&amp;",
    "<title>",
    "<title></title>",
    "<title><!-- </title> -->",
    "<table><title><b></title><tr><style><b></style><td><textarea><b></textarea></table>",
    "<template><title><b></title></template>",
    "<body><title><b></title></body></html><title><b></title>",
    "<IMG SRC=A ALT=B><Img sRc=a>",
    "<p>\u{feff}x",
    "\u{feff}<p>x",
    "<p\u{a0}a><p\u{b}b>",
];

#[test]
fn nasty_pages_are_read_alike() {
    for page in NASTY {
        assert_same(page);
        // And cut off anywhere.
        for end in (0..page.len()).filter(|end| page.is_char_boundary(*end)) {
            assert_same(&page[..end]);
        }
    }
}

/// What tag soup is made of. Whatever the known differences are about is left out.
const SOUP: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "\"",
    "'",
    "=",
    "&",
    ";",
    "!",
    "-",
    "--",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<?",
    "<![CDATA[",
    "]]>",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x0c",
    "\0",
    "a",
    "B",
    "é",
    "日本",
    "p",
    "#",
    "x",
    "1",
    "<p>",
    "</p>",
    "<p ",
    "<img src=",
    "<img alt='",
    " alt=\"",
    " alt=",
    " ALT=",
    "=''",
    "</script",
    "</script>",
    "<script>",
    "<SCRIPT>",
    "<script ",
    "script",
    "<title>",
    "</title>",
    "</title ",
    "<textarea>",
    "</textarea>",
    "<style>",
    "</style>",
    "<xmp>",
    "</xmp>",
    "<iframe>",
    "</iframe/",
    "<noembed>",
    "<noframes>",
    "</noframes>",
    "<noscript>",
    "</noscript>",
    "<table>",
    "<td>",
    "</table>",
    "<a href=",
    "</a>",
    "<br/>",
    "<body>",
    "</body>",
    "</html>",
    "<head>",
    "</head>",
    "&amp",
    "&amp;",
    "&lt",
    "&lt;",
    "&#",
    "&#x",
    "&#65;",
    "&#x41",
    "&#0;",
    "&#128;",
    "&#xD800;",
    "&notin;",
    "&not",
    "&notit;",
    "&copy=",
    "&copy",
    "&NotEqualTilde;",
    "&nGt;",
    "&acE;",
    "<!DOCTYPE html>",
    "<!doctype ",
    "<template>",
    "</template>",
    "\u{fffd}",
    "\u{feff}",
];

/// Foreign content, opened and closed as it should be.
const FOREIGN: &[&str] = &[
    "<svg><title><b>a</b></title></svg>",
    "<svg><![CDATA[ <p> ]]></svg>",
    "<svg viewBox='0 0 1 1'><path d='M0 0'/><style><b></b></style></svg>",
    "<svg><foreignObject><title><b></title></foreignObject></svg>",
    "<math><mi>x</mi><mo>&lt;</mo><style><b></b></style></math>",
    "<svg/>",
    "<svg><g/><script><i></i></script></svg>",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        40 => prop::sample::select(SOUP).prop_map(str::to_owned),
        1 => prop::sample::select(FOREIGN).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Elements that nest as they should, foreign ones and HTML's in one another.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => Just("x &amp; y".to_owned()),
        2 => Just("<![CDATA[ <q> &lt; ]]>".to_owned()),
        1 => Just("<path d='M0'/>".to_owned()),
        1 => Just("<image href=a />".to_owned()),
        1 => Just("<!-- c -->".to_owned()),
    ];
    let name = prop::sample::select(vec![
        "svg",
        "g",
        "foreignObject",
        "desc",
        "title",
        "style",
        "script",
        "text",
        "math",
        "mi",
        "mo",
        "mrow",
        "annotation-xml",
        "a",
        "section",
        "textarea",
        "xmp",
        "annotation-xml encoding='text/HTML'",
        "malignmark",
        "mglyph",
        "iframe",
    ]);
    leaf.prop_recursive(6, 40, 4, move |inner| {
        (name.clone(), prop::collection::vec(inner, 0..4)).prop_map(|(tag, children)| {
            let name = tag.split(' ').next().unwrap_or_default();
            format!("<{tag}>{}</{name}>", children.concat())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tag_soup_is_read_alike(page in soup()) {
        if let Some(difference) = difference(&page) {
            prop_assert!(false, "{page:?}\n{difference}");
        }
    }

    #[test]
    fn foreign_content_that_nests_is_read_alike(page in nested()) {
        if let Some(difference) = difference(&page) {
            prop_assert!(false, "{page:?}\n{difference}");
        }
    }
}

/// Calls `each` with every HTML page in the crawl file `bytes`.
fn pages(bytes: &[u8], each: &mut impl FnMut(&str, &str)) {
    let mut inflated = Vec::new();
    let Ok(mut stream) = open_stream(std::io::BufReader::new(bytes)) else { return };
    // What is damaged is read as far as it goes.
    let _ = std::io::Read::read_to_end(&mut stream, &mut inflated);
    let cutter = Cutter { header_limit_bytes: 1 << 20 };
    let mut at = 0;
    while let Cut::Record { record, end, .. } = cutter.cut(&inflated[at..], true) {
        at += end;
        let Some(response) = record.http.then(|| Response::parse(record.block)).flatten() else { continue };
        let content_type = response.header("Content-Type").unwrap_or_default();
        if content_type.to_ascii_lowercase().contains("html") {
            let (body, _) = payload(&response, 1 << 25, 1032);
            each(record.target_uri, &decode_text(&body, Some(content_type)));
        }
    }
}

#[test]
fn real_pages_are_read_alike() {
    let shared = std::env::var_os("SAYSO_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let mut folders = vec![shared.join("anchors/crawl")];
    if !folders[0].is_dir() {
        eprintln!("skipped: no shared anchors");
        return;
    }
    let (mut read, mut differing) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            pages(&bytes, &mut |url, page| {
                read += 1;
                if let Some(difference) = difference(page) {
                    differing.push(format!("{} {url}: {difference}", path.display()));
                }
            });
        }
    }
    assert!(read > 500, "{read} pages");
    assert!(differing.is_empty(), "{} of {read} pages differ:\n{}", differing.len(), differing.join("\n"));
}

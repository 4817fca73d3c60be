//! Our tokenizer gives what html5ever's gives, but where a tree would have to be built to know.

use super::{Target, oracle};

pub(super) const TARGET: Target = Target {
    name: "html",
    assert,
    mutations: 15_000,
    words: &[
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<title>",
        "<textarea>",
        "&amp;",
        "&#x80;",
        "<![CDATA[",
        "]]>",
        "<img src='",
        "/>",
        "=\"",
        "<noscript>",
        "<style>",
    ],
};

/// Elements inside which the standard asks the tree of elements what a token is.
const TREE_DECIDES: [&str; 6] = ["<svg", "<math", "<frameset", "<select", "<template", "<plaintext"];

fn assert(input: &[u8]) {
    let Ok(page) = std::str::from_utf8(input) else { return };
    let lower = page.to_ascii_lowercase();
    if TREE_DECIDES.iter().all(|element| !lower.contains(element)) {
        assert_eq!(oracle::ours(page), oracle::browser(page));
    }
}

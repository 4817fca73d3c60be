//! Our tokenizer gives what html5ever's gives, but where a tree would have to be built to know.
#![no_main]

#[path = "../../crates/sayso-crawl/tests/oracle/mod.rs"]
mod oracle;

use libfuzzer_sys::fuzz_target;

/// Elements inside which the standard asks the tree of elements what a token is.
const TREE_DECIDES: [&str; 6] = ["<svg", "<math", "<frameset", "<select", "<template", "<plaintext"];

fuzz_target!(|page: &str| {
    let lower = page.to_ascii_lowercase();
    if TREE_DECIDES.iter().all(|element| !lower.contains(element)) {
        assert_eq!(oracle::ours(page), oracle::browser(page));
    }
});

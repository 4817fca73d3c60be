//! A structured field written and read again is the same, and the lines of a field are what they are when joined.

use super::{Target, consent_equalities};

pub(super) const TARGET: Target = Target {
    name: "fields",
    assert,
    mutations: 15_000,
    words: &[
        "train-ai=n",
        "train-ai=y",
        "search",
        ";exceptions=cc-cr",
        "=?0",
        "=(a b)",
        "=:aGk=:",
        "=\"x\\\"y\"",
        "=@1",
        "=-1.5",
        "=%\"%c3%bc\"",
        ", ",
        "\n",
    ],
};

fn assert(input: &[u8]) {
    consent_equalities::structured_field_there_and_back(input);
    if let Ok(text) = std::str::from_utf8(input) {
        consent_equalities::content_usage_lines_as_one(&text.split('\n').collect::<Vec<_>>());
    }
}

//! A WAT record searched for its pictures gives what walking its whole tree gives.

use super::{Target, equalities};

pub(super) const TARGET: Target = Target {
    name: "wat",
    assert,
    mutations: 30_000,
    words: &[
        "\"Links\"",
        "{\"path\":\"IMG@/src\",\"url\":\"a\",\"alt\":\"b\"}",
        "\\u00e9",
        "\\\"",
        "[",
        "]",
        "{",
        "}",
        ",",
    ],
};

fn assert(input: &[u8]) {
    if let Ok(json) = std::str::from_utf8(input) {
        equalities::wat_searched_as_walked(json);
    }
}

//! What holds for any text.
#![allow(clippy::unwrap_used, reason = "tests")]

mod corpus;

use corpus::{SAMPLE, index, rows};
use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};
use sayso_index::{Field, IndexedSample, Query};

/// Text of many scripts, with what makes trouble in them.
fn text() -> impl Strategy<Value = String> {
    let character = proptest::prop_oneof![
        4 => prop::char::range('a', 'f'),
        2 => prop::sample::select(" \u{3000}  -_.,'’\"“:/&()[]".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("äßéıİŁøœﬁ\u{308}ςΣйЁЖ１Ａ½²№".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("猫東京カメラーｶﾞ々〇고양\u{1112}\u{1161}\u{11ab}กินำ\u{200b}".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("हिन्दीمُحمـد\u{200c}שָ".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("👍🏽👩\u{200d}🎨🇩🇪❤\u{fe0f}©™1\u{20e3}㈱".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    prop::collection::vec(character, 0..60).prop_map(|characters| characters.into_iter().collect())
}

/// A query that is `text` as a phrase.
fn phrase(text: &str) -> String {
    let quotes = ['"', '“', '”', '„', '‟', '＂'];
    format!("\"{}\"", text.replace(quotes, " "))
}

proptest! {
    #[test]
    fn reading_a_query_never_panics(query in text(), field in "(site|licence|verdict|caption|-|\"){0,2}:?") {
        for query in [query.clone(), format!("{field}{query}"), phrase(&query)] {
            match Query::parse(&query) {
                Err(error) => {
                    let at = error.at();
                    prop_assert!(at.is_none_or(|at| query.get(at).is_some()));
                    prop_assert!(error.to_string().contains("\nhint: "));
                }
                Ok(parsed) => prop_assert_eq!(Ok(parsed), Query::parse(&format!(" {query} "))),
            }
        }
    }

    #[test]
    fn shown_matches_are_in_order_on_character_boundaries(query in text(), caption in text()) {
        let Ok(query) = Query::parse(&phrase(&query)) else { return Ok(()) };
        let mut end = None;
        for range in query.matches(Field::Caption, &caption) {
            prop_assert!(range.start < range.end && caption.get(range.clone()).is_some());
            prop_assert!(end.is_none_or(|end| end < range.start));
            end = Some(range.end);
        }
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(48))]

    #[test]
    fn captions_are_found_by_their_words_and_phrases(captions in prop::collection::vec(text(), 1..6), from in 0_usize..60, to in 0_usize..60) {
        let dir = tempfile::tempdir().unwrap();
        let samples: Vec<IndexedSample<'_>> = captions.iter().map(|caption| IndexedSample { caption, ..SAMPLE }).collect();
        let index = index(&dir.path().join("text"), &samples);
        for (row, caption) in (0..).zip(&captions) {
            let mut queries: Vec<String> = caption.split_whitespace().map(phrase).collect();
            queries.push(phrase(caption));
            // From a word's start to a word's end: half a word is another word.
            let starts: Vec<usize> = caption.char_indices().map(|(at, _)| at).filter(|&at| is_edge(caption, at)).collect();
            let (from, to) = (from.min(to), from.max(to));
            if let (Some(&from), Some(&to)) = (starts.get(from), starts.get(to)) {
                queries.push(phrase(&caption[from..to]));
            }
            for query in queries {
                let Ok(parsed) = Query::parse(&query) else { continue };
                prop_assert!(rows(&index, &query).contains(&row), "{query:?} in {caption:?}");
                prop_assert!(!parsed.matches(Field::Caption, caption).is_empty(), "{query:?} in {caption:?}");
            }
        }
        // What is found is what is shown: the index and the text agree on what matches.
        let query = phrase(&captions[0]);
        if let Ok(parsed) = Query::parse(&query) {
            let mut found = rows(&index, &query);
            found.sort_unstable();
            let shown = |caption: &String| !parsed.matches(Field::Caption, caption).is_empty();
            let shown: Vec<u32> = (0..).zip(&captions).filter(|(_, caption)| shown(caption)).map(|(row, _)| row).collect();
            prop_assert_eq!(found, shown);
        }
    }
}

/// Whether a word starts or ends before the character at `at`.
fn is_edge(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(char::is_whitespace) || text[at..].starts_with(char::is_whitespace)
}

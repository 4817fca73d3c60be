use std::collections::{BTreeMap, BTreeSet};

use sayso_model::ClipTokens;

const END: &str = "</w>";

/// What a tokenizer needs: the merges, and the vocabulary that they make.
pub(super) struct Words {
    /// A line for each merge, as in CLIP's `merges.txt`.
    pub(super) merges: String,
    /// All tokens, each at its number's place.
    pub(super) tokens: Vec<String>,
}

/// Byte pair encoding (Sennrich and others, 2016) of these captions, carried on until each of their words is one token. Other
/// words are spelt in the pieces that there are.
pub(super) fn learn<'a>(captions: impl Iterator<Item = &'a str>) -> Words {
    let distinct: BTreeSet<&str> = captions.flat_map(str::split_whitespace).collect();
    let mut words: Vec<Vec<String>> = distinct.into_iter().map(letters).collect();
    let mut merges = Vec::new();
    loop {
        let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for word in &words {
            for pair in word.windows(2) {
                if let [first, second] = pair {
                    *pairs.entry((first, second)).or_default() += 1;
                }
            }
        }
        // The first of the most frequent, so that the same captions make the same tokens.
        let most = pairs.values().copied().max().unwrap_or(0);
        let Some((&(first, second), _)) = pairs.iter().find(|(_, count)| **count == most) else { break };
        let (first, second) = (first.to_owned(), second.to_owned());
        for word in &mut words {
            merge(word, &first, &second);
        }
        merges.push((first, second));
    }
    let alphabet: Vec<String> = ClipTokens::alphabet().map(String::from).collect();
    let ends = alphabet.iter().map(|letter| format!("{letter}{END}"));
    let mut tokens: Vec<String> = alphabet.iter().cloned().chain(ends).collect();
    tokens.extend(merges.iter().map(|(first, second)| format!("{first}{second}")));
    tokens.extend(["<|startoftext|>", "<|endoftext|>"].map(str::to_owned));
    let lines = merges.iter().map(|(first, second)| format!("{first} {second}\n"));
    Words { merges: std::iter::once("#version: 0.2\n".to_owned()).chain(lines).collect(), tokens }
}

/// The letters of a word, of which the last one says that it ends.
fn letters(word: &str) -> Vec<String> {
    let mut letters: Vec<String> = word.chars().map(String::from).collect();
    if let Some(last) = letters.last_mut() {
        last.push_str(END);
    }
    letters
}

fn merge(word: &mut Vec<String>, first: &str, second: &str) {
    let mut at = 0;
    while let Some([one, other]) = word.get(at..at + 2) {
        if one == first && other == second {
            word.splice(at..at + 2, [format!("{first}{second}")]);
        }
        at += 1;
    }
}

use super::Piece;

/// A reason's sentence for a page: it starts with a capital, and what it quotes between backticks is marked.
pub(crate) fn pieces_of_sentence(sentence: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (number, text) in sentence.split('`').enumerate() {
        let is_marked = number % 2 == 1;
        if !text.is_empty() {
            pieces.push(Piece { text: if number == 0 { capitalised(text) } else { text.to_owned() }, is_marked });
        }
    }
    pieces
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::pieces_of_sentence;

    #[test]
    fn quotations_are_told_apart() {
        let shown: String = pieces_of_sentence("the page's header `tdm-reservation: 1` reserves AI training")
            .iter()
            .map(|piece| if piece.is_marked { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect();
        assert_eq!(shown, "The page's header [tdm-reservation: 1] reserves AI training");
        assert!(pieces_of_sentence("").is_empty());
    }
}

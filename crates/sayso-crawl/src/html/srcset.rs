/// The candidate of a `srcset` with the most pixels: the one of the largest width or density.
///
/// Follows the splitting rules of the HTML standard, section 4.8.4.2.1: candidates are parted by commas, but a URL
/// may hold commas except at its ends.
pub(super) fn largest(srcset: &str) -> Option<&str> {
    let mut best: Option<(&str, f64)> = None;
    let mut rest = srcset;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return best.map(|(url, _)| url);
        }
        let url_end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (token, after) = rest.split_at(url_end);
        let url = token.trim_end_matches(',');
        let descriptor;
        if url.len() < token.len() {
            // A comma right behind the URL: no descriptor.
            (descriptor, rest) = ("", after);
        } else {
            let end = descriptor_end(after);
            (descriptor, rest) = after.split_at(end);
        }
        let size = size_of(descriptor);
        if !url.is_empty() && best.is_none_or(|(_, largest)| size > largest) {
            best = Some((url, size));
        }
    }
}

/// Descriptors end at a comma that is not inside parentheses.
fn descriptor_end(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// `640w` is 640 pixels wide, `2x` twice an unknown width: of one set only one kind is used, so they need not compare.
fn size_of(descriptors: &str) -> f64 {
    let read = |word: &str| {
        let number = word.strip_suffix('w').or_else(|| word.strip_suffix('x'))?;
        number.parse::<f64>().ok().filter(|size| size.is_finite())
    };
    descriptors.split_ascii_whitespace().find_map(read).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn the_largest_candidate_is_taken() {
        assert_eq!(largest("a.jpg 320w, b.jpg 640w, c.jpg 480w"), Some("b.jpg"));
        assert_eq!(largest("a.jpg, b.jpg 2x"), Some("b.jpg"));
        assert_eq!(largest("a,b.jpg 1x,c.jpg 1.5x"), Some("c.jpg"));
        assert_eq!(largest("data:image/png;base64,AAAA 1x, b.jpg 2x"), Some("b.jpg"));
        assert_eq!(largest(" a.jpg "), Some("a.jpg"));
        assert_eq!(largest(" , "), None);
        assert_eq!(largest("a.jpg NaNw, b.jpg 2w"), Some("b.jpg"));
    }
}

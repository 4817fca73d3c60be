use sayso_index::FacetField;

use super::Library;

/// Characters of a name that is compared letter by letter.
const LONGEST: usize = 48;

/// Letters that may be other, missing or too many.
const SLIPS: usize = 2;

impl Library {
    /// Names of a field that somebody may have meant who wrote this one, the nearest first: those in which it stands, those
    /// that stand in it, and those that differ in a slip or two.
    #[must_use]
    pub fn names_near(&self, field: FacetField, name: &str, limit: usize) -> Vec<String> {
        let wanted = name.trim().to_lowercase();
        if wanted.is_empty() || wanted.len() > 200 {
            return Vec::new();
        }
        let mut near: Vec<(usize, u64, String)> = Vec::new();
        for shelf in &self.shelves {
            shelf.facets.each_name(field, &mut |number, other| {
                if let Some(distance) = distance(&wanted, other) {
                    let samples = shelf.facets.samples_of(field, number);
                    near.push((distance, u64::MAX - samples, other.to_owned()));
                    if near.len() > 1_000 {
                        near.sort_unstable();
                        near.truncate(limit);
                    }
                }
            });
        }
        near.sort_unstable();
        let mut names: Vec<String> = Vec::new();
        for (_, _, name) in near {
            if names.len() < limit && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// How far a name is from the one that is wanted; `None` where it is too far to have been meant.
fn distance(wanted: &str, other: &str) -> Option<usize> {
    let other = other.to_lowercase();
    let (shorter, longer) = if wanted.len() < other.len() { (wanted, &*other) } else { (&*other, wanted) };
    if shorter.len() >= 3 && longer.contains(shorter) {
        return Some(SLIPS + 1);
    }
    if longer.len() - shorter.len() > SLIPS * 4 || longer.len() > LONGEST * 4 {
        return None;
    }
    // Who slips in a name of three letters means anything.
    let most = SLIPS.min(wanted.chars().count() / 3);
    slips(wanted, &other).filter(|slips| *slips <= most)
}

/// How many letters are other, missing or too many (Levenshtein); `None` of long names.
fn slips(a: &str, b: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > LONGEST || b.len() > LONGEST || a.len().abs_diff(b.len()) > SLIPS {
        return None;
    }
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for (row, one) in (1..).zip(&a) {
        let (mut corner, mut left) = (row - 1, row);
        for (other, cell) in b.iter().zip(before.iter_mut().skip(1)) {
            let new = (corner + usize::from(one != other)).min(left + 1).min(*cell + 1);
            corner = std::mem::replace(cell, new);
            left = new;
        }
        if let Some(first) = before.first_mut() {
            *first = row;
        }
    }
    before.last().copied()
}

#[cfg(test)]
mod tests {
    use super::{distance, slips};

    #[test]
    fn slips_are_counted() {
        for (a, b, expected) in [
            ("", "", 0),
            ("example.org", "example.org", 0),
            ("exampel.org", "example.org", 2),
            ("exmple.org", "example.org", 1),
            ("müller", "muller", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(slips(a, b), Some(expected), "{a} {b}");
            assert_eq!(slips(b, a), Some(expected), "{b} {a}");
        }
        assert_eq!(slips("a", "abcd"), None);
    }

    #[test]
    fn what_is_far_is_not_meant() {
        assert_eq!(distance("www.example.org", "example.org"), Some(3));
        assert_eq!(distance("ana", "Ana Okonkwo"), Some(3));
        assert_eq!(distance("exampel.org", "Example.org"), Some(2));
        assert_eq!(distance("cat.example", "dogs.museum"), None);
        assert_eq!(distance("ab", "cd"), None);
    }
}

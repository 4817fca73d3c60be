use super::field::{FacetField, FacetKind, step_of};
use super::numbers::Numbers;

/// What samples are sorted by: a key for each, greater where the value is, and 0 where it is not known.
///
/// The keys of numbers compare across indexes; those of names are numbers of one index.
#[derive(Debug, Clone, Copy)]
pub struct SortKeys<'a> {
    /// Numbers of names, or of steps.
    numbers: Numbers<'a>,
    /// Of steps, how far into its step each number lies; nothing in an index that an earlier program made.
    fractions: Option<Numbers<'a>>,
    is_step: bool,
}

impl<'a> SortKeys<'a> {
    pub(super) fn new(field: FacetField, numbers: Numbers<'a>, fractions: Option<Numbers<'a>>) -> Self {
        Self { numbers, fractions, is_step: field.kind() != FacetKind::Names }
    }

    /// The key of the sample at this place among all.
    #[must_use]
    #[inline]
    pub fn of(&self, place: u64) -> u32 {
        let number = self.numbers.of(place).unwrap_or(0);
        if !self.is_step {
            return number;
        }
        // There are fewer steps than would not fit above their fractions.
        number << 16 | self.fractions.and_then(|fractions| fractions.of(place)).unwrap_or(0)
    }
}

/// Between which numbers those lie that have no edge below or above them. What is beyond counts as they do.
const fn ends(field: FacetField) -> (f64, f64) {
    match field {
        FacetField::Side => (0.0, 65_536.0),
        FacetField::Similarity => (-1.0, 1.0),
        FacetField::Aesthetic => (-5.0, 15.0),
        FacetField::Year => (1970.0, 2100.0),
        _ => (0.0, 1.0),
    }
}

/// How far into its step a number lies, in 65,536ths.
pub(super) fn fraction(field: FacetField, number: f64) -> u16 {
    let FacetKind::Steps(edges) = field.kind() else { return 0 };
    let step = step_of(edges, number) as usize;
    let (first, last) = ends(field);
    let lower = step.checked_sub(1).and_then(|below| edges.get(below)).copied().unwrap_or(first);
    let upper = edges.get(step).copied().unwrap_or(last);
    // Negative and too large numbers become the nearest that there is, and one that is none 0.
    ((number - lower) / (upper - lower) * 65_536.0) as u16
}

#[cfg(test)]
mod tests {
    use super::super::field::{FacetField, step_of};
    use super::super::{FacetKind, order::fraction};

    /// The key of a number, as an index has it.
    fn key(field: FacetField, number: f64) -> u32 {
        let FacetKind::Steps(edges) = field.kind() else { return 0 };
        (step_of(edges, number) + 1) << 16 | u32::from(fraction(field, number))
    }

    #[test]
    fn keys_are_in_the_order_of_numbers() {
        for (field, numbers) in [
            (FacetField::Similarity, vec![-1e9, -0.3, 0.0, 0.01, 0.3, 0.300_001, 0.301, 0.3199, 0.32, 0.97, 0.999]),
            (
                FacetField::Side,
                vec![0.0, 1.0, 31.0, 32.0, 511.0, 512.0, 513.0, 1_500.0, 1_501.0, 8_191.0, 8_192.0, 60_000.0],
            ),
            (FacetField::Year, vec![1969.0, 1997.5, 2005.0, 2019.999, 2020.0, 2020.001, 2035.0, 2050.0]),
            (FacetField::Aesthetic, vec![-1.0, 0.2, 4.999, 5.0, 5.01, 9.9, 12.0]),
        ] {
            let keys: Vec<u32> = numbers.iter().map(|number| key(field, *number)).collect();
            assert!(keys.is_sorted_by(|a, b| a < b) && keys[0] > 0, "{field}: {keys:?}");
        }
        assert_eq!(key(FacetField::Side, 1e12), key(FacetField::Side, 65_536.0));
        assert!(key(FacetField::Punsafe, 1.0) == key(FacetField::Punsafe, 7.0));
    }
}

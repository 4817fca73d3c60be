use super::field::{FacetField, FacetKind};
use super::numbers::Numbers;

/// What samples are sorted by: a key for each, greater where the value is, and 0 where it is not known.
///
/// The keys of numbers compare across indexes; those of names are numbers of one index.
#[derive(Debug)]
pub struct SortKeys<'a>(pub(super) Keys<'a>);

#[derive(Debug)]
pub(super) enum Keys<'a> {
    /// As they are.
    Exact(Numbers<'a>),
    /// Steps, and the key of each one's lower edge: an index of an earlier program knows no more.
    Steps(Numbers<'a>, Vec<u32>),
}

impl SortKeys<'_> {
    /// The key of the sample at this place among all.
    #[must_use]
    pub fn of(&self, place: u64) -> u32 {
        match &self.0 {
            Keys::Exact(numbers) => numbers.of(place).unwrap_or(0),
            Keys::Steps(numbers, keys) => {
                numbers.of(place).and_then(|step| keys.get(step as usize)).copied().unwrap_or(0)
            }
        }
    }
}

/// Seconds in a year of the Gregorian calendar, on an average.
const YEAR_SECONDS: f64 = 31_556_952.0;

/// The keys of a field's steps by their numbers, of which 0 is that of what is not known.
pub(super) fn keys_of_steps(field: FacetField) -> Vec<u32> {
    let FacetKind::Steps(edges) = field.kind() else { return Vec::new() };
    let key = |edge: &f64| match field {
        FacetField::Year => key_of_seconds(((edge - 1970.0) * YEAR_SECONDS) as i64),
        _ => key_of(*edge),
    };
    let lowest = edges.first().map_or(1, |first| key(first).saturating_sub(1).max(1));
    [0, lowest].into_iter().chain(edges.iter().map(key)).collect()
}

/// The key of a number: the order of keys is that of numbers, and none is 0.
pub(super) fn key_of(number: f64) -> u32 {
    // Minus zero is zero.
    let bits = ((number + 0.0) as f32).to_bits();
    let key = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    key.max(1)
}

/// The key of an instant in seconds since 1970. All before are as early as each other, and all from 2106 on as late.
pub(super) fn key_of_seconds(seconds: i64) -> u32 {
    u32::try_from(seconds.saturating_add(1).clamp(1, u32::MAX.into())).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{FacetField, key_of, key_of_seconds, keys_of_steps};

    #[test]
    fn keys_are_in_the_order_of_numbers() {
        let numbers = [f64::MIN, -1e9, -1.0, -0.5, 0.0, 1e-9, 0.25, 0.5, 1.0, 512.0, 1e9, f64::MAX];
        let keys = numbers.map(key_of);
        assert!(keys.is_sorted_by(|a, b| a < b) && keys[0] > 0, "{keys:?}");
        assert_eq!(key_of(-0.0), key_of(0.0));
        assert_eq!([i64::MIN, -1, 0, 1, i64::MAX].map(key_of_seconds), [1, 1, 1, 2, u32::MAX]);
    }

    #[test]
    fn steps_stand_where_their_numbers_do() {
        for field in FacetField::ALL {
            let keys = keys_of_steps(*field);
            assert!(keys.is_sorted_by(|a, b| a < b), "{field}");
        }
        let keys = keys_of_steps(FacetField::Punsafe);
        assert!(keys[1] < key_of(0.02) && keys[26] == key_of(0.5) && keys[26] < key_of(0.51));
    }
}

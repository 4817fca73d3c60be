use serde::{Deserialize, Serialize};

/// A kind of content, as the template tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// Texts, measured in tokens.
    Text,
    /// Pictures, measured by their number.
    Image,
    /// Sound, measured in hours.
    Audio,
    /// Moving pictures, measured in hours.
    Video,
    /// Anything else, which has no ranges.
    Other,
}

/// The three ranges of a modality: the two numbers between them, and how the template calls them.
struct Ranges {
    low: u64,
    high: u64,
    names: [&'static str; 3],
}

impl Modality {
    /// All of them, in the template's order.
    pub const ALL: [Self; 5] = [Self::Text, Self::Image, Self::Audio, Self::Video, Self::Other];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Other => "other",
        }
    }

    /// In what its size is measured.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Text => "tokens",
            Self::Image => "images",
            Self::Audio | Self::Video => "hours",
            Self::Other => "samples",
        }
    }

    const fn ranges(self) -> Option<&'static Ranges> {
        match self {
            Self::Text => Some(&TOKENS),
            Self::Image => Some(&IMAGES),
            Self::Audio | Self::Video => Some(&HOURS),
            Self::Other => None,
        }
    }

    /// The range that a number lies in; `None` where the template has no ranges.
    #[must_use]
    pub fn range_of(self, number: u64) -> Option<&'static str> {
        let Ranges { low, high, names: [less, between, more] } = self.ranges()?;
        Some(match number {
            number if number < *low => less,
            number if number <= *high => between,
            _ => more,
        })
    }

    /// The names of its ranges, from the smallest on.
    #[must_use]
    pub fn range_names(self) -> &'static [&'static str] {
        self.ranges().map_or(&[], |ranges| &ranges.names)
    }

    /// The least number that lies in the range of this name.
    pub(super) fn least_of(self, range: &str) -> Option<u64> {
        let Ranges { low, high, names: [less, between, more] } = self.ranges()?;
        match range {
            range if range == *less => Some(0),
            range if range == *between => Some(*low),
            range if range == *more => Some(high.saturating_add(1)),
            _ => None,
        }
    }
}

const TOKENS: Ranges = Ranges {
    low: 1_000_000_000,
    high: 10_000_000_000_000,
    names: ["Less than 1 billion tokens", "1 billion to 10 trillion tokens", "More than 10 trillion tokens"],
};

const IMAGES: Ranges = Ranges {
    low: 1_000_000,
    high: 1_000_000_000,
    names: ["Less than 1 million images", "1 million to 1 billion images", "More than 1 billion images"],
};

const HOURS: Ranges = Ranges {
    low: 10_000,
    high: 1_000_000,
    names: ["Less than 10 000 hours", "10 000 to 1 million hours", "More than 1 million hours"],
};

/// How many domains the list of a summary must name at least: a tenth of all, or where the provider is small a twentieth or a
/// thousand, whichever are fewer.
pub(super) fn domains_to_name(total: u64, is_small_provider: bool) -> u64 {
    if is_small_provider { total.div_ceil(20).min(1_000) } else { total.div_ceil(10) }
}

#[cfg(test)]
mod tests {
    use super::{Modality, domains_to_name};

    #[test]
    fn ranges_are_those_of_the_template() {
        let images =
            [0, 999_999, 1_000_000, 1_000_000_000, 1_000_000_001].map(|number| Modality::Image.range_of(number));
        assert_eq!(images, [0, 0, 1, 1, 2].map(|at| Modality::Image.range_names().get(at).copied()));
        assert_eq!(Modality::Text.range_of(10_000_000_000_001), Some("More than 10 trillion tokens"));
        assert_eq!(Modality::Video.range_of(10_000), Some("10 000 to 1 million hours"));
        assert_eq!(Modality::Other.range_of(1), None);
        for modality in Modality::ALL {
            for name in modality.range_names() {
                let least = modality.least_of(name);
                assert_eq!(least.and_then(|least| modality.range_of(least)), Some(*name));
            }
        }
    }

    #[test]
    fn a_share_of_domains_is_never_too_short() {
        assert_eq!([0, 1, 10, 11, 100_000].map(|total| domains_to_name(total, false)), [0, 1, 1, 2, 10_000]);
        assert_eq!([0, 1, 20, 21, 100_000].map(|total| domains_to_name(total, true)), [0, 1, 1, 2, 1_000]);
    }
}

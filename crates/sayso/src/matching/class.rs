use sayso_core::Pdq;
use sayso_picture::Turn;

/// Bits up to which a picture is called a copy. Recompressing, greying and light retouching of a file change no more, and
/// scaling it mostly not; all eleven edits that Meta made to show PDQ stay within it.
pub const COPY: u32 = 16;

/// Bits up to which a picture is called a near copy: what Meta recommends to take for the same picture. Scaling down to a
/// quarter, other colours or writing on it change so much; two different photographs hardly ever differ in so few, two
/// drawings of one series now and then.
pub const NEAR_COPY: u32 = Pdq::NEAR;

/// How much alike two pictures are. It says nothing of who took what from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchClass {
    /// Byte for byte the same file.
    SameFile,
    /// The same picture.
    Copy,
    /// The same picture, changed; now and then another one that is much like it.
    NearCopy,
    /// Alike enough to be looked at, and no more.
    MerelyNear,
}

impl MatchClass {
    /// The class of pictures whose hashes differ in so many bits.
    #[must_use]
    pub const fn of_distance(distance: u32) -> Self {
        match distance {
            0..=COPY => Self::Copy,
            _ if distance <= NEAR_COPY => Self::NearCopy,
            _ => Self::MerelyNear,
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameFile => "same-file",
            Self::Copy => "copy",
            Self::NearCopy => "near-copy",
            Self::MerelyNear => "merely-near",
        }
    }

    /// The class for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::SameFile => "the same file",
            Self::Copy => "copy",
            Self::NearCopy => "near copy",
            Self::MerelyNear => "merely near",
        }
    }
}

/// How a copy was found. More ways will come, such as parts of a picture that agree with parts of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatchHow {
    /// Its file has the same digest.
    SameBytes,
    /// Its hash is near the hash of one's own picture, as that is or turned.
    Hash {
        /// How one's own picture has to be turned or mirrored to look like what was found.
        turn: Turn,
        /// In how many of 256 bits the hashes differ.
        distance: u32,
    },
}

impl MatchHow {
    /// The class that follows from it.
    #[must_use]
    pub const fn class(self) -> MatchClass {
        match self {
            Self::SameBytes => MatchClass::SameFile,
            Self::Hash { distance, .. } => MatchClass::of_distance(distance),
        }
    }

    /// The stable name of the way.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameBytes => "same-bytes",
            Self::Hash { turn: Turn::Original, .. } => "hash",
            Self::Hash { .. } => "turned-hash",
        }
    }

    /// In how many of 256 bits the hashes differ; none do of files that are the same.
    #[must_use]
    pub const fn distance(self) -> u32 {
        match self {
            Self::SameBytes => 0,
            Self::Hash { distance, .. } => distance,
        }
    }

    /// How one's own picture has to be turned or mirrored to look like what was found.
    #[must_use]
    pub const fn turn(self) -> Turn {
        match self {
            Self::SameBytes => Turn::Original,
            Self::Hash { turn, .. } => turn,
        }
    }

    /// The turn for people; nothing where there is none.
    #[must_use]
    pub const fn turn_in_words(self) -> Option<&'static str> {
        match self.turn() {
            Turn::Original => None,
            Turn::Rotate90 => Some("turned a quarter against the clock"),
            Turn::Rotate180 => Some("upside down"),
            Turn::Rotate270 => Some("turned a quarter with the clock"),
            Turn::FlipX => Some("mirrored top to bottom"),
            Turn::FlipY => Some("mirrored left to right"),
            Turn::FlipPlus1 | Turn::FlipMinus1 => Some("mirrored at a diagonal"),
        }
    }
}

const _: () = assert!(COPY < NEAR_COPY && NEAR_COPY < super::MAX_DISTANCE, "each class is wider than the one before");

#[cfg(test)]
mod tests {
    use super::MatchClass;

    #[test]
    fn distances_have_classes() {
        for (distance, class) in [
            (0, MatchClass::Copy),
            (16, MatchClass::Copy),
            (17, MatchClass::NearCopy),
            (31, MatchClass::NearCopy),
            (32, MatchClass::MerelyNear),
            (256, MatchClass::MerelyNear),
        ] {
            assert_eq!(MatchClass::of_distance(distance), class, "{distance}");
        }
    }
}

use sayso_core::Pdq;
use sayso_index::{PartHit, Region};
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
    /// A part of the one picture agrees with a part of the other: it is cropped, framed, turned, or stands in it; or both
    /// show the same figure.
    Part,
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
            Self::Part => "part",
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
            Self::Part => "a part agrees",
            Self::MerelyNear => "merely near",
        }
    }
}

/// How a copy was found. More ways may come.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// Places of it look like places of one's own picture and lie to one another as those do; or its hash goes with a part of
    /// one's own picture.
    Features(Agreement),
}

/// What of two pictures agrees. It is no proof: what both took from a third picture agrees as well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// How sure it is that this is no chance, from [`PartHit::SURE`] on.
    pub score: f32,
    /// How many places agree; none where it is the hash alone that goes with a part of one's own.
    pub places: u32,
    /// Whether it is the mirror image of one's own picture that agrees.
    pub is_mirrored: bool,
    /// The part of one's own picture that agrees, as far as its places reach.
    pub own: Region,
    /// The part of the found picture that agrees.
    pub found: Region,
}

impl Agreement {
    pub(super) const fn of_hit(hit: &PartHit) -> Self {
        let PartHit { sureness, agreeing, mirrored, sought, found, .. } = *hit;
        Self { score: sureness, places: agreeing, is_mirrored: mirrored, own: sought, found }
    }

    /// How much agrees, for people.
    #[must_use]
    pub fn in_words(&self) -> String {
        let parts = format!("{} of yours and {} of theirs", percent_of(&self.own), percent_of(&self.found));
        let mirrored = if self.is_mirrored { ", mirrored" } else { "" };
        format!("{} places agree, on {parts}{mirrored}; score {:.1}", self.places, self.score)
    }
}

/// How much of its picture a part is, in hundredths.
fn percent_of(region: &Region) -> String {
    let share = (region.right - region.left) * (region.bottom - region.top);
    format!("{:.0} %", share.clamp(0.0, 1.0) * 100.0)
}

impl MatchHow {
    /// The class that follows from it.
    #[must_use]
    pub const fn class(self) -> MatchClass {
        match self {
            Self::SameBytes => MatchClass::SameFile,
            Self::Hash { distance, .. } => MatchClass::of_distance(distance),
            Self::Features(_) => MatchClass::Part,
        }
    }

    /// The stable name of the way.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameBytes => "same-bytes",
            Self::Hash { turn: Turn::Original, .. } => "hash",
            Self::Hash { .. } => "turned-hash",
            Self::Features(_) => "features",
        }
    }

    /// In how many of 256 bits the hashes differ, where they were compared; none do of files that are the same.
    #[must_use]
    pub const fn distance(self) -> Option<u32> {
        match self {
            Self::SameBytes => Some(0),
            Self::Hash { distance, .. } => Some(distance),
            Self::Features(_) => None,
        }
    }

    /// How one's own picture has to be turned or mirrored to look like what was found, where that is one of eight ways.
    #[must_use]
    pub const fn turn(self) -> Option<Turn> {
        match self {
            Self::SameBytes => Some(Turn::Original),
            Self::Hash { turn, .. } => Some(turn),
            Self::Features(_) => None,
        }
    }

    /// What of the pictures agrees, where parts were compared.
    #[must_use]
    pub const fn agreement(self) -> Option<Agreement> {
        match self {
            Self::Features(agreement) => Some(agreement),
            Self::SameBytes | Self::Hash { .. } => None,
        }
    }

    /// The numbers behind the class, for people.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::SameBytes => "byte for byte".to_owned(),
            Self::Hash { distance, .. } => format!("{distance} of 256 bits differ"),
            Self::Features(agreement) => agreement.in_words(),
        }
    }

    /// The turn for people; nothing where there is none.
    #[must_use]
    pub const fn turn_in_words(self) -> Option<&'static str> {
        match self.turn() {
            None | Some(Turn::Original) => None,
            Some(Turn::Rotate90) => Some("turned a quarter against the clock"),
            Some(Turn::Rotate180) => Some("upside down"),
            Some(Turn::Rotate270) => Some("turned a quarter with the clock"),
            Some(Turn::FlipX) => Some("mirrored top to bottom"),
            Some(Turn::FlipY) => Some("mirrored left to right"),
            Some(Turn::FlipPlus1 | Turn::FlipMinus1) => Some("mirrored at a diagonal"),
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

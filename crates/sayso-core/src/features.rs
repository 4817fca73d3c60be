/// The version of the stored form, its first byte.
const VERSION: u8 = 1;
/// Bytes before the first keypoint.
const HEADER_BYTES: usize = 8;
/// Bytes of a keypoint.
const KEYPOINT_BYTES: usize = 20;
/// Set where the version of the reader has no flags to know.
const RESERVED: u8 = 0;

/// A place of a picture that is found again in its copies, and what the picture looks like around it.
///
/// Places and sizes count in 1024ths of the picture's longer side, so that they mean the same whatever the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Keypoint {
    bits: u128,
    pose: u32,
}

impl Keypoint {
    /// Bits that change when the picture is mirrored; the others are the same for a picture and its mirror image.
    ///
    /// Each bit says how a pattern goes with the picture, and each pattern is even or odd when it is mirrored at the
    /// keypoint's axis (`sayso-picture` has the table).
    pub const ODD: u128 = 0x7d57_7ffd_cd83_ee33_ec45_0838_0079_2620;

    /// A keypoint at a place, with its angle in radians, its size and its bits. What does not fit is clamped.
    #[must_use]
    pub fn new(x: f32, y: f32, angle: f32, size: f32, bits: u128) -> Self {
        let turn = (angle / std::f32::consts::TAU * 64.0).round().rem_euclid(64.0) as u32 & 63;
        let step = (size.max(1.0).log2() * 8.0).round().min(63.0) as u32;
        let place = |at: f32| at.round().clamp(0.0, 1023.0) as u32;
        Self { bits, pose: place(x) | place(y) << 10 | turn << 20 | step << 26 }
    }

    /// The keypoint of stored numbers; all of them are keypoints.
    #[must_use]
    pub const fn from_parts(bits: u128, pose: u32) -> Self {
        Self { bits, pose }
    }

    /// What the picture looks like around the place.
    #[must_use]
    pub const fn bits(&self) -> u128 {
        self.bits
    }

    /// Place, angle and size in one number, as they are stored.
    #[must_use]
    pub const fn pose(&self) -> u32 {
        self.pose
    }

    /// From the left, in 1024ths of the longer side.
    #[must_use]
    pub const fn x(&self) -> f32 {
        (self.pose & 1023) as f32
    }

    /// From the top, in 1024ths of the longer side.
    #[must_use]
    pub const fn y(&self) -> f32 {
        (self.pose >> 10 & 1023) as f32
    }

    /// The angle, in 64ths of a turn.
    #[must_use]
    pub const fn turn(&self) -> u8 {
        (self.pose >> 20 & 63) as u8
    }

    /// The size's logarithm: eight steps double it.
    #[must_use]
    pub const fn step(&self) -> u8 {
        (self.pose >> 26) as u8
    }

    /// In how many bits the looks of two places differ.
    #[must_use]
    pub const fn distance(&self, other: &Self) -> u32 {
        (self.bits ^ other.bits).count_ones()
    }
}

/// The keypoints of a picture: by them its copies are found when they are cropped, turned, or part of another picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    width: u16,
    height: u16,
    keypoints: Vec<Keypoint>,
}

/// The error of bytes that are no features.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    /// The bytes have another version than is read here.
    #[error(
        "the features have version {version} and this program reads {VERSION}\nhint: make them anew from the picture"
    )]
    Version {
        /// The version that they have.
        version: u8,
    },
    /// The bytes cannot be features.
    #[error("{bytes} bytes are no features of a picture: {reason}\nhint: make them anew from the picture")]
    Damaged {
        /// How many bytes there are.
        bytes: usize,
        /// What is wrong.
        reason: &'static str,
    },
}

impl Features {
    /// No picture has more keypoints than this.
    pub const MOST: usize = 1024;

    /// The features of a picture of `width` to `height`, the longer of which is 1024. Keypoints beyond [`Self::MOST`] are
    /// left out.
    #[must_use]
    pub fn new(width: u16, height: u16, mut keypoints: Vec<Keypoint>) -> Self {
        keypoints.truncate(Self::MOST);
        Self { width: width.clamp(1, 1024), height: height.clamp(1, 1024), keypoints }
    }

    /// The picture's width, in 1024ths of its longer side.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The picture's height, in 1024ths of its longer side.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// The keypoints, the most distinct first. A picture without texture has none.
    #[must_use]
    pub fn keypoints(&self) -> &[Keypoint] {
        &self.keypoints
    }

    /// The features of the picture's mirror image, left and right exchanged.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let mirror = |keypoint: &Keypoint| {
            let x = (u32::from(self.width) - 1).saturating_sub(keypoint.pose & 1023).min(1023);
            let turn = (96 - u32::from(keypoint.turn())) & 63;
            let pose = keypoint.pose & !(1023 | 63 << 20) | x | turn << 20;
            Keypoint { bits: keypoint.bits ^ Keypoint::ODD, pose }
        };
        Self { keypoints: self.keypoints.iter().map(mirror).collect(), ..*self }
    }

    /// The stored form, which docs/specs/features.md describes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.keypoints.len() * KEYPOINT_BYTES);
        bytes.extend([VERSION, RESERVED]);
        bytes.extend(self.width.to_le_bytes());
        bytes.extend(self.height.to_le_bytes());
        bytes.extend((self.keypoints.len() as u16).to_le_bytes());
        for keypoint in &self.keypoints {
            bytes.extend(keypoint.bits.to_le_bytes());
            bytes.extend(keypoint.pose.to_le_bytes());
        }
        bytes
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FeaturesError> {
        let damaged = |reason| FeaturesError::Damaged { bytes: bytes.len(), reason };
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Err(damaged("they are fewer than a header has"));
        };
        let [version, reserved, w0, w1, h0, h1, n0, n1] = *header;
        if version != VERSION {
            return Err(FeaturesError::Version { version });
        }
        let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
        if reserved != RESERVED || width.max(height) != 1024 || width.min(height) == 0 {
            return Err(damaged("the longer side is not 1024"));
        }
        let count = usize::from(u16::from_le_bytes([n0, n1]));
        if count > Self::MOST || rest.len() != count * KEYPOINT_BYTES {
            return Err(damaged("they are not as many as the header says"));
        }
        Ok(Self { width, height, keypoints: rest.chunks_exact(KEYPOINT_BYTES).filter_map(keypoint_of).collect() })
    }
}

fn keypoint_of(bytes: &[u8]) -> Option<Keypoint> {
    let (bits, pose) = bytes.split_first_chunk::<16>()?;
    let (pose, _) = pose.split_first_chunk::<4>()?;
    Some(Keypoint { bits: u128::from_le_bytes(*bits), pose: u32::from_le_bytes(*pose) })
}

/// The features of a picture whose copies are sought: more of them than are stored, and what is in doubt about each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureQuery {
    features: Features,
    doubts: Vec<[u8; Self::DOUBTS]>,
}

impl FeatureQuery {
    /// How many doubts a keypoint has.
    pub const DOUBTS: usize = 8;

    /// Features, and for each keypoint which of its lowest bits are the least certain, the least certain first.
    #[must_use]
    pub fn new(features: Features, mut doubts: Vec<[u8; Self::DOUBTS]>) -> Self {
        doubts.resize(features.keypoints.len(), std::array::from_fn(|bit| bit as u8));
        Self { features, doubts }
    }

    /// The features.
    #[must_use]
    pub const fn features(&self) -> &Features {
        &self.features
    }

    /// For each keypoint the bits that are in doubt.
    #[must_use]
    pub fn doubts(&self) -> &[[u8; Self::DOUBTS]] {
        &self.doubts
    }

    /// The query for the mirror image.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        Self { features: self.features.mirrored(), doubts: self.doubts.clone() }
    }
}

/// How well the hash of a picture goes with a part of another one, where a frame puts it there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// How much of the picture lies inside of the other, from 0 to 1.
    pub inside: f32,
    /// By how much more bits agree than by chance, in standard deviations: about 12 for the same picture.
    pub agreement: f32,
    /// How much there is for a hash to see, from 0 to 1.
    pub strength: f32,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn features() -> Features {
        let keypoint = |at: u32| {
            let part = at as f32;
            Keypoint::new(part * 9.0, part * 5.0, part * 0.7, 2.0 + part, u128::from(at) << 97 | u128::from(at * 77))
        };
        Features::new(1024, 600, (0..100).map(keypoint).collect())
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let features = features();
        let bytes = features.to_bytes();
        assert_eq!(bytes.len(), 8 + 100 * 20);
        assert_eq!(Features::from_bytes(&bytes).unwrap(), features);
    }

    #[test]
    fn version_1_stays_as_it_is() {
        let keypoint = Keypoint::new(1000.0, 3.0, std::f32::consts::PI, 8.0, 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10);
        let bytes = Features::new(1024, 258, vec![keypoint]).to_bytes();
        let frozen =
            [1, 0, 0, 4, 2, 1, 1, 0, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0xe8, 0x0f, 0, 0x62];
        assert_eq!(bytes, frozen);
        let read = Features::from_bytes(&frozen).unwrap();
        let [read] = read.keypoints() else { unreachable!("one was written") };
        assert_eq!((read.x(), read.y(), read.turn(), read.step()), (1000.0, 3.0, 32, 24));
    }

    #[test]
    fn no_bytes_make_it_panic_and_wrong_ones_are_refused() {
        let bytes = features().to_bytes();
        for length in 0..bytes.len() {
            assert!(Features::from_bytes(bytes.get(..length).unwrap()).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            *changed.get_mut(at).unwrap() ^= 0xff;
            let read = Features::from_bytes(&changed);
            assert_eq!(read.is_err(), at < 8 && at != 4, "{at}: {read:?}");
        }
        assert_eq!(Features::from_bytes(&[9; 8]), Err(FeaturesError::Version { version: 9 }));
    }

    #[test]
    fn a_mirror_image_mirrored_is_the_picture() {
        let features = features();
        assert_ne!(features.mirrored(), features);
        assert_eq!(features.mirrored().mirrored(), features);
    }

    #[test]
    fn what_does_not_fit_is_clamped() {
        let keypoint = Keypoint::new(f32::NAN, 1e9, -1e9, f32::INFINITY, 0);
        assert_eq!((keypoint.x(), keypoint.y(), keypoint.step()), (0.0, 1023.0, 63));
    }
}

use std::ops::{Deref, Range};

use sayso_core::Keypoint;

/// Bytes before the first picture.
pub(super) const HEADER_BYTES: usize = 32;
pub(super) const MAGIC: [u8; 8] = *b"SAYSOFTR";
pub(super) const VERSION: u32 = 1;
/// A picture: shard, row, width, height, keypoints, and two bytes of zero.
pub(super) const PICTURE_BYTES: usize = 16;
/// A number of the directory.
pub(super) const OFFSET_BYTES: usize = 4;
/// A keypoint's bits and pose, and the picture that it is of.
pub(super) const POSTING_BYTES: usize = 24;
/// Bits by which keypoints are sorted into buckets, at most.
pub(super) const MOST_KEY_BITS: u32 = 24;

/// One file of the index, mapped into memory.
pub(super) struct Part {
    bytes: Box<dyn Deref<Target = [u8]> + Send + Sync>,
    pub(super) key_bits: u32,
    pictures: usize,
    postings: usize,
}

/// A picture of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    pub(super) shard: u32,
    pub(super) row: u32,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Part {
    /// Reads the header, and checks that the file is as long as it says.
    pub(super) fn new(bytes: Box<dyn Deref<Target = [u8]> + Send + Sync>) -> Result<Self, &'static str> {
        let header: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or("it is cut off")?;
        let word = |at: usize| {
            header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u32::from_le_bytes(*word))
        };
        if !header.starts_with(&MAGIC) || word(8) != VERSION {
            return Err("it is no part of a feature index, or of another version");
        }
        let (key_bits, pictures, postings) = (word(12), word(16) as usize, word(20) as usize);
        if key_bits > MOST_KEY_BITS {
            return Err("its keys are longer than they can be");
        }
        let part = Self { key_bits, pictures, postings, bytes };
        // No product of numbers of 32 bits and these few bytes is beyond 64 bits.
        if part.postings_at() + postings * POSTING_BYTES != part.bytes.len() {
            return Err("it is not as long as its header says");
        }
        Ok(part)
    }

    fn directory_at(&self) -> usize {
        HEADER_BYTES + self.pictures * PICTURE_BYTES
    }

    fn postings_at(&self) -> usize {
        self.directory_at() + ((1_usize << self.key_bits) + 1) * OFFSET_BYTES
    }

    /// How many pictures the part has.
    pub(super) fn pictures(&self) -> usize {
        self.pictures
    }

    /// The picture of this number.
    pub(super) fn picture(&self, number: u32) -> Option<Picture> {
        let number = number as usize;
        let bytes = self.bytes.get(HEADER_BYTES + number * PICTURE_BYTES..)?.first_chunk::<PICTURE_BYTES>()?;
        let [s0, s1, s2, s3, r0, r1, r2, r3, w0, w1, h0, h1, ..] = *bytes;
        (number < self.pictures).then(|| Picture {
            shard: u32::from_le_bytes([s0, s1, s2, s3]),
            row: u32::from_le_bytes([r0, r1, r2, r3]),
            width: u16::from_le_bytes([w0, w1]).clamp(1, 1024),
            height: u16::from_le_bytes([h0, h1]).clamp(1, 1024),
        })
    }

    /// The keypoints whose bits begin with the same key, each with the number of its picture.
    pub(super) fn bucket(&self, key: u32) -> impl Iterator<Item = (Keypoint, u32)> {
        let range = self.range(key).unwrap_or_default();
        let bytes = self.bytes.get(range).unwrap_or_default();
        let (postings, _) = bytes.as_chunks::<POSTING_BYTES>();
        postings.iter().filter_map(|posting| {
            let (bits, rest) = posting.split_first_chunk::<16>()?;
            let (pose, picture) = rest.split_first_chunk::<4>()?;
            let picture = u32::from_le_bytes(*picture.first_chunk()?);
            let keypoint = Keypoint::from_parts(u128::from_le_bytes(*bits), u32::from_le_bytes(*pose));
            ((picture as usize) < self.pictures).then_some((keypoint, picture))
        })
    }

    /// Where a bucket lies; none if the directory leads astray.
    fn range(&self, key: u32) -> Option<Range<usize>> {
        let at = self.directory_at() + key as usize * OFFSET_BYTES;
        let [a, b, c, d, e, f, g, h] = *self.bytes.get(at..)?.first_chunk::<8>()?;
        let (start, end) = (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
        let place = |number: usize| self.postings_at() + number * POSTING_BYTES;
        (key >> self.key_bits == 0 && start <= end && end <= self.postings).then(|| place(start)..place(end))
    }
}

/// The key of a keypoint: its lowest bits.
pub(super) fn key_of(bits: u128, key_bits: u32) -> u32 {
    bits as u32 & ((1_u32 << key_bits) - 1)
}

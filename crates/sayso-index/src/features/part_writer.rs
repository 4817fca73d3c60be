use std::io::{self, Write};

use sayso_core::Features;

use super::part::{HEADER_BYTES, MAGIC, MOST_KEY_BITS, PICTURE_BYTES, POSTING_BYTES, VERSION, key_of};

/// Postings that a bucket has in the mean, about.
const BUCKET: usize = 8;

/// The pictures of one part, before they are sorted.
#[derive(Default)]
pub(super) struct PartBuilder {
    pictures: Vec<[u8; PICTURE_BYTES]>,
    postings: Vec<(u128, u32, u32)>,
}

impl PartBuilder {
    pub(super) fn add(&mut self, shard: u32, row: u32, features: &Features) {
        let number = self.pictures.len() as u32;
        let mut picture = [0; PICTURE_BYTES];
        let words = shard.to_le_bytes().into_iter().chain(row.to_le_bytes());
        let sides = features.width().to_le_bytes().into_iter().chain(features.height().to_le_bytes());
        let count = (features.keypoints().len() as u16).to_le_bytes();
        picture.iter_mut().zip(words.chain(sides).chain(count)).for_each(|(byte, value)| *byte = value);
        self.pictures.push(picture);
        self.postings.extend(features.keypoints().iter().map(|keypoint| (keypoint.bits(), keypoint.pose(), number)));
    }

    pub(super) fn keypoints(&self) -> usize {
        self.postings.len()
    }

    /// Sorts and writes all, and is empty again.
    pub(super) fn write(&mut self, file: &mut impl Write) -> io::Result<()> {
        let key_bits = (self.postings.len() / BUCKET).max(1).ilog2().clamp(4, MOST_KEY_BITS);
        self.postings.sort_unstable_by_key(|posting| (key_of(posting.0, key_bits), posting.2, posting.0, posting.1));
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend(MAGIC);
        for word in [VERSION, key_bits, self.pictures.len() as u32, self.postings.len() as u32, 0, 0] {
            header.extend(word.to_le_bytes());
        }
        file.write_all(&header)?;
        file.write_all(self.pictures.as_flattened())?;
        let mut next = 0_usize;
        for key in 0..=1_u32 << key_bits {
            while self.postings.get(next).is_some_and(|posting| key_of(posting.0, key_bits) < key) {
                next += 1;
            }
            file.write_all(&(next as u32).to_le_bytes())?;
        }
        for (bits, pose, picture) in self.postings.drain(..) {
            let mut posting = Vec::with_capacity(POSTING_BYTES);
            posting.extend(bits.to_le_bytes());
            posting.extend(pose.to_le_bytes());
            posting.extend(picture.to_le_bytes());
            file.write_all(&posting)?;
        }
        self.pictures.clear();
        Ok(())
    }
}

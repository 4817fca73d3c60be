//! MD5 (RFC 1321) of many short messages, eight at a time.
//!
//! Each step of MD5 waits for the one before, so one message leaves most of a core idle; eight side by side cost little
//! more than one. Nothing here depends on MD5 being hard to break: cc2dataset names its pairs with it.

use md5::{Digest, Md5};
use wide::u32x8;

const LANES: usize = 8;

/// Longer messages go through one at a time: they are rare, and a lane that runs on alone gains nothing.
const MAX_LANE_BYTES: usize = 2048;

/// What is left to add of a step's sine (RFC 1321, section 3.4).
const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

/// By how many bits the steps of each round rotate.
const ROTATIONS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// A message on its way through one lane.
#[derive(Default)]
struct Lane {
    /// Which message it is; `None` when the lane is idle.
    number: Option<usize>,
    /// The message with its padding.
    blocks: Vec<u8>,
    /// The next block.
    at: usize,
}

/// The MD5 of each message; a message is two pieces, one behind the other.
pub(crate) fn md5_of_each<'a>(messages: impl ExactSizeIterator<Item = [&'a [u8]; 2]>) -> Vec<[u8; 16]> {
    let mut digests = vec![[0; 16]; messages.len()];
    let mut messages = messages.enumerate();
    let mut lanes: [Lane; LANES] = std::array::from_fn(|_| Lane::default());
    let mut state = [[0; LANES]; 4];
    loop {
        let mut is_idle = true;
        for (place, lane) in lanes.iter_mut().enumerate() {
            if lane.number.is_none() && lane.load(&mut messages, &mut digests) {
                state.iter_mut().zip(START).for_each(|(word, start)| word[place] = start);
            }
            is_idle &= lane.number.is_none();
        }
        if is_idle {
            return digests;
        }
        compress(&mut state, &lanes);
        for (place, lane) in lanes.iter_mut().enumerate() {
            lane.at += 64;
            if let Some(number) = lane.number.filter(|_| lane.at >= lane.blocks.len()) {
                lane.number = None;
                if let Some(digest) = digests.get_mut(number) {
                    digest.chunks_exact_mut(4).zip(&state).for_each(|(four, word)| {
                        four.copy_from_slice(&word[place].to_le_bytes());
                    });
                }
            }
        }
    }
}

impl Lane {
    /// Takes the next message that is short enough. Whether there was one.
    fn load<'a>(
        &mut self,
        messages: &mut impl Iterator<Item = (usize, [&'a [u8]; 2])>,
        digests: &mut [[u8; 16]],
    ) -> bool {
        for (number, [first, second]) in messages {
            let length = first.len() + second.len();
            if length <= MAX_LANE_BYTES {
                self.blocks.clear();
                self.blocks.extend_from_slice(first);
                self.blocks.extend_from_slice(second);
                self.blocks.push(0x80);
                self.blocks.resize((length + 9).next_multiple_of(64) - 8, 0);
                self.blocks.extend_from_slice(&(length as u64 * 8).to_le_bytes());
                (self.number, self.at) = (Some(number), 0);
                return true;
            }
            if let Some(digest) = digests.get_mut(number) {
                *digest = Md5::new().chain_update(first).chain_update(second).finalize().into();
            }
        }
        false
    }

    /// The block whose turn it is; anything for an idle lane.
    fn block(&self) -> &[u8; 64] {
        const NONE: [u8; 64] = [0; 64];
        self.blocks.get(self.at..).and_then(|rest| rest.first_chunk()).unwrap_or(&NONE)
    }
}

/// One block of each lane.
fn compress(state: &mut [[u32; LANES]; 4], lanes: &[Lane; LANES]) {
    let mut words = [[0; LANES]; 16];
    for (place, lane) in lanes.iter().enumerate() {
        let (fours, _) = lane.block().as_chunks::<4>();
        words.iter_mut().zip(fours).for_each(|(word, four)| word[place] = u32::from_le_bytes(*four));
    }
    let words = words.map(u32x8::new);
    let before = state.map(u32x8::new);
    let [mut a, mut b, mut c, mut d] = before;
    // Four loops instead of one with a choice inside: each is unrolled by itself.
    macro_rules! round {
        ($round:literal, $mix:expr, $word:expr) => {
            for step in 0..16 {
                let rotation = ROTATIONS[$round][step % 4];
                let sum = a + $mix(b, c, d) + u32x8::splat(SINES[$round * 16 + step]) + words[$word(step) % 16];
                let rotated = (sum << rotation) | (sum >> (32 - rotation));
                (a, d, c, b) = (d, c, b, b + rotated);
            }
        };
    }
    round!(0, |b: u32x8, c: u32x8, d: u32x8| d ^ (b & (c ^ d)), |step| step);
    round!(1, |b: u32x8, c: u32x8, d: u32x8| c ^ (d & (b ^ c)), |step| 5 * step + 1);
    round!(2, |b: u32x8, c: u32x8, d: u32x8| b ^ c ^ d, |step| 3 * step + 5);
    round!(3, |b: u32x8, c: u32x8, d: u32x8| c ^ (b | !d), |step| 7 * step);
    for (word, (before, after)) in state.iter_mut().zip(before.into_iter().zip([a, b, c, d])) {
        *word = (before + after).to_array();
    }
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};
    use proptest::prelude::*;

    use super::md5_of_each;

    fn one_by_one(messages: &[(Vec<u8>, Vec<u8>)]) -> Vec<[u8; 16]> {
        messages
            .iter()
            .map(|(first, second)| Md5::new().chain_update(first).chain_update(second).finalize().into())
            .collect()
    }

    fn all(messages: &[(Vec<u8>, Vec<u8>)]) -> Vec<[u8; 16]> {
        md5_of_each(messages.iter().map(|(first, second)| [&first[..], &second[..]]))
    }

    #[test]
    fn every_length_around_the_padding() {
        let messages: Vec<_> = (0..300).map(|length| (vec![7; length / 3], vec![9; length - length / 3])).collect();
        assert_eq!(all(&messages), one_by_one(&messages));
        assert!(all(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn lanes_give_what_one_message_alone_gives(
            messages in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..200), prop::collection::vec(any::<u8>(), 0..3000)), 0..40),
        ) {
            prop_assert_eq!(all(&messages), one_by_one(&messages));
        }
    }
}

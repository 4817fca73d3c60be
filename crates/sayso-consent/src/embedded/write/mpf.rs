//! The index of a JPEG that holds several pictures (CIPA DC-007): gain maps, previews, stereo pairs.
//!
//! It says where the other pictures start, counted from its own header, and how long the first one is. Both change when
//! metadata before them grow.

/// Pictures of one index.
const PICTURES: usize = 1000;
const ENTRY_BYTES: usize = 16;
const MP_ENTRY: usize = 0xb002;

/// Corrects the index at `bytes`, whose header moved by `header` bytes while the pictures moved by `pictures` (both modulo
/// the size of a number). `None` where it cannot be read.
pub(super) fn move_pictures(bytes: &mut [u8], header: usize, pictures: usize) -> Option<()> {
    if header == 0 && pictures == 0 {
        return Some(());
    }
    let little = match bytes.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let number = |bytes: &[u8], at: usize, len: usize| {
        let digits = bytes.get(at..at.checked_add(len)?)?;
        let add = |number: usize, digit: &u8| number << 8 | usize::from(*digit);
        Some(if little { digits.iter().rev().fold(0, add) } else { digits.iter().fold(0, add) })
    };
    let add = |bytes: &mut [u8], at: usize, by: usize| {
        let sum = u32::try_from(number(bytes, at, 4)?.wrapping_add(by)).ok()?;
        let digits = if little { sum.to_le_bytes() } else { sum.to_be_bytes() };
        bytes.get_mut(at..at.checked_add(4)?)?.copy_from_slice(&digits);
        Some(())
    };
    let directory = number(bytes, 4, 4)?;
    let count = number(bytes, directory, 2)?;
    for entry in 0..count {
        let at = directory + 2 + 12 * entry;
        if number(bytes, at, 2)? != MP_ENTRY {
            continue;
        }
        let (len, list) = (number(bytes, at + 4, 4)?, number(bytes, at + 8, 4)?);
        let entries = len / ENTRY_BYTES;
        if entries > PICTURES {
            return None;
        }
        for picture in 0..entries {
            let at = list.checked_add(ENTRY_BYTES * picture)?;
            if number(bytes, at + 8, 4)? == 0 {
                // The first picture: it holds the index, and grew.
                add(bytes, at + 4, pictures)?;
            } else {
                add(bytes, at + 8, pictures.wrapping_sub(header))?;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::move_pictures;

    #[test]
    fn offsets_follow_the_pictures_and_the_first_one_grows() {
        for little in [true, false] {
            let two = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
            let four = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
            let index = |size: u32, offset: u32| {
                let head: &[u8] = if little { b"II*\0" } else { b"MM\0*" };
                let mut index =
                    [head, &four(8), &two(1), &two(0xb002), &two(7), &four(32), &four(26), &four(0)].concat();
                for number in [0, size, 0, 0, 0, 700, offset, 0] {
                    index.extend(four(number));
                }
                index
            };
            let mut moved = index(5000, 4900);
            // The header stays where it is, the scan behind it moves.
            assert_eq!(move_pictures(&mut moved, 0, 300), Some(()));
            assert_eq!(moved, index(5300, 5200));
            // Both move alike; and back again.
            assert_eq!(move_pictures(&mut moved, 300, 300), Some(()));
            assert_eq!(moved, index(5600, 5200));
            assert_eq!(move_pictures(&mut moved, 0, 0usize.wrapping_sub(300)), Some(()));
            assert_eq!(moved, index(5300, 4900));
            // The last four bytes of an entry lead to other entries, and do not change.
            for end in 1..moved.len() - 4 {
                assert!(move_pictures(&mut moved.clone()[..end], 1, 2).is_none(), "{end}");
            }
        }
    }
}

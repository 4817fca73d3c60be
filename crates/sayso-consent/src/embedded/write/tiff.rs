use super::WriteError;
use super::packet::PacketWriter;
use crate::embedded::numbers::part;

/// The tag of XMP (XMP part 3, on TIFF), and the type of its value: bytes.
const XMP: usize = 700;
const BYTE: usize = 1;
const BROKEN: WriteError = WriteError::Broken("TIFF");

/// Appends the packet, and a copy of the first directory that names it, to the end of the file. Nothing that is there
/// moves, so that every offset keeps its meaning; the header alone changes, or the one entry.
pub(super) fn write_tiff(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    // Canon's raw format expects its directories where it put them.
    if part(bytes, 8, 2) == Some(b"CR") {
        return Err(WriteError::Unsupported("it is a raw file"));
    }
    let layout = Layout::of(bytes).ok_or(BROKEN)?;
    let start = layout.number(bytes, layout.first, layout.offset_bytes).ok_or(BROKEN)?;
    let count = layout.number(bytes, start, layout.count_bytes).ok_or(BROKEN)?;
    let entries = start.checked_add(layout.count_bytes).ok_or(BROKEN)?;
    let entries_bytes = count.checked_mul(layout.entry_bytes()).ok_or(BROKEN)?;
    let table = part(bytes, entries, entries_bytes).ok_or(BROKEN)?;
    let next = part(bytes, entries + entries_bytes, layout.offset_bytes).ok_or(BROKEN)?;
    let tag_of = |entry: &[u8]| layout.number(entry, 0, 2);
    let mut places = table.chunks_exact(layout.entry_bytes()).enumerate();
    let present = places.find(|(_, entry)| tag_of(entry) == Some(XMP));
    let mut file = bytes.to_vec();
    if let Some((number, entry)) = present {
        let old = layout.value(bytes, entries + number * layout.entry_bytes(), entry).ok_or(BROKEN)?;
        let new = packets.change(old)?;
        let new = match packets.new_packet()? {
            Some(fresh) => fresh,
            None if new == old => return Ok(file),
            None => new,
        };
        let at = append(&mut file, &new);
        let entry = layout.entry(new.len(), at).ok_or(BROKEN)?;
        let place = entries + number * layout.entry_bytes();
        file.get_mut(place..place + entry.len()).ok_or(BROKEN)?.copy_from_slice(&entry);
        return Ok(file);
    }
    let Some(packet) = packets.new_packet()? else { return Ok(file) };
    let at = append(&mut file, &packet);
    let mut directory = layout.digits(count + 1, layout.count_bytes).ok_or(BROKEN)?;
    let entry = layout.entry(packet.len(), at).ok_or(BROKEN)?;
    // Entries ascend by their tags (TIFF 6.0, section 2).
    let before = table.chunks_exact(layout.entry_bytes()).take_while(|entry| tag_of(entry) < Some(XMP)).count();
    let (low, high) = table.split_at_checked(before * layout.entry_bytes()).ok_or(BROKEN)?;
    directory.extend([low, &entry, high, next].concat());
    let at = append(&mut file, &directory);
    let first = layout.digits(at, layout.offset_bytes).ok_or(BROKEN)?;
    file.get_mut(layout.first..layout.first + first.len()).ok_or(BROKEN)?.copy_from_slice(&first);
    Ok(file)
}

/// Appends at an even offset, and says where.
fn append(file: &mut Vec<u8>, bytes: &[u8]) -> usize {
    file.extend(std::iter::repeat_n(0, file.len() % 2));
    let at = file.len();
    file.extend_from_slice(bytes);
    at
}

/// The widths of TIFF's numbers, or of BigTIFF's, and their order.
struct Layout {
    little: bool,
    /// Where the offset of the first directory stands.
    first: usize,
    count_bytes: usize,
    offset_bytes: usize,
}

impl Layout {
    fn of(bytes: &[u8]) -> Option<Self> {
        let little = bytes.first() == Some(&b'I');
        let classic = Self { little, first: 4, count_bytes: 2, offset_bytes: 4 };
        match classic.number(bytes, 2, 2)? {
            42 => Some(classic),
            // Eight bytes an offset, and a field of zeros (BigTIFF, section on the header).
            43 if classic.number(bytes, 4, 2)? == 8 && classic.number(bytes, 6, 2)? == 0 => {
                Some(Self { little, first: 8, count_bytes: 8, offset_bytes: 8 })
            }
            _ => None,
        }
    }

    /// Tag, type, count, and the value or where it stands.
    const fn entry_bytes(&self) -> usize {
        4 + 2 * self.offset_bytes
    }

    fn number(&self, bytes: &[u8], at: usize, len: usize) -> Option<usize> {
        let digits = part(bytes, at, len)?;
        let add = |number: usize, digit: &u8| number << 8 | usize::from(*digit);
        Some(if self.little { digits.iter().rev().fold(0, add) } else { digits.iter().fold(0, add) })
    }

    fn digits(&self, number: usize, len: usize) -> Option<Vec<u8>> {
        let digits = (number as u64).to_le_bytes();
        let (low, high) = digits.split_at_checked(len)?;
        let fits = high.iter().all(|digit| *digit == 0);
        fits.then(|| if self.little { low.to_vec() } else { low.iter().rev().copied().collect() })
    }

    fn entry(&self, len: usize, at: usize) -> Option<Vec<u8>> {
        let numbers = [(XMP, 2), (BYTE, 2), (len, self.offset_bytes), (at, self.offset_bytes)];
        let digits: Option<Vec<_>> = numbers.into_iter().map(|(number, len)| self.digits(number, len)).collect();
        Some(digits?.concat())
    }

    /// The value of an entry of bytes that stands at `at`.
    fn value<'a>(&self, bytes: &'a [u8], at: usize, entry: &[u8]) -> Option<&'a [u8]> {
        // Some writers say that the bytes are of no type.
        matches!(self.number(entry, 2, 2)?, 1 | 2 | 6 | 7).then_some(())?;
        let len = self.number(entry, 4, self.offset_bytes)?;
        let value = 4 + self.offset_bytes;
        let start = if len <= self.offset_bytes { at + value } else { self.number(entry, value, self.offset_bytes)? };
        part(bytes, start, len)
    }
}

use super::WriteError;
use super::bmff::{BROKEN, BoxAt, boxes_at, describes, entry_of};
use crate::embedded::numbers::{be32, byte, part, split_nul, uint};

/// The `meta` box: what of it changes, and the rest as it is.
pub(super) struct Meta<'a> {
    head: &'a [u8],
    boxes: Vec<BoxAt<'a>>,
    pub(super) locations: &'a [u8],
    /// The `idat` box, where items may stand.
    pub(super) data: &'a [u8],
    information: Vec<u8>,
    references: Option<Vec<u8>>,
}

impl<'a> Meta<'a> {
    /// Reads a box's body, version and flags first.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, WriteError> {
        let (head, rest) = body.split_at_checked(4).ok_or(BROKEN)?;
        let boxes = boxes_at(rest)?;
        let bodies = |kind: &[u8]| boxes.iter().filter(|it| it.kind == kind).map(|it| it.body).collect::<Vec<_>>();
        let (locations, information) = (bodies(b"iloc"), bodies(b"iinf"));
        let ([locations], [information]) = (&locations[..], &information[..]) else { return Err(BROKEN) };
        let (locations, information) = (*locations, information.to_vec());
        let data = bodies(b"idat").first().copied().unwrap_or_default();
        Ok(Self { head, boxes, locations, data, information, references: None })
    }

    fn body(&self, kind: &[u8]) -> Option<&'a [u8]> {
        self.boxes.iter().find(|it| it.kind == kind).map(|it| it.body)
    }

    /// The numbers of the items, and whether each is XMP as it stands.
    fn items(&self) -> Result<Vec<(u64, bool)>, WriteError> {
        let count_bytes = if byte(&self.information, 0) == Some(0) { 2 } else { 4 };
        let mut items = Vec::new();
        for entry in boxes_at(self.information.get(4 + count_bytes..).ok_or(BROKEN)?)? {
            let entry = entry.body;
            let id_bytes = match byte(entry, 0).ok_or(BROKEN)? {
                2 => 2,
                3 => 4,
                _ => return Err(WriteError::Unsupported("its items are described in an old form")),
            };
            let id = uint(entry, 4, id_bytes).ok_or(BROKEN)?;
            let mut is_xmp = false;
            if part(entry, 6 + id_bytes, 4) == Some(b"mime") {
                let rest = entry.get(10 + id_bytes..).ok_or(BROKEN)?;
                let (_name, rest) = split_nul(rest).ok_or(BROKEN)?;
                let (content_type, encoding) = split_nul(rest).unwrap_or((rest, b""));
                is_xmp = content_type.eq_ignore_ascii_case(b"application/rdf+xml");
                if is_xmp && encoding.first().is_some_and(|first| *first != 0) {
                    return Err(WriteError::Unsupported("its XMP is compressed"));
                }
            }
            items.push((id, is_xmp));
        }
        Ok(items)
    }

    /// The item that is XMP.
    pub(super) fn xmp_item(&self) -> Result<Option<u64>, WriteError> {
        let items = self.items()?;
        let mut xmp = items.iter().filter(|(_, is_xmp)| *is_xmp).map(|(id, _)| *id);
        let first = xmp.next();
        if xmp.next().is_some() {
            return Err(WriteError::Unsupported("it has several items of XMP"));
        }
        Ok(first)
    }

    /// Adds an item that describes the primary one, and gives its number, which nothing else has.
    pub(super) fn add_xmp_item(&mut self, located: u64) -> Result<u64, WriteError> {
        let primary = self.body(b"pitm").ok_or(BROKEN)?;
        let primary = uint(primary, 4, if byte(primary, 0) == Some(0) { 2 } else { 4 }).ok_or(BROKEN)?;
        // Groups of items are numbered among the items.
        let groups = self.body(b"grpl").map(boxes_at).transpose()?.unwrap_or_default();
        let groups = groups.iter().filter_map(|group| be32(group.body, 4)).map(|id| id as u64);
        let items = self.items()?;
        let known = items.iter().map(|(id, _)| *id).chain(groups).chain([located, primary]);
        let highest = known.max().unwrap_or_default();
        let small = |id: u64| u16::try_from(id).map_err(|_| WriteError::Unsupported("its items have high numbers"));
        let (id, primary) = (small(highest + 1)?, small(primary)?);
        let count_bytes = if byte(&self.information, 0) == Some(0) { 2 } else { 4 };
        let count =
            uint(&self.information, 4, count_bytes).filter(|count| *count == items.len() as u64).ok_or(BROKEN)?;
        // There are at most as many as boxes are read, far below what two bytes hold.
        let digits = (count + 1).to_be_bytes();
        let place = self.information.get_mut(4..4 + count_bytes).ok_or(BROKEN)?;
        place.copy_from_slice(digits.get(8 - count_bytes..).ok_or(BROKEN)?);
        self.information.extend(entry_of(id));
        self.references = Some(match self.body(b"iref") {
            None => [&[0; 4][..], &describes(id, primary)].concat(),
            Some(references) if byte(references, 0) == Some(0) => [references, &describes(id, primary)].concat(),
            Some(_) => return Err(WriteError::Unsupported("its items have high numbers")),
        });
        Ok(u64::from(id))
    }

    /// The whole box anew, with these locations.
    pub(super) fn write(&self, locations: &[u8]) -> Vec<u8> {
        let mut body = self.head.to_vec();
        for it in &self.boxes {
            match (it.kind, &self.references) {
                (b"iloc", _) => body.extend(plain_box(b"iloc", locations)),
                (b"iinf", _) => body.extend(plain_box(b"iinf", &self.information)),
                (b"iref", Some(references)) => body.extend(plain_box(b"iref", references)),
                _ => body.extend_from_slice(it.whole),
            }
        }
        if let (Some(references), None) = (&self.references, self.body(b"iref")) {
            body.extend(plain_box(b"iref", references));
        }
        plain_box(b"meta", &body)
    }
}

/// A box. What is put in one here is far below the 4 GiB from which on a length takes another form.
pub(super) fn plain_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], kind, body].concat()
}

/// A box with a version, and no flags.
pub(super) fn full_box(kind: &[u8; 4], version: u8, body: &[u8]) -> Vec<u8> {
    plain_box(kind, &[&[version, 0, 0, 0], body].concat())
}

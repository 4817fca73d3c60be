//! Boxes with a length and a type, as ISOBMFF (ISO 14496-12, section 4.2) and JUMBF (ISO 19566-5, section 4) have them.

use crate::embedded::numbers::{be32, part, uint};

/// A box does not fit in what is to hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) struct Broken<'a> {
    /// Its type.
    pub(in crate::embedded) kind: &'a [u8],
    /// What there is of its payload.
    pub(in crate::embedded) payload: &'a [u8],
}

/// A box: its type and what is in it.
pub(in crate::embedded) type Boxed<'a> = (&'a [u8], &'a [u8]);

/// The boxes that follow each other in `bytes`. The first that does not fit ends them.
pub(in crate::embedded) fn boxes(bytes: &[u8]) -> impl Iterator<Item = Result<Boxed<'_>, Broken<'_>>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let all = std::mem::take(&mut rest);
        let broken = |header: usize| Broken {
            kind: part(all, 4, 4).unwrap_or_default(),
            payload: all.get(header..).unwrap_or_default(),
        };
        let (length, header) = match be32(all, 0) {
            Some(0) => (Some(all.len()), 8),
            Some(1) => (uint(all, 8, 8).and_then(|length| usize::try_from(length).ok()), 16),
            length => (length, 8),
        };
        let fitting = length.and_then(|length| Some((part(all, 4, 4)?, all.get(header..length)?, all.get(length..)?)));
        match fitting {
            Some((kind, payload, behind)) => {
                rest = behind;
                Some(Ok((kind, payload)))
            }
            None => Some(Err(broken(header))),
        }
    })
}

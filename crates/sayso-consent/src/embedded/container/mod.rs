//! From a picture's file to the packets of metadata in it, one container a file.

mod bmff;
mod boxes;
mod gif;
mod items;
mod jpeg;
mod jpeg_pieces;
mod photoshop;
mod png;
mod svg;
mod tiff;
mod webp;

use std::borrow::Cow;

use super::EmbeddedLimits;

pub(super) use boxes::boxes;
pub(super) use svg::is_svg;
pub(super) use tiff::{Tag, ifd0};

/// One packet of metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Its bytes, without what the container puts around them.
    pub bytes: Cow<'a, [u8]>,
    /// Where they start in the file; `None` where they were put together or inflated.
    pub at: Option<u64>,
}

/// The part of an XMP packet that did not fit in its segment of a JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedXmp<'a> {
    /// The name by which the first part asks for it.
    pub guid: String,
    /// Whether all of its pieces are there.
    pub whole: bool,
    /// Its bytes, as far as they are there.
    pub packet: Packet<'a>,
}

/// The packets of metadata in a file, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packets<'a> {
    /// XMP: RDF in XML. Of an SVG the whole document, because the RDF uses namespaces declared outside it.
    pub xmp: Vec<Packet<'a>>,
    /// What belongs to the XMP of a JPEG.
    pub extended_xmp: Vec<ExtendedXmp<'a>>,
    /// EXIF, from the byte order mark of its TIFF structure on.
    pub exif: Vec<Packet<'a>>,
    /// IPTC-IIM records.
    pub iim: Vec<Packet<'a>>,
    /// C2PA manifest stores: one JUMBF superbox each.
    pub c2pa: Vec<Packet<'a>>,
    /// Whether bytes are missing, do not fit or go beyond a limit, so that there may be more than was found.
    pub incomplete: bool,
}

/// What kind of file holds a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Jpeg,
    Png,
    Webp,
    Gif,
    /// TIFF and BigTIFF.
    Tiff,
    /// AVIF, HEIF and their kin.
    Bmff,
    Svg,
}

impl Container {
    /// The kind that the first bytes of a file say it is.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'G', b'I', b'F', b'8', ..] => Some(Self::Gif),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Self::Bmff),
            _ => svg::is_svg(bytes).then_some(Self::Svg),
        }
    }
}

/// Finds the packets of metadata in a file. What kind of file it is, its first bytes say.
#[must_use]
pub fn packets<'a>(bytes: &'a [u8], limits: &EmbeddedLimits) -> Packets<'a> {
    let mut found = Collector { file: bytes, limits: *limits, packets: Packets::default() };
    match Container::of(bytes) {
        Some(Container::Jpeg) => jpeg::read_jpeg(bytes, &mut found),
        Some(Container::Png) => png::read_png(bytes, &mut found),
        Some(Container::Webp) => webp::read_webp(bytes, &mut found),
        Some(Container::Gif) => gif::read_gif(bytes, &mut found),
        Some(Container::Tiff) => tiff::read_tiff(bytes, &mut found),
        Some(Container::Bmff) => bmff::read_bmff(bytes, &mut found),
        Some(Container::Svg) => svg::read_svg(bytes, &mut found),
        None => {}
    }
    found.packets
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Xmp,
    Exif,
    Iim,
    C2pa,
}

/// The packets found so far, within the limits.
struct Collector<'a> {
    file: &'a [u8],
    limits: EmbeddedLimits,
    packets: Packets<'a>,
}

impl<'a> Collector<'a> {
    /// Something of the file is missing or does not fit.
    fn miss(&mut self) {
        self.packets.incomplete = true;
    }

    fn push(&mut self, kind: Kind, bytes: impl Into<Cow<'a, [u8]>>) {
        let packet = self.packet(bytes.into());
        let limit = self.limits.packets;
        let packets = match kind {
            Kind::Xmp => &mut self.packets.xmp,
            Kind::Exif => &mut self.packets.exif,
            Kind::Iim => &mut self.packets.iim,
            Kind::C2pa => &mut self.packets.c2pa,
        };
        if packets.len() < limit {
            packets.push(packet);
        } else {
            self.miss();
        }
    }

    fn push_extended(&mut self, guid: String, whole: bool, bytes: Cow<'a, [u8]>) {
        let packet = self.packet(bytes);
        if self.packets.extended_xmp.len() < self.limits.packets {
            self.packets.extended_xmp.push(ExtendedXmp { guid, whole, packet });
        } else {
            self.miss();
        }
    }

    fn packet(&mut self, mut bytes: Cow<'a, [u8]>) -> Packet<'a> {
        if bytes.len() > self.limits.packet_bytes {
            self.miss();
            bytes = match bytes {
                Cow::Borrowed(all) => Cow::Borrowed(all.get(..self.limits.packet_bytes).unwrap_or_default()),
                Cow::Owned(mut all) => {
                    all.truncate(self.limits.packet_bytes);
                    Cow::Owned(all)
                }
            };
        }
        let at = match bytes {
            Cow::Borrowed(borrowed) => super::numbers::offset_in(self.file, borrowed),
            Cow::Owned(_) => None,
        };
        Packet { bytes, at: at.map(|at| at as u64) }
    }

    /// One piece stays where it is in the file; several are put together, up to the limit.
    fn join(&mut self, pieces: &[&'a [u8]]) -> Cow<'a, [u8]> {
        if let [piece] = pieces {
            return Cow::Borrowed(*piece);
        }
        let mut joined = Vec::new();
        for piece in pieces {
            let room = self.limits.packet_bytes.saturating_sub(joined.len());
            joined.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
            if piece.len() > room {
                self.miss();
                break;
            }
        }
        Cow::Owned(joined)
    }
}

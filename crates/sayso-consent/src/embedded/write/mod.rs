//! The other way round: writes XMP that speaks of consent into pictures' files.
//!
//! One container a file. Only the metadata change: the encoded picture and every other segment, chunk or box stay as
//! they are, byte for byte. A file whose own lengths do not fit is refused, because nobody could say what a change of it
//! would break.

mod bmff;
mod gif;
mod iloc;
mod jpeg;
mod meta;
mod mpf;
mod packet;
mod png;
mod svg;
mod term;
mod tiff;
mod webp;

use super::EmbeddedLimits;
use super::container::Container;
use packet::PacketWriter;

pub use term::data_mining_term;

/// What is to stand in a file's XMP. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inscription {
    /// `plus:DataMining`: a term of PLUS's vocabulary, see [`data_mining_term`].
    pub data_mining: Option<&'static str>,
    /// `plus:OtherConstraints`, prose.
    pub other_constraints: Option<String>,
    /// `plus:LicensorURL` of the one `plus:Licensor`.
    pub licensor_url: Option<String>,
    /// `dc:creator`.
    pub creator: Option<String>,
    /// `dc:rights`.
    pub rights: Option<String>,
    /// `xmpRights:WebStatement`.
    pub web_statement: Option<String>,
    /// `xmpRights:UsageTerms`, prose.
    pub usage_terms: Option<String>,
}

/// Why nothing can be written into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No container that is known.
    #[error("the kind of file is not known\nhint: JPEG, PNG, WebP, GIF, TIFF, SVG, AVIF and HEIF can be written")]
    UnknownKind,
    /// A container that is known, built in a way that cannot be changed safely.
    #[error("{0}, which is not written\nhint: state it in the files of the site, or convert the picture")]
    Unsupported(&'static str),
    /// The file breaks off, or its lengths do not fit.
    #[error("the {0} breaks off or its lengths do not fit\nhint: open it in a program that shows it, and save it anew")]
    Broken(&'static str),
    /// The XMP that is there is no XML.
    #[error("its XMP is not XML to the end\nhint: take it out with a program for metadata first")]
    BrokenXmp,
    /// The XMP that is there has nothing in it where properties could stand.
    #[error("its XMP has no rdf:RDF\nhint: take it out with a program for metadata first")]
    NoRdf,
    /// There is more of something than is read.
    #[error("it holds more {0} than the limit\nhint: take some out with a program for metadata first")]
    TooMany(&'static str),
    /// The XMP does not fit in its place any more.
    #[error("its XMP would take {bytes} bytes where {limit} fit\nhint: shorten the texts")]
    TooLong {
        /// Bytes that it would take.
        bytes: usize,
        /// Bytes that there is room for.
        limit: usize,
    },
}

/// The file with `inscription` in its XMP. What kind of file it is, its first bytes say.
///
/// Written twice, the file is the same as written once. An inscription of nothing leaves every file as it is.
pub fn write_embedded(bytes: &[u8], inscription: &Inscription, limits: &EmbeddedLimits) -> Result<Vec<u8>, WriteError> {
    if *inscription == Inscription::default() {
        return Ok(bytes.to_vec());
    }
    let mut packets = PacketWriter::new(inscription, limits);
    match Container::of(bytes) {
        Some(Container::Jpeg) => jpeg::write_jpeg(bytes, &mut packets),
        Some(Container::Png) => png::write_png(bytes, &mut packets),
        Some(Container::Webp) => webp::write_webp(bytes, &mut packets),
        Some(Container::Gif) => gif::write_gif(bytes, &mut packets),
        Some(Container::Tiff) => tiff::write_tiff(bytes, &mut packets),
        Some(Container::Bmff) => bmff::write_bmff(bytes, &mut packets),
        Some(Container::Svg) => svg::write_svg(bytes, &mut packets),
        None => Err(WriteError::UnknownKind),
    }
}

use super::{Inscription, WriteError};
use crate::embedded::EmbeddedLimits;
use crate::embedded::xmp::{NEW_PACKET, Rewritten, rewrite};

/// Makes new packets of XMP out of those in a file: the first one gets the properties, all lose what stood there before.
pub(super) struct PacketWriter<'w> {
    inscription: &'w Inscription,
    pub(super) limits: &'w EmbeddedLimits,
    packets: usize,
    is_written: bool,
}

impl<'w> PacketWriter<'w> {
    pub(super) fn new(inscription: &'w Inscription, limits: &'w EmbeddedLimits) -> Self {
        Self { inscription, limits, packets: 0, is_written: false }
    }

    /// The next packet of the file, anew.
    pub(super) fn change(&mut self, packet: &[u8]) -> Result<Vec<u8>, WriteError> {
        self.packets += 1;
        if self.packets > self.limits.packets {
            return Err(WriteError::TooMany("packets of XMP"));
        }
        if packet.len() > self.limits.packet_bytes {
            return Err(WriteError::TooMany("bytes of XMP"));
        }
        // Some programs leave an empty packet behind.
        if packet.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return Ok(self.new_packet()?.unwrap_or_default());
        }
        match rewrite(packet, self.inscription, !self.is_written, self.limits.depth)? {
            Rewritten::Changed(bytes) => {
                self.is_written = true;
                Ok(bytes)
            }
            Rewritten::NoRdf => Err(WriteError::NoRdf),
        }
    }

    /// A packet for a file that has none which could be changed.
    pub(super) fn new_packet(&mut self) -> Result<Option<Vec<u8>>, WriteError> {
        if self.is_written {
            return Ok(None);
        }
        self.is_written = true;
        match rewrite(NEW_PACKET.as_bytes(), self.inscription, true, self.limits.depth)? {
            Rewritten::Changed(bytes) => Ok(Some(bytes)),
            Rewritten::NoRdf => Ok(None),
        }
    }
}

/// A packet without the blanks before its end mark, which writers leave so that others can change it in its place.
pub(super) fn without_padding(packet: &[u8]) -> Vec<u8> {
    let Some(end) = memchr::memmem::rfind(packet, b"<?xpacket end=") else { return packet.to_vec() };
    let (before, mark) = packet.split_at(end);
    [before.trim_ascii_end(), mark].concat()
}

use quick_xml::Reader;
use quick_xml::events::Event;

use super::WriteError;
use super::packet::PacketWriter;

const BROKEN: WriteError = WriteError::Broken("SVG");

/// Writes into the RDF that the drawing has, or into a new `metadata` element right inside its root.
pub(super) fn write_svg(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    // Read to its end in any case: what is no XML is not shown, and not written.
    match packets.change(bytes) {
        Err(WriteError::NoRdf) => {}
        Err(WriteError::BrokenXmp) => return Err(BROKEN),
        result => return result,
    }
    let packet = packets.new_packet()?.ok_or(BROKEN)?;
    let (start, end) =
        (packet.windows(10).position(|at| at == b"<x:xmpmeta"), memchr::memmem::rfind(&packet, b"<?xpacket"));
    let xmp = start.zip(end).and_then(|(start, end)| packet.get(start..end)).ok_or(BROKEN)?.trim_ascii();
    let mut reader = Reader::from_reader(bytes);
    loop {
        let event = reader.read_event().map_err(|_| BROKEN)?;
        let end = usize::try_from(reader.buffer_position()).map_err(|_| BROKEN)?;
        let (name, is_empty) = match &event {
            Event::Start(root) => (root.name(), false),
            Event::Empty(root) => (root.name(), true),
            Event::Eof => return Err(BROKEN),
            _ => continue,
        };
        let prefix = name.0.strip_suffix("svg").ok_or(WriteError::UnknownKind)?;
        let open = format!("<{prefix}metadata>\n").into_bytes();
        let close = format!("\n</{prefix}metadata>").into_bytes();
        let (head, tail) = bytes.split_at_checked(end).ok_or(BROKEN)?;
        if is_empty {
            let head = head.strip_suffix(b"/>").ok_or(BROKEN)?;
            let root = format!("</{}>", name.0).into_bytes();
            return Ok([head, b">", &open, xmp, &close, &root, tail].concat());
        }
        return Ok([head, &open, xmp, &close, tail].concat());
    }
}

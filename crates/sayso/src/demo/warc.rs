use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha1::{Digest, Sha1};

/// Writes WARC 1.1 records, each in a gzip member of its own.
///
/// Nothing in the file depends on the clock or on chance: a record's id is a digest of what it holds.
pub(super) struct WarcWriter<W> {
    out: W,
    warcinfo: String,
}

/// An HTTP response that was captured.
pub(super) struct Response<'a> {
    pub(super) url: &'a str,
    pub(super) date: &'a str,
    pub(super) address: &'a str,
    pub(super) status: &'a str,
    pub(super) headers: Vec<(&'a str, String)>,
    pub(super) body: &'a [u8],
}

/// What a later record needs to know of a response that it refers to.
pub(super) struct Captured {
    id: String,
    date: String,
    payload_digest: Option<String>,
}

impl<W: Write> WarcWriter<W> {
    /// Starts a file with the record that describes it.
    pub(super) fn begin(out: W, date: &str, filename: &str, fields: &[(&str, &str)]) -> io::Result<Self> {
        let block: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let warcinfo = record_id("warcinfo", filename, date, block.as_bytes());
        let mut writer = Self { out, warcinfo: warcinfo.clone() };
        let header = [
            ("WARC-Type", "warcinfo".to_owned()),
            ("WARC-Record-ID", warcinfo),
            ("WARC-Date", date.to_owned()),
            ("WARC-Filename", filename.to_owned()),
            ("Content-Type", "application/warc-fields".to_owned()),
        ];
        writer.record(header, block.as_bytes())?;
        Ok(writer)
    }

    pub(super) fn response(&mut self, response: &Response<'_>) -> io::Result<Captured> {
        let mut block = http_header(response);
        block.extend_from_slice(response.body);
        let id = record_id("response", response.url, response.date, &block);
        // The payload is what is left when the chunks are undone (WARC 1.1, section 6.3.2), yet widespread readers
        // digest the body with its chunks: a digest of either would look wrong to somebody. The field is optional.
        let chunked = response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
        let payload_digest = (!chunked).then(|| digest(response.body));
        let mut header = self.capture_header("response", &id, response);
        header.extend(payload_digest.clone().map(|digest| ("WARC-Payload-Digest", digest)));
        self.record(header, &block)?;
        Ok(Captured { id, date: response.date.to_owned(), payload_digest })
    }

    /// Notes that a response came back as it was: its HTTP header again, and a pointer instead of its body.
    pub(super) fn revisit(&mut self, response: &Response<'_>, earlier: &Captured) -> io::Result<()> {
        let block = http_header(response);
        let id = record_id("revisit", response.url, response.date, &block);
        let mut header = self.capture_header("revisit", &id, response);
        header.push(("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest".to_owned()));
        header.push(("WARC-Refers-To", earlier.id.clone()));
        header.push(("WARC-Refers-To-Target-URI", response.url.to_owned()));
        header.push(("WARC-Refers-To-Date", earlier.date.clone()));
        header.extend(earlier.payload_digest.clone().map(|digest| ("WARC-Payload-Digest", digest)));
        self.record(header, &block)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn capture_header(&self, kind: &str, id: &str, response: &Response<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("WARC-Type", kind.to_owned()),
            ("WARC-Record-ID", id.to_owned()),
            ("WARC-Warcinfo-ID", self.warcinfo.clone()),
            ("WARC-Date", response.date.to_owned()),
            ("WARC-Target-URI", response.url.to_owned()),
            ("WARC-IP-Address", response.address.to_owned()),
            ("Content-Type", "application/http; msgtype=response".to_owned()),
        ]
    }

    fn record(&mut self, header: impl IntoIterator<Item = (&'static str, String)>, block: &[u8]) -> io::Result<()> {
        let mut member = GzEncoder::new(&mut self.out, Compression::default());
        member.write_all(b"WARC/1.1\r\n")?;
        for (name, value) in header {
            write!(member, "{name}: {value}\r\n")?;
        }
        write!(member, "WARC-Block-Digest: {}\r\nContent-Length: {}\r\n\r\n", digest(block), block.len())?;
        member.write_all(block)?;
        member.write_all(b"\r\n\r\n")?;
        member.finish()?;
        Ok(())
    }
}

fn http_header(response: &Response<'_>) -> Vec<u8> {
    let mut header = format!("HTTP/1.1 {}\r\n", response.status);
    for (name, value) in &response.headers {
        header.extend([*name, ": ", value.as_str(), "\r\n"]);
    }
    header.push_str("\r\n");
    header.into_bytes()
}

/// A digest as WARC files carry it: SHA-1 in base 32.
fn digest(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::from("sha1:");
    // 20 bytes are four times 40 bits, so there is never any padding.
    for group in Sha1::digest(bytes).chunks(5) {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        text.extend((0..8).rev().map(|place| char::from(ALPHABET[(bits >> (5 * place)) as usize & 31])));
    }
    text
}

/// A UUID of version 5, from the digest of everything that makes the record what it is.
fn record_id(kind: &str, url: &str, date: &str, block: &[u8]) -> String {
    let mut hasher = Sha1::new();
    for part in [kind.as_bytes(), url.as_bytes(), date.as_bytes(), block] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut uuid = [0_u8; 16];
    uuid.copy_from_slice(&hasher.finalize()[..16]);
    uuid[6] = uuid[6] & 0x0F | 0x50;
    uuid[8] = uuid[8] & 0x3F | 0x80;
    let hex: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn digests_are_those_of_rfc_3548() {
        // The empty payload's digest stands in crawls all over the world.
        assert_eq!(digest(b""), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
    }
}

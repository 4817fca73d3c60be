//! A certificate for a key of one's own, in DER: an authority that is made for it, signs it, and is gone.
//!
//! It has what C2PA 2.4, section 14.5.1 asks of one that signs (RFC 5280; RFC 8410 for Ed25519). Nobody vouches for it, and
//! its names say so.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_registry::log::Ed25519Pair;
use sha2::Digest as _;

/// Object identifiers, without their tag.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const SUBJECT_KEY: &[u8] = &[0x55, 0x1d, 0x0e];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 0x23];
const EXTENDED_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const EMAIL_PROTECTION: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04];

/// From when until when it holds. There is nobody who could renew it, and no clock here.
const NOT_BEFORE: &[u8] = b"250101000000Z";
const NOT_AFTER: &[u8] = b"491231235959Z";

/// What its names say.
const VOUCHED_BY: &str = "made on the signer's own machine, vouched for by nobody";

/// A key and the chain of its certificate, both in PEM.
pub(super) struct KeyAndChain {
    pub(super) key: String,
    pub(super) chain: String,
}

/// Makes both out of random bytes: the seed of the key, that of the authority, and the serial numbers.
pub(super) fn key_and_chain(seed: &[u8; 32], authority_seed: &[u8; 32], serials: &[u8; 32]) -> KeyAndChain {
    let (own, authority) = (Ed25519Pair::of(seed), Ed25519Pair::of(authority_seed));
    let (first, second) = serials.split_at(16);
    let number = hexadecimal(&own.public()[..4]);
    let subject = name(&format!("Sayso local signer {number}"));
    let issuer = name(&format!("Sayso local authority {number}"));
    let leaf = Certificate { serial: first, subject: &subject, issuer: &issuer, key: &own.public() };
    let root = Certificate { serial: second, subject: &issuer, issuer: &issuer, key: &authority.public() };
    let leaf = leaf.signed(&authority, &leaf_extensions(&own.public(), &authority.public()));
    let root = root.signed(&authority, &root_extensions(&authority.public()));
    // RFC 8410, section 7: version 0, the algorithm, and the seed as an octet string in an octet string.
    let key = sequence(&[tagged(2, &[0]), algorithm(), tagged(4, &tagged(4, seed))]);
    KeyAndChain { key: pem("PRIVATE KEY", &key), chain: pem("CERTIFICATE", &leaf) + &pem("CERTIFICATE", &root) }
}

struct Certificate<'a> {
    serial: &'a [u8],
    subject: &'a [u8],
    issuer: &'a [u8],
    key: &'a [u8; 32],
}

impl Certificate<'_> {
    fn signed(&self, by: &Ed25519Pair, extensions: &[Vec<u8>]) -> Vec<u8> {
        let mut serial = self.serial.to_vec();
        if let Some(first) = serial.first_mut() {
            // Positive, and no longer than it says.
            *first = *first & 0x7f | 0x40;
        }
        let validity = sequence(&[tagged(0x17, NOT_BEFORE), tagged(0x17, NOT_AFTER)]);
        let key = sequence(&[algorithm(), bits(self.key)]);
        let body = sequence(&[
            tagged(0xa0, &tagged(2, &[2])),
            tagged(2, &serial),
            algorithm(),
            self.issuer.to_vec(),
            validity,
            self.subject.to_vec(),
            key,
            tagged(0xa3, &sequence(extensions)),
        ]);
        let signature = bits(&by.sign(&body));
        sequence(&[body, algorithm(), signature])
    }
}

fn leaf_extensions(key: &[u8; 32], authority: &[u8; 32]) -> Vec<Vec<u8>> {
    vec![
        extension(BASIC_CONSTRAINTS, true, &sequence(&[])),
        // digitalSignature.
        extension(KEY_USAGE, true, &[0x03, 0x02, 0x07, 0x80]),
        extension(EXTENDED_USAGE, false, &sequence(&[tagged(6, EMAIL_PROTECTION)])),
        extension(SUBJECT_KEY, false, &tagged(4, &key_id(key))),
        extension(AUTHORITY_KEY, false, &sequence(&[tagged(0x80, &key_id(authority))])),
    ]
}

fn root_extensions(authority: &[u8; 32]) -> Vec<Vec<u8>> {
    vec![
        extension(BASIC_CONSTRAINTS, true, &sequence(&[tagged(1, &[0xff])])),
        // keyCertSign.
        extension(KEY_USAGE, true, &[0x03, 0x02, 0x02, 0x04]),
        extension(SUBJECT_KEY, false, &tagged(4, &key_id(authority))),
    ]
}

fn extension(which: &[u8], is_critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![tagged(6, which)];
    if is_critical {
        parts.push(tagged(1, &[0xff]));
    }
    parts.push(tagged(4, value));
    sequence(&parts)
}

fn key_id(key: &[u8; 32]) -> Vec<u8> {
    sha2::Sha256::digest(key).iter().copied().take(20).collect()
}

fn name(common: &str) -> Vec<u8> {
    let part = |which: &[u8], text: &str| tagged(0x31, &sequence(&[tagged(6, which), tagged(0x0c, text.as_bytes())]));
    sequence(&[part(ORGANISATION, VOUCHED_BY), part(COMMON_NAME, common)])
}

fn algorithm() -> Vec<u8> {
    sequence(&[tagged(6, ED25519)])
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    tagged(3, &[&[0], bytes].concat())
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tagged(0x30, &parts.concat())
}

/// A value behind its tag and length.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = value.len();
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7f));
            out.extend(digits);
        }
    }
    out.extend(value);
    out
}

fn pem(what: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {what}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "-----END {what}-----");
    out
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

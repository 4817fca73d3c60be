use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::pages::PageRefusal;
use crate::refusal::Refusal;

/// A file that is part of the program, under a name that changes with its bytes.
struct Asset {
    bytes: &'static [u8],
    content_type: &'static str,
    path: LazyLock<String>,
}

macro_rules! asset {
    ($stem:literal, $extension:literal, $content_type:literal, [$($file:literal),+]) => {
        Asset {
            bytes: concat!($(include_str!(concat!("assets/", $file))),+).as_bytes(),
            content_type: $content_type,
            path: LazyLock::new(|| {
                const HASH: u64 = fingerprint(concat!($(include_str!(concat!("assets/", $file))),+).as_bytes());
                format!(concat!("/assets/", $stem, "-{:016x}.", $extension), HASH)
            }),
        }
    };
}

static STYLE: Asset = asset!("sayso", "css", "text/css; charset=utf-8", ["sayso.css"]);
static ICON: Asset = asset!("icon", "svg", "image/svg+xml", ["icon.svg"]);
/// One module, so that none has to know the other's address.
static MATCH: Asset = asset!("match", "js", "text/javascript; charset=utf-8", ["pdq.js", "match.js"]);

/// As above: what verifies, and the page that shows it.
static VERIFY: Asset =
    asset!("verify", "js", "text/javascript; charset=utf-8", ["uid.js", "receipt.js", "deletion.js", "verify.js"]);

/// The address of the stylesheet.
pub(crate) fn style_path() -> &'static str {
    &STYLE.path
}

/// The address of the icon.
pub(crate) fn icon_path() -> &'static str {
    &ICON.path
}

/// The address of the script that hashes pictures.
pub(crate) fn match_path() -> &'static str {
    &MATCH.path
}

/// The address of the script that verifies receipts.
pub(crate) fn verify_path() -> &'static str {
    &VERIFY.path
}

/// `GET /assets/{name}`
pub(crate) async fn asset(name: Result<Path<String>, PathRejection>) -> Result<Response, PageRefusal> {
    let Path(name) = name.map_err(|_| Refusal::NoPage)?;
    let path = format!("/assets/{name}");
    let found = [&STYLE, &ICON, &MATCH, &VERIFY]
        .into_iter()
        .find(|asset| *asset.path == path)
        .ok_or(PageRefusal(Refusal::NoPage))?;
    let headers = [(CONTENT_TYPE, found.content_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, found.bytes).into_response())
}

/// FNV-1a, 64 bits: it can be computed while compiling, and nobody gains by a collision in a name that we choose.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn the_fingerprint_is_that_of_the_reference() {
        // Test vectors of draft-eastlake-fnv, appendix C.
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
    }
}

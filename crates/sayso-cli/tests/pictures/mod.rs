//! Pictures drawn for a test, edits of them, and crawls in which they lie.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "shared by tests that each use a part")]

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture of hills and suns that is another one for every seed.
pub(crate) fn drawn(seed: u64) -> DynamicImage {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut dice = |bound: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 33).unwrap() % bound
    };
    let spots: Vec<_> =
        (0..24).map(|_| (dice(320), dice(240), 12 + dice(60), [dice(256), dice(256), dice(256)])).collect();
    let mut picture = RgbImage::from_fn(320, 240, |x, y| Rgb([(x / 2) as u8, y as u8, 120]));
    for (left, top, radius, colour) in spots {
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if x.abs_diff(left).pow(2) + y.abs_diff(top).pow(2) < radius * radius {
                *pixel = Rgb(colour.map(|colour| colour as u8));
            }
        }
    }
    DynamicImage::ImageRgb8(picture)
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub(crate) fn jpeg(picture: &DynamicImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Jpeg)
}

pub(crate) fn png(picture: &DynamicImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

/// A response record.
pub(crate) fn record(url: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let http = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n", body.len());
    let header = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        http.len() + body.len()
    );
    [header.as_bytes(), http.as_bytes(), body, b"\r\n\r\n"].concat()
}

/// A page with one captioned picture, and the picture.
pub(crate) fn page(name: &str, caption: &str, content_type: &str, picture: &[u8]) -> Vec<u8> {
    let site = format!("https://{name}.example");
    let html = format!("<!doctype html><title>{name}</title><img src='/{name}.bin' alt='{caption}'>");
    let page = record(&format!("{site}/"), "text/html; charset=utf-8", html.as_bytes());
    [page, record(&format!("{site}/{name}.bin"), content_type, picture)].concat()
}

pub(crate) fn write(dir: &Path, name: &str, bytes: &[u8]) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

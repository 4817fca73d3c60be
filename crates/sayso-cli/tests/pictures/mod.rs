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

/// A picture full of details, as photographs are, that is another one for every seed.
pub(crate) fn textured(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut dice = |bound: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 33).unwrap() % bound
    };
    let mut picture = RgbImage::from_pixel(width, height, Rgb([128; 3]));
    for number in 0..700 {
        // The large ones first, and the small ones on them.
        let most = 8 + 60 * (700 - number) / 700;
        let (left, top, wide, high) = (dice(width), dice(height), 3 + dice(most), 3 + dice(most));
        let colour = Rgb([dice(256), dice(256), dice(256)].map(|colour| colour as u8));
        for y in top..(top + high).min(height) {
            // Half of them lean.
            let lean = if number % 2 == 0 { (y - top) / 2 } else { 0 };
            for x in left + lean..(left + lean + wide).min(width) {
                picture.put_pixel(x, y, colour);
            }
        }
    }
    picture
}

/// A picture turned by some degrees about its middle, on grey.
pub(crate) fn turned(picture: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = picture.dimensions();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - middle_x, y as f32 - middle_y);
        let (from_x, from_y) = (cos * x + sin * y + middle_x, cos * y - sin * x + middle_y);
        if from_x < 0.0 || from_y < 0.0 {
            return Rgb([128; 3]);
        }
        picture.get_pixel_checked(from_x as u32, from_y as u32).copied().unwrap_or(Rgb([128; 3]))
    })
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

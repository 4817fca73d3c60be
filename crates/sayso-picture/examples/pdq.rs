//! Prints the PDQ hash and quality of pictures, one a line as `hash,quality,path`, on one thread; with `--dihedral` as
//! first argument all eight hashes, and with `--time` the seconds that each
//! took, and those of them that decoding took.

use std::io::Write;
use std::time::Instant;

use sayso_picture::{PictureLimits, decode_luminance};

const LIMITS: PictureLimits =
    PictureLimits { file_bytes: 64 << 20, side_pixels: 20_000, area_pixels: 64_000_000, decoded_bytes: 512 << 20 };

fn main() -> std::io::Result<()> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let is = |option: &str| paths.first().is_some_and(|first| first == option);
    let (dihedral, time) = (is("--dihedral"), is("--time"));
    if dihedral || time {
        paths.remove(0);
    }
    let mut out = std::io::stdout().lock();
    for path in paths {
        let start = Instant::now();
        let bytes = std::fs::read(&path)?;
        let picture = decode_luminance(&bytes, &LIMITS);
        let decoded = start.elapsed();
        let spectrum = picture.map(|picture| picture.spectrum());
        let taken = start.elapsed();
        match spectrum {
            Ok(Some(_)) if time => writeln!(out, "{},{},{path}", taken.as_secs_f64(), decoded.as_secs_f64())?,
            Ok(Some(spectrum)) if dihedral => {
                let hashes = spectrum.hashes().map(|hash| hash.to_string()).join(" ");
                writeln!(out, "{hashes},{},{path}", spectrum.quality())?;
            }
            Ok(Some(spectrum)) => {
                let hashed = spectrum.hashed();
                writeln!(out, "{},{},{path}", hashed.pdq, hashed.quality)?;
            }
            Ok(None) => writeln!(out, "too-small,,{path}")?,
            Err(fault) => writeln!(out, "{},,{path}", fault.kind)?,
        }
    }
    Ok(())
}

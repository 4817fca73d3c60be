//! A picture of a file as a net is fed with it: upright, in red, green and blue.

use std::path::Path;

use sayso_picture::{Rgb, decode};

use crate::pictures::PICTURE_LIMITS;
use crate::signals::read_into;

/// The picture in a file, or why there is none. What is transparent shows the colour that lies below it, as where other
/// programs make vectors.
pub(super) fn read(path: &Path) -> Result<Rgb, String> {
    let mut bytes = Vec::new();
    // A byte more than may be tells that there are too many.
    read_into(path, PICTURE_LIMITS.file_bytes + 1, &mut bytes).map_err(|error| error.to_string())?;
    of_bytes(&bytes)
}

/// The picture in the bytes of a file, or why there is none.
pub(super) fn of_bytes(bytes: &[u8]) -> Result<Rgb, String> {
    let picture = decode(bytes, &PICTURE_LIMITS).map_err(|fault| fault.to_string())?;
    picture.rgb().ok_or_else(|| "it has no pixels".to_owned())
}

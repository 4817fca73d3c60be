use sayso_diffusion::Picture;
use sayso_picture::decode;

use crate::Error;
use crate::pictures::PICTURE_LIMITS;
use crate::training::Taken;

/// The pixels of a picture that said yes, by the very bytes that were judged.
pub(super) fn pixels(taken: &Taken) -> Result<Picture, Error> {
    of_bytes(&taken.bytes()?).map_err(|why| Error::Input {
        input: taken.origin().to_string(),
        message: format!("{why}\nhint: save it as JPEG or PNG, or leave it out"),
    })
}

/// The pixels of a picture's file, or why it has none.
pub(super) fn of_bytes(bytes: &[u8]) -> Result<Picture, String> {
    let decoded = decode(bytes, &PICTURE_LIMITS).map_err(|fault| fault.to_string())?;
    let rgb = decoded.rgb().ok_or_else(|| "it has no pixels".to_owned())?;
    let side = |side: usize| u32::try_from(side).map_err(|_| "it is too large".to_owned());
    Ok(Picture { width: side(rgb.width())?, height: side(rgb.height())?, pixels: rgb.pixels().to_vec() })
}

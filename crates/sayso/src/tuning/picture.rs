use sayso_diffusion::Picture;
use sayso_picture::decode;

use crate::Error;
use crate::pictures::PICTURE_LIMITS;
use crate::training::Taken;

/// The pixels of a picture that said yes, by the very bytes that were judged.
pub(super) fn pixels(taken: &Taken) -> Result<Picture, Error> {
    let bytes = taken.bytes()?;
    let refused = |why: String| Error::Input {
        input: taken.origin().to_string(),
        message: format!("{why}\nhint: save it as JPEG or PNG, or leave it out"),
    };
    let decoded = decode(&bytes, &PICTURE_LIMITS).map_err(|fault| refused(fault.to_string()))?;
    let rgb = decoded.rgb().ok_or_else(|| refused("it has no pixels".to_owned()))?;
    let side = |side: usize| u32::try_from(side).map_err(|_| refused("it is too large".to_owned()));
    Ok(Picture { width: side(rgb.width())?, height: side(rgb.height())?, pixels: rgb.pixels().to_vec() })
}

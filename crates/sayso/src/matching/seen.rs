use crate::check::{Thumbnail, thumbnail_of};
use crate::online::Online;

/// Fetches a picture that was found and makes it small, for a report in which both are seen side by side. Asks nobody but
/// the address and its site's robots.txt, and keeps no more than the small picture.
pub fn fetch_small(online: &Online, url: &str) -> Result<Thumbnail, String> {
    let bytes = online.picture(url).map_err(|failure| failure.to_string())?;
    thumbnail_of(&bytes).ok_or_else(|| "what is there now is no picture that can be shown".to_owned())
}

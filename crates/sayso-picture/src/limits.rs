/// The limits under which a picture's bytes are decoded. All are explicit: there is no `Default`.
///
/// A few bytes can claim to be a picture of any size, so each is compared with what the head of the file says before
/// anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Pixels of the longer side.
    pub side_pixels: u32,
    /// Pixels of the whole picture.
    pub area_pixels: u64,
    /// Bytes that decoding may take at once: the pixels as the file has them and what the decoder needs beside them.
    /// Eight bits a channel of the same pixels may come on top of it.
    pub decoded_bytes: u64,
}

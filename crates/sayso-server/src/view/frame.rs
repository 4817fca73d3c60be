/// An empty frame in the shape of a picture: what a page shows instead of loading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether the shape is the picture's, or a guess.
    pub(crate) is_known: bool,
}

impl Frame {
    /// The frame of a picture of this size in pixels, at most `most` wide or high.
    pub(crate) fn new(width: Option<u32>, height: Option<u32>, most: u32) -> Self {
        let (Some(width @ 1..), Some(height @ 1..)) = (width, height) else {
            return Self { width: most, height: most * 3 / 4, is_known: false };
        };
        let longer = u64::from(width.max(height));
        // Even a banner of ten thousand by one keeps a body that can be seen.
        let scaled = |side: u32| {
            let side = u64::from(side) * u64::from(most) / longer;
            u32::try_from(side).unwrap_or(most).clamp(most / 8, most)
        };
        Self { width: scaled(width), height: scaled(height), is_known: true }
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn a_frame_keeps_the_shape() {
        let size = |width, height| {
            let frame = Frame::new(width, height, 96);
            (frame.width, frame.height, frame.is_known)
        };
        assert_eq!(size(Some(640), Some(480)), (96, 72, true));
        assert_eq!(size(Some(100), Some(400)), (24, 96, true));
        assert_eq!(size(Some(u32::MAX), Some(1)), (96, 12, true));
        assert_eq!(size(Some(0), Some(480)), (96, 72, false));
        assert_eq!(size(None, None), (96, 72, false));
    }
}

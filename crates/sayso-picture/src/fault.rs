use std::fmt;

/// What can be wrong with the bytes of a picture. Every kind is counted under its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PictureFaultKind {
    /// There are no bytes.
    Empty,
    /// The bytes are none of a picture, whatever their name or type says.
    NotAPicture,
    /// It is a drawing of lines (SVG), which has no pixels of its own. Foreign drawings are never drawn here: they can
    /// load, loop and grow without end.
    Drawing,
    /// The format, or a part of it that the file uses, cannot be decoded here.
    Unsupported,
    /// The file has more bytes than the limit.
    TooManyBytes,
    /// The picture has more pixels than the limit, or would take more memory.
    TooLarge,
    /// The file ends before the picture does.
    Cut,
    /// The bytes break the rules of their format.
    Broken,
}

impl PictureFaultKind {
    /// Every kind, in the order of their declaration.
    pub const ALL: &'static [Self] = &[
        Self::Empty,
        Self::NotAPicture,
        Self::Drawing,
        Self::Unsupported,
        Self::TooManyBytes,
        Self::TooLarge,
        Self::Cut,
        Self::Broken,
    ];

    /// The kind's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAPicture => "not-a-picture",
            Self::Drawing => "drawing",
            Self::Unsupported => "unsupported",
            Self::TooManyBytes => "too-many-bytes",
            Self::TooLarge => "too-large",
            Self::Cut => "cut",
            Self::Broken => "broken",
        }
    }

    /// What was wrong, for people: behind a number it can be read as "so many times".
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Empty => "a file is empty",
            Self::NotAPicture => "a file is no picture",
            Self::Drawing => "a file is a drawing without pixels",
            Self::Unsupported => "a format cannot be decoded here",
            Self::TooManyBytes => "a file has too many bytes",
            Self::TooLarge => "a picture has too many pixels",
            Self::Cut => "a file ends before the picture does",
            Self::Broken => "a picture is broken",
        }
    }
}

impl fmt::Display for PictureFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The error of bytes that give no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PictureFault {
    /// What kind of wrong.
    pub kind: PictureFaultKind,
    /// What is wrong, in words.
    pub message: String,
}

impl PictureFault {
    pub(crate) fn new(kind: PictureFaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

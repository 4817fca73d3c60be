//! How a file names its tensors and keeps them, where that is not as diffusers does.

/// Where a tensor is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) name: String,
    pub(crate) kept: Kept,
}

/// What of the file's tensor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// All, maybe with sides of one pixel behind the others.
    Whole,
    /// One of several of equal shape that stand below each other.
    Part { number: usize, of: usize },
    /// All, with rows and columns exchanged.
    Turned,
}

impl Piece {
    pub(crate) const fn whole(name: String) -> Self {
        Self { name, kept: Kept::Whole }
    }
}

/// Where each of diffusers' names is, if it is anywhere.
type Names = Box<dyn Fn(&str) -> Option<Piece>>;

/// The way from diffusers' names to those of a file.
pub(crate) enum Layout {
    /// They are the same.
    Same,
    /// They stand behind this.
    Behind(&'static str),
    /// They are other names; none for a tensor that such files do not have.
    Other(Names),
}

impl Layout {
    pub(crate) fn piece(&self, name: &str) -> Option<Piece> {
        match self {
            Self::Same => Some(Piece::whole(name.to_owned())),
            Self::Behind(prefix) => Some(Piece::whole(format!("{prefix}{name}"))),
            Self::Other(names) => names(name),
        }
    }
}

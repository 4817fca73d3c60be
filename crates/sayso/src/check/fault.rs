use std::collections::BTreeMap;

/// What can be wrong with what is checked. Every kind is counted under its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A picture's file cannot be opened or read.
    PictureUnreadable,
    /// A file is named like a picture and is none that can be read.
    PictureUnknown,
    /// A picture's file ends before the picture does.
    PictureCut,
    /// A picture's file is larger than the limit; its start was read.
    PictureTooLarge,
    /// A sidecar cannot be read.
    SidecarUnreadable,
    /// A sidecar's JSON is broken, or no object.
    SidecarJson,
    /// What should be the address of a picture is none on the web.
    NotAUrl,
    /// A row of a table has no address.
    NoUrl,
    /// The address in a row is no text.
    UrlType,
    /// A row cannot be read, or has more or fewer fields than the table has columns.
    RowBroken,
    /// A table cannot be read to its end.
    TableBroken,
    /// A tar cannot be read to its end.
    TarBroken,
    /// A folder cannot be read.
    FolderUnreadable,
    /// A link leads to a folder or to nothing, and was not followed.
    Link,
    /// A folder, table or tar holds nothing that could be checked.
    Empty,
    /// Something of what a site says could not be learned.
    NotLearned,
}

impl FaultKind {
    /// The kind's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PictureUnreadable => "picture-unreadable",
            Self::PictureUnknown => "picture-unknown",
            Self::PictureCut => "picture-cut",
            Self::PictureTooLarge => "picture-too-large",
            Self::SidecarUnreadable => "sidecar-unreadable",
            Self::SidecarJson => "sidecar-json",
            Self::NotAUrl => "not-a-url",
            Self::NoUrl => "no-url",
            Self::UrlType => "url-type",
            Self::RowBroken => "row-broken",
            Self::TableBroken => "table-broken",
            Self::TarBroken => "tar-broken",
            Self::FolderUnreadable => "folder-unreadable",
            Self::Link => "link",
            Self::Empty => "empty",
            Self::NotLearned => "not-learned",
        }
    }

    /// Whether there is no whole picture then.
    pub(crate) const fn leaves_no_picture(self) -> bool {
        matches!(self, Self::PictureUnreadable | Self::PictureUnknown | Self::PictureCut | Self::PictureTooLarge)
    }

    /// What was wrong, for people: behind a number it can be read as "so many times".
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::PictureUnreadable => "a picture cannot be opened or read",
            Self::PictureUnknown => "a file is named like a picture, and is none that can be read",
            Self::PictureCut => "a file ends before the picture does",
            Self::PictureTooLarge => "a picture is too large to be read to its end",
            Self::SidecarUnreadable => "a sidecar cannot be read",
            Self::SidecarJson => "the JSON of a sidecar is broken",
            Self::NotAUrl => "an address is none on the web",
            Self::NoUrl => "a row has no address",
            Self::UrlType => "the address in a row is no text",
            Self::RowBroken => "a row cannot be read",
            Self::TableBroken => "a table cannot be read to its end",
            Self::TarBroken => "a tar cannot be read to its end",
            Self::FolderUnreadable => "a folder cannot be read",
            Self::Link => "a link to a folder or to nothing is not followed",
            Self::Empty => "there is nothing to check",
            Self::NotLearned => "something that a site says could not be learned",
        }
    }
}

/// Something that is wrong with what is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of wrong.
    pub kind: FaultKind,
    /// Where: a file, a member of a tar, a row of a table.
    pub place: String,
    /// What is wrong there, in words.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, place: place.into(), message: message.into() }
    }
}

/// The faults of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultCount {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Fault>,
}

/// Everything that was wrong, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    kinds: BTreeMap<FaultKind, FaultCount>,
}

/// How many faults of a kind are kept with their places.
const EXAMPLES: usize = 10;

impl Faults {
    /// Counts a fault.
    pub(super) fn add(&mut self, fault: &Fault) {
        let count = self.kinds.entry(fault.kind).or_default();
        count.count += 1;
        if count.examples.len() < EXAMPLES {
            count.examples.push(fault.clone());
        }
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kinds in a fixed order, with their faults.
    pub fn iter(&self) -> impl Iterator<Item = (FaultKind, &FaultCount)> {
        self.kinds.iter().map(|(kind, count)| (*kind, count))
    }
}

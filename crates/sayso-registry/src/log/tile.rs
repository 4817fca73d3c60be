/// Hashes in a whole tile: tiles have the height of eight levels.
pub const TILE_WIDTH: u64 = 256;

/// Where a tile of hashes lies in a folder of tiles. One that is not whole has its `width` in its name (tlog-tiles).
#[must_use]
pub fn tile_path(level: u8, index: u64, width: u64) -> String {
    format!("tile/{level}/{}", numbered(index, width))
}

/// Where a bundle of entries lies.
#[must_use]
pub fn entries_path(index: u64, width: u64) -> String {
    format!("tile/entries/{}", numbered(index, width))
}

/// A file of a log that anybody can serve, by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFile {
    /// Hashes of the tree.
    Tile {
        /// The tile's level.
        level: u8,
        /// Its number there.
        index: u64,
        /// Hashes in it.
        width: u64,
    },
    /// Entries.
    Entries {
        /// The bundle's number.
        index: u64,
        /// Entries in it.
        width: u64,
    },
}

/// Levels that a tree of 63 bits has.
const MAX_LEVEL: u8 = 63;

impl LogFile {
    /// The file at a path, without the `tile/` in front; `None` where the path is not in its one form.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        let (kind, number) = path.split_once('/')?;
        let (index, width) = read_number(number)?;
        let found = if kind == "entries" {
            Self::Entries { index, width }
        } else {
            Self::Tile { level: kind.parse().ok().filter(|level| *level <= MAX_LEVEL)?, index, width }
        };
        // One address for each: what is not written as we write it is none of ours.
        (found.path().strip_prefix("tile/") == Some(path)).then_some(found)
    }

    /// Its path.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Tile { level, index, width } => tile_path(level, index, width),
            Self::Entries { index, width } => entries_path(index, width),
        }
    }
}

/// A number in groups of three digits, and the width behind it.
fn read_number(text: &str) -> Option<(u64, u64)> {
    let (number, width) = match text.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok().filter(|width| (1..TILE_WIDTH).contains(width))?),
        None => (text, TILE_WIDTH),
    };
    let mut index = 0_u64;
    for group in number.split('/') {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok().filter(|group| *group < 1000)?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    Some((index, width))
}

/// The number in groups of three digits, so that no folder gets too full: `x001/x234/067`.
fn numbered(index: u64, width: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < TILE_WIDTH { format!("{path}.p/{width}") } else { path }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::{LogFile, entries_path, tile_path};

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(tile_path(0, 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile_path(1, 0, 3), "tile/1/000.p/3");
        assert_eq!(entries_path(1000, 256), "tile/entries/x001/000");
        assert_eq!(entries_path(273, 112), "tile/entries/273.p/112");
    }

    #[test]
    fn paths_are_read_as_they_are_written() {
        for path in ["0/x001/x234/067", "1/000.p/3", "entries/x001/000", "entries/273.p/112", "63/999"] {
            let file = LogFile::at(path).expect(path);
            assert_eq!(file.path(), format!("tile/{path}"));
        }
        for path in [
            "",
            "0",
            "0/",
            "0/1",
            "0/0001",
            "0/x000/001",
            "00/001",
            "64/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/03",
            "entries/../../x",
            "0/x001",
            "0/001/x002",
            "0/+01",
            "-1/000",
            "0/000.p/1/2",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(LogFile::at(path), None, "{path}");
        }
    }
}

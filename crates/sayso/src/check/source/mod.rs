//! What there is to check, found in the order in which it is reported, a little ahead of those who read it.

mod input;
mod table;
mod tar;
mod walk;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use input::CheckInput;
pub(super) use input::{Source, sources};
use table::Table;
pub use table::TableColumns;
pub(crate) use table::{Licence, Row};
pub(crate) use tar::{Extent, members};
pub(crate) use walk::walk;

use super::fault::{Fault, FaultKind};
use crate::Error;

/// Something to check, or something that was noticed on the way to it.
#[derive(Debug)]
pub(crate) enum Unit {
    /// A file.
    File {
        path: PathBuf,
        sidecars: Vec<PathBuf>,
        /// Whether it is called a picture, or may be one.
        is_named: bool,
    },
    /// A picture in a tar.
    Member { tar: Arc<Path>, name: String, extent: Extent, sidecars: Vec<(String, Extent)> },
    /// A row of a table.
    Row(Box<Row>),
    /// An address by itself.
    Url(String),
    /// Something is wrong.
    Fault(Fault),
    /// A file that is none of all these.
    Other,
}

/// Takes units until nobody wants more.
pub(crate) type Emit<'a> = dyn FnMut(Unit) -> ControlFlow<()> + 'a;

impl Unit {
    pub(super) fn fault(kind: FaultKind, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Fault(Fault::new(kind, place, message))
    }
}

/// Endings of the names of pictures.
const PICTURES: [&str; 16] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "svg",
    "jxl",
];

/// Endings of the names of captions and sources.
pub(crate) const SIDECARS: [&str; 3] = ["txt", "caption", "json"];

pub(crate) fn is_named_like_a_picture(name: &str) -> bool {
    ending(name).is_some_and(|ending| PICTURES.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

fn is_named_like_a_sidecar(name: &str) -> bool {
    ending(name).is_some_and(|ending| SIDECARS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// Finds all that `source` holds.
pub(super) fn read(source: Source, columns: &TableColumns, emit: &mut Emit<'_>) -> ControlFlow<()> {
    match source {
        Source::Picture(path) => {
            let sidecars = super::sidecar::paths_beside(&path);
            emit(Unit::File { path, sidecars, is_named: true })
        }
        Source::Folder(path) => unless_empty(&path, "the folder holds no picture, tar or table", emit, |emit| {
            walk(&path, Some(columns), emit)
        }),
        Source::Tar(path) => unless_empty(&path, "the tar holds no picture", emit, |emit| members(&path, emit)),
        Source::Table(path) => read_table(&path, Table::open(&path, columns), emit),
        Source::List(path) => read_table(&path, Table::list(&path).map(Ok), emit),
        Source::Url(url) => emit(Unit::Url(url)),
        Source::Sidecar => emit(Unit::Other),
    }
}

fn read_table(path: &Path, table: Result<Result<Table, String>, Error>, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let broken = |message: String| Unit::fault(FaultKind::TableBroken, path.display().to_string(), message);
    match table {
        Ok(Ok(table)) => unless_empty(path, "the table has no rows", emit, |emit| table.read(emit)),
        // It changed since it was looked at.
        Ok(Err(message)) => emit(broken(message)),
        Err(error) => emit(broken(error.to_string())),
    }
}

/// Says so where nothing was found: a path that leads to nothing must not look like one that leads to nothing bad.
pub(crate) fn unless_empty(
    path: &Path,
    message: &str,
    emit: &mut Emit<'_>,
    read: impl FnOnce(&mut Emit<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut is_empty = true;
    read(&mut |unit| {
        // A file without an ending turns out to be a picture or none when it is read; it is given the benefit.
        is_empty &= matches!(unit, Unit::Other);
        emit(unit)
    })?;
    if is_empty {
        emit(Unit::fault(FaultKind::Empty, path.display().to_string(), message))
    } else {
        ControlFlow::Continue(())
    }
}

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::table::{Table, TableColumns};
use super::{Emit, SIDECARS, Unit, ending, is_named_like_a_picture, is_named_like_a_sidecar, tar};
use crate::check::fault::FaultKind;

/// What waits to be looked at.
enum Waiting {
    Folder(PathBuf),
    Tar(PathBuf),
    Table(PathBuf),
    File { path: PathBuf, sidecars: Vec<PathBuf>, is_named: bool },
    Link(PathBuf),
    Other,
}

/// Everything in a folder and the folders in it, in the order of their names. A link to a file is that file, as it is to
/// those who train. One to a folder may lead in circles: it is not followed, and told. Tables are read where `columns` are
/// named.
pub(crate) fn walk(folder: &Path, columns: Option<&TableColumns>, emit: &mut Emit<'_>) -> ControlFlow<()> {
    // A stack instead of recursion: folders may lie in one another as deep as they like.
    let mut waiting = vec![Waiting::Folder(folder.to_owned())];
    while let Some(next) = waiting.pop() {
        match next {
            Waiting::Folder(path) => match list(&path) {
                Ok(entries) => waiting.extend(entries.into_iter().rev()),
                Err(error) => {
                    emit(Unit::fault(FaultKind::FolderUnreadable, path.display().to_string(), error.to_string()))?;
                }
            },
            Waiting::Tar(path) => tar::members(&path, emit)?,
            Waiting::Table(path) => match columns.map(|columns| Table::open(&path, columns)) {
                Some(Ok(Ok(table))) => table.read(emit)?,
                // A table without addresses is somebody's notes.
                Some(Ok(Err(_))) | None => emit(Unit::Other)?,
                Some(Err(error)) => {
                    emit(Unit::fault(FaultKind::TableBroken, path.display().to_string(), error.to_string()))?;
                }
            },
            Waiting::File { path, sidecars, is_named } => emit(Unit::File { path, sidecars, is_named })?,
            Waiting::Link(path) => {
                let message = "a link to a folder, or to nothing, is not followed";
                emit(Unit::fault(FaultKind::Link, path.display().to_string(), message))?;
            }
            Waiting::Other => emit(Unit::Other)?,
        }
    }
    ControlFlow::Continue(())
}

/// What lies in one folder. Which sidecars a picture has is known from the names alone.
fn list(folder: &Path) -> std::io::Result<Vec<Waiting>> {
    let mut names: BTreeMap<OsString, bool> = BTreeMap::new();
    let (mut links, mut others) = (Vec::new(), 0);
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() || kind.is_file() {
            names.insert(entry.file_name(), kind.is_dir());
        } else if !kind.is_symlink() {
            // A pipe, a socket, a device: reading it may never end.
            others += 1;
        } else if fs_err::metadata(entry.path()).is_ok_and(|target| target.is_file()) {
            names.insert(entry.file_name(), false);
        } else {
            links.push(entry.path());
        }
    }
    links.sort();
    let beside = sidecars(&names);
    let mut claimed: BTreeSet<PathBuf> = BTreeSet::new();
    let mut waiting: Vec<Waiting> = links.into_iter().map(Waiting::Link).collect();
    waiting.extend((0..others).map(|_| Waiting::Other));
    for (name, is_folder) in &names {
        let path = folder.join(name);
        // Endings are plain letters: what else of a name is no text changes nothing.
        let name = text_of(name);
        let name = &*name;
        waiting.push(if *is_folder {
            Waiting::Folder(path)
        } else if is_named_like_a_sidecar(name) {
            // Whether it belongs to a picture is seen below.
            continue;
        } else if ending(name).is_some_and(|ending| ending.eq_ignore_ascii_case("tar")) {
            Waiting::Tar(path)
        } else if Table::is_named(name) {
            let is_metadata = describes_a_shard(&path, &names);
            if is_metadata { Waiting::Other } else { Waiting::Table(path) }
        } else {
            let beside = path.file_stem().and_then(|stem| beside.get(stem)).into_iter().flatten();
            let sidecars: Vec<PathBuf> = beside.map(|(_, name)| folder.join(name)).collect();
            let is_named = is_named_like_a_picture(name);
            if is_named {
                claimed.extend(sidecars.iter().cloned());
            }
            Waiting::File { path, sidecars, is_named }
        });
    }
    let sidecars = names.iter().filter(|(name, is_folder)| {
        !**is_folder && is_named_like_a_sidecar(&text_of(name)) && !claimed.contains(&folder.join(name))
    });
    waiting.extend(sidecars.map(|_| Waiting::Other));
    Ok(waiting)
}

/// A file's name as a text; what of it is none is replaced.
fn text_of(name: &OsStr) -> Cow<'_, str> {
    name.to_string_lossy()
}

/// What lies in a folder for pictures of some stem, whatever the case of its ending: captions before sources.
fn sidecars(names: &BTreeMap<OsString, bool>) -> BTreeMap<&OsStr, BTreeSet<(usize, &OsStr)>> {
    let mut all: BTreeMap<&OsStr, BTreeSet<(usize, &OsStr)>> = BTreeMap::new();
    for (name, _) in names.iter().filter(|(_, is_folder)| !**is_folder) {
        let path = Path::new(name);
        let place =
            path.extension().and_then(|ending| SIDECARS.iter().position(|known| ending.eq_ignore_ascii_case(known)));
        if let (Some(place), Some(stem)) = (place, path.file_stem()) {
            all.entry(stem).or_default().insert((place, name));
        }
    }
    all
}

/// Whether a table lies beside the tar or folder of the same name, as img2dataset writes them: it describes the same
/// pictures once more.
fn describes_a_shard(table: &Path, names: &BTreeMap<OsString, bool>) -> bool {
    let is = |path: &Path, is_folder| path.file_name().is_some_and(|name| names.get(name) == Some(&is_folder));
    table.extension().is_some_and(|ending| ending == "parquet")
        && (is(&table.with_extension("tar"), false) || is(&table.with_extension(""), true))
}

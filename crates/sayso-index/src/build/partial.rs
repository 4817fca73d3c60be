use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use sayso_core::crash_point;

/// The folder in which an index grows, beside the place where it will be seen.
///
/// Dropped before it is moved into place, it is removed. A program that is killed leaves it, under a name that no
/// reader looks for; the next writer removes it.
#[derive(Debug)]
pub(crate) struct Partial {
    pub(crate) dir: PathBuf,
    is_in_place: bool,
}

impl Partial {
    pub(crate) fn create(place: &Path) -> io::Result<Self> {
        let dir = beside(place, "partial")?;
        remove(&dir)?;
        fs_err::create_dir_all(&dir)?;
        Ok(Self { dir, is_in_place: false })
    }

    /// Puts the folder at `place`. A folder cannot replace one that has files in it, so what is there steps aside
    /// first; killed between the two, there is no index at `place`, which readers report, and never half of one.
    pub(crate) fn move_to(mut self, place: &Path) -> io::Result<()> {
        self.sync()?;
        let old = beside(place, "old")?;
        remove(&old)?;
        crash_point("before an index steps aside");
        match fs_err::rename(place, &old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        crash_point("before an index gets its place");
        fs_err::rename(&self.dir, place)?;
        crash_point("behind an index that got its place");
        self.is_in_place = true;
        if let Some(parent) = parent(place) {
            fs_err::File::open(parent)?.sync_all()?;
        }
        remove(&old)
    }

    /// Makes the files durable before the folder gets its name: after a power cut the name must not lead to less.
    fn sync(&self) -> io::Result<()> {
        for entry in fs_err::read_dir(&self.dir)? {
            fs_err::File::open(entry?.path())?.sync_data()?;
        }
        fs_err::File::open(&self.dir)?.sync_all()
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_in_place {
            // Nobody is left to tell; the next writer removes what stays.
            let _ = fs_err::remove_dir_all(&self.dir);
        }
    }
}

/// The hidden sibling of `place` that is called after it, on the same file system so that a rename is enough.
fn beside(place: &Path, what: &str) -> io::Result<PathBuf> {
    let Some(name) = place.file_name() else {
        let message = format!("`{}` is no place for an index: it has no name", place.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    };
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".");
    hidden.push(what);
    Ok(place.with_file_name(hidden))
}

/// Removes what writers that were killed left beside the index at `place`: old ones that stepped aside, new ones that were never
/// completed.
pub fn remove_leftovers(place: &Path) -> io::Result<()> {
    for what in ["old", "partial"] {
        remove(&beside(place, what)?)?;
    }
    Ok(())
}

fn parent(place: &Path) -> Option<&Path> {
    place.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs_err::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

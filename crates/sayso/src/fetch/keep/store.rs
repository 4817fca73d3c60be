use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::files::FilesStore;
use super::member::{Members, key};
use super::render::KeptPicture;
use super::table::write_table;
use super::tar::{self, TarStore};
use super::{KeepLayout, KeepOptions};
use crate::Error;
use crate::fetch::journal::{Kept, Line};
use crate::fetch::outcome::Outcome;
use crate::fetch::part::Part;

/// Where the pictures of one part are kept.
#[derive(Debug)]
pub(in crate::fetch) struct PartStore {
    folder: PathBuf,
    part_rows: usize,
    shard: Shard,
}

#[derive(Debug)]
enum Shard {
    Tar(TarStore, PathBuf),
    Files(FilesStore),
}

/// Makes ready the folder in which pictures are kept. Only a fetch that goes on finds something in it.
pub(in crate::fetch) fn open_folder(folder: &Path, goes_on: bool) -> Result<(), Error> {
    fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
    let is_empty = fs_err::read_dir(folder).map_err(Error::file(folder))?.next().is_none();
    if is_empty || goes_on {
        return Ok(());
    }
    let message = "it holds something already\nhint: choose an empty folder for the pictures".to_owned();
    Err(Error::Output { dir: folder.to_owned(), message })
}

/// The name of a part's shard.
fn name(part: &Part) -> String {
    format!("{:05}", part.plan.number)
}

impl PartStore {
    /// Whether a part was kept and completed before.
    pub(in crate::fetch) fn is_complete(keep: &KeepOptions, part: &Part) -> bool {
        keep.folder.join(format!("{}_stats.json", name(part))).exists()
    }

    /// Opens the shard of a part, of which `lines` are done. Returns how many of them it holds.
    pub(in crate::fetch) fn open(
        keep: &KeepOptions,
        part: &Part,
        part_rows: usize,
        lines: &[Line],
    ) -> Result<(Self, usize), Error> {
        let path = keep.folder.join(name(part));
        let (shard, whole) = match keep.layout {
            KeepLayout::Webdataset => {
                let temporary = path.with_extension("tar.tmp");
                let named = path.with_extension("tar");
                // Whoever was killed between the name and the counts goes on where that was.
                if named.exists() && !temporary.exists() {
                    fs_err::rename(&named, &temporary).map_err(Error::file(&named))?;
                }
                let (tar, whole) = tar::open(&temporary, lines)?;
                (Shard::Tar(tar, temporary), whole)
            }
            KeepLayout::Files => (Shard::Files(FilesStore::open(&path)?), lines.len()),
        };
        Ok((Self { folder: keep.folder.clone(), part_rows, shard }, whole))
    }

    /// Keeps the picture of a sample.
    pub(in crate::fetch) fn add(
        &mut self,
        part: &Part,
        row: usize,
        outcome: &Outcome,
        picture: &KeptPicture,
    ) -> Result<Kept, Error> {
        let members = Members::of(part, row, key(part, row, self.part_rows), outcome, picture);
        let tar = match &mut self.shard {
            Shard::Tar(tar, _) => Some(tar.add(&members)?),
            Shard::Files(files) => {
                files.add(&members)?;
                None
            }
        };
        Ok(Kept { width: picture.width, height: picture.height, tar })
    }

    /// Completes the shard: its table, its counts, and its name.
    pub(in crate::fetch) fn finish(self, part: &Part, lines: &[Line]) -> Result<(), Error> {
        // Of a line that was written twice the last counts.
        let lines: HashMap<u32, &Line> = lines.iter().map(|line| (line.row, line)).collect();
        let mut lines: Vec<&Line> = lines.into_values().collect();
        lines.sort_by_key(|line| line.row);
        let name = name(part);
        if let Shard::Tar(tar, temporary) = self.shard {
            tar.finish()?;
            let path = self.folder.join(format!("{name}.tar"));
            fs_err::rename(&temporary, &path).map_err(Error::file(&path))?;
        }
        write_table(&self.folder, &name, part, self.part_rows, &lines)
    }
}

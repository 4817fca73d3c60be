use std::collections::HashSet;
use std::path::Path;

use super::{ENDING, TextPart};
use crate::error::IndexError;
use crate::mark::{Mark, SnapshotId};

/// Makes the parts that lie in `dir` the text index of a snapshot. They stand in the order of their samples.
///
/// From then on readers find them; parts that are not among them are removed.
pub fn join_text_parts(dir: &Path, parts: Vec<TextPart>, snapshot: SnapshotId) -> Result<(), IndexError> {
    fs_err::create_dir_all(dir)?;
    for part in &parts {
        let found = fs_err::metadata(dir.join(&part.file))?.len();
        if found != part.bytes {
            let reason = format!("`{}` has {found} bytes and should have {}", part.file, part.bytes);
            return Err(IndexError::Damaged { dir: dir.to_owned(), reason });
        }
    }
    let named: HashSet<String> = parts.iter().map(|part| part.file.clone()).collect();
    Mark::in_parts(snapshot, parts).replace(dir)?;
    for entry in fs_err::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(ENDING) && !named.contains(&name) {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::pictures::PictureFailed;
use super::place::TEMPORARY;
use crate::Error;
use crate::signals::{FilesFound, SourceKind, find};

/// Where pictures go that were written.
#[derive(Debug, Clone)]
pub enum Target {
    /// Copies in this folder, under the paths that the pictures have below the folders in which they were found. Nothing
    /// that is there is changed.
    Copies(PathBuf),
    /// In the place of the originals.
    InPlace,
}

/// What is to be written, and where.
pub(super) struct Plan {
    /// Each picture, and where it goes.
    pub(super) pictures: Vec<(PathBuf, PathBuf)>,
    /// Files that are no pictures.
    pub(super) others: u64,
    /// Pictures that cannot be reached, and why.
    pub(super) failed: Vec<PictureFailed>,
}

/// Finds the pictures at `paths` and in folders. Nothing is written yet, so that what is in the way ends it before.
pub(super) fn plan(paths: &[PathBuf], target: &Target) -> Result<Plan, Error> {
    let mut plan = Plan { pictures: Vec::new(), others: 0, failed: Vec::new() };
    let mut taken = BTreeSet::new();
    for root in paths {
        let FilesFound { files, others, unreadable } = find(std::slice::from_ref(root))?;
        plan.others += others;
        plan.failed.extend(unreadable.into_iter().map(|(path, message)| PictureFailed { path, message }));
        for file in files {
            if file.kind != SourceKind::Picture || is_left_over(&file.path) {
                if file.path == *root {
                    let message = "it is no picture\nhint: name pictures and folders of them, or a site".to_owned();
                    return Err(Error::Input { input: root.display().to_string(), message });
                }
                plan.others += 1;
                continue;
            }
            let to = match target {
                // A link is followed, so that it still is one afterwards.
                Target::InPlace => match fs_err::canonicalize(&file.path) {
                    Ok(path) => path,
                    Err(error) => {
                        plan.failed.push(PictureFailed { path: file.path, message: error.to_string() });
                        continue;
                    }
                },
                Target::Copies(folder) => folder.join(below(root, &file.path)),
            };
            let is_new = taken.insert(to.clone());
            match target {
                // Named twice, by itself and by its folder.
                Target::InPlace if !is_new => continue,
                Target::Copies(folder) if !is_new || to.symlink_metadata().is_ok() => {
                    return Err(in_the_way(folder, &to));
                }
                _ => plan.pictures.push((file.path, to)),
            }
        }
    }
    if plan.pictures.is_empty() && plan.failed.is_empty() {
        let input = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(Error::Input {
            input,
            message: "no picture lies in it\nhint: name pictures and folders of them".into(),
        });
    }
    Ok(plan)
}

/// Whether somebody was killed while this was written beside its place.
fn is_left_over(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
}

fn below<'p>(root: &Path, path: &'p Path) -> &'p Path {
    let below = path.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty());
    below.or_else(|| path.file_name().map(Path::new)).unwrap_or(path)
}

fn in_the_way(folder: &Path, to: &Path) -> Error {
    let name = to.strip_prefix(folder).unwrap_or(to).display();
    Error::Output {
        dir: folder.to_owned(),
        message: format!("`{name}` is there already, or would be written twice\nhint: name a new folder"),
    }
}

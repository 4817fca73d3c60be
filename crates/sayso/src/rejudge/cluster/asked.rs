use std::path::PathBuf;

use crate::Error;
use crate::build::cluster::{SITES, Storage};
use crate::build::{Row, SITE_BYTES, TakeRow, merge_rows, write_rows};
use crate::transfer::digest_of;

/// The name under which answers of sites lie beside what crawls say of them.
const ANSWERS: &str = "answers.rows";

/// Lays down what sites answer, in place of what they answered to an earlier start; a digest of it, `None` where it is nothing.
pub(super) fn lay_answers(
    storage: &dyn Storage,
    ask: impl FnOnce(TakeRow<'_>) -> Result<(), Error>,
) -> Result<Option<String>, Error> {
    let name = format!("{SITES}/{ANSWERS}");
    storage.remove(&name)?;
    let scratch = storage.scratch()?;
    let (mut rows, mut bytes, mut runs) = (Vec::<Row>::new(), 0, Vec::<PathBuf>::new());
    let mut spill = |rows: &mut Vec<Row>| -> Result<(), Error> {
        let path = scratch.path().join(format!("{}.rows", runs.len()));
        rows.sort_unstable();
        write_rows(&path, rows.drain(..).map(Ok))?;
        runs.push(path);
        Ok(())
    };
    ask(&mut |row| {
        bytes += row.0.len() + row.1.len();
        rows.push(row);
        if bytes >= SITE_BYTES {
            bytes = 0;
            spill(&mut rows)?;
        }
        Ok(())
    })?;
    if !rows.is_empty() {
        spill(&mut rows)?;
    }
    if runs.is_empty() {
        return Ok(None);
    }
    let all = scratch.path().join(ANSWERS);
    merge_rows(&runs, &all)?;
    let digest = digest_of(&all)?;
    storage.put(&all, &name)?;
    Ok(Some(digest))
}

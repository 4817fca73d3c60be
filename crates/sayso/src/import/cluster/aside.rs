use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use fs_err::File;

use super::read::ASIDE;
use crate::Error;
use crate::build::cluster::Storage;
use crate::import::aside::KEPT_ROWS;

/// Writes the rows that became no pair into one file, in the order of their inputs: as many as one machine keeps.
pub(super) fn join_asides(storage: &dyn Storage, path: &Path) -> Result<(), Error> {
    let failed = || Error::file(path);
    let mut out = BufWriter::new(File::create(path).map_err(failed())?);
    let mut left = KEPT_ROWS;
    let mut line = Vec::new();
    for name in storage.list(ASIDE)? {
        let mut rows = BufReader::new(storage.open(&format!("{ASIDE}/{name}"))?);
        while left > 0 {
            line.clear();
            if rows.read_until(b'\n', &mut line).map_err(Error::file(&name))? == 0 {
                break;
            }
            out.write_all(&line).map_err(failed())?;
            left -= 1;
        }
    }
    let file = out.into_inner().map_err(|error| failed()(error.into_error()))?;
    file.sync_all().map_err(failed())
}

use std::io::Write;
use std::path::Path;

use sayso_registry::{Randomness, SystemRandomness};

use crate::Error;

/// The file in a dataset's folder with its name in statements.
const FILE: &str = "dataset.id";

/// Hexadecimal digits of a name.
const DIGITS: usize = 16;

/// The name that a dataset has in its builder's statements: drawn once, and kept in its folder, since folders are renamed and
/// two datasets of one builder may have one name.
pub fn dataset_name(dir: &Path) -> Result<String, Error> {
    let file = dir.join(FILE);
    match fs_err::read_to_string(&file) {
        Ok(text) => return read(&file, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::file(&file)(error)),
    }
    let mut bytes = [0; 8];
    SystemRandomness.fill(&mut bytes)?;
    let name = format!("{:016x}", u64::from_be_bytes(bytes));
    let aside = dir.join(format!("{FILE}.{name}.tmp"));
    let write = || {
        let mut out = fs_err::OpenOptions::new().write(true).create_new(true).open(&aside)?;
        writeln!(out, "{name}")?;
        out.sync_all()?;
        fs_err::hard_link(&aside, &file)
    };
    let written = write();
    let _ = std::fs::remove_file(&aside);
    match written {
        Ok(()) => Ok(name),
        // Somebody else drew one meanwhile, and that is the name.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            read(&file, &fs_err::read_to_string(&file).map_err(Error::file(&file))?)
        }
        Err(error) => Err(Error::file(&file)(error)),
    }
}

/// The name that a dataset has already, where it has one: nothing is written.
pub fn known_name(dir: &Path) -> Result<Option<String>, Error> {
    let file = dir.join(FILE);
    match fs_err::read_to_string(&file) {
        Ok(text) => read(&file, &text).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(&file)(error)),
    }
}

fn read(file: &Path, text: &str) -> Result<String, Error> {
    let name = text.trim_end();
    if name.len() == DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(name.to_owned());
    }
    let message =
        "it holds no name of a dataset, which is 16 hexadecimal digits\nhint: restore it from a copy".to_owned();
    Err(Error::Input { input: file.display().to_string(), message })
}

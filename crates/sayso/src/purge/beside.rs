use std::io::ErrorKind;
use std::path::Path;

use sayso_dataset::{remove_if_there, write_atomically};
use serde_json::Value;

use crate::Error;

/// The reports that a dataset has beside it: of how it was made, and of what was fetched.
const REPORTS: [&str; 2] = ["report.json", "fetch.json"];

/// Removes what lies beside a dataset and may quote a sample: the rows that an import kept aside, and the examples in reports. The
/// counts stay. Returns how many files were changed or removed.
pub(super) fn clear_quotes(dir: &Path) -> Result<u64, Error> {
    let mut changed = u64::from(remove(&dir.join("aside.jsonl"))?);
    for name in REPORTS {
        let report = dir.join(name);
        // What somebody left who was killed while writing it.
        changed += u64::from(remove(&report.with_extension("tmp"))?);
        changed += u64::from(clear_examples(&report)?);
    }
    Ok(changed)
}

/// Removes the examples from a report, and says whether there were any.
fn clear_examples(report: &Path) -> Result<bool, Error> {
    let json = match fs_err::read(report) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        json => json.map_err(Error::file(report))?,
    };
    // What cannot be read cannot be cleared either, and may quote what is gone.
    let Ok(mut value) = serde_json::from_slice::<Value>(&json) else { return remove(report) };
    if !empty_examples(&mut value) {
        return Ok(false);
    }
    let text =
        serde_json::to_string_pretty(&value).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    write_atomically(report, format!("{text}\n").as_bytes())?;
    Ok(true)
}

/// Empties every `examples` in a document, whatever it is kept by. A document that was read nests no deeper than its reader allows.
fn empty_examples(value: &mut Value) -> bool {
    let mut changed = false;
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                changed |= match field {
                    Value::Array(all) if name == "examples" => !std::mem::take(all).is_empty(),
                    Value::Object(all) if name == "examples" => !std::mem::take(all).is_empty(),
                    field => empty_examples(field),
                };
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| changed |= empty_examples(one)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    changed
}

/// Removes a file, and says whether it was there.
fn remove(file: &Path) -> Result<bool, Error> {
    let is_there = fs_err::symlink_metadata(file).is_ok();
    remove_if_there(file)?;
    Ok(is_there)
}

/// Removes the journal of a fetch that was interrupted: it is of a snapshot that is there no more, and names addresses.
pub(super) fn remove_journal(dir: &Path) -> Result<u64, Error> {
    let journal = dir.join(".fetch");
    // A link leads to somebody's own folder, which is not ours to remove.
    let is_folder = fs_err::symlink_metadata(&journal).is_ok_and(|metadata| metadata.is_dir());
    if is_folder {
        fs_err::remove_dir_all(&journal).map_err(Error::file(&journal))?;
    }
    Ok(u64::from(is_folder))
}

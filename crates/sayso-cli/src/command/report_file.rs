use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The file in which a report comes to be. It gets its name when it is complete, and nothing stays if it never is.
pub(super) struct ReportFile {
    file: PathBuf,
    path: PathBuf,
    out: BufWriter<fs_err::File>,
    is_kept: bool,
}

impl ReportFile {
    /// Starts the report `file`, which must not be one of `inputs`.
    pub(super) fn create(file: &Path, inputs: &[PathBuf]) -> anyhow::Result<Self> {
        let there = std::fs::metadata(file).ok();
        let same = |input: &PathBuf| matches!((input.canonicalize(), file.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if there.is_some_and(|there| !there.is_file()) || inputs.iter().any(same) {
            anyhow::bail!("`{}` is no file for a report\nhint: name a new file", file.display());
        }
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let path = file.with_file_name(name);
        let out = BufWriter::new(fs_err::File::create(&path).with_context(|| cannot_write(file))?);
        Ok(Self { file: file.to_owned(), path, out, is_kept: false })
    }

    /// Writes the whole report with `write`, and gives it its name.
    pub(super) fn complete(mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> anyhow::Result<()> {
        let written = write(&mut self.out).and_then(|()| self.out.flush());
        written.with_context(|| cannot_write(&self.file))?;
        fs_err::rename(&self.path, &self.file).with_context(|| cannot_write(&self.file))?;
        self.is_kept = true;
        Ok(())
    }
}

fn cannot_write(file: &Path) -> String {
    format!("cannot write the report `{}`\nhint: name a file in a folder that is there", file.display())
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing half-written stays; who cannot remove it could not have written it.
            let _ = fs_err::remove_file(&self.path);
        }
    }
}

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use sayso_dataset::sync_folder;

use super::interrupt::on_ctrl_c;

/// What is being written and has no name yet: files, and folders that were made for them, in the order in which they came.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets the command end at once when somebody presses Ctrl-C, and leave nothing half-written: for what has nothing to go on from.
pub(super) fn end_on_signal() -> anyhow::Result<()> {
    on_ctrl_c(|_| {
        // Kept until the end, so that nothing gets its name after this.
        let _all = remove_unfinished();
        crate::output::error(&sayso::Error::Cancelled.into());
        std::process::exit(2);
    })?;
    Ok(())
}

/// Removes what has no name yet. As long as what is given back is held, nothing gets one.
pub(super) fn remove_unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    let all = unfinished();
    for path in all.iter().rev() {
        // A folder goes if nothing else is in it; who cannot remove it could not have made it.
        let _ = std::fs::remove_file(path).or_else(|_| std::fs::remove_dir(path));
    }
    all
}

/// The file in which a report, or receipts, come to be. It gets its name when it is complete, and nothing stays if it never is.
pub(super) struct ReportFile {
    file: PathBuf,
    path: PathBuf,
    out: BufWriter<fs_err::File>,
    is_kept: bool,
}

impl ReportFile {
    /// Starts the file, which must not be one of `inputs`. Where nothing can be written is told now, before there is anything to write.
    pub(super) fn create(file: &Path, inputs: &[PathBuf]) -> anyhow::Result<Self> {
        let there = std::fs::metadata(file).ok();
        let same = |input: &PathBuf| matches!((input.canonicalize(), file.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if there.is_some_and(|there| !there.is_file()) || inputs.iter().any(same) {
            anyhow::bail!("`{}` is no file to write to\nhint: name a new file", file.display());
        }
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let path = file.with_file_name(name);
        // Listed as it comes to be: whoever removes what is listed misses none.
        let mut all = unfinished();
        let out = fs_err::File::create(&path).with_context(|| cannot_write(file))?;
        all.push(path.clone());
        drop(all);
        Ok(Self { file: file.to_owned(), path, out: BufWriter::new(out), is_kept: false })
    }

    /// Makes the folder for files that belong to a report, if there is none.
    pub(super) fn create_folder(path: &Path) -> anyhow::Result<()> {
        if !path.is_dir() {
            unfinished().push(path.to_owned());
            fs_err::create_dir_all(path).inspect_err(|_| forget(path))?;
        }
        Ok(())
    }

    /// Writes the whole file with `write`, and gives it its name.
    pub(super) fn complete(self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> anyhow::Result<()> {
        let name = cannot_write(&self.file);
        self.complete_with(|out| write(out).context(name))
    }

    /// The same where more can go wrong than writing.
    pub(super) fn complete_with(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        write(&mut self.out)?;
        self.get_name().with_context(|| cannot_write(&self.file))
    }

    /// Writes the whole file with `write`, and leaves it without its name until all that belongs together is written.
    pub(super) fn holding(mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> anyhow::Result<Self> {
        write(&mut self.out).with_context(|| cannot_write(&self.file))?;
        Ok(self)
    }

    /// Gives all of `files` their names, or none of them where somebody presses Ctrl-C.
    pub(super) fn complete_all(mut files: Vec<Self>) -> anyhow::Result<()> {
        for file in &mut files {
            file.put_on_disk().with_context(|| cannot_write(&file.file))?;
        }
        let mut all = unfinished();
        for file in &mut files {
            file.rename().with_context(|| cannot_write(&file.file))?;
        }
        all.clear();
        drop(all);
        files.iter().try_for_each(|file| sync_folder(&file.file).with_context(|| cannot_write(&file.file)))
    }

    /// Puts it on disk, and under its name, for good.
    fn get_name(&mut self) -> std::io::Result<()> {
        self.put_on_disk()?;
        {
            let mut all = unfinished();
            self.rename()?;
            all.retain(|path| *path != self.path);
        }
        sync_folder(&self.file)
    }

    fn put_on_disk(&mut self) -> std::io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }

    fn rename(&mut self) -> std::io::Result<()> {
        fs_err::rename(&self.path, &self.file)?;
        self.is_kept = true;
        Ok(())
    }
}

fn forget(gone: &Path) {
    unfinished().retain(|path| path != gone);
}

fn cannot_write(file: &Path) -> String {
    format!("cannot write `{}`\nhint: name a file in a folder that is there", file.display())
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing half-written stays; who cannot remove it could not have written it.
            let _ = fs_err::remove_file(&self.path);
            forget(&self.path);
        }
    }
}

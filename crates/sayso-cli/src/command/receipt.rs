use std::io::Write;
use std::path::{Path, PathBuf};

use sayso::claims::RegistryPlace;
use sayso::receipts::BuilderKey;
use sayso::takedown::{ReceiptsOf, receipts};
use sayso_registry::log::SigningKey;

use super::report_file::ReportFile;
use crate::arguments::Receipt;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(crate) fn run(arguments: &Receipt) -> anyhow::Result<Outcome> {
    let key = key(arguments.key.key.as_deref())?;
    let mut registry = RegistryPlace::of(&arguments.registry).open()?;
    let Receipt { snapshot, claim, uid, .. } = arguments;
    let of = ReceiptsOf { snapshot: *snapshot, claims: claim.clone(), uids: uid.clone() };
    let mut written = 0;
    let to = ReceiptsTo::open(&arguments.out, &[arguments.dir.clone(), arguments.registry.clone()])?;
    to.write(|out| {
        written = receipts(&arguments.dir, &of, &mut registry, &key, out)?;
        Ok(())
    })?;
    say(&arguments.out, written, &key)?;
    Ok(if written == 0 { Outcome::No } else { Outcome::Done })
}

/// The builder's key, made where none is.
pub(super) fn key(file: Option<&Path>) -> anyhow::Result<SigningKey> {
    Ok(BuilderKey::at(file)?.open_or_make(None)?)
}

/// Says what is there now, and by which key it can be checked.
pub(super) fn say(file: &Path, written: u64, key: &SigningKey) -> std::io::Result<()> {
    let file = harmless(&file.display().to_string());
    let receipts = counted(written, "receipt");
    writeln!(std::io::stderr(), "{file}: {receipts}, verified by {}", key.public())
}

/// Where receipts go: a file that comes to be whole or not at all, or standard output.
pub(super) enum ReceiptsTo {
    Standard,
    File(ReportFile),
}

impl ReceiptsTo {
    /// Opens it, so that nothing is done of which no receipt could be written.
    pub(super) fn open(file: &Path, inputs: &[PathBuf]) -> anyhow::Result<Self> {
        if file == Path::new("-") {
            return Ok(Self::Standard);
        }
        ReportFile::create(file, inputs).map(Self::File)
    }

    pub(super) fn write(self, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
        match self {
            Self::Standard => write(&mut std::io::stdout().lock()),
            Self::File(file) => file.complete_with(write),
        }
    }
}

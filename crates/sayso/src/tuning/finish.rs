use std::path::{Path, PathBuf};

use sayso_core::Sha256;

use super::facts::facts;
use super::{Paper, Run};
use crate::Error;
use crate::outputs::write_whole;
use crate::training::{Papers, Selection, papers};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The adapter, or the folder of the model.
    pub out: PathBuf,
    /// The card.
    pub card: PathBuf,
    /// The list of pictures, where there are too many for the head of the weights.
    pub list: Option<PathBuf>,
    /// SHA-256 of the lineage in the weights.
    pub lineage: Sha256,
}

impl Run {
    /// Writes what was learned so far, with papers that say of what.
    pub fn finish(&self, paper: &Paper, selection: &Selection) -> Result<Finished, Error> {
        let digests = self.trainer.model().digests();
        let stem = paper.out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let facts = facts(&self.tuning, paper, digests, selection, self.trainer.done());
        let Papers { metadata, list, card, digest } = papers(&facts, &stem);
        let (folder, card_name) = match self.trainer.adapter()? {
            Some(adapter) => {
                adapter.save(&paper.out, paper.form, &metadata)?;
                (paper.out.parent().unwrap_or(Path::new("")).to_owned(), format!("{stem}.md"))
            }
            None => {
                self.trainer.write_model(&paper.out, &metadata)?;
                (paper.out.clone(), "README.md".to_owned())
            }
        };
        let list = list.map(|(name, text)| write(&folder.join(name), &text)).transpose()?;
        let card = write(&folder.join(card_name), &card)?;
        Ok(Finished { out: paper.out.clone(), card, list, lineage: digest })
    }
}

/// Writes a text, whole or not at all.
fn write(path: &Path, text: &str) -> Result<PathBuf, Error> {
    write_whole(path, text.as_bytes()).map_err(Error::file(path))?;
    Ok(path.to_owned())
}

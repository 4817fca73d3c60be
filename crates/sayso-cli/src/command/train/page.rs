use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use sayso::check::{Origin, thumbnails};
use sayso::outputs::write_whole;
use sayso::training::Selection;
use sayso::tuning::Told;
use sayso_server::{LossPoint, OnTheWay, TrainingReport};

/// The page of a run, written anew as it goes on.
pub(super) struct Page {
    title: String,
    settings: Vec<(&'static str, String)>,
    taken: u64,
    refused: Vec<(String, String)>,
    /// Small pictures of those on the way, made once.
    pictures: Vec<OnTheWay>,
}

impl Page {
    pub(super) fn new(title: String, settings: Vec<(&'static str, String)>, selection: &Selection) -> Self {
        let refused = selection.refused.iter().map(|refused| (refused.origin.to_string(), refused.why.clone()));
        Self { title, settings, taken: selection.taken.len() as u64, refused: refused.collect(), pictures: Vec::new() }
    }

    /// Writes the page, whole or not at all.
    pub(super) fn write(&mut self, path: &Path, told: &Told<'_>, stopped: Option<&str>) -> std::io::Result<()> {
        for sampled in told.sampled.iter().skip(self.pictures.len()) {
            let origin = Origin::File(sampled.path.clone());
            let made = thumbnails(&[&origin], NonZeroUsize::MIN, &AtomicBool::new(false)).into_iter().flatten().next();
            // One that somebody took away is left out, and those after it keep their places.
            let Some(small) = made else { continue };
            self.pictures.push(OnTheWay { step: sampled.step as u64, prompt: sampled.prompt.clone(), small });
        }
        let losses: Vec<LossPoint> =
            told.losses.iter().map(|row| LossPoint { step: row.step as u64, loss: row.loss }).collect();
        let report = TrainingReport {
            title: &self.title,
            settings: &self.settings,
            step: told.done as u64,
            steps: told.steps as u64,
            losses: &losses,
            pictures: &self.pictures,
            taken: self.taken,
            refused: &self.refused,
            stopped,
        };
        let mut page = Vec::new();
        report.write(&mut page)?;
        write_whole(path, &page)
    }
}

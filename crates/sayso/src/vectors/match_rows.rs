use arrow_array::Array;
use arrow_array::cast::AsArray;
use sayso_core::{Modality, Uid};
use sayso_dataset::{Cell, Dataset, DatasetError};

use crate::Error;

/// The samples of a dataset, to find those that a row of somebody else's table speaks of.
pub(super) struct Samples {
    uids: Vec<Uid>,
    /// Each sample's uid behind a digest of its picture's URL.
    by_url: Vec<([u8; 16], Uid)>,
}

/// How a row found its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MatchedBy {
    Uid,
    UrlAndCaption,
    Url,
}

/// The columns that a table is asked for.
pub(super) const COLUMNS: [&str; 3] = ["uid", "url", "caption"];

impl Samples {
    pub(super) fn read(dataset: &Dataset) -> Result<Self, Error> {
        let (mut uids, mut by_url) = (Vec::new(), Vec::new());
        dataset.scan(&["uid", "url"], |shard, batch| {
            let damaged = || DatasetError::Damaged {
                file: format!("samples of shard {shard}").into(),
                message: "a uid or a url is missing".to_owned(),
            };
            let column = |name| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            let (uid_column, url_column) = (column("uid").ok_or_else(damaged)?, column("url").ok_or_else(damaged)?);
            for (uid, url) in uid_column.iter().zip(url_column) {
                let uid = uid.and_then(|uid| uid.parse().ok()).ok_or_else(damaged)?;
                uids.push(uid);
                by_url.push((key(url.ok_or_else(damaged)?), uid));
            }
            debug_assert_eq!(uid_column.len(), url_column.len());
            Ok(())
        })?;
        uids.sort_unstable();
        by_url.sort_unstable();
        Ok(Self { uids, by_url })
    }

    /// The samples that a row speaks of, and how it was found out: by its uid, by its url and caption, or by its url.
    ///
    /// A picture's vector is that of every sample with the same address, whatever their captions; a caption's is that
    /// of its own sample alone.
    pub(super) fn of_row(&self, row: &[Cell], modality: Modality) -> Option<(MatchedBy, Vec<Uid>)> {
        let text = |at: usize| match row.get(at) {
            Some(Cell::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let (uid, url, caption) = (text(0), text(1), text(2));
        let is_here = |uid: &Uid| self.uids.binary_search(uid).is_ok();
        let named = uid.and_then(|uid| uid.parse().ok()).filter(is_here).map(|uid| (MatchedBy::Uid, uid));
        let pair = || url.zip(caption).map(|(url, caption)| Uid::of_pair(url, caption)).filter(is_here);
        let exact = named.or_else(|| pair().map(|uid| (MatchedBy::UrlAndCaption, uid)));
        if modality == Modality::Text {
            return exact.map(|(by, uid)| (by, vec![uid]));
        }
        let mut samples = url.map(|url| self.of_url(url)).unwrap_or_default();
        let by = exact.map_or(MatchedBy::Url, |(by, _)| by);
        samples.extend(exact.map(|(_, uid)| uid));
        samples.sort_unstable();
        samples.dedup();
        (!samples.is_empty()).then_some((by, samples))
    }

    fn of_url(&self, url: &str) -> Vec<Uid> {
        let key = key(url);
        let first = self.by_url.partition_point(|(known, _)| *known < key);
        let same = self.by_url.iter().skip(first).take_while(|(known, _)| *known == key);
        same.map(|(_, uid)| *uid).collect()
    }
}

/// 16 bytes in place of a URL. The uid of a pair without a caption is such a digest, and no sample has that.
fn key(url: &str) -> [u8; 16] {
    *Uid::of_pair(url, "").as_bytes()
}

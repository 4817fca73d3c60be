use std::path::Path;

use tantivy::Index;
use tantivy::directory::Directory as _;

use super::file::{META, pack};
use super::joined::Joined;
use super::{TextPart, join_text_parts, name_of, shards_of};
use crate::build::Partial;
use crate::error::IndexError;
use crate::folder::Folder;
use crate::mark::Mark;
use crate::schema::schema;

/// What merging did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedParts {
    /// Parts before.
    pub before: usize,
    /// Parts since.
    pub after: usize,
}

/// Documents of one part at most: the engine counts them in 32 bits, and its writers wait for memory.
const MOST_DOCUMENTS: u64 = 1 << 30;

/// Merges neighbouring parts of the text index in `dir` until there are at most so many, of about the same number of
/// samples. The samples are not read again: what the engine knows of them is. Whoever has the index open keeps it as it
/// was; killed in the middle, it is as it was. An index that is not in parts stays as it is.
pub fn merge_text_parts(dir: &Path, most: usize) -> Result<MergedParts, IndexError> {
    let mark = Mark::read(dir)?;
    let before = mark.parts.len();
    let groups = groups(&mark.parts, most.max(1));
    if groups.len() == before {
        return Ok(MergedParts { before, after: before });
    }
    let mut merged = Vec::with_capacity(groups.len());
    for group in &groups {
        match group {
            [only] => merged.push(only.clone()),
            several => merged.push(merge(dir, several)?),
        }
    }
    join_text_parts(dir, merged, mark.snapshot)?;
    Ok(MergedParts { before, after: groups.len() })
}

/// Neighbours that become one part each: those whose middles lie in the same stretch of all samples, of as many equal stretches
/// as there may be parts.
fn groups(parts: &[TextPart], most: usize) -> Vec<&[TextPart]> {
    let total: u64 = parts.iter().map(|part| part.documents).sum();
    let stretches = (most as u64).max(total.div_ceil(MOST_DOCUMENTS));
    let mut before = 0;
    let mut stretch_of = Vec::with_capacity(parts.len());
    for part in parts {
        let middle = u128::from(before) + u128::from(part.documents / 2);
        stretch_of.push(middle * u128::from(stretches) / u128::from(total.max(1)));
        before += part.documents;
    }
    let mut rest = parts;
    stretch_of
        .chunk_by(|one, next| one == next)
        .map(|same| {
            let (group, others) = rest.split_at(same.len());
            rest = others;
            group
        })
        .collect()
}

fn merge(dir: &Path, parts: &[TextPart]) -> Result<TextPart, IndexError> {
    let failed = |reason: String| IndexError::Engine { doing: "merge", dir: dir.to_owned(), reason };
    let schema = schema();
    let joined = Joined::open(dir, parts, &schema)?;
    let index = Index::open(joined).map_err(|error| failed(error.to_string()))?;
    let segments = index.searchable_segments().map_err(|error| failed(error.to_string()))?;
    let loose = Partial::create(&dir.join("merging"))?;
    let folder = Folder::open(&loose.dir).map_err(|error| failed(error.to_string()))?;
    let kept = vec![None; segments.len()];
    tantivy::indexer::merge_filtered_segments(&segments, index.settings().clone(), kept, folder.clone())
        .map_err(|error| failed(error.to_string()))?;
    let documents = parts.iter().map(|part| part.documents).sum();
    name_segment(&loose.dir, &folder)?;
    let ends = parts
        .first()
        .zip(parts.last())
        .and_then(|(first, last)| Some((shards_of(&first.file)?.0, shards_of(&last.file)?.1)));
    let (first, last) = ends.ok_or_else(|| failed("a part has no shards".to_owned()))?;
    let file = name_of(first, last);
    let bytes = pack(&loose.dir, &dir.join(&file))?;
    Ok(TextPart { file, documents, bytes })
}

/// Gives the one segment of an index the name that the first segment of every part has: the engine drew one by chance, and
/// the same parts are to give the same bytes.
fn name_segment(dir: &Path, folder: &Folder) -> Result<(), IndexError> {
    let damaged = |reason: &str| IndexError::Damaged { dir: dir.to_owned(), reason: reason.to_owned() };
    let mut meta: serde_json::Value =
        serde_json::from_slice(&fs_err::read(dir.join(META))?).map_err(std::io::Error::from)?;
    let segment = meta.get_mut("segments").and_then(|segments| segments.get_mut(0));
    let id = segment.and_then(|segment| segment.get_mut("segment_id")).ok_or_else(|| damaged("nothing was merged"))?;
    let old = id.as_str().unwrap_or_default().replace('-', "");
    let new = format!("{:032x}", 0);
    *id = new.clone().into();
    for entry in fs_err::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(ending) = name.strip_prefix(&old) {
            fs_err::rename(dir.join(&name), dir.join(format!("{new}{ending}")))?;
        }
    }
    if let Some(object) = meta.as_object_mut() {
        // The engine's note of what was merged has those names in it.
        object.remove("payload");
    }
    let json = serde_json::to_vec_pretty(&meta).map_err(std::io::Error::from)?;
    Ok(folder.atomic_write(Path::new(META), &json)?)
}

#[cfg(test)]
mod tests {
    use super::super::TextPart;
    use super::groups;

    #[test]
    fn groups_are_as_many_as_wanted_and_lose_nothing() {
        let parts = |documents: &[u64]| -> Vec<TextPart> {
            let part = |documents: &u64| TextPart { file: String::new(), documents: *documents, bytes: 0 };
            documents.iter().map(part).collect()
        };
        let even = parts(&[100; 64]);
        for most in [1, 2, 7, 16, 63, 64, 65, 1000] {
            let groups = groups(&even, most);
            assert!(groups.len() <= most.min(64), "{most}: {}", groups.len());
            assert_eq!(groups.concat(), even);
        }
        let uneven = parts(&[1, 1, 1, 1_000, 1, 1, 500, 2]);
        for most in 1..9 {
            let groups = groups(&uneven, most);
            assert!(groups.len() <= most, "{most}: {}", groups.len());
            assert_eq!(groups.concat(), uneven);
        }
        assert!(groups(&[], 3).is_empty());
    }
}

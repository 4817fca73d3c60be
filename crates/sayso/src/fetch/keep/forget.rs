//! Pictures that were kept, of pairs that are refused since: they are removed, wherever a fetch of this dataset put them.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::{BooleanArray, RecordBatch, StringArray};
use arrow_select::filter::filter_record_batch;
use sayso_core::{Stance, Uid};
use sayso_dataset::{Dataset, DatasetError, ShardWriter, read_table, write_atomically};
use serde::{Deserialize, Serialize};

use super::tar::{BLOCK, end_of, member_of};
use crate::Error;

/// In which folders pictures of a dataset were kept: a file in the dataset.
#[derive(Debug, Default, Serialize, Deserialize)]
struct KeptFolders {
    format: String,
    version: u32,
    folders: BTreeSet<PathBuf>,
}

const FORMAT: &str = "sayso-kept";
const VERSION: u32 = 1;
const FILE: &str = "kept.json";

/// Uids of kept pictures that are looked up together: 48 MiB or so.
const UIDS: usize = 1 << 20;

impl KeptFolders {
    fn read(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let json = fs_err::read(&path).map_err(Error::file(&path))?;
        let damaged = |message: String| DatasetError::Damaged { file: path.clone(), message };
        let kept: Self = serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))?;
        if (kept.format.as_str(), kept.version) != (FORMAT, VERSION) {
            return Err(damaged(format!("it is of version {} of `{}`", kept.version, kept.format)).into());
        }
        Ok(kept)
    }
}

/// Writes down that pictures of a dataset are kept in `folder`, before the first one is.
pub(in crate::fetch) fn remember(dir: &Path, folder: &Path) -> Result<(), Error> {
    let mut kept = KeptFolders::read(dir)?;
    // Below the dataset by its name there, so that both can be moved together.
    let whole = |path: &Path| fs_err::canonicalize(path).map_err(Error::file(path));
    let (dir_whole, folder) = (whole(dir)?, whole(folder)?);
    let folder = folder.strip_prefix(&dir_whole).map(Path::to_owned).unwrap_or(folder);
    if !kept.folders.insert(folder) {
        return Ok(());
    }
    let kept = KeptFolders { format: FORMAT.to_owned(), version: VERSION, ..kept };
    let json = serde_json::to_string_pretty(&kept);
    let json = json.map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    Ok(write_atomically(&dir.join(FILE), format!("{json}\n").as_bytes())?)
}

/// Removes what was kept of pictures whose pairs the newest snapshot refuses, or records as disallowed. Returns of how many.
///
/// What it depends on is the snapshot alone: whoever is killed here comes to the same end the next time.
pub(crate) fn forget_refused(dir: &Path) -> Result<u64, Error> {
    let mut tables = Vec::new();
    for folder in KeptFolders::read(dir)?.folders {
        let folder = dir.join(folder);
        // Who moved a folder away, or removed it, has it no more.
        if folder.is_dir() {
            tables.extend(tables_in(&folder)?);
        }
    }
    let dataset = Dataset::open(dir)?;
    let (mut removed, mut first, mut kept) = (0, 0, HashSet::new());
    for (number, table) in (1..).zip(&tables) {
        let batch = read_table(table)?;
        kept.extend(text(&batch, "uid", table)?.iter().flatten().filter_map(|uid| uid.parse::<Uid>().ok()));
        if kept.len() >= UIDS || number == tables.len() {
            let refused = refused_of(&dataset, std::mem::take(&mut kept))?;
            // The same picture may be kept in several folders.
            for table in tables.get(first..number).unwrap_or_default() {
                removed += forget_in(table, &refused)?;
            }
            first = number;
        }
    }
    Ok(removed)
}

/// The tables of a folder's shards, each beside its tar or folder of files.
fn tables_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut tables = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        let is_shard = |name: &str| name.len() >= 5 && name.bytes().all(|byte| byte.is_ascii_digit());
        let is_table = path.extension().is_some_and(|ending| ending == "parquet");
        if is_table && path.file_stem().and_then(|name| name.to_str()).is_some_and(is_shard) {
            tables.push(path);
        }
    }
    tables.sort();
    Ok(tables)
}

/// Of these, what the newest snapshot does not hold, or holds as disallowed.
fn refused_of(dataset: &Dataset, mut uids: HashSet<Uid>) -> Result<HashSet<String>, Error> {
    dataset.scan(&["uid", "verdict"], |_, batch| {
        let column = |name| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        if let (Some(known), Some(verdicts)) = (column("uid"), column("verdict")) {
            for (uid, verdict) in known.iter().zip(verdicts).filter_map(|(uid, verdict)| Some((uid?, verdict?))) {
                if verdict != Stance::Disallowed.as_str()
                    && let Ok(uid) = uid.parse()
                {
                    uids.remove(&uid);
                }
            }
        }
        Ok(())
    })?;
    Ok(uids.iter().map(ToString::to_string).collect())
}

/// Removes some samples of a shard: their files first, and their rows last, by which they are found again until then.
fn forget_in(table: &Path, uids: &HashSet<String>) -> Result<u64, Error> {
    let batch = read_table(table)?;
    let stays: Vec<bool> =
        text(&batch, "uid", table)?.iter().map(|uid| uid.is_none_or(|uid| !uids.contains(uid))).collect();
    if stays.iter().all(|stays| *stays) {
        return Ok(0);
    }
    let (keys, states) = (text(&batch, "key", table)?, text(&batch, "status", table)?);
    let gone = keys.iter().zip(states).zip(&stays).filter(|(_, stays)| !**stays);
    let gone: BTreeSet<String> = gone
        .filter_map(|((key, status), _)| Some((key?, status?)))
        .filter(|(_, status)| *status == "success")
        .map(|(key, _)| key.to_owned())
        .collect();
    let files = table.with_extension("");
    let tar = table.with_extension("tar");
    if tar.exists() {
        without_members(&tar, &gone)?;
    }
    if files.is_dir() {
        remove_files(&files, &gone)?;
    }
    let rest = filter_record_batch(&batch, &BooleanArray::from(stays))?;
    let (Some(folder), Some(name)) = (table.parent(), table.file_name().and_then(|name| name.to_str())) else {
        return Ok(0);
    };
    let mut writer = ShardWriter::create(folder, name, rest.schema())?;
    writer.write(&rest)?;
    writer.finish()?;
    Ok(gone.len() as u64)
}

fn text<'a>(batch: &'a RecordBatch, name: &str, table: &Path) -> Result<&'a StringArray, Error> {
    let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let message = format!("its column `{name}` is missing or of another type");
    Ok(column.ok_or_else(|| DatasetError::Damaged { file: table.to_owned(), message })?)
}

/// The name that the files of one sample share.
fn key_of(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

fn remove_files(folder: &Path, gone: &BTreeSet<String>) -> Result<(), Error> {
    for entry in fs_err::read_dir(folder).map_err(Error::file(folder))? {
        let entry = entry.map_err(Error::file(folder))?;
        if gone.contains(key_of(&entry.file_name().to_string_lossy())) {
            fs_err::remove_file(entry.path()).map_err(Error::file(entry.path()))?;
        }
    }
    Ok(())
}

/// Writes a tar anew without the members of some samples, and puts it in the place of the old one.
fn without_members(tar: &Path, gone: &BTreeSet<String>) -> Result<(), Error> {
    let temporary = tar.with_extension("tar.new");
    let copy = || -> std::io::Result<()> {
        let mut old = BufReader::new(File::open(tar)?);
        let mut new = BufWriter::new(File::create(&temporary)?);
        let (mut header, mut at) = ([0; BLOCK], 0);
        loop {
            old.read_exact(&mut header)?;
            if header.iter().all(|byte| *byte == 0) {
                break;
            }
            let (name, bytes) = member_of(&header).ok_or_else(|| {
                std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no tar as Sayso writes them")
            })?;
            let mut content = (&mut old).take(bytes.next_multiple_of(BLOCK as u64));
            if gone.contains(key_of(&name)) {
                std::io::copy(&mut content, &mut std::io::sink())?;
            } else {
                new.write_all(&header)?;
                at += BLOCK as u64 + std::io::copy(&mut content, &mut new)?;
            }
        }
        new.write_all(&end_of(at))?;
        new.into_inner()?.sync_all()
    };
    copy().map_err(Error::file(tar))?;
    fs_err::rename(&temporary, tar).map_err(Error::file(tar))
}

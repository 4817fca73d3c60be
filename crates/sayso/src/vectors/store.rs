use std::collections::HashSet;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sayso_core::{EmbedderId, Modality, Uid};
use sayso_dataset::{DatasetError, write_atomically};
use serde::{Deserialize, Serialize};

use super::npy::{Npy, NpyError, Number, check_length, open_with_header};
use super::npy_header::NpyHeader;
use crate::Error;

const FORMAT: &str = "sayso-vectors";
const VERSION: u64 = 1;
pub(super) const LIST: &str = "vectors.json";
/// How a uid stands in its file: 32 hexadecimal digits, which NumPy reads as text.
const UID_BYTES: usize = 32;

/// The vectors that one embedder made of a dataset's pictures, or of its captions, as they lie in the dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVectors {
    folder: PathBuf,
    list: List,
}

/// `vectors.json`: which files count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct List {
    format: String,
    version: u64,
    embedder: EmbedderId,
    modality: Modality,
    files: Vec<ListedFile>,
}

/// A file of vectors, and the file of their samples' uids. What they are called follows from their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ListedFile {
    rows: u64,
}

/// Every kind of vectors that a dataset has, by the embedder's name.
pub fn stored_vectors(dir: &Path) -> Result<Vec<StoredVectors>, Error> {
    let folder = dir.join("vectors");
    let mut found = Vec::new();
    for name in names_in(&folder)? {
        for modality in Modality::ALL {
            let place = folder.join(&name).join(modality.as_str());
            if let Some(stored) = StoredVectors::open(&place)? {
                if stored.embedder().name() != name || stored.modality() != *modality {
                    return Err(damaged(&place, "it speaks of other vectors than its folder's".to_owned()).into());
                }
                found.push(stored);
            }
        }
    }
    Ok(found)
}

/// The names of folders in `folder`, sorted; none where it is not there.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = match fs_err::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(Error::file(folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(Error::file(folder))?.file_name();
        // A folder that no embedder can be called after is somebody else's.
        names.extend(name.into_string().ok().filter(|name| EmbedderId::new(name, 1, None).is_ok()));
    }
    names.sort();
    Ok(names)
}

fn damaged(place: &Path, message: String) -> DatasetError {
    DatasetError::Damaged { file: place.join(LIST), message }
}

impl StoredVectors {
    /// The place for vectors of this embedder in a dataset: those that are there, or none yet.
    pub(super) fn of(dir: &Path, embedder: &EmbedderId, modality: Modality) -> Result<Self, Error> {
        let folder = dir.join("vectors").join(embedder.name()).join(modality.as_str());
        if let Some(stored) = Self::open(&folder)? {
            if stored.embedder().agrees_with(embedder) {
                return Ok(stored);
            }
            let message = format!(
                "vectors of another `{}` are there already\nhint: give these another name, or remove `{}`",
                embedder.name(),
                folder.display()
            );
            return Err(Error::Input { input: dir.display().to_string(), message });
        }
        let list = List {
            format: FORMAT.to_owned(),
            version: VERSION,
            embedder: embedder.clone(),
            modality,
            files: Vec::new(),
        };
        Ok(Self { folder, list })
    }

    fn open(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(LIST);
        let json = match fs_err::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            json => json.map_err(Error::file(&path))?,
        };
        let unreadable = |error: serde_json::Error| damaged(folder, error.to_string());
        let value: serde_json::Value = serde_json::from_slice(&json).map_err(unreadable)?;
        if value.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT) {
            return Err(damaged(folder, "it is no list of vectors".to_owned()).into());
        }
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(VERSION) => {}
            Some(found) if found > VERSION => {
                return Err(DatasetError::FromTheFuture { file: path, found, known: VERSION }.into());
            }
            _ => return Err(damaged(folder, "it has no version".to_owned()).into()),
        }
        let list = serde_json::from_value(value).map_err(unreadable)?;
        Ok(Some(Self { folder: folder.to_owned(), list }))
    }

    /// What made them.
    #[must_use]
    pub fn embedder(&self) -> &EmbedderId {
        &self.list.embedder
    }

    /// What they were made of.
    #[must_use]
    pub fn modality(&self) -> Modality {
        self.list.modality
    }

    /// How many there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.list.files.iter().fold(0, |rows, file| rows.saturating_add(file.rows))
    }

    /// The files of vectors, in order.
    pub(super) fn files(&self) -> Result<Vec<Npy>, Error> {
        let open = |(number, listed): (usize, &ListedFile)| {
            let path = self.vectors_file(number);
            let npy = Npy::open(&path).map_err(|error| unusable(&path, error))?;
            let is_listed = npy.rows() == listed.rows && npy.dimension() == self.embedder().dimension();
            if is_listed {
                Ok(npy)
            } else {
                Err(damaged(&self.folder, format!("file {number} is not as listed")).into())
            }
        };
        self.list.files.iter().enumerate().map(open).collect()
    }

    /// The uids of all samples that have a vector, in the order of the vectors.
    pub(super) fn uids(&self) -> Result<Vec<Uid>, Error> {
        let mut uids = Vec::new();
        for (number, listed) in self.list.files.iter().enumerate() {
            let path = self.uids_file(number);
            let (file, header) = open_with_header(&path).map_err(|error| unusable(&path, error))?;
            if header.descr != "|S32" || header.shape != [listed.rows] {
                return Err(damaged(&self.folder, format!("the uids of file {number} are not as listed")).into());
            }
            check_length(&file, &header, listed.rows, UID_BYTES).map_err(|error| unusable(&path, error))?;
            let bytes = fs_err::read(&path).map_err(Error::file(&path))?;
            let texts = usize::try_from(header.data_at).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
            for text in texts.as_chunks::<UID_BYTES>().0 {
                let uid = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
                uids.push(uid.ok_or_else(|| damaged(&self.folder, format!("file {number} has a uid that is none")))?);
            }
        }
        Ok(uids)
    }

    /// The folder that they lie in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes the same without the vectors of these samples into another folder; the list comes last.
    pub(super) fn write_without(&self, gone: &HashSet<Uid>, folder: &Path) -> Result<(), Error> {
        let mut written = Self { folder: folder.to_owned(), list: List { files: Vec::new(), ..self.list.clone() } };
        let mut uids = self.uids()?.into_iter();
        for (number, npy) in self.files()?.into_iter().enumerate() {
            let path = self.vectors_file(number);
            let mut writer = written.add_file(npy.number)?;
            let mut bytes = vec![0; npy.dimension() * npy.number.bytes()];
            for (row, uid) in (0..npy.rows()).zip(&mut uids) {
                if !gone.contains(&uid) {
                    npy.read_bytes(row, &mut bytes).map_err(Error::file(&path))?;
                    writer.push(uid, &bytes)?;
                }
            }
            let rows = writer.finish()?;
            if rows > 0 {
                written.list_file(rows)?;
            }
        }
        written.write_list()
    }

    /// Begins another file of vectors. It counts once it is finished and the list is written.
    pub(super) fn add_file(&self, number: Number) -> Result<VectorsWriter, Error> {
        fs_err::create_dir_all(&self.folder).map_err(Error::file(&self.folder))?;
        let at = self.list.files.len();
        VectorsWriter::create(self.vectors_file(at), self.uids_file(at), number, self.embedder().dimension())
    }

    /// Lists a file that was finished.
    pub(super) fn list_file(&mut self, rows: u64) -> Result<(), Error> {
        self.list.files.push(ListedFile { rows });
        self.write_list()
    }

    fn write_list(&self) -> Result<(), Error> {
        let mut json =
            serde_json::to_vec_pretty(&self.list).map_err(|error| damaged(&self.folder, error.to_string()))?;
        json.push(b'\n');
        Ok(write_atomically(&self.folder.join(LIST), &json)?)
    }

    fn vectors_file(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:05}.npy"))
    }

    fn uids_file(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:05}.uids.npy"))
    }
}

fn unusable(path: &Path, error: NpyError) -> Error {
    match error {
        NpyError::Io(source) => Error::File { file: path.to_owned(), source },
        error => DatasetError::Damaged { file: path.to_owned(), message: error.to_string() }.into(),
    }
}

/// Writes vectors and the uids of their samples, each into a file that NumPy reads.
pub(super) struct VectorsWriter {
    vectors: BufWriter<fs_err::File>,
    uids: BufWriter<fs_err::File>,
    paths: [PathBuf; 2],
    number: Number,
    dimension: usize,
    pub(super) rows: u64,
}

impl VectorsWriter {
    fn create(vectors: PathBuf, uids: PathBuf, number: Number, dimension: usize) -> Result<Self, Error> {
        let create = |path: &Path| -> Result<_, Error> {
            let mut file = BufWriter::new(fs_err::File::create(path).map_err(Error::file(path))?);
            // The header stands here once the number of rows is known.
            file.write_all(&[0; 128]).map_err(Error::file(path))?;
            Ok(file)
        };
        let (vectors_out, uids_out) = (create(&vectors)?, create(&uids)?);
        Ok(Self { vectors: vectors_out, uids: uids_out, paths: [vectors, uids], number, dimension, rows: 0 })
    }

    /// Adds a vector as it came.
    pub(super) fn push(&mut self, uid: Uid, bytes: &[u8]) -> Result<(), Error> {
        let [vectors, uids] = &self.paths;
        self.vectors.write_all(bytes).map_err(Error::file(vectors))?;
        let mut hex = [0; UID_BYTES];
        uid.write_hex(&mut hex);
        self.uids.write_all(&hex).map_err(Error::file(uids))?;
        self.rows += 1;
        Ok(())
    }

    /// Completes both files; returns how many vectors they hold. Files without any are removed.
    pub(super) fn finish(self) -> Result<u64, Error> {
        let Self { vectors, uids, paths: [vectors_path, uids_path], number, dimension, rows } = self;
        if rows == 0 {
            drop((vectors, uids));
            sayso_dataset::remove_if_there(&vectors_path)?;
            sayso_dataset::remove_if_there(&uids_path)?;
            return Ok(0);
        }
        let shape = format!("({rows}, {dimension})");
        complete(vectors, &NpyHeader::write(number.descr(), &shape)).map_err(Error::file(vectors_path))?;
        complete(uids, &NpyHeader::write("|S32", &format!("({rows},)"))).map_err(Error::file(uids_path))?;
        Ok(rows)
    }
}

fn complete(out: BufWriter<fs_err::File>, header: &[u8]) -> std::io::Result<()> {
    let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(header)?;
    file.sync_all()
}

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use serde::{Deserialize, Serialize};

use crate::DiffusionError;
use crate::adapter::replace;

const NUMBERS: &str = "examples.f32";
const LIST: &str = "examples.json";
/// Bytes of a list: those of a million examples.
const LIST_BYTES: u64 = 1 << 30;
/// Rows or columns of latents: a picture of 2048 pixels has 256, and 2048 where nothing is made smaller.
const SIDE: usize = 4096;
const HINT: &str = "begin the training anew in another folder";

/// What is kept of an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) id: String,
    /// The number of its caption.
    pub(super) caption: usize,
    pub(super) is_prior: bool,
    /// Rows and columns of its latents.
    pub(super) sides: [usize; 2],
    /// Where its means and variances begin, and those of its mirror image.
    pub(super) at: u64,
    pub(super) mirrored: Option<u64>,
    /// Height and width of the picture that it was cut from, and pixels that were cut off at its top, left and right, as large as
    /// it became: of these, XL is told. Trainings that were begun before it could be trained say nothing of them.
    #[serde(default)]
    pub(super) original: [u32; 2],
    #[serde(default)]
    pub(super) edges: [usize; 3],
}

impl Kept {
    /// What XL is told of it: height and width of its original, where that was cut at top and left, and its own height and width.
    pub(super) fn told(&self, mirrored: bool, factor: usize) -> [f32; 6] {
        let ([height, width], [top, left, right]) = (self.original, self.edges);
        let [rows, columns] = self.sides;
        let left = if mirrored { right } else { left };
        let [top, left, high, wide] = [top, left, rows * factor, columns * factor].map(|side| side as f32);
        [height as f32, width as f32, top, left, high, wide]
    }
}

/// What is kept of all examples.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct List {
    pub(super) examples: Vec<Kept>,
    pub(super) captions: Vec<String>,
    /// Where the vectors of each caption begin, where the net that reads them stays as it is.
    pub(super) texts: Vec<u64>,
    /// Numbers in all.
    pub(super) numbers: u64,
}

impl List {
    /// Whether all that is said to be kept is among the numbers, whose count is the file's.
    fn is_within(&self, channels: u64, vectors: u64) -> bool {
        let within = |at: u64, count: u64| at.checked_add(count).is_some_and(|end| end <= self.numbers);
        self.texts.iter().all(|at| within(*at, vectors))
            && self.examples.iter().all(|Kept { sides: [rows, columns], at, mirrored, .. }| {
                let sound = [rows, columns].into_iter().all(|side| (1..=SIDE).contains(side));
                // Means and variances.
                let count = (*rows as u64).checked_mul(*columns as u64).and_then(|area| area.checked_mul(channels * 2));
                sound
                    && count
                        .is_some_and(|count| [Some(*at), *mirrored].into_iter().flatten().all(|at| within(at, count)))
            })
    }
}

/// Numbers of examples, on the disk: memory does not grow with their count.
pub(super) struct Store {
    path: PathBuf,
    file: File,
    end: u64,
}

impl Store {
    pub(super) fn create(folder: &Path) -> Result<Self, DiffusionError> {
        let path = folder.join(NUMBERS);
        let failed = |source| DiffusionError::Written { path: path.clone(), source };
        fs_err::create_dir_all(folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(true).open(&path).map_err(failed)?;
        Ok(Self { path, file, end: 0 })
    }

    /// Keeps numbers, and says where they begin.
    pub(super) fn keep(&mut self, numbers: &[f32]) -> Result<u64, DiffusionError> {
        let start = self.end;
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.file.write_all(&bytes).map_err(|source| DiffusionError::Written { path: self.path.clone(), source })?;
        self.end += numbers.len() as u64;
        Ok(start)
    }

    pub(super) fn read(&mut self, start: u64, count: usize) -> Result<Vec<f32>, DiffusionError> {
        let mut bytes = vec![0; count * 4];
        self.file
            .seek(SeekFrom::Start(start * 4))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(|source| DiffusionError::File { path: self.path.clone(), source })?;
        let number = |bytes: &[u8]| bytes.try_into().map_or(0.0, f32::from_le_bytes);
        Ok(bytes.chunks_exact(4).map(number).collect())
    }

    /// Writes what is kept of all examples beside their numbers.
    pub(super) fn finish(&mut self, list: &mut List) -> Result<(), DiffusionError> {
        list.numbers = self.end;
        self.file.sync_all().map_err(|source| DiffusionError::Written { path: self.path.clone(), source })?;
        let path = self.path.with_file_name(LIST);
        let text = serde_json::to_vec(list).map_err(|error| DiffusionError::Compute(error.to_string()))?;
        replace(&path, &mut |out| out.write_all(&text))
    }

    /// What an earlier training kept, of latents with so many channels and of captions with so many numbers.
    pub(super) fn open(folder: &Path, channels: usize, vectors: usize) -> Result<(Self, List), DiffusionError> {
        let list = folder.join(LIST);
        let wrong = |reason: String| DiffusionError::State { path: list.clone(), reason, hint: HINT };
        let text = crate::config::text(&list, LIST_BYTES)?;
        let read: List = serde_json::from_str(&text).map_err(|error| wrong(format!("it is damaged: {error}")))?;
        let path = folder.join(NUMBERS);
        let failed = |source| DiffusionError::File { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        if Some(file.metadata().map_err(failed)?.len()) != read.numbers.checked_mul(4) {
            return Err(wrong(format!("`{NUMBERS}` has another length than it says")));
        }
        let captioned = |kept: &Kept| kept.caption < read.captions.len();
        if !read.examples.iter().all(captioned) || !(read.texts.is_empty() || read.texts.len() == read.captions.len()) {
            return Err(wrong("it is damaged: captions are missing".to_owned()));
        }
        if !read.is_within(channels as u64, vectors as u64) {
            return Err(wrong(format!("it is damaged: it names what is not in `{NUMBERS}`")));
        }
        let end = read.numbers;
        Ok((Self { path, file, end }, read))
    }
}

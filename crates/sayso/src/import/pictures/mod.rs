//! Pictures that lie beside their captions: folders, and the tars of WebDataset and img2dataset.

mod facts;
mod metadata;
mod svg;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow_schema::SchemaRef;
use crossbeam_channel::{Receiver, bounded};
use serde_json::{Map, Value};

pub(super) use self::facts::{FactColumns, facts_of};
use self::metadata::Metadata;
use super::aside::{Aside, AsideReason};
use super::table::{Chunk, Keys, Objects, PictureFile, Position, Table};
use crate::Error;
use crate::check::draft::{Read, read_picture};
use crate::check::sidecar::{Beside, read_extent};
use crate::check::source::{Unit, members, walk};
use crate::pictures::PICTURE_LIMITS;

/// Pictures with what stands beside them.
pub(super) struct Pictures {
    name: String,
    root: PathBuf,
    units: Receiver<Unit>,
    metadata: Metadata,
    objects: Objects,
    /// Rows that were read to know the keys of the sidecars.
    waiting: VecDeque<Result<Row, Aside>>,
    /// Lines of metadata that cannot be read, each with the row at which it was found out.
    told: VecDeque<(u64, Aside)>,
    row: u64,
}

/// A picture and its sidecars.
struct Row {
    number: u64,
    object: Map<String, Value>,
    picture: PictureFile,
}

/// Pictures of a chunk, and their bytes: decoding them is what takes time.
const CHUNK_PICTURES: usize = 64;
const CHUNK_BYTES: usize = 32 << 20;

/// Pictures by whose sidecars the columns are told.
const TYPED_PICTURES: usize = 100;

impl Pictures {
    /// Opens a tar, or a folder with pictures, at the picture where an earlier reading ended. Tars in the folder are inputs
    /// of their own.
    pub(super) fn open(name: &str, path: &Path, from: Position) -> Result<Self, Error> {
        let is_folder = path.is_dir();
        let root = if is_folder { path } else { path.parent().unwrap_or(path) };
        let mut pictures = Self {
            name: name.to_owned(),
            root: root.to_owned(),
            units: units(path, is_folder),
            metadata: Metadata::new(root),
            objects: Objects::default(),
            waiting: VecDeque::new(),
            told: VecDeque::new(),
            row: 0,
        };
        let mut keys = Keys::default();
        for _ in 0..TYPED_PICTURES {
            let Some(row) = pictures.read_row() else { break };
            if let Ok(row) = &row {
                keys.see(&row.object);
            }
            pictures.waiting.push_back(row);
        }
        pictures.objects = keys.finish();
        while pictures.waiting.front().is_some_and(|row| number_of(row) < from.row) {
            pictures.waiting.pop_front();
        }
        while pictures.waiting.is_empty() && pictures.row < from.row {
            let Some(unit) = pictures.next_unit() else { break };
            if let Unit::File { path, .. } = &unit {
                pictures.metadata.read_for(path);
            }
            pictures.row += 1;
        }
        // What was found out before was told then.
        pictures.told.retain(|(row, _)| *row >= from.row);
        Ok(pictures)
    }

    /// The next thing that is a picture, or meant to be one.
    fn next_unit(&self) -> Option<Unit> {
        self.units.iter().find(|unit| matches!(unit, Unit::File { .. } | Unit::Member { .. } | Unit::Fault(_)))
    }

    fn read_row(&mut self) -> Option<Result<Row, Aside>> {
        loop {
            let unit = self.next_unit()?;
            let number = self.row;
            self.row += 1;
            let mut bytes = Vec::new();
            let aside = |reason, message: String, name: &str| {
                Some(Err(Aside::new(&self.name, number, reason, message, name.as_bytes())))
            };
            let (name, Beside { mut object, faults, sources, .. }) = match unit {
                Unit::File { path, sidecars, is_named } => {
                    let name = self.relative(&path);
                    match read_picture(&path, is_named, PICTURE_LIMITS.file_bytes, &mut bytes) {
                        Ok(Read::Whole) => {}
                        Ok(Read::None) => continue,
                        Ok(Read::TooLarge) => return aside(AsideReason::Picture, too_large(), &name),
                        Err(error) => return aside(AsideReason::Picture, error.to_string(), &name),
                    }
                    let line = |(place, line, message): (String, u64, String)| {
                        (number, Aside::new(&place, line, AsideReason::NotJson, message, b""))
                    };
                    self.told.extend(self.metadata.read_for(&path).into_iter().map(line));
                    let mut beside = Beside::of_files(&sidecars);
                    self.metadata.add_to(&path, &mut beside.object);
                    (name, beside)
                }
                Unit::Member { tar, name, extent, sidecars } => {
                    if !is_safe(&name) {
                        return aside(AsideReason::UnsafePath, "its name leads out of the tar".to_owned(), &name);
                    }
                    if extent.bytes > PICTURE_LIMITS.file_bytes {
                        return aside(AsideReason::Picture, too_large(), &name);
                    }
                    let beside = Beside::of_members(&tar, &sidecars, &mut bytes);
                    if let Err(error) = read_extent(&tar, extent, PICTURE_LIMITS.file_bytes, &mut bytes) {
                        return aside(AsideReason::Picture, error.to_string(), &name);
                    }
                    if bytes.len() as u64 != extent.bytes {
                        return aside(AsideReason::Picture, "the tar ends inside it".to_owned(), &name);
                    }
                    (format!("{}/{name}", self.relative(&tar)), beside)
                }
                Unit::Fault(fault) => {
                    let place = self.relative(Path::new(&fault.place));
                    return aside(AsideReason::Picture, fault.message.clone(), &place);
                }
                Unit::Row(_) | Unit::Url(_) | Unit::Other => continue,
            };
            if let Some(fault) = faults.first() {
                // Where on whose disk it lay changes nothing in what is told of it.
                let place = self.relative(Path::new(&fault.place));
                return aside(AsideReason::Sidecar, format!("{place}: {}", fault.message), &name);
            }
            if let [first, second, ..] = &sources[..] {
                // Which of them is right, only whoever put them there can say: to mix them is to make up what nobody said.
                let message =
                    format!("{} of them lie beside it, as {first} and {second}: one is to be left", sources.len());
                return aside(AsideReason::Sidecar, message, &name);
            }
            // What somebody wrote beside a drawing goes before what it says of itself.
            if sayso_picture::PictureFormat::of(&bytes) == Some(sayso_picture::PictureFormat::Svg) {
                for (key, value) in svg::said(&bytes) {
                    object.entry(key).or_insert(value);
                }
            }
            // In Hugging Face's folders a caption is called text.
            if !object.contains_key("caption")
                && let Some(text) = object.remove("text")
            {
                object.insert("caption".to_owned(), text);
            }
            return Some(Ok(Row { number, object, picture: PictureFile { name, bytes } }));
        }
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned()
    }
}

fn number_of(row: &Result<Row, Aside>) -> u64 {
    row.as_ref().map_or_else(|aside| aside.row, |row| row.number)
}

fn too_large() -> String {
    format!("it has more than {} bytes", PICTURE_LIMITS.file_bytes)
}

/// Whether the name of a member stays inside its tar.
fn is_safe(name: &str) -> bool {
    !name.starts_with('/') && !name.contains('\0') && !name.split(['/', '\\']).any(|part| part == "..")
}

/// Units, found by a thread a little ahead of whoever reads them; it ends when they are no longer wanted.
fn units(path: &Path, is_folder: bool) -> Receiver<Unit> {
    let (sender, receiver) = bounded(256);
    let path = path.to_owned();
    std::thread::spawn(move || {
        let mut emit = |unit| match unit {
            // The tar is an input of its own.
            Unit::Member { .. } if is_folder => ControlFlow::Continue(()),
            unit => match sender.send(unit) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            },
        };
        let _ = if is_folder { walk(&path, None, &mut emit) } else { members(&path, &mut emit) };
    });
    receiver
}

impl Table for Pictures {
    fn schema(&self) -> SchemaRef {
        self.objects.schema()
    }

    fn next_chunk(&mut self) -> Result<Option<Chunk>, Error> {
        let mut objects = self.objects.rows();
        let (mut rows, mut aside, mut pictures, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let mut next = None;
        while rows.len() + aside.len() < CHUNK_PICTURES && bytes < CHUNK_BYTES {
            let Some(row) = self.waiting.pop_front().or_else(|| self.read_row()) else { break };
            let number = number_of(&row);
            next = Some(number + 1);
            while self.told.front().is_some_and(|(at, _)| *at <= number) {
                aside.extend(self.told.pop_front().map(|(_, told)| told));
            }
            match row {
                Ok(Row { number, object, picture }) => match objects.push(object) {
                    Ok(()) => {
                        bytes += picture.bytes.len();
                        rows.push(number);
                        pictures.push(picture);
                    }
                    Err(message) => {
                        let name = picture.name.as_bytes();
                        aside.push(Aside::new(&self.name, number, AsideReason::WrongType, message, name));
                    }
                },
                Err(row) => aside.push(row),
            }
        }
        let Some(row) = next else { return Ok(None) };
        Ok(Some(Chunk { batch: objects.finish()?, rows, aside, pictures, next: Position { row, byte: 0 } }))
    }
}

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sayso_crawl::CrawlError;
use sayso_crawl::blocks::{self, Input};

use sayso_storage::{Address, Folder, Listed, StorageError, is_address};

use super::http::HttpInput;
use super::list::{LIST_BYTES, is_list_name, lines};
use super::place::InputPlace;
use super::remote::{self, ask, ask_all, is_remote, unreachable};
use super::wacz::entries;
use super::{Counting, object};
use crate::Error;
use crate::build::options::BuildOptions;

/// One crawl file, wherever it lies.
pub struct InputFile {
    input: Box<dyn Input + Sync>,
    /// Where it lies, for whoever has it read elsewhere.
    #[cfg(feature = "cluster")]
    pub(crate) place: InputPlace,
    /// What it is called in record locators and messages.
    name: String,
    /// Its size, where it is known.
    pub bytes: Option<u64>,
    /// Whether only its robots.txt records are wanted.
    pub robots_only: bool,
    /// Whether its pairs are wanted, and not only what it says of sites and pictures.
    pub(crate) keeps_pairs: bool,
    /// Bytes that were read of it so far.
    pub read: Arc<AtomicU64>,
}

impl InputFile {
    /// The crawl file at this place.
    #[cfg_attr(
        not(feature = "cluster"),
        allow(clippy::needless_pass_by_value, reason = "whoever has others read it keeps the place")
    )]
    pub(crate) fn at(place: InputPlace, name: String, bytes: Option<u64>, robots_only: bool) -> Self {
        let read = Arc::new(AtomicU64::new(0));
        let input = place.open();
        Self {
            input,
            #[cfg(feature = "cluster")]
            place,
            name,
            bytes,
            robots_only,
            keeps_pairs: !robots_only,
            read,
        }
    }
}

impl Input for InputFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let reader = self.input.open_at(offset)?;
        Ok(Box::new(Counting { reader, count: Arc::clone(&self.read) }))
    }
}

/// Bytes by which a ZIP is told.
const SIGNATURE: u64 = 4;

/// Bytes by which a crawl is told whose name does not say that it is one.
const START: u64 = 64 << 10;

/// All crawl files of a build: those that only say what sites wish come first.
pub(crate) fn all_inputs(options: &BuildOptions) -> Result<Vec<InputFile>, Error> {
    let mut inputs = resolve_inputs(&options.robots, options.prefix.as_deref(), true)?;
    inputs.extend(resolve_inputs(&options.inputs, options.prefix.as_deref(), false)?);
    Ok(inputs)
}

/// Finds the crawl files that the arguments name, in the order in which they will be read.
pub fn resolve_inputs(arguments: &[String], prefix: Option<&str>, robots_only: bool) -> Result<Vec<InputFile>, Error> {
    let mut found = Found { files: Vec::new(), robots_only };
    for argument in arguments {
        found.argument(argument, prefix, 0)?;
    }
    found.shorten_names();
    Ok(found.files)
}

struct Found {
    files: Vec<InputFile>,
    robots_only: bool,
}

fn refused(input: &str, message: impl Into<String>) -> Error {
    Error::Input { input: input.to_owned(), message: message.into() }
}

impl Found {
    fn push(&mut self, place: InputPlace, bytes: Option<u64>) {
        let mut file = InputFile::at(place, String::new(), bytes, self.robots_only);
        file.name = file.input.name().to_owned();
        self.files.push(file);
    }

    /// Calls local files by their last name where that is enough to tell them apart: record locators are shown to
    /// everybody, and where on whose disk a crawl lay is nobody's business.
    fn shorten_names(&mut self) {
        let short = |name: &str| {
            let is_address = is_remote(name);
            let (file, inner) = name.split_once('!').map_or((name, None), |(file, inner)| (file, Some(inner)));
            match Path::new(file).file_name() {
                Some(last) if !is_address => {
                    let last = last.to_string_lossy();
                    inner.map_or_else(|| last.clone().into_owned(), |inner| format!("{last}!{inner}"))
                }
                _ => name.to_owned(),
            }
        };
        let mut names = HashMap::<String, usize>::new();
        for file in &self.files {
            *names.entry(short(&file.name)).or_default() += 1;
        }
        for file in &mut self.files {
            let name = short(&file.name);
            if names.get(&name) == Some(&1) {
                file.name = name;
            }
        }
    }

    /// `depth` counts lists inside lists: one level is all that makes sense.
    fn argument(&mut self, argument: &str, prefix: Option<&str>, depth: u32) -> Result<(), Error> {
        if argument == "-" {
            self.push(InputPlace::Stdin, None);
            return Ok(());
        }
        if is_remote(argument) {
            return self.address(argument, prefix, depth);
        }
        let path = Path::new(argument);
        let metadata = fs_err::metadata(path).map_err(|error| {
            refused(argument, format!("{}\nhint: check the path{}", plain(&error), prefix_hint(depth)))
        })?;
        if metadata.is_dir() {
            self.folder(argument, path)
        } else {
            self.file(argument, path, metadata.len(), prefix, depth)
        }
    }

    fn address(&mut self, url: &str, prefix: Option<&str>, depth: u32) -> Result<(), Error> {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let is_object = is_address(url);
        if is_list_name(path) && depth == 0 {
            let bytes = if is_object { object::read_all(&parsed(url)?) } else { HttpInput::read_all(url, LIST_BYTES) };
            return self.list(url, &bytes.map_err(|error| unreachable(url, &error))?, prefix, None);
        }
        if path.ends_with(".wacz") {
            return Err(refused(url, "a WACZ is read from its end\nhint: download it and name the file"));
        }
        match ask(url)? {
            Some((place, bytes)) => self.push(place, bytes),
            None => self.objects(url, &parsed(url)?)?,
        }
        Ok(())
    }

    /// The crawl files below a folder of an object store, in the order of their names.
    fn objects(&mut self, argument: &str, address: &Address) -> Result<(), Error> {
        let failed = |error: StorageError| remote::refused(argument, &error);
        let listed = Folder::open(address).and_then(|folder| folder.list_all("")).map_err(failed)?;
        if listed.is_empty() {
            return Err(remote::missing(argument));
        }
        let crawls = listed.into_iter().filter(|listed| is_crawl_name(&listed.name) && !listed.name.ends_with(".wacz"));
        let before = self.files.len();
        for Listed { name, bytes } in crawls {
            let Address { bucket, path } = address.join(&name);
            self.push(InputPlace::Object(bucket, path, bytes), Some(bytes));
        }
        if self.files.len() == before {
            return Err(no_crawl(argument));
        }
        Ok(())
    }

    /// The crawl files below a folder, by their names, in the order of their paths.
    fn folder(&mut self, argument: &str, folder: &Path) -> Result<(), Error> {
        let mut paths = Vec::new();
        collect(folder, &mut paths, 0)?;
        paths.sort();
        if paths.is_empty() {
            return Err(no_crawl(argument));
        }
        for path in paths {
            let bytes = fs_err::metadata(&path).map_err(Error::file(&path))?.len();
            self.file(&path.to_string_lossy(), &path, bytes, None, 1)?;
        }
        Ok(())
    }

    fn file(&mut self, name: &str, path: &Path, bytes: u64, prefix: Option<&str>, depth: u32) -> Result<(), Error> {
        let mut start = Vec::new();
        let mut file = fs_err::File::open(path).map_err(Error::file(path))?;
        file.by_ref().take(SIGNATURE).read_to_end(&mut start).map_err(Error::file(path))?;
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            match entries(path, name) {
                Ok(entries) => entries.into_iter().for_each(|entry| {
                    let bytes = entry.bytes();
                    self.push(InputPlace::Wacz(entry), Some(bytes));
                }),
                // One among many that is broken is damage, and no reason to read none of them.
                Err(CrawlError::Wacz { .. }) if depth > 0 => {
                    self.push(InputPlace::File(path.to_owned()), Some(bytes));
                }
                Err(error) => return Err(error.into()),
            }
            return Ok(());
        }
        // A name that says crawl is believed, and of ninety thousand files nothing more is looked at: where the content says
        // something else, it is damaged.
        let mut is_crawl = is_crawl_name(name);
        if !is_crawl {
            file.take(START).read_to_end(&mut start).map_err(Error::file(path))?;
            is_crawl = blocks::is_crawl(&start);
        }
        if is_crawl {
            self.push(InputPlace::File(path.to_owned()), Some(bytes));
            return Ok(());
        }
        if depth == 0 && is_list_name(name) {
            let bytes = fs_err::read(path).map_err(Error::file(path))?;
            return self.list(name, &bytes, prefix, path.parent());
        }
        let start: String =
            String::from_utf8_lossy(start.get(..24.min(start.len())).unwrap_or_default()).escape_debug().collect();
        Err(CrawlError::UnknownFormat { file: name.to_owned(), start: format!("`{start}`") }.into())
    }

    fn list(&mut self, name: &str, bytes: &[u8], prefix: Option<&str>, folder: Option<&Path>) -> Result<(), Error> {
        let lines = lines(bytes).map_err(|error| {
            refused(name, format!("it is no list of paths: {error}\nhint: one path a line, plain or gzip"))
        })?;
        if lines.is_empty() {
            return Err(refused(name, "the list is empty\nhint: one path a line, plain or gzip"));
        }
        let arguments: Vec<String> = lines
            .into_iter()
            .map(|line| match (prefix, folder) {
                _ if is_remote(&line) || Path::new(&line).is_absolute() => line,
                (Some(prefix), _) => format!("{prefix}{line}"),
                (None, Some(folder)) => folder.join(&line).to_string_lossy().into_owned(),
                (None, None) => line,
            })
            .collect();
        if arguments.iter().all(|argument| is_remote(argument) && !argument.ends_with(".wacz")) {
            for (place, bytes) in ask_all(&arguments)? {
                self.push(place, bytes);
            }
            return Ok(());
        }
        arguments.iter().try_for_each(|argument| self.argument(argument, None, 1))
    }
}

fn parsed(address: &str) -> Result<Address, Error> {
    address.parse().map_err(|error| remote::refused(address, &error))
}

fn no_crawl(argument: &str) -> Error {
    refused(
        argument,
        "no crawl file lies in it\nhint: crawl files end with .warc, .wat, .arc or .wacz, .gz or .zst behind it",
    )
}

/// The system's words without the path, which the message names already.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    }
}

fn prefix_hint(depth: u32) -> &'static str {
    if depth == 0 { "" } else { "; for a list of Common Crawl's, add --prefix https://data.commoncrawl.org/" }
}

/// Folders below folders that are followed.
const MAX_DEPTH: u32 = 32;

fn collect(folder: &Path, paths: &mut Vec<PathBuf>, depth: u32) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    for entry in fs_err::read_dir(folder).map_err(Error::file(folder))? {
        let entry = entry.map_err(Error::file(folder))?;
        let kind = entry.file_type().map_err(Error::file(entry.path()))?;
        if kind.is_dir() {
            collect(&entry.path(), paths, depth + 1)?;
        } else if is_crawl_name(&entry.file_name().to_string_lossy()) {
            paths.push(entry.path());
        }
    }
    Ok(())
}

/// Whether a file is called like a crawl. Also one that is packed in a way that nobody here unpacks: that is damage, which
/// is counted, where passing it over would be silence.
fn is_crawl_name(name: &str) -> bool {
    let packed = [".gz", ".zst", ".lz4", ".xz", ".bz2", ".br"].iter().find_map(|ending| name.strip_suffix(ending));
    let name = packed.unwrap_or(name);
    [".warc", ".arc", ".wat", ".wacz"].iter().any(|ending| name.ends_with(ending))
}

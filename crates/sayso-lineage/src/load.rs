use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::{Fault, FileLimits, Graph, LineageError, Node, read_node};

/// The lineage that comes with Sayso: name and text of each file.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Nodes of which a few threads read each a part.
const NODES_A_THREAD: usize = 500;

/// A file that holds a node.
enum Origin {
    Shipped(&'static str),
    /// In this folder.
    On(Arc<Path>),
}

/// The lineage that comes with Sayso, with what lies in `folders`: a file there replaces one of the same name.
///
/// Nothing is loaded where anything is wrong.
pub fn load(with_shipped: bool, folders: &[PathBuf], limits: &FileLimits) -> Result<Graph, LineageError> {
    let mut files: Vec<(Arc<str>, Origin)> = Vec::new();
    if with_shipped {
        files.extend(SHIPPED.iter().map(|(name, text)| (Arc::from(*name), Origin::Shipped(text))));
    }
    for folder in folders {
        let own = files_in(folder, limits.files.saturating_sub(files.len()))?;
        let faults: Vec<Fault> = own.windows(2).filter_map(twice).collect();
        if !faults.is_empty() {
            return Err(LineageError::Faults { faults });
        }
        files.extend(own.into_iter().map(|file| (file.name, Origin::On(file.dir))));
    }
    // Of files of one name the last counts: sorting keeps the order in which they came.
    files.sort_by(|one, other| other.0.cmp(&one.0));
    files.reverse();
    files.dedup_by(|later, kept| later.0 == kept.0);
    Graph::new(read_all(&files, limits)?)
}

/// Whether two files that stand side by side are of one node.
fn twice(two: &[Listed]) -> Option<Fault> {
    let [one, other] = two else { return None };
    let path = |file: &Listed| file.dir.join(&*file.name).display().to_string();
    let message = || format!("this file and `{}` are of the same node\nhint: one file a node", path(one));
    (one.name == other.name).then(|| Fault { file: path(other).into(), line: 0, message: message() })
}

/// A file of a folder.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    /// The first bytes of the name: they tell most names apart without a look at where those lie.
    start: u128,
    name: Arc<str>,
    dir: Arc<Path>,
}

impl Listed {
    fn new(name: &str, dir: Arc<Path>) -> Self {
        let mut start = [0; size_of::<u128>()];
        start.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte);
        Self { start: u128::from_be_bytes(start), name: name.into(), dir }
    }
}

/// The files of a folder and of the folders in it, one level deep: so that many nodes can be kept apart. They come by name.
fn files_in(folder: &Path, most: usize) -> Result<Vec<Listed>, LineageError> {
    let failed = |source| LineageError::Read { path: folder.to_owned(), source };
    let too_many = || {
        let message = format!("there are more than {most} files in it");
        let file = folder.display().to_string().into();
        LineageError::Faults { faults: vec![Fault { file, line: 0, message }] }
    };
    let mut found = Vec::new();
    let mut folders: Vec<(Arc<Path>, u32)> = vec![(folder.into(), 0)];
    while let Some((dir, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&dir).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if name.ends_with(".toml") {
                if found.len() >= most {
                    return Err(too_many());
                }
                found.push(Listed::new(&name, dir.clone()));
            } else if depth == 0 && entry.file_type().map_err(failed)?.is_dir() {
                folders.push((entry.path().into(), depth + 1));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn read_all(files: &[(Arc<str>, Origin)], limits: &FileLimits) -> Result<Vec<Node>, LineageError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let threads = cores.min(files.len().div_ceil(NODES_A_THREAD)).max(1);
    let parts: Vec<_> = std::thread::scope(|scope| {
        let a_part = files.len().div_ceil(threads).max(1);
        let works: Vec<_> = files.chunks(a_part).map(|part| scope.spawn(move || read_part(part, limits))).collect();
        works.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut nodes: Vec<Node> = Vec::new();
    let mut faults = Vec::new();
    for part in parts {
        let stopped =
            |_| LineageError::Read { path: "lineage".into(), source: std::io::Error::other("a thread stopped") };
        let (mut read, wrong) = part.map_err(stopped)??;
        if nodes.is_empty() {
            nodes = read;
        } else {
            nodes.append(&mut read);
        }
        faults.extend(wrong);
    }
    if faults.is_empty() { Ok(nodes) } else { Err(LineageError::Faults { faults }) }
}

type Part = Result<(Vec<Node>, Vec<Fault>), LineageError>;

fn read_part(files: &[(Arc<str>, Origin)], limits: &FileLimits) -> Part {
    let mut nodes = Vec::with_capacity(files.len());
    let mut faults = Vec::new();
    let mut buffer = Vec::new();
    for (name, origin) in files {
        let read = match origin {
            Origin::Shipped(text) => read_node(name, text, limits),
            Origin::On(dir) => {
                let path = dir.join(&**name);
                let read = read_bounded(&path, limits.file_bytes, &mut buffer);
                let bytes = read.map_err(|source| LineageError::Read { path, source })?;
                match std::str::from_utf8(bytes) {
                    _ if bytes.len() as u64 > limits.file_bytes => {
                        let message = format!("the file is longer than {} bytes", limits.file_bytes);
                        Err(vec![Fault { file: name.clone(), line: 0, message }])
                    }
                    Ok(text) => read_node(name, text, limits),
                    Err(error) => {
                        let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
                        Err(vec![Fault { file: name.clone(), line, message: "the file is not UTF-8".to_owned() }])
                    }
                }
            }
        };
        match read {
            Ok(node) => nodes.push(node),
            Err(wrong) => faults.extend(wrong),
        }
    }
    Ok((nodes, faults))
}

/// The file's bytes, and no more than one beyond the limit: enough to see that it is too long. What lies in `buffer` behind them
/// is of files before.
fn read_bounded<'a>(path: &Path, most: u64, buffer: &'a mut Vec<u8>) -> std::io::Result<&'a [u8]> {
    /// More than most files have, so that one question is enough for them.
    const AT_ONCE: usize = 8 << 10;
    let mut file = std::fs::File::open(path)?.take(most + 1);
    let mut filled = 0;
    loop {
        if buffer.len() < filled + AT_ONCE {
            buffer.resize(filled + AT_ONCE, 0);
        }
        match file.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(buffer.get(..filled).unwrap_or_default())
}

/// The name of the file in a dataset's folder that says which node the dataset is: one line, `node = "laion-5b"`.
pub const DATASET_NODE_FILE: &str = "lineage.toml";

/// The node that a dataset is: the one that its folder's `lineage.toml` names, or the dataset that is called as it is.
pub fn node_of_dataset(graph: &Graph, dir: &Path, name: &str) -> Result<Option<crate::NodeIx>, LineageError> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        node: toml::Spanned<String>,
    }
    const FILE_BYTES: u64 = 4 << 10;
    let path = dir.join(DATASET_NODE_FILE);
    let mut buffer = Vec::new();
    let bytes = match read_bounded(&path, FILE_BYTES, &mut buffer) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(called(graph, name)),
        Err(source) => return Err(LineageError::Read { path, source }),
    };
    let text = String::from_utf8_lossy(bytes);
    let file: Arc<str> = path.display().to_string().into();
    let fault = |at: usize, message: String| {
        let line = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        LineageError::Faults { faults: vec![Fault { file: file.clone(), line, message }] }
    };
    let named: Named = toml::from_str(&text)
        .map_err(|error| fault(error.span().map_or(0, |span| span.start), error.message().replace('\n', "; ")))?;
    let found = graph.find(named.node.get_ref());
    found
        .map(Some)
        .ok_or_else(|| fault(named.node.span().start, format!("there is no node `{}`", named.node.get_ref())))
}

/// The dataset of this name, by its id, its name or another one.
fn called(graph: &Graph, name: &str) -> Option<crate::NodeIx> {
    let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let name = bare(name);
    let is_called = |node: &Node| {
        node.kind == crate::NodeKind::Dataset
            && [node.id.as_str(), &node.name]
                .into_iter()
                .chain(node.also.iter().map(String::as_str))
                .any(|own| bare(own) == name)
    };
    if name.is_empty() { None } else { graph.nodes().find(|(_, node)| is_called(node)).map(|(ix, _)| ix) }
}

//! Where Hugging Face's programs keep what they fetched, so that nothing is fetched twice.
//!
//! The layout: `models--ORGANISATION--NAME/refs/main` names a commit, `snapshots/COMMIT/FILE` leads to `blobs/DIGEST`.
//! Large files are named by their SHA-256, so that a file can be checked against its own name.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A cache of Hugging Face's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    root: PathBuf,
}

/// A file in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFile {
    /// The file in its snapshot, with its companions beside it.
    pub path: PathBuf,
    /// The commit of the snapshot.
    pub commit: String,
    /// The SHA-256 by which the cache names the content, in hexadecimal.
    pub sha256: Option<String>,
}

impl Hub {
    /// The cache in a folder.
    #[must_use]
    pub const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The cache that Hugging Face's programs would use, with these variables of the environment.
    #[must_use]
    pub fn of_environment(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").or_else(|| set("USERPROFILE"));
        let cache = || set("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")));
        let root = set("HF_HUB_CACHE")
            .or_else(|| set("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| Some(set("HF_HOME")?.join("hub")))
            .or_else(|| Some(cache()?.join("huggingface").join("hub")))?;
        Some(Self::new(root))
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file of a repository: of the commit that `main` names, or else of the first snapshot that has it.
    #[must_use]
    pub fn find(&self, repository: &str, file: &str) -> Option<HubFile> {
        let folder = self.root.join(format!("models--{}", repository.replace('/', "--")));
        let snapshots = folder.join("snapshots");
        let main = fs_err::read_to_string(folder.join("refs").join("main")).ok();
        let main = main.map(|commit| commit.trim().to_owned()).filter(|commit| is_commit(commit));
        let mut commits: Vec<String> = fs_err::read_dir(&snapshots)
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|commit| is_commit(commit))
            .collect();
        commits.sort_by_key(|commit| (Some(commit) != main.as_ref(), commit.clone()));
        commits.into_iter().find_map(|commit| {
            let path = snapshots.join(&commit).join(file);
            let blob = fs_err::canonicalize(&path).ok().filter(|blob| blob.is_file())?;
            let name = blob.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let sha256 = (name.len() == 64 && is_hexadecimal(name)).then(|| name.to_owned());
            Some(HubFile { path, commit, sha256 })
        })
    }
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && is_hexadecimal(text)
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::ffi::OsString;
    use std::path::Path;

    use super::Hub;

    #[test]
    fn the_environment_decides_as_it_does_for_hugging_faces_programs() {
        let of = |set: &'static [(&str, &str)]| {
            let variable =
                |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(*value));
            Hub::of_environment(variable).map(|hub| hub.root().to_owned())
        };
        let all = &[("HF_HUB_CACHE", "/a"), ("HF_HOME", "/b"), ("XDG_CACHE_HOME", "/c"), ("HOME", "/d")];
        assert_eq!(of(all).as_deref(), Some(Path::new("/a")));
        assert_eq!(of(&[("HF_HOME", "/b"), ("HOME", "/d")]).as_deref(), Some(Path::new("/b/hub")));
        assert_eq!(of(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/d")]).as_deref(), Some(Path::new("/c/huggingface/hub")));
        assert_eq!(of(&[("HF_HOME", ""), ("HOME", "/d")]).as_deref(), Some(Path::new("/d/.cache/huggingface/hub")));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_file_is_found_in_the_snapshot_that_main_names() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("models--some--model");
        let (old, new) = ("0".repeat(40), "f".repeat(40));
        for commit in [&old, &new] {
            fs_err::create_dir_all(folder.join("snapshots").join(commit)).unwrap();
            fs_err::write(folder.join("snapshots").join(commit).join("w"), commit).unwrap();
        }
        let hub = Hub::new(dir.path().to_owned());
        assert_eq!(hub.find("some/model", "w").unwrap().commit, old);
        fs_err::create_dir_all(folder.join("refs")).unwrap();
        fs_err::write(folder.join("refs").join("main"), format!("{new}\n")).unwrap();
        assert_eq!(hub.find("some/model", "w").unwrap().commit, new);
        // A reference that leads out of the cache is none.
        fs_err::write(folder.join("refs").join("main"), "../../../etc").unwrap();
        assert_eq!(hub.find("some/model", "w").unwrap().commit, old);
        assert_eq!(hub.find("some/model", "x"), None);
        assert_eq!(hub.find("other/model", "w"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_large_file_is_named_by_its_digest() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("models--some--model");
        let (commit, digest) = ("a".repeat(40), "b".repeat(64));
        fs_err::create_dir_all(folder.join("snapshots").join(&commit)).unwrap();
        fs_err::create_dir_all(folder.join("blobs")).unwrap();
        fs_err::write(folder.join("blobs").join(&digest), "weights").unwrap();
        let link = folder.join("snapshots").join(&commit).join("w");
        std::os::unix::fs::symlink(format!("../../blobs/{digest}"), &link).unwrap();
        let found = Hub::new(dir.path().to_owned()).find("some/model", "w").unwrap();
        assert_eq!(found.sha256.as_deref(), Some(digest.as_str()));
        assert_eq!(found.path, link, "the companions lie in the snapshot");
    }
}

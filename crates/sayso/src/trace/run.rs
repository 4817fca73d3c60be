use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sayso_core::{Pdq, Sha256};
use sayso_picture::facts_and_turns;
use sha2::Digest;

use super::nearest::{Nearest, NearestOptions};
use super::{AdapterTraced, CredentialState, Credentials, NEARNESS, Trace, TraceOptions, credentials, follow};
use crate::Error;
use crate::pictures::PICTURE_LIMITS;
use crate::training::{Adapter, read_adapter_unless};

/// Walks a picture back to what it was made of. `bytes` are its file.
pub fn trace(bytes: &[u8], options: &TraceOptions, interrupt: &AtomicBool) -> Result<Trace, Error> {
    let mut faults = Vec::new();
    let sha256 = Sha256(sha2::Sha256::digest(bytes).into());
    let hashes: Vec<Pdq> = match facts_and_turns(bytes, &PICTURE_LIMITS) {
        Ok((facts, turns)) if facts.pdq.is_some_and(|hashed| hashed.is_good()) => turns.into_iter().flatten().collect(),
        Ok(_) => Vec::new(),
        Err(fault) => {
            faults.push(format!("it cannot be looked at: {fault}"));
            Vec::new()
        }
    };
    let read = credentials::read(bytes).unwrap_or_else(|why| {
        faults.push(why);
        None
    });
    let found = opened(&options.adapters, interrupt, &mut faults)?;
    let generation = read.as_ref().and_then(|read| read.generation.as_ref());
    let adapters = follow::adapters(generation, found, &hashes, options.registry.as_deref());
    let near = NearestOptions { hashes: &hashes, sha256, most: options.near, threads: options.threads };
    let mut nearest = Nearest::new(near);
    for adapter in &adapters {
        let pictures: Vec<_> = adapter.pictures.iter().map(|picture| picture.facts.clone()).collect();
        nearest.add_adapter(&adapter.name, &pictures);
    }
    for within in &options.within {
        nearest.add(within, interrupt)?;
    }
    let (near, compared, more) = nearest.finish();
    faults.extend(more);
    let (proven, not_proven) = conclusions(read.as_ref(), &adapters, !near.is_empty());
    let pdq = hashes.first().copied();
    Ok(Trace { sha256, pdq, credentials: read, adapters, nearest: near, compared, proven, not_proven, faults })
}

/// The weights that were handed in, as far as they can be read; of a folder, those in it.
fn opened(
    paths: &[PathBuf],
    interrupt: &AtomicBool,
    faults: &mut Vec<String>,
) -> Result<Vec<(PathBuf, Adapter)>, Error> {
    let mut found = Vec::new();
    for path in paths {
        for file in files_of(path) {
            match read_adapter_unless(&file, interrupt) {
                Ok(adapter) => {
                    let missing = adapter.lineage.iter().flat_map(|lineage| &lineage.missing);
                    faults.extend(missing.map(|why| format!("{}: {why}", file.display())));
                    found.push((file, adapter));
                }
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Err(error) => faults.push(error.to_string().lines().next().unwrap_or_default().to_owned()),
            }
        }
    }
    Ok(found)
}

/// Weights of a folder that are looked at.
const FILES: usize = 1_000;

fn files_of(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let entries = fs_err::read_dir(path).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let is_weights = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "safetensors") && path.is_file();
    let mut files: Vec<PathBuf> = entries.filter(is_weights).take(FILES).collect();
    files.sort();
    files
}

/// What all of it proves, and what it does not.
fn conclusions(
    credentials: Option<&Credentials>,
    adapters: &[AdapterTraced],
    is_near: bool,
) -> (Vec<String>, Vec<String>) {
    let (mut proven, mut not_proven) = (Vec::new(), Vec::new());
    match credentials {
        None => not_proven.push("there are no credentials: nothing says what it was made of".to_owned()),
        Some(read) => {
            let who = read.signed_by.as_deref().or(read.signer.as_deref()).unwrap_or("somebody without a name");
            match read.state {
                CredentialState::Invalid => not_proven.push(
                    "the credentials do not hold: the picture was changed after it was signed, or wrongly signed"
                        .to_owned(),
                ),
                CredentialState::Trusted => {
                    proven.push(format!(
                        "it is as {who} signed it, and who that is stands on a list that is trusted here"
                    ));
                }
                CredentialState::Valid => {
                    proven.push(format!("it is as it was when the key of `{who}` signed it"));
                    not_proven.push(
                        "who signed it: the certificate says so itself, and nobody who is known here vouches for it"
                            .to_owned(),
                    );
                }
            }
            if read.generation.is_some() && read.state != CredentialState::Invalid {
                not_proven.push("that it was made as the credentials tell: whoever signed says so".to_owned());
            }
        }
    }
    for adapter in adapters {
        match (adapter.is_same, &adapter.file) {
            (Some(true), Some(_)) => {
                let holds = credentials.is_some_and(|read| read.state != CredentialState::Invalid);
                if holds {
                    proven.push(format!(
                        "the weights of {} that lie here are those that the credentials name",
                        adapter.name
                    ));
                }
                not_proven.push(format!("that {} was trained on nothing else than its lineage lists", adapter.name));
            }
            (None, Some(_)) if credentials.is_some_and(|read| read.generation.is_some()) => {
                not_proven.push(format!(
                    "that the weights of {} that lie here are those that the credentials name: they bear the same lineage, and are another file",
                    adapter.name
                ));
            }
            (Some(false), _) => {
                not_proven.push(format!("that {} had to do with it: the credentials do not name it", adapter.name));
            }
            (_, None) => not_proven.push(format!("what {} was trained on: its weights are not at hand", adapter.name)),
            (None, Some(_)) => {
                not_proven.push(format!("that {} had to do with it: nothing but whoever asks says so", adapter.name));
            }
        }
    }
    if is_near {
        not_proven.push(NEARNESS.to_owned());
    }
    (proven, not_proven)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::num::NonZeroUsize;
    use std::sync::atomic::AtomicBool;

    use super::{TraceOptions, trace};
    use crate::Error;

    #[test]
    fn weights_are_not_read_to_their_end_once_it_is_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let head = b"{}      ";
        let weights = [&(head.len() as u64).to_le_bytes()[..], head, &[0; 1 << 20]].concat();
        fs_err::write(folder.path().join("a.safetensors"), weights).unwrap();
        let options = TraceOptions {
            adapters: vec![folder.path().to_owned()],
            within: Vec::new(),
            near: 1,
            registry: None,
            threads: NonZeroUsize::MIN,
        };
        let traced = |is_interrupted| trace(b"no picture", &options, &AtomicBool::new(is_interrupted));
        assert!(matches!(traced(true), Err(Error::Cancelled)));
        assert_eq!(traced(false).unwrap().adapters.len(), 1);
    }
}

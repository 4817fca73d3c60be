use std::path::PathBuf;

/// An input that is worth starting from.
pub struct Seed {
    /// Its file's name.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// The seeds of a target, by name.
///
/// # Errors
///
/// When the folder or a file in it cannot be read.
pub fn seeds(target: &str) -> std::io::Result<Vec<Seed>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds")).join(target);
    let mut seeds = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        seeds.push(Seed { name: file.file_name().to_string_lossy().into_owned(), bytes: std::fs::read(file.path())? });
    }
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(seeds)
}

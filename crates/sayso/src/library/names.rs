use std::path::{Path, PathBuf};

/// The names of the datasets in these folders: the folders' own. A name leads back to one dataset and its policy, so no two
/// have the same.
pub(crate) fn dataset_names(dirs: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(dirs.len());
    for dir in dirs {
        let own = own_name(dir);
        let numbered = (2_usize..).map(|number| format!("{own} ({number})"));
        let name = std::iter::once(own.clone()).chain(numbered).find(|name| !names.contains(name));
        names.push(name.unwrap_or(own));
    }
    names
}

fn own_name(dir: &Path) -> String {
    let full = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    full.file_name().map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::dataset_names;

    #[test]
    fn no_two_datasets_have_the_same_name() {
        let dirs = ["one/a", "two/a", "a (2)", "b", "three/a"].map(Into::into);
        assert_eq!(dataset_names(&dirs), ["a", "a (2)", "a (2) (2)", "b", "a (3)"]);
    }
}

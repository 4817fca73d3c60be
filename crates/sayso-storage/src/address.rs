use std::fmt;
use std::str::FromStr;

use crate::StorageError;

/// A file or a folder in a bucket of an object store, written `s3://BUCKET/PATH`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// The bucket.
    pub bucket: String,
    /// The path inside it, without a slash at either end; empty for all of the bucket.
    pub path: String,
}

const SCHEME: &str = "s3://";

/// Whether a text is an address of an object store, and no path.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.starts_with(SCHEME)
}

impl Address {
    /// What lies in this folder under a name.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let path = match (self.path.is_empty(), name.is_empty()) {
            (true, _) => name.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}/{name}", self.path),
        };
        Self { bucket: self.bucket.clone(), path }
    }
}

impl FromStr for Address {
    type Err = StorageError;

    fn from_str(text: &str) -> Result<Self, StorageError> {
        let refused = || StorageError::Address { given: text.to_owned() };
        let (bucket, path) = match text.strip_prefix(SCHEME).ok_or_else(refused)? {
            rest if rest.contains('/') => rest.split_once('/').ok_or_else(refused)?,
            bucket => (bucket, ""),
        };
        // What a bucket may be called: letters, digits, points and lines; some stores allow more of each.
        let is_bucket = |name: &str| {
            (1..=255).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        let path = path.trim_end_matches('/');
        // A key that starts with a slash or has none between two names is another one than it looks like.
        let is_path = path.is_empty() || path.split('/').all(|name| !matches!(name, "" | "." | ".."));
        if !is_bucket(bucket) || !is_path || path.len() > 1024 || path.chars().any(char::is_control) {
            return Err(refused());
        }
        Ok(Self { bucket: bucket.to_owned(), path: path.to_owned() })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}{}", self.bucket)?;
        if self.path.is_empty() { Ok(()) } else { write!(formatter, "/{}", self.path) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Address;

    #[test]
    fn an_address_is_a_bucket_and_a_path() {
        for (given, bucket, path) in [
            ("s3://crawls", "crawls", ""),
            ("s3://crawls/", "crawls", ""),
            ("s3://my.crawls-1/a/b c/d.gz", "my.crawls-1", "a/b c/d.gz"),
            ("s3://crawls/folder/", "crawls", "folder"),
        ] {
            let address: Address = given.parse().unwrap();
            assert_eq!((address.bucket.as_str(), address.path.as_str()), (bucket, path), "{given}");
            assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
        }
        for given in
            ["", "crawls", "s3:/crawls", "s3://", "s3:///a", "s3://a b/c", "s3://a//b", "s3://a/../b", "s3://a/b\n"]
        {
            assert!(given.parse::<Address>().is_err(), "{given}");
        }
    }

    #[test]
    fn names_are_joined_with_one_slash() {
        let bucket: Address = "s3://crawls".parse().unwrap();
        let file = bucket.join("a").join("b/c").join("");
        assert_eq!(file.to_string(), "s3://crawls/a/b/c");
    }
}

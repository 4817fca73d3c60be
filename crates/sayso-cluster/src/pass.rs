use sha2::{Digest, Sha256};

/// What the roles of a cluster show each other: which version they are of, and that they know its secret.
///
/// It travels as the name of the program that asks (`user-agent`), which is the one thing that every client of the engine
/// lets itself be told: that of the driver, that of a worker to its scheduler, and that of a worker to the worker whose
/// shuffle it reads. The secret itself is never sent, but what is sent serves whoever overhears it as well: a network that
/// is not trusted needs a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    version: String,
    key: Option<String>,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It is no Sayso, or none that shows a pass.
    Unknown,
    /// It does not know the secret.
    Secret,
    /// It is of another version.
    Version { ours: String, theirs: String },
}

const PROGRAM: &str = "sayso-cluster/";
const KEY: &str = "key=";
/// What stands for the key where there is no secret.
const NO_KEY: &str = "none";

impl Pass {
    /// The pass of this program; `secret` are words that all roles know.
    #[must_use]
    pub fn new(secret: Option<&str>) -> Self {
        Self::of_version(env!("CARGO_PKG_VERSION"), secret)
    }

    /// The pass of a program of another version.
    #[must_use]
    pub fn of_version(version: &str, secret: Option<&str>) -> Self {
        let key = secret.map(|secret| {
            let digest = Sha256::new().chain_update(b"sayso cluster\0").chain_update(secret.as_bytes()).finalize();
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        });
        Self { version: version.to_owned(), key }
    }

    /// Whether there is a secret.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.key.is_some()
    }

    /// What is shown.
    pub(crate) fn shown(&self) -> String {
        format!("{PROGRAM}{} {KEY}{}", self.version, self.key.as_deref().unwrap_or(NO_KEY))
    }

    /// Looks at what somebody shows.
    pub(crate) fn admit(&self, shown: &str) -> Result<(), Stranger> {
        let mut words = shown.split(' ');
        let theirs = words.next().and_then(|word| word.strip_prefix(PROGRAM)).ok_or(Stranger::Unknown)?;
        let key = words.next().and_then(|word| word.strip_prefix(KEY)).ok_or(Stranger::Unknown)?;
        // The secret comes first: who does not know it is told nothing.
        if !is_same(key.as_bytes(), self.key.as_deref().unwrap_or(NO_KEY).as_bytes()) {
            return Err(Stranger::Secret);
        }
        if theirs != self.version {
            return Err(Stranger::Version { ours: self.version.clone(), theirs: theirs.to_owned() });
        }
        Ok(())
    }
}

/// Compares in a time that does not tell where they differ.
fn is_same(shown: &[u8], ours: &[u8]) -> bool {
    shown.len() == ours.len() && shown.iter().zip(ours).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::{Pass, Stranger};

    #[test]
    fn only_the_same_version_with_the_same_secret_is_admitted() {
        let pass = Pass::of_version("1.2.3", Some("open sesame"));
        assert_eq!(pass.admit(&format!("{} tonic/0.14", pass.shown())), Ok(()));
        assert!(!pass.shown().contains("sesame"));
        for secret in [None, Some("open"), Some("")] {
            assert_eq!(pass.admit(&Pass::of_version("1.2.3", secret).shown()), Err(Stranger::Secret));
        }
        let other = Pass::of_version("1.2.4", Some("open sesame"));
        let version = Stranger::Version { ours: "1.2.3".to_owned(), theirs: "1.2.4".to_owned() };
        assert_eq!(pass.admit(&other.shown()), Err(version));
        for shown in ["", "tonic/0.14", "sayso-cluster/1.2.3", "curl/8 key=none"] {
            assert_eq!(pass.admit(shown), Err(Stranger::Unknown));
        }
        let open = Pass::of_version("1.2.3", None);
        assert_eq!(open.admit(&open.shown()), Ok(()));
        assert_eq!(open.admit(&pass.shown()), Err(Stranger::Secret));
    }
}

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sayso_core::{RegistryHead, Sha256};

use crate::RegistryError;

/// The state of a log: whose it is, how many entries it has, and their root (tlog-checkpoint).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is that of its key.
    pub origin: String,
    /// Entries in it.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Sha256,
}

/// How many entries a tree has, and its root: what a proof is checked against, and what somebody signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree {
    /// Entries in it.
    pub size: u64,
    /// Its root.
    pub root: Sha256,
}

impl Checkpoint {
    /// The tree that it speaks of.
    #[must_use]
    pub const fn tree(&self) -> Tree {
        Tree { size: self.size, root: self.root }
    }

    /// The head by which a verdict says what it was judged against: origin, size and root on one line.
    #[must_use]
    pub fn head(&self) -> RegistryHead {
        let Self { origin, size, root } = self;
        RegistryHead(format!("{origin} {size} {}", STANDARD.encode(root.0)))
    }

    /// The checkpoint of which a head has the lines; `None` where it is none.
    #[must_use]
    pub fn of_head(head: &RegistryHead) -> Option<Self> {
        let checkpoint: Self = format!("{}\n", head.0.replace(' ', "\n")).parse().ok()?;
        (checkpoint.head() == *head).then_some(checkpoint)
    }
}

impl fmt::Display for Checkpoint {
    /// The note's text, as it is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, size, root } = self;
        write!(f, "{origin}\n{size}\n{}\n", STANDARD.encode(root.0))
    }
}

impl FromStr for Checkpoint {
    type Err = RegistryError;

    /// Reads a note's text. Lines behind the third are extensions, which are signed and say nothing here.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = |why| RegistryError::Note { why };
        let mut lines = text.strip_suffix('\n').ok_or(no("a checkpoint ends with a line break"))?.split('\n');
        let origin =
            lines.next().filter(|origin| !origin.is_empty()).ok_or(no("a checkpoint begins with an origin"))?;
        let digits = lines.next().unwrap_or_default();
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let size = digits.parse().ok().filter(|_| is_plain).ok_or(no("its second line is no number of entries"))?;
        let root = STANDARD.decode(lines.next().unwrap_or_default()).ok().and_then(|root| root.try_into().ok());
        let root = Sha256(root.ok_or(no("its third line is no root in base64"))?);
        if lines.any(str::is_empty) {
            return Err(no("a checkpoint has an empty line"));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Checkpoint;

    #[test]
    fn it_is_read_as_it_is_written() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let checkpoint: Checkpoint = text.parse().unwrap();
        assert_eq!((checkpoint.size, checkpoint.to_string().as_str()), (20_852_163, text));
        let extended: Checkpoint = format!("{text}an extension\n").parse().unwrap();
        assert_eq!(extended, checkpoint);
        assert_eq!(
            checkpoint.head().0,
            "example.com/behind-the-sofa 20852163 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
        );
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for text in [
            String::new(),
            format!("o\n1\n{root}"),
            format!("\n1\n{root}\n"),
            format!("o\n01\n{root}\n"),
            format!("o\n+1\n{root}\n"),
            format!("o\n-1\n{root}\n"),
            format!("o\n\n{root}\n"),
            format!("o\n18446744073709551616\n{root}\n"),
            "o\n1\nCsUYapGG\n".to_owned(),
            "o\n1\n".to_owned(),
            format!("o\n1\n{root}\n\nx\n"),
        ] {
            assert!(text.parse::<Checkpoint>().is_err(), "{text:?}");
        }
    }
}

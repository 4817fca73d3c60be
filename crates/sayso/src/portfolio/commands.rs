//! Commands that somebody can copy into a shell: what is foreign in them is quoted, and what cannot be quoted is left out.

use std::fmt::Write;
use std::path::Path;

/// A command with its arguments.
pub(super) struct ShellCommand(String);

impl ShellCommand {
    /// One of `sayso`'s.
    pub(super) fn new(words: &[&str]) -> Self {
        Self(["sayso"].iter().chain(words).copied().collect::<Vec<_>>().join(" "))
    }

    /// The same with one more argument.
    pub(super) fn with(mut self, argument: &str) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {}", quoted(argument));
        self
    }

    /// The same with one more path.
    pub(super) fn with_path(self, path: &Path) -> Self {
        let text = path.display().to_string();
        // It would be taken for an option.
        if text.starts_with('-') { self.with(&format!("./{text}")) } else { self.with(&text) }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Whether text can stand in a command that somebody copies from a page: what cannot be seen there does not.
pub(super) fn can_be_copied(text: &str) -> bool {
    text.chars().all(|char| char == ' ' || char.is_ascii_graphic() || char.is_alphanumeric())
}

fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@,+%".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ShellCommand, can_be_copied};

    #[test]
    fn a_shell_takes_nothing_foreign_for_its_own() {
        let command = ShellCommand::new(&["takedown"]).with_path(Path::new("-my set")).with("a'; rm -rf ~; '$(x)");
        assert_eq!(command.into_text(), r"sayso takedown './-my set' 'a'\''; rm -rf ~; '\''$(x)'");
        assert_eq!(
            ShellCommand::new(&["x"]).with("url:https://a.example/%20b.jpg").into_text(),
            "sayso x url:https://a.example/%20b.jpg"
        );
        assert!(can_be_copied("Bilder für Ana/猫.jpg"));
        assert!(!can_be_copied("a\nb") && !can_be_copied("a\u{202e}b") && !can_be_copied("a\u{1b}[2J"));
    }
}

//! Policies of one's own, read from a file; `docs/reference/policies.md` says what may stand there.

mod choice;

use std::path::Path;
use std::sync::Arc;

use sayso_consent::codes;
use sayso_consent::licences::licence_of_name;
use sayso_core::{LicencePattern, OwnRules, Policy, PolicyName, Purpose, ReasonCode};
use serde::Deserialize;

use crate::Error;
pub use choice::PolicyChoice;

/// Bytes of a policy file that are read.
const POLICY_BYTES: u64 = 64 << 10;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PolicyFile {
    name: String,
    base: PolicyName,
    #[serde(default)]
    grant_licences: Vec<String>,
    #[serde(default)]
    refuse_licences: Vec<String>,
    #[serde(default)]
    refuse: Vec<String>,
}

/// Reads the policy file at `path`.
pub fn read_policy_file(path: &Path, purpose: Purpose) -> Result<Policy, Error> {
    let bytes = crate::signals::read_up_to(path, POLICY_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    read_policy(&text, purpose)
        .map_err(|message| Error::Input { input: path.display().to_string(), message: format!("{message}{HINT}") })
}

const HINT: &str = "\nhint: a policy file has `name`, `base` (record, opt-out, strict or opt-in) and, if you like, the lists \
                    `grant-licences`, `refuse-licences` and `refuse`";

/// Reads a policy as a policy file has it, or says what is wrong with it.
pub fn read_policy(text: &str, purpose: Purpose) -> Result<Policy, String> {
    let file: PolicyFile = basic_toml::from_str(text).map_err(|error| {
        // Further lines of the message would stand where the hint belongs.
        error.to_string().lines().next().unwrap_or("it is no TOML").to_owned()
    })?;
    let is_name = !file.name.is_empty()
        && file.name.len() <= 64
        && file.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        return Err(format!("`{}` is no name: up to 64 letters a-z, digits and dashes", file.name.escape_debug()));
    }
    if file.name.parse::<PolicyName>().is_ok() {
        return Err(format!("`{}` is the name of a policy that Sayso knows; yours needs another", file.name));
    }
    let own = OwnRules {
        name: file.name,
        grant_licences: patterns(&file.grant_licences)?,
        refuse_licences: patterns(&file.refuse_licences)?,
        refuse: file.refuse.into_iter().map(code).collect::<Result<_, _>>()?,
    };
    if let Some(both) = own.grant_licences.iter().find(|pattern| own.refuse_licences.contains(pattern)) {
        return Err(format!("the licence `{}` is both granted and refused", both.as_str().escape_debug()));
    }
    Ok(Policy { name: file.base, purpose, own: Some(Arc::new(own)) })
}

fn patterns(written: &[String]) -> Result<Vec<LicencePattern>, String> {
    let pattern = |written: &String| match written.trim() {
        "" => Err("a licence without a name is none".to_owned()),
        pattern if pattern.contains(['/', ':']) => Ok(LicencePattern::new(pattern)),
        // A name that nobody has would never refuse anything: it is a slip.
        pattern => match licence_of_name(pattern) {
            Some(licence) => Ok(LicencePattern::new(&licence.short)),
            None => Err(format!("`{}` is no licence that is known by a name", pattern.escape_debug())),
        },
    };
    written.iter().map(pattern).collect()
}

/// A code that nobody writes would never refuse anything: it is a slip.
fn code(written: String) -> Result<ReasonCode, String> {
    let code = ReasonCode::stored(written);
    match codes::entry(&code) {
        Some(_) => Ok(code),
        None => Err(format!("`{}` is no code of a reason", code.as_str().escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use sayso_core::{PolicyName, Purpose, UsageCategory};

    use super::read_policy;

    const PURPOSE: Purpose = Purpose(UsageCategory::TrainGenai);

    #[test]
    fn a_policy_file_is_read() {
        let text = "# ours\nname = \"museum\"\nbase = \"opt-in\"\ngrant-licences = [\"cc0\", \"https://unsplash.com/license\"]\n\
                    refuse-licences = [\"cc-by-nc\"]\nrefuse = [\"robots-unreachable\"]\n";
        let policy = read_policy(text, PURPOSE).unwrap();
        assert_eq!(policy.name, PolicyName::OptIn);
        assert_eq!(policy.to_string(), "museum (opt-in)");
        let own = policy.own.unwrap();
        assert_eq!((own.grant_licences.len(), own.refuse_licences.len(), own.refuse.len()), (2, 1, 1));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, says) in [
            ("", "missing field"),
            ("name = \"a\"\nbase = \"most\"", "unknown policy `most`"),
            ("name = \"A b\"\nbase = \"strict\"", "is no name"),
            ("name = \"strict\"\nbase = \"opt-in\"", "a policy that Sayso knows"),
            ("name = \"a\"\nbase = \"strict\"\nrefuse = [\"noia\"]", "`noia` is no code"),
            ("name = \"a\"\nbase = \"strict\"\nrefus = []", "unknown field"),
            ("name = \"a\"\nbase = \"strict\"\ngrant-licences = [\"cc0\"]\nrefuse-licences = [\"cc0\"]", "both"),
            ("name = \"a\"\nbase = \"strict\"\ngrant-licences = [\" \"]", "without a name"),
            ("name = \"a\"\nbase = \"strict\"\nrefuse-licences = [\"ccby-sa\"]", "`ccby-sa` is no licence"),
            ("name = \"a\"\nbase = \"strict\"\nrefuse-licences = [\"cc-by-sa-3\"]", "is no licence"),
            ("\u{0}", ""),
        ] {
            let message = read_policy(text, PURPOSE).unwrap_err();
            assert!(message.contains(says) && !message.contains('\n'), "{text:?}: {message}");
        }
    }
}

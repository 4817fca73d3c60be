use std::path::Path;

use serde::Deserialize;

use super::form_parts::{
    CharacteristicsForm, CrawledForm, DatasetForm, MeasuresForm, ModalityForm, ModelForm, OtherForm, PrivateForm,
    ProcessingForm, ProviderForm, PublicForm, ReservationsForm, SyntheticForm, UsedForm, UserDataForm,
};
use super::form_values::{Day, Words};
use crate::Error;

/// Bytes of a form that are read.
const FORM_BYTES: u64 = 1 << 20;

/// What only a provider knows of a model and its data, as it stands in a form. What is left out or empty is not known.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Form {
    /// The version of the summary, with links to earlier ones.
    pub version: Words,
    /// The day of its last change.
    pub last_update: Option<Day>,
    /// Section 1.1.
    pub provider: ProviderForm,
    /// Section 1.2.
    pub model: ModelForm,
    /// Section 1.3: texts.
    pub text: ModalityForm,
    /// Pictures.
    pub image: ModalityForm,
    /// Sound.
    pub audio: ModalityForm,
    /// Moving pictures.
    pub video: ModalityForm,
    /// Anything else.
    pub other_modality: ModalityForm,
    /// What else is to be said of all data together.
    pub characteristics: CharacteristicsForm,
    /// What the datasets are that are summarised.
    pub dataset: Vec<DatasetForm>,
    /// Section 2.1.
    pub public: PublicForm,
    /// Section 2.2.1.
    pub licensed: UsedForm,
    /// Section 2.2.2.
    pub private: PrivateForm,
    /// Section 2.3.
    pub crawled: CrawledForm,
    /// Section 2.4.
    pub user_data: UserDataForm,
    /// Section 2.5.
    pub synthetic: SyntheticForm,
    /// Section 2.6.
    pub other: OtherForm,
    /// Section 3.1.
    pub reservations: ReservationsForm,
    /// Section 3.2.
    pub illegal_content: MeasuresForm,
    /// Section 3.3.
    pub processing: ProcessingForm,
}

/// A form to fill in, with what each line asks for.
pub const FORM_TEMPLATE: &str = include_str!("form.toml");

impl Form {
    /// Reads the form at `path`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |message: String| Error::Input { input: path.display().to_string(), message };
        let bytes = crate::signals::read_up_to(path, FORM_BYTES + 1)?;
        if bytes.len() as u64 > FORM_BYTES {
            return Err(failed(format!("it has more than {FORM_BYTES} bytes{HINT}")));
        }
        let text = String::from_utf8(bytes).map_err(|_| failed(format!("it is no UTF-8{HINT}")))?;
        Self::parse(&text).map_err(|message| failed(format!("{message}{HINT}")))
    }

    /// Reads a form, or says what is wrong with it and in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        basic_toml::from_str(text).map_err(|error| {
            let message = error.to_string();
            // Further lines of the message would stand where the hint belongs; its own place is said better below.
            let message = message.lines().next().unwrap_or("it is no TOML");
            let message = message.split(" at line ").next().unwrap_or(message);
            let line = error.line_col().map_or(0, |(line, _)| line);
            // Of what is wrong inside a table the parser may name the line of its head.
            let quoted = |after: &str| message.split_once(after).and_then(|(_, rest)| rest.split('`').next());
            let of_path = || quoted(" for key `").and_then(|path| path.rsplit('.').next());
            let key = quoted("unknown field `").or_else(of_path);
            let line = key.and_then(|key| line_of(key, text, line)).unwrap_or(line);
            format!("{message} in line {}", line.saturating_add(1))
        })
    }
}

/// The first line from `from` on that sets a key, or opens a table of that name.
fn line_of(key: &str, text: &str, from: usize) -> Option<usize> {
    let sets = |line: &str| {
        let line = line.trim_start();
        let is_key = line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
        let table = line.strip_prefix('[').and_then(|rest| rest.split(']').next());
        is_key || table.is_some_and(|name| name.trim_start_matches('[').split('.').any(|part| part.trim() == key))
    };
    text.lines().enumerate().skip(from).find(|(_, line)| sets(line)).map(|(number, _)| number)
}

const HINT: &str = "\nhint: `sayso report --form-template` prints a form with all that may stand in it";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{FORM_TEMPLATE, Form};

    #[test]
    fn the_template_is_an_empty_form_and_names_every_key() {
        assert_eq!(Form::parse(FORM_TEMPLATE).unwrap(), Form::default());
        // With its examples in, too, it is a form.
        let line = |line: &str| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n";
        let filled = Form::parse(&FORM_TEMPLATE.lines().map(line).collect::<String>()).unwrap();
        assert_eq!(filled.model.names, ["Example 1.0"]);
        assert_eq!((filled.dataset.len(), filled.public.dataset.len()), (1, 1));
        let debug = format!("{filled:?}");
        for left in ["None", "[]"] {
            assert!(!debug.contains(left), "the template has no example of something: {debug}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, says, line) in [
            ("[provider]\nname = \"x\"\nnmae = \"y\"", "unknown field `nmae`", 3),
            ("version = \"1\"\n\n[modle]\n", "unknown field `modle`", 3),
            ("last-update = \"31.7.2026\"", "`31.7.2026` is no day", 1),
            ("[model]\n\nlatest-acquisition = \"2026-13\"", "`2026-13` is no month", 3),
            ("[public]\nmodalities = [\"smell\"]", "unknown variant `smell`", 2),
            ("[image]\nnumber = -1", "", 2),
            ("[licensed]\nused = \"yes\"", "invalid type", 2),
            ("version = ", "", 1),
        ] {
            let message = Form::parse(text).unwrap_err();
            assert!(message.contains(says) && !message.contains('\n'), "{text:?}: {message}");
            assert!(message.contains(&format!("line {line}")), "{text:?}: {message}");
        }
    }
}

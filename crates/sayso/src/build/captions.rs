use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use sayso_caption::{Names, NamesLimits, creator_of, language_of, personal_in};
use sayso_core::CreatorOrigin;
use sha2::Digest as _;

use crate::Error;

/// What is looked for in captions, and what is done with it.
#[derive(Debug, Clone, Default)]
pub struct CaptionOptions {
    /// Names of creators that are known, which go before what is guessed.
    pub names: Option<NameList>,
    /// Whether pairs whose captions hold somebody's personal data are refused.
    pub drop_personal: bool,
}

/// A list of names of creators.
#[derive(Debug, Clone)]
pub struct NameList {
    names: Arc<Names>,
    /// What makes of it a part of a plan.
    sha256: String,
}

/// Bytes of a file of names.
const LIST_BYTES: u64 = 64 << 20;

/// The limits of a list of names.
const LIMITS: NamesLimits = NamesLimits { names: 1_000_000, name_bytes: 200 };

impl NameList {
    /// Reads a file with a name a line.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let refused = |message: String| Error::Input { input: path.display().to_string(), message };
        let bytes = fs_err::metadata(path).map_err(Error::file(path))?.len();
        if bytes > LIST_BYTES {
            return Err(refused(format!("it has more than {LIST_BYTES} bytes\nhint: a list of names has one a line")));
        }
        let list = fs_err::read(path).map_err(Error::file(path))?;
        let names = Names::read(&list, &LIMITS).map_err(|error| refused(error.to_string()))?;
        let sha256 = sayso_core::Sha256(sha2::Sha256::digest(&list).into()).to_string();
        Ok(Self { names: Arc::new(names), sha256 })
    }
}

impl CaptionOptions {
    /// What of it decides the result; `None` where it is as usual.
    pub(crate) fn of_plan(&self) -> Option<(Option<&str>, bool)> {
        let names = self.names.as_ref().map(|list| list.sha256.as_str());
        (names.is_some() || self.drop_personal).then_some((names, self.drop_personal))
    }
}

/// The column with the language of a caption.
const LANGUAGE: &str = "language";

/// Looks at captions on their way into samples.
pub(crate) struct Captions {
    options: CaptionOptions,
    /// Captions with personal data, by kind: those of samples, or of what was refused for it.
    pub(crate) personal: BTreeMap<String, u64>,
}

impl Captions {
    pub(crate) fn new(options: &CaptionOptions) -> Self {
        Self { options: options.clone(), personal: BTreeMap::new() }
    }

    /// Counts the personal data of a caption, and says whether the pair is to be refused for it.
    pub(super) fn is_refused(&mut self, caption: &str) -> bool {
        let mut last = None;
        for finding in personal_in(caption) {
            // A caption with three numbers is one caption with numbers.
            if last != Some(finding.kind) {
                *self.personal.entry(finding.kind.as_str().to_owned()).or_default() += 1;
            }
            last = Some(finding.kind);
        }
        last.is_some() && self.options.drop_personal
    }

    /// Adds the creators that captions name, where nothing else names one, and the languages of captions.
    pub(crate) fn complete(&self, samples: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let text = |name: &str| samples.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        let missing = || ArrowError::SchemaError("the samples lack a column of text".to_owned());
        let captions = text("caption").ok_or_else(missing)?;
        let (creators, origins) = (text("creator").ok_or_else(missing)?, text("creator_origin").ok_or_else(missing)?);
        let names = self.options.names.as_ref().map(|list| &*list.names);
        let (mut creator, mut origin) = (StringBuilder::new(), StringBuilder::new());
        let (stated, mut language) = (text(LANGUAGE), StringBuilder::new());
        for row in 0..samples.num_rows() {
            let caption = captions.value(row);
            if creators.is_valid(row) {
                creator.append_value(creators.value(row));
                origin.append_option(origins.is_valid(row).then(|| origins.value(row)));
            } else {
                let found = creator_of(caption, names);
                origin.append_option(found.as_ref().map(|_| CreatorOrigin::Caption.as_str()));
                creator.append_option(found.map(|found| found.name));
            }
            let stated = stated.filter(|column| column.is_valid(row)).map(|column| column.value(row));
            language.append_option(stated.or_else(|| language_of(caption).map(sayso_caption::Language::as_str)));
        }
        let (creator, origin, language) = (creator.finish(), origin.finish(), language.finish());
        let columns = [("creator", creator), ("creator_origin", origin), (LANGUAGE, language)];
        columns.into_iter().try_fold(samples.clone(), |samples, (name, column)| with_column(&samples, name, column))
    }
}

/// The batch with a column in place of the one of that name, or behind the others.
fn with_column(batch: &RecordBatch, name: &str, column: StringArray) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let (mut fields, mut columns) = (schema.fields().to_vec(), batch.columns().to_vec());
    let column: ArrayRef = Arc::new(column);
    match schema.index_of(name) {
        Ok(place) => {
            if let (Some(field), Some(slot)) = (fields.get_mut(place), columns.get_mut(place)) {
                *field = Field::new(name, DataType::Utf8, true).into();
                *slot = column;
            }
        }
        Err(_) => {
            fields.push(Field::new(name, DataType::Utf8, true).into());
            columns.push(column);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

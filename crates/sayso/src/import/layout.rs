use std::collections::BTreeMap;

use arrow_schema::{DataType, Field, FieldRef, Schema};

use super::recognise::{YFCC, recognise};
use super::report::InputReport;
use super::role::{ColumnMap, Role};

/// What the columns of one input become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InputLayout {
    /// The published dataset whose columns they are.
    pub(super) dataset: Option<String>,
    /// Where the columns with a role stand.
    pub(super) roles: Vec<(Role, usize)>,
    /// Where the columns stand that are kept, and under which name.
    pub(super) kept: Vec<(usize, String)>,
    /// Whether the pictures themselves are at hand.
    pub(super) has_pictures: bool,
    /// Whether each row is a sample by itself, with or without an address and a caption.
    pub(super) is_table: bool,
}

/// What is known of an input before its columns are.
pub(super) struct InputColumns<'a> {
    pub(super) map: &'a ColumnMap,
    pub(super) has_pictures: bool,
    pub(super) is_table: bool,
}

/// What the samples have beside the columns of every sample.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Which roles that are facts of a picture any input has.
    pub(super) facts: Vec<Role>,
    /// Whether pictures themselves are at hand.
    pub(super) has_pictures: bool,
    /// The columns that are kept.
    pub(super) kept: Vec<FieldRef>,
}

/// Facts of a picture that a table may state.
const FACTS: [Role; 4] = [Role::Width, Role::Height, Role::Sha256, Role::Pdq];

impl InputLayout {
    /// Decides on the columns of an input; the error says what is missing, what there is, and what to do.
    pub(super) fn of(schema: &Schema, headless: Option<&str>, columns: &InputColumns<'_>) -> Result<Self, String> {
        let InputColumns { map, has_pictures, is_table } = *columns;
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let mut recognised = recognise(&names, map)?;
        if has_pictures {
            // What the picture itself says goes before what somebody wrote beside it.
            recognised.roles.retain(|(role, _)| !FACTS.contains(role));
        }
        if is_table {
            // Its columns mean what they mean to whoever made it, and `width` may be that of a cupboard.
            recognised.roles.retain(|(role, _)| map.0.contains_key(role));
            recognised.dataset = None;
        }
        let prefix = if has_pictures { "sidecar" } else { "original" };
        for role in [Role::Url, Role::Caption] {
            let is_needed = !is_table && (role != Role::Url || !has_pictures);
            if is_needed && !recognised.roles.iter().any(|(known, _)| *known == role) {
                let what = if role == Role::Url { "addresses of pictures" } else { "captions" };
                let listed = super::recognise::listed(&names);
                return Err(format!(
                    "it has no column of {what} that is known by its name; its columns are {listed}\nhint: name it, such \
                     as --map {role}={}, or open it --as table",
                    names.first().map_or("COLUMN", String::as_str)
                ));
            }
        }
        let mut kept: Vec<(usize, String)> = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let role = recognised.roles.iter().find(|(_, at)| *at == place).map(|(role, _)| *role);
            let own = match role {
                Some(role) if role.is_kept_as_it_was() => role.as_str().to_owned(),
                Some(_) => continue,
                None if is_taken(name) => format!("{prefix}_{name}"),
                None => name.clone(),
            };
            let mut own = own;
            while kept.iter().any(|(_, other)| *other == own) {
                own.push_str("_again");
            }
            kept.push((place, own));
        }
        let dataset = headless.filter(|_| !is_table).or(recognised.dataset).map(str::to_owned);
        Ok(Self { dataset, roles: recognised.roles, kept, has_pictures, is_table })
    }

    /// Whether texts stand in the table as forms send them.
    pub(super) fn has_encoded_texts(&self) -> bool {
        self.dataset.as_deref() == Some(YFCC)
    }

    pub(super) fn place(&self, role: Role) -> Option<usize> {
        self.roles.iter().find(|(known, _)| *known == role).map(|(_, place)| *place)
    }

    /// For the report.
    pub(super) fn report(&self, first: &str, schema: &Schema) -> InputReport {
        let name = |place: usize| schema.fields().get(place).map_or_else(String::new, |field| field.name().clone());
        InputReport {
            files: 1,
            first: first.to_owned(),
            dataset: self.dataset.clone(),
            roles: self.roles.iter().map(|(role, place)| (*role, name(*place))).collect::<BTreeMap<_, _>>(),
            kept: self.kept.iter().map(|(_, name)| name.clone()).collect(),
        }
    }
}

impl Layout {
    /// The columns of samples that hold what is known of pictures, where any input knows of it.
    pub(super) fn fact_columns(&self) -> impl Iterator<Item = &'static str> {
        const OF_PICTURES: [&str; 7] =
            ["width", "height", "picture_bytes", "sha256", "pdq", "pdq_quality", sayso_dataset::FEATURES];
        let is_stated = |name: &str| match name {
            "pdq_quality" => self.facts.contains(&Role::Pdq),
            _ => self.facts.iter().any(|role| role.as_str() == name),
        };
        let wanted: Vec<&str> = OF_PICTURES.into_iter().filter(|name| self.has_pictures || is_stated(name)).collect();
        wanted.into_iter()
    }

    /// Makes room for the columns of another input.
    pub(super) fn add(&mut self, input: &InputLayout, schema: &Schema) {
        self.has_pictures |= input.has_pictures;
        for fact in FACTS {
            if (input.has_pictures || input.place(fact).is_some()) && !self.facts.contains(&fact) {
                self.facts.push(fact);
            }
        }
        self.facts.sort_unstable();
        for (place, name) in &input.kept {
            let Some(field) = schema.fields().get(*place) else { continue };
            match self.kept.iter_mut().find(|known| known.name() == name) {
                None => self.kept.push(Field::new(name, field.data_type().clone(), true).into()),
                Some(known) => {
                    let both = wider(known.data_type(), field.data_type());
                    if both != *known.data_type() {
                        *known = Field::new(name, both, true).into();
                    }
                }
            }
        }
    }
}

/// The type that holds the values of both.
fn wider(one: &DataType, other: &DataType) -> DataType {
    if one == other {
        one.clone()
    } else if one.is_integer() && other.is_integer() {
        DataType::Int64
    } else if one.is_numeric() && other.is_numeric() {
        DataType::Float64
    } else {
        DataType::Utf8
    }
}

/// Whether samples, or what a build keeps of pairs, have a column of this name, or will have one.
fn is_taken(name: &str) -> bool {
    let (samples, pool) = (sayso_dataset::sample_schema(), sayso_crawl::pool_schema());
    let fields = samples.fields().iter().chain(pool.fields()).map(|field| field.name().as_str());
    let roles = Role::ALL.iter().map(|role| role.as_str());
    fields.chain(roles).chain(sayso_dataset::OF_FETCHING).any(|other| other.eq_ignore_ascii_case(name))
}

use sayso_consent::embedded::People;
use sayso_lineage::PersonNames;

use super::grant::PersonGrant;

/// What whoever trains says of the people in the pictures. Nobody is looked for in them, and there is no answer that is taken
/// where nobody was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Depicts {
    /// No picture shows anybody who could be recognised.
    Nobody,
    /// These persons are shown, and nobody else.
    Persons(Vec<PersonGrant>),
}

impl Depicts {
    /// Why a picture that shows these people, by its own metadata, is not taken; `None` where it is.
    #[must_use]
    pub fn unmet(&self, people: &People) -> Option<String> {
        if !people.is_anybody() {
            return None;
        }
        match self {
            Self::Nobody if people.names.is_empty() => {
                Some("a face is marked in it, and nobody who is shown was named".to_owned())
            }
            Self::Nobody => {
                Some(format!("its metadata say that it shows {}, who was not named", people.names.join(" and ")))
            }
            Self::Persons(persons) => {
                let is_named = |shown: &&String| {
                    // One person, however the name is written, but not a name that only looks like theirs; `me` is whoever trains, whose name nobody has to tell.
                    let mut one = PersonNames::default();
                    let is_told = one.add(shown);
                    persons.iter().any(|person| {
                        person.name == "me" && persons.len() == 1 && people.names.len() == 1
                            || person.name.trim().eq_ignore_ascii_case(shown.trim())
                            || is_told && !one.read_in(&person.name).is_empty()
                    })
                };
                let unnamed: Vec<&str> =
                    people.names.iter().filter(|shown| !is_named(shown)).map(String::as_str).collect();
                if unnamed.is_empty() {
                    return None;
                }
                Some(format!("its metadata say that it shows {}, who was not named", unnamed.join(" and ")))
            }
        }
    }

    /// The grants that it rests on.
    #[must_use]
    pub fn grants(&self) -> &[PersonGrant] {
        match self {
            Self::Nobody => &[],
            Self::Persons(persons) => persons,
        }
    }
}

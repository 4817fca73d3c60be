use std::fmt;
use std::str::FromStr;

use sayso_core::stable_names;

/// What somebody does with what they make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseKind {
    /// For themselves alone: nothing is given out.
    Personal,
    /// Research that is published.
    Research,
    /// Anything that earns nothing.
    NonCommercial,
    /// Anything.
    Any,
}

stable_names!(UseKind, "kind of use", {
    Personal => "personal",
    Research => "research",
    NonCommercial => "non-commercial",
    Any => "any",
});

impl UseKind {
    /// Whether terms that allow this kind allow `asked`.
    #[must_use]
    pub const fn allows(self, asked: Self) -> bool {
        match self {
            Self::Any => true,
            Self::NonCommercial => !matches!(asked, Self::Any),
            Self::Research => matches!(asked, Self::Research),
            Self::Personal => matches!(asked, Self::Personal),
        }
    }
}

/// A day as `2027-06-30`. Days are in order as their texts are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(String);

impl FromStr for Day {
    type Err = TermsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            digits.and_then(|digits| digits.parse::<u16>().ok())
        };
        let marks = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let is_day = marks
            && number(0..4).is_some()
            && number(5..7).is_some_and(|month| (1..=12).contains(&month))
            && number(8..10).is_some_and(|day| (1..=31).contains(&day));
        if is_day { Ok(Self(text.to_owned())) } else { Err(TermsError::of(text)) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Terms that a program can keep, as a claim has them: `terms 1: use=non-commercial; until=2027-06-30; credit=Ana`.
///
/// Whatever else stands in a claim's terms is for people, and no program says that it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What the use may be for.
    pub kind: UseKind,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
    /// Who alone may; everybody without.
    pub to: Option<String>,
    /// Who is to be named in what comes out.
    pub credit: Option<String>,
}

/// Terms that start like those that a program can keep, and are not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no part of terms that a program can keep\nhint: `terms 1: use=non-commercial; from=2026-01-01; until=2027-06-30; \
     to=NAME; credit=NAME`, each of them once or not at all; terms in words of your own start otherwise"
)]
pub struct TermsError {
    given: String,
}

impl TermsError {
    fn of(given: &str) -> Self {
        Self { given: given.chars().take(80).collect() }
    }
}

/// What such terms start with.
const START: &str = "terms 1:";

/// What somebody is about to do, to be held against terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undertaking {
    /// What for.
    pub kind: UseKind,
    /// On which day.
    pub on: Day,
    /// Who does it, by the name that terms may give.
    pub by: Option<String>,
}

impl Terms {
    /// Reads a claim's terms; `None` where they are words for people.
    pub fn read(text: &str) -> Result<Option<Self>, TermsError> {
        let text = text.trim();
        let is_ours = text.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START));
        let Some(parts) = text.get(START.len()..).filter(|_| is_ours) else { return Ok(None) };
        let mut terms = Self { kind: UseKind::Any, from: None, until: None, to: None, credit: None };
        let mut seen: Vec<&str> = Vec::new();
        for part in parts.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| TermsError::of(part))?;
            let (key, value) = (key.trim(), value.trim());
            if value.is_empty() || seen.contains(&key) {
                return Err(TermsError::of(part));
            }
            seen.push(key);
            match key {
                "use" => terms.kind = value.parse().map_err(|_| TermsError::of(part))?,
                "from" => terms.from = Some(value.parse()?),
                "until" => terms.until = Some(value.parse()?),
                "to" => terms.to = Some(value.to_owned()),
                "credit" => terms.credit = Some(value.to_owned()),
                _ => return Err(TermsError::of(part)),
            }
        }
        if seen.is_empty() { Err(TermsError::of(text)) } else { Ok(Some(terms)) }
    }

    /// Why an undertaking is not within these terms, in words; `None` where it is.
    #[must_use]
    pub fn unmet(&self, asked: &Undertaking) -> Option<String> {
        let Undertaking { kind, on, by } = asked;
        if !self.kind.allows(*kind) {
            return Some(format!("they allow {} use, and {kind} use is asked for", self.kind));
        }
        if let Some(from) = self.from.as_ref().filter(|from| on < *from) {
            return Some(format!("they hold from {from} on, and it is {on}"));
        }
        if let Some(until) = self.until.as_ref().filter(|until| on > *until) {
            return Some(format!("they held until {until}, and it is {on}"));
        }
        match (&self.to, by) {
            (Some(to), Some(by)) if to.trim().eq_ignore_ascii_case(by.trim()) => None,
            (Some(_), _) => Some("they are for somebody else by name".to_owned()),
            (None, _) => None,
        }
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{START} use={}", self.kind)?;
        let days = [("from", &self.from), ("until", &self.until)];
        days.into_iter()
            .filter_map(|(key, day)| Some((key, day.as_ref()?)))
            .try_for_each(|(key, day)| write!(f, "; {key}={day}"))?;
        let names = [("to", &self.to), ("credit", &self.credit)];
        names
            .into_iter()
            .filter_map(|(key, name)| Some((key, name.as_ref()?)))
            .try_for_each(|(key, name)| write!(f, "; {key}={name}"))
    }
}

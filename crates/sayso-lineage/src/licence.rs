//! Licences by the SPDX list, by the elements of Creative Commons, and by a table of those that models come with.

use std::fmt;

/// A licence as somebody wrote it, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    text: String,
    terms: Option<Terms>,
}

/// What a licence asks for or withholds. What none of these say it leaves open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// Name who made it.
    pub attribution: bool,
    /// No commercial use.
    pub non_commercial: bool,
    /// Nothing made of it may be given out.
    pub no_derivatives: bool,
    /// What is made of it comes under the same terms.
    pub share_alike: bool,
    /// Research alone.
    pub research_only: bool,
    /// Some uses are excluded, and whoever hands it on has to hand that on (the OpenRAIL family).
    pub use_restrictions: bool,
}

/// Whether terms ask for something.
type Asks = fn(&Terms) -> bool;

/// Terms with their names, in the order in which they are told.
const NAMES: [(&str, Asks); 6] = [
    ("research only", |terms| terms.research_only),
    ("non-commercial", |terms| terms.non_commercial),
    ("no derivatives", |terms| terms.no_derivatives),
    ("share alike", |terms| terms.share_alike),
    ("use restrictions", |terms| terms.use_restrictions),
    ("attribution", |terms| terms.attribution),
];

impl Terms {
    const OPEN: Self = Self {
        attribution: false,
        non_commercial: false,
        no_derivatives: false,
        share_alike: false,
        research_only: false,
        use_restrictions: false,
    };
    const NOTICE: Self = Self { attribution: true, ..Self::OPEN };
    const RAIL: Self = Self { use_restrictions: true, ..Self::NOTICE };
    const NON_COMMERCIAL: Self = Self { non_commercial: true, ..Self::NOTICE };

    /// The terms of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            attribution: self.attribution || other.attribution,
            non_commercial: self.non_commercial || other.non_commercial,
            no_derivatives: self.no_derivatives || other.no_derivatives,
            share_alike: self.share_alike || other.share_alike,
            research_only: self.research_only || other.research_only,
            use_restrictions: self.use_restrictions || other.use_restrictions,
        }
    }

    /// What of this is no more in `later`. Research alone implies that nothing commercial is allowed.
    #[must_use]
    pub fn lost_in(self, later: Self) -> Self {
        let later_non_commercial = later.non_commercial || later.research_only;
        Self {
            attribution: self.attribution && !later.attribution,
            non_commercial: self.non_commercial && !later_non_commercial,
            no_derivatives: self.no_derivatives && !later.no_derivatives,
            share_alike: self.share_alike && !later.share_alike,
            research_only: self.research_only && !later_non_commercial,
            use_restrictions: self.use_restrictions && !later.use_restrictions,
        }
    }

    /// Whether it keeps commerce out.
    #[must_use]
    pub const fn excludes_commerce(self) -> bool {
        self.non_commercial || self.research_only
    }

    /// Whether it asks for anything.
    #[must_use]
    pub fn is_open(self) -> bool {
        self == Self::OPEN
    }

    /// The names of what it asks for.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        NAMES.iter().filter(|(_, has)| has(self)).map(|(name, _)| *name).collect()
    }
}

/// Licences of models and datasets that have no id of their own at SPDX, under the names that cards give them, and what they
/// ask for by their own text. `None` where the text leaves that to somebody else.
const TABLE: &[(&str, Terms)] = &[
    ("openrail", Terms::RAIL),
    ("bigscience-openrail-m", Terms::RAIL),
    ("creativeml-openrail-m", Terms::RAIL),
    ("openrail++", Terms::RAIL),
    ("creativeml-openrail++-m", Terms::RAIL),
    ("bigcode-openrail-m", Terms::RAIL),
    ("llama2", Terms::RAIL),
    ("llama3", Terms::RAIL),
    ("gemma", Terms::RAIL),
    ("stability-ai-community", Terms::RAIL),
    ("stable-video-diffusion-community", Terms::RAIL),
    ("stable-video-diffusion-nc-community", Terms { research_only: true, ..Terms::NON_COMMERCIAL }),
    ("stable-cascade-nc-community", Terms { research_only: true, ..Terms::NON_COMMERCIAL }),
    ("stability-ai-nc-research", Terms { research_only: true, ..Terms::NON_COMMERCIAL }),
    ("stability-ai-non-commercial", Terms::NON_COMMERCIAL),
    ("sai-nc-community", Terms::NON_COMMERCIAL),
    ("flux-1-dev-non-commercial-license", Terms::NON_COMMERCIAL),
    ("flux-1-dev-non-commercial", Terms::NON_COMMERCIAL),
    ("deepfloyd-if-license", Terms { research_only: true, ..Terms::NON_COMMERCIAL }),
    ("nvidia-source-code-license", Terms { research_only: true, ..Terms::NON_COMMERCIAL }),
    ("research-only", Terms { research_only: true, ..Terms::OPEN }),
    ("non-commercial-research", Terms { research_only: true, non_commercial: true, ..Terms::OPEN }),
    ("non-commercial", Terms { non_commercial: true, ..Terms::OPEN }),
    ("apple-ascl", Terms::NOTICE),
    ("pddl", Terms::OPEN),
    ("odc-by", Terms::NOTICE),
    ("odbl", Terms { share_alike: true, ..Terms::NOTICE }),
    ("cdla-permissive-1.0", Terms::NOTICE),
    ("cdla-permissive-2.0", Terms::NOTICE),
    ("cdla-sharing-1.0", Terms { share_alike: true, ..Terms::NOTICE }),
    ("bsd", Terms::NOTICE),
    ("gpl", Terms { share_alike: true, ..Terms::NOTICE }),
    ("lgpl", Terms { share_alike: true, ..Terms::NOTICE }),
    ("agpl", Terms { share_alike: true, ..Terms::NOTICE }),
    ("unlicense", Terms::OPEN),
    ("wtfpl", Terms::OPEN),
    ("pdm", Terms::OPEN),
    ("public-domain", Terms::OPEN),
];

impl Licence {
    /// The licence of this name, be it one of SPDX's, of Creative Commons', or of a model card's.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim().to_owned();
        let terms = terms_of(&text);
        Self { text, terms }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it asks for; `None` where it is none that is known.
    #[must_use]
    pub fn terms(&self) -> Option<Terms> {
        self.terms
    }

    /// Its id on the SPDX list, as that writes it.
    #[must_use]
    pub fn spdx_id(&self) -> Option<&'static str> {
        spdx_id(&self.text)
    }

    /// Whether both are the same licence, however they are spelt.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.spdx_id(), other.spdx_id()) {
            (Some(one), Some(other)) => one == other,
            _ => folded(&self.text) == folded(&other.text),
        }
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A name without what writers vary: case, spaces, SPDX's prefix for what is not on its list.
fn folded(text: &str) -> String {
    let text: String =
        text.trim().chars().map(|c| if matches!(c, ' ' | '_') { '-' } else { c.to_ascii_lowercase() }).collect();
    text.strip_prefix("licenseref-").map(str::to_owned).unwrap_or(text)
}

/// The id on the SPDX list. Cards write ids in lower case, which SPDX allows for.
fn spdx_id(text: &str) -> Option<&'static str> {
    if let Some(id) = spdx::license_id(text.trim()) {
        return Some(id.name);
    }
    let folded = folded(text);
    spdx::identifiers::LICENSES.iter().map(|licence| licence.name).find(|name| name.eq_ignore_ascii_case(&folded))
}

fn terms_of(text: &str) -> Option<Terms> {
    let folded = folded(text);
    if let Some((_, terms)) = TABLE.iter().find(|(name, _)| *name == folded) {
        return Some(*terms);
    }
    if let Some(terms) = creative_commons(&folded) {
        return Some(terms);
    }
    if let Some(id) = spdx_id(text).and_then(spdx::license_id) {
        return Some(of_id(id));
    }
    of_expression(text)
}

/// The list does not know what Creative Commons' licences ask for; their names say it.
fn of_id(id: spdx::LicenseId) -> Terms {
    creative_commons(&id.name.to_ascii_lowercase()).unwrap_or_else(|| of_list(id))
}

/// What the SPDX list knows of a licence: whether its copyleft reaches what is made of the work.
fn of_list(id: spdx::LicenseId) -> Terms {
    const OPEN: [&str; 5] = ["0BSD", "MIT-0", "CC0-1.0", "Unlicense", "PDDL-1.0"];
    if OPEN.contains(&id.name) {
        return Terms::OPEN;
    }
    let name = id.name;
    let share_alike = id.is_copyleft() || name.starts_with("ODbL") || name.starts_with("CDLA-Sharing");
    Terms { share_alike, ..Terms::NOTICE }
}

/// `cc-by-nc-sa-4.0` and its kin: the elements are the terms.
fn creative_commons(folded: &str) -> Option<Terms> {
    if folded == "cc0" || folded.starts_with("cc0-") || folded.starts_with("cc-pdd") || folded.starts_with("cc-pdm") {
        return Some(Terms::OPEN);
    }
    let mut terms = Terms::OPEN;
    let mut elements = folded.strip_prefix("cc-")?.split('-').peekable();
    while let Some(element) = elements.peek() {
        match *element {
            "by" => terms.attribution = true,
            "nc" => terms.non_commercial = true,
            "nd" => terms.no_derivatives = true,
            "sa" => terms.share_alike = true,
            _ => break,
        }
        elements.next();
    }
    // After the elements comes the version, and after that the country.
    let is_version = elements.next().is_none_or(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    (is_version && !terms.is_open()).then_some(terms)
}

/// An SPDX expression: of alternatives the freer, of what applies together all.
fn of_expression(text: &str) -> Option<Terms> {
    /// Characters of an expression.
    const EXPRESSION_CHARS: usize = 300;
    if text.len() > EXPRESSION_CHARS || !text.contains(' ') {
        return None;
    }
    let expression = spdx::Expression::parse_mode(text, spdx::ParseMode::STRICT).ok()?;
    let mut stack: Vec<Terms> = Vec::new();
    for node in expression.iter() {
        match node {
            spdx::expression::ExprNode::Req(requirement) => {
                stack.push(of_id(requirement.req.license.id()?));
            }
            spdx::expression::ExprNode::Op(operator) => {
                let (second, first) = (stack.pop()?, stack.pop()?);
                stack.push(match operator {
                    spdx::expression::Operator::And => first.and(second),
                    spdx::expression::Operator::Or if first.names().len() <= second.names().len() => first,
                    spdx::expression::Operator::Or => second,
                });
            }
        }
    }
    stack.pop()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::Licence;

    fn names(text: &str) -> Option<String> {
        Licence::new(text).terms().map(|terms| terms.names().join(", "))
    }

    #[test]
    fn the_elements_are_the_terms() {
        for (text, expected) in [
            ("CC-BY-NC-2.0", "non-commercial, attribution"),
            ("cc-by-nc-sa-4.0", "non-commercial, share alike, attribution"),
            ("CC BY-ND 2.0", "no derivatives, attribution"),
            ("CC0-1.0", ""),
            ("cc-by-sa-3.0-us", "share alike, attribution"),
            ("MIT", "attribution"),
            ("apache-2.0", "attribution"),
            ("GPL-3.0-only", "share alike, attribution"),
            ("CreativeML OpenRAIL-M", "use restrictions, attribution"),
            ("LicenseRef-research-only", "research only"),
            ("stable-video-diffusion-community", "use restrictions, attribution"),
            ("stable-video-diffusion-nc-community", "research only, non-commercial, attribution"),
            ("MIT OR GPL-3.0-only", "attribution"),
            ("MIT AND GPL-3.0-only", "share alike, attribution"),
            ("CC-BY-NC-4.0 AND MIT", "non-commercial, attribution"),
        ] {
            assert_eq!(names(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["other", "unknown", "", "cc-by-magic", "see the README"] {
            assert_eq!(names(text), None, "{text}");
        }
    }

    #[test]
    fn a_licence_is_the_same_however_it_is_spelt() {
        let same = |one: &str, other: &str| Licence::new(one).is_same(&Licence::new(other));
        assert!(same("CC-BY-4.0", "cc-by-4.0") && same("Apache-2.0", "apache-2.0") && same("OpenRAIL++", "openrail++"));
        assert!(!same("CC-BY-4.0", "CC-BY-3.0") && !same("MIT", "Apache-2.0"));
    }

    #[test]
    fn research_alone_covers_no_commerce() {
        let terms = |text| Licence::new(text).terms().unwrap();
        assert!(terms("CC-BY-NC-4.0").lost_in(terms("research-only")).names() == ["attribution"]);
        assert_eq!(terms("CC-BY-NC-4.0").lost_in(terms("MIT")).names(), ["non-commercial"]);
        assert!(terms("research-only").lost_in(terms("MIT")).excludes_commerce());
    }
}

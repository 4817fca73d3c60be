use std::fmt::Write;

use sayso_core::{Place, SignalKind};

use crate::check::Checked;

/// How a yes can be had for a picture: whom to ask, where, and what to write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Who made it, by its own metadata.
    pub whom: Option<String>,
    /// Where they can be reached, by what they wrote into the picture themselves.
    pub contacts: Vec<String>,
    /// Claims that speak of it: whoever keeps the registry forwards. Who made them is told by nobody here.
    pub claims: Vec<String>,
    /// The page on which it is.
    pub page: Option<String>,
    /// A request that is ready to be sent.
    pub request: String,
}

/// What a request is signed with, for whoever sends it to replace.
pub const UNDER_NO_NAME: &str = "[your name, and how you can be reached]";

/// Ways and claims that are told.
const TOLD: usize = 10;

impl Ask {
    pub(super) fn of(checked: &Checked, contacts: &[String], sha256: Option<&str>, use_: &str, why: &str) -> Self {
        let claims = checked.verdict.reasons.iter().filter_map(|reason| {
            let signal = reason.evidence.as_ref()?;
            match &signal.place {
                Place::Registry { log, entry } if signal.kind == SignalKind::Claim => {
                    Some(format!("claim {entry} of {log}"))
                }
                _ => None,
            }
        });
        let mut ways: Vec<String> = contacts.iter().take(TOLD).cloned().collect();
        let is_address = |licence: &&String| licence.starts_with("https://") || licence.starts_with("http://");
        for stated in checked.licence.iter().filter(is_address) {
            // `WebStatement` is the page on which whoever holds the rights says so.
            if !ways.contains(stated) && !stated.contains("creativecommons.org") {
                ways.push(stated.clone());
            }
        }
        let mut claims: Vec<String> = claims.take(TOLD).collect();
        claims.sort();
        claims.dedup();
        let page = checked.page_url.clone().or_else(|| checked.url.clone());
        let request = request(checked, sha256, use_, why);
        Self { whom: checked.creator.clone(), contacts: ways, claims, page, request }
    }
}

/// The request. It says what is asked for and why it is asked, and how a yes or no is said so that programs understand it.
fn request(checked: &Checked, sha256: Option<&str>, use_: &str, why: &str) -> String {
    let mut text = String::new();
    let whom = checked.creator.as_deref().map_or("Hello,".to_owned(), |name| format!("Hello {name},"));
    let place = checked.url.as_deref().or(checked.page_url.as_deref());
    let place = place.map(|place| format!("\n  found at: {place}")).unwrap_or_default();
    let digest = sha256.map(|digest| format!("\n  sha256:   {digest}")).unwrap_or_default();
    let name = checked.origin.file_name();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "{whom}\n\nmay I train an image model on a picture of yours ({use_})?\n\n  picture:  {name}{place}{digest}\n\n\
         I have not used it. My program refused it: {why}.\n\n\
         What I would make of it, for whom, and what I offer for it: [say it here]\n\n\
         If you agree, you can say so in one of these ways, all of which my program understands:\n\
         - in the file: `sayso reserve PICTURE --yes data-mining`, or `plus:DataMining` in its XMP by any program for metadata;\n\
         - for your site or account: a claim in a registry, `--preference {use_}=y`, or under terms that end by themselves:\n  \
           `--preference {use_}=terms --terms \"terms 1: use=non-commercial; until=2027-12-31; credit=YOUR NAME\"`.\n\n\
         If you do not, you need do nothing, and I will not ask again.\n\n{UNDER_NO_NAME}\n"
    );
    text
}

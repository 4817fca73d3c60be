//! `sayso reserve`: a site or pictures say no, or yes.

mod pictures;
mod site;

use sayso::reserve::Wishes;
use sayso_core::{Stance, Statement, UsageCategory};

use crate::arguments::Reserve;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Reserve) -> anyhow::Result<Outcome> {
    let wishes = Wishes {
        no: arguments.no.iter().map(|purpose| purpose.0).collect(),
        yes: arguments.yes.iter().map(|purpose| purpose.0).collect(),
    };
    let is_site = |subject: &String| subject.starts_with("http://") || subject.starts_with("https://");
    if !arguments.subjects.iter().any(is_site) {
        return pictures::run(arguments, wishes);
    }
    match (&arguments.subjects[..], &arguments.out) {
        ([site], Some(folder)) if !arguments.pictures.says_something() => site::run(site, folder, &wishes, arguments),
        ([_], _) => anyhow::bail!(
            "something was asked of a site that is for pictures only\nhint: for a site, say --no, --yes, -o and --json"
        ),
        _ => anyhow::bail!("a site was named beside something else\nhint: name one site, or pictures and folders"),
    }
}

/// The uses of which statements say this.
fn uses(statements: &[Statement], stance: Stance) -> Vec<UsageCategory> {
    let preferences = statements.iter().flat_map(|statement| &statement.preferences);
    let mut uses: Vec<_> = preferences.filter(|p| p.stance == stance).map(|p| p.category).collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}

fn names(uses: &[UsageCategory]) -> String {
    uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

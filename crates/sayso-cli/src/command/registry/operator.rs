use std::io::Write;

use sayso::claims::RegistryPlace;
use sayso_registry::SystemRandomness;
use sayso_registry::office::Office;
use serde_json::json;

use super::document;
use crate::arguments::{OperatorCommand, RegistryArguments, RegistryOperator};
use crate::command::claim::now;
use crate::exit::Outcome;
use crate::output::harmless;

pub(super) fn run(arguments: &RegistryOperator) -> anyhow::Result<Outcome> {
    match &arguments.command {
        OperatorCommand::Add(one) => {
            let token = office(&one.at)?.add_operator(&one.name, now(), &mut SystemRandomness)?;
            if one.at.json {
                return document(&json!({ "operator": one.name, "token": token.to_string() }));
            }
            // The token alone on standard output, so that it can go where nobody sees it.
            writeln!(std::io::stdout().lock(), "{token}")?;
            writeln!(std::io::stderr(), "{} logs in with it at /operator; it is not shown again", harmless(&one.name))?;
            Ok(Outcome::Done)
        }
        OperatorCommand::List(at) => {
            let operators = office(at)?.operators()?;
            if at.json {
                let row = |operator: &sayso_registry::office::Operator| json!({ "operator": operator.name, "since": operator.made_at });
                return document(&json!({ "operators": operators.iter().map(row).collect::<Vec<_>>() }));
            }
            let mut out = std::io::stdout().lock();
            for operator in &operators {
                writeln!(out, "{}  {}", operator.made_at, harmless(&operator.name))?;
            }
            Ok(if operators.is_empty() { Outcome::No } else { Outcome::Done })
        }
        OperatorCommand::Remove(one) => {
            office(&one.at)?.remove_operator(&one.name, now())?;
            Ok(Outcome::Done)
        }
    }
}

/// The office of a registry that is there.
fn office(at: &RegistryArguments) -> anyhow::Result<Office> {
    let place = RegistryPlace::of(&at.registry);
    place.open()?;
    Ok(place.open_office()?)
}

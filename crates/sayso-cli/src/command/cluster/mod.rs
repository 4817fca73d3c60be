mod build;
mod fetch;
mod import;
mod judge;
mod local;
mod report;
mod roles;
mod sql;

pub(crate) use self::build::elsewhere;
pub(crate) use self::fetch::fetching;
pub(crate) use self::import::importing;
pub(crate) use self::judge::judging;
pub(crate) use self::report::counting;
pub(crate) use self::roles::run_worker;
pub(crate) use self::sql::answers;
use crate::arguments::{Cluster, ClusterCommand};
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Cluster) -> anyhow::Result<Outcome> {
    match &arguments.command {
        ClusterCommand::Scheduler(arguments) => roles::run_scheduler(arguments),
        ClusterCommand::Local(arguments) => local::run(arguments),
    }
}

/// The variable of the environment with the words that all roles know. An argument would be seen by everybody on the machine.
const SECRET: &str = "SAYSO_CLUSTER_SECRET";

/// What this program shows to a cluster.
fn pass() -> anyhow::Result<sayso_cluster::Pass> {
    let secret = match std::env::var(SECRET) {
        Ok(secret) => Some(secret).filter(|secret| !secret.is_empty()),
        Err(std::env::VarError::NotPresent) => None,
        Err(std::env::VarError::NotUnicode(_)) => {
            anyhow::bail!("{SECRET} is no text\nhint: take words, or digits of a random number")
        }
    };
    Ok(sayso_cluster::Pass::new(secret.as_deref()))
}

use std::sync::Arc;

use ballista_core::extension::{EndpointOverrideFn, SessionConfigExt};
use datafusion::prelude::SessionConfig;

use crate::Pass;

/// What makes every client of the engine show a pass.
pub(crate) fn shows(pass: &Pass) -> EndpointOverrideFn {
    let shown = pass.shown();
    Arc::new(move |endpoint| Ok(endpoint.user_agent(shown.clone())?))
}

/// What questions are planned and run with.
pub(crate) fn session_config(pass: &Pass) -> SessionConfig {
    SessionConfig::new_with_ballista()
        // One input is one task: what a killed worker loses is as little as can be.
        .set_usize("ballista.scheduler.max_partitions_per_task", 1)
        // Tables are known before they are read, so there is nothing to adapt to.
        .set_bool("ballista.planner.adaptive.enabled", false)
        .with_ballista_override_create_grpc_client_endpoint(shows(pass))
}

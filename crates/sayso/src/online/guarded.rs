use std::time::Duration;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// What holds of every request to an address of somebody else's, whatever it is for.
pub(crate) fn guarded(user_agent: &str, timeout: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .user_agent(user_agent)
        .http_status_as_error(false)
        // Each address on the way is checked before it is asked, by the rules of its own host, so redirects are followed
        // elsewhere.
        .max_redirects(0)
        // A proxy of the environment would look names up by itself, and undo the check of addresses.
        .proxy(None)
        .timeout_resolve(Some(timeout / 3))
        .timeout_connect(Some(timeout / 3))
        .timeout_global(Some(timeout))
        .max_response_header_size(64 << 10)
}

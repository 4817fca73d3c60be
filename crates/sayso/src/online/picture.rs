use std::sync::Arc;

use super::answer::Body;
use super::ask::Online;
use super::failure::Failure;
use super::fetch::Want;
use super::target::Target;

impl Online {
    /// Fetches the picture at `url` for somebody who wants to see it, as politely as everything else is asked: robots.txt
    /// is obeyed, each address on the way is checked, and nothing is kept.
    pub(crate) fn picture(&self, url: &str) -> Result<Arc<[u8]>, Failure> {
        let target = Target::parse(url, &self.options.allow_private)?;
        let agent = self.options.agent.as_str();
        let found = self.follow(&target, Want::Picture, &|at| self.robots_of(at).may_ask(at, agent))?;
        match (found.answer.body, found.answer.flaw) {
            (Body::Bytes(bytes), None) => Ok(bytes),
            _ => Err(Failure::Partly("the picture is too large")),
        }
    }
}

use sayso_core::Sha256;

use super::error::StudioError;
use super::network::Network;
use super::open::Inner;
use super::room::Room;
use super::work::Job;

impl Inner {
    /// Puts a job at the end of the line.
    pub(super) fn line_up(&self, job: Job) -> Result<(), StudioError> {
        let most = self.options.limits.waiting;
        let mut room = self.room();
        if room.is_ending {
            return Err(StudioError::Closing);
        }
        if room.waiting.len() >= most {
            return Err(StudioError::Line { waiting: most });
        }
        room.waiting.push_back(job);
        drop(room);
        self.bell.notify_all();
        Ok(())
    }

    /// The next job; `None` once the studio closes.
    pub(super) fn next(&self) -> Option<Job> {
        let mut room = self.room();
        loop {
            if room.is_ending {
                return None;
            }
            if let Some(job) = room.order().first().and_then(|at| room.waiting.remove(*at)) {
                room.at_work = Some(job.session);
                room.last = job.network;
                return Some(job);
            }
            room = self.bell.wait(room).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// How many jobs are before one of this session.
    pub(super) fn before(&self, token: &Sha256) -> Option<usize> {
        let room = self.room();
        let is_of = |at: &usize| room.waiting.get(*at).is_some_and(|job| job.session == *token);
        let at = room.order().iter().position(is_of)?;
        Some(at + usize::from(room.at_work.is_some()))
    }
}

impl Room {
    /// In which order what waits is done.
    fn order(&self) -> Vec<usize> {
        let networks: Vec<Option<Network>> = self.waiting.iter().map(|job| job.network).collect();
        in_turns(&networks, self.last)
    }
}

/// Networks take turns, whoever has more waiting; within one, and among those that have nothing done before, first come, first served.
fn in_turns(waiting: &[Option<Network>], last: Option<Network>) -> Vec<usize> {
    let mut ranked: Vec<(usize, usize)> = Vec::with_capacity(waiting.len());
    for (at, network) in waiting.iter().enumerate() {
        // Where nobody's network is known, everybody is one of their own.
        let before = waiting.iter().take(at).filter(|other| network.is_some() && *other == network).count();
        ranked.push((before + usize::from(network.is_some() && *network == last), at));
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::{Network, in_turns};

    #[test]
    fn networks_take_turns() {
        let line = |text: &str| -> Vec<Option<Network>> {
            text.bytes().map(|byte| (byte != b'-').then_some(Network(u64::from(byte)))).collect()
        };
        let a = Some(Network(u64::from(b'a')));
        assert_eq!(in_turns(&line("aaab"), None), [0, 3, 1, 2]);
        assert_eq!(in_turns(&line("aaab"), a), [3, 0, 1, 2], "whose turn was last comes behind others");
        assert_eq!(in_turns(&line("abcab"), a), [1, 2, 0, 4, 3]);
        assert_eq!(in_turns(&line("---"), None), [0, 1, 2]);
        assert!(in_turns(&[], a).is_empty());
    }
}

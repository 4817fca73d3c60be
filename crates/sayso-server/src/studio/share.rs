use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use sayso::studio::{Network, Studio, StudioError};

use super::desk::{StudioDesk, locked};
use super::guest::Guest;
use crate::refusal::Refusal;
use crate::registry::{Peer, Rate};

/// What of a studio one network has a share of in an hour: as much as the sessions hold that it may have open at once. The seats
/// themselves the studio counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Share {
    /// Sessions that are begun.
    Sessions,
    /// Pictures that are brought.
    Pictures,
    /// KiB that are sent, whatever becomes of them.
    Kibibytes,
    /// Pictures that are judged: each step of a session judges all of its pictures anew.
    Judged,
    /// Trainings that are put in line.
    Trainings,
    /// Pictures that are asked to be made.
    Made,
}

/// How often a session's share is begun anew, trained with, and judged in an hour.
const SESSIONS: u64 = 4;
const TRAININGS: u64 = 6;
const JUDGED: u64 = 40;

const HOUR: Duration = Duration::from_secs(3_600);

impl Share {
    /// The words for what was done too often.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Sessions => "sessions were begun",
            Self::Pictures => "pictures were brought",
            Self::Kibibytes => "bytes were sent",
            Self::Judged => "checks of pictures were asked for",
            Self::Trainings => "trainings were asked for",
            Self::Made => "pictures were asked for",
        }
    }
}

impl StudioDesk {
    /// Counts so many of a network's share, or says how long to wait for them.
    pub(crate) fn count(&self, guest: &Guest, share: Share, amount: u64) -> Result<(), Refusal> {
        self.count_from(guest.from, share, amount)
    }

    /// The same for whoever has no session yet. Nobody is known where the server is driven without a network.
    pub(crate) fn count_from(&self, from: Option<Peer>, share: Share, amount: u64) -> Result<(), Refusal> {
        let Some(peer) = from else { return Ok(()) };
        let amount = u32::try_from(amount).unwrap_or(u32::MAX);
        let taken = locked(&self.shares).take(peer, share, amount, self.rate(share), Instant::now());
        taken.map_err(|wait| Refusal::StudioShare { share, wait })
    }

    fn rate(&self, share: Share) -> Rate {
        let limits = self.studio().limits();
        let each = match share {
            Share::Sessions => SESSIONS,
            Share::Pictures => limits.pictures as u64,
            Share::Kibibytes => self.body_bytes() as u64 / 1024,
            Share::Judged => limits.pictures as u64 * JUDGED,
            Share::Trainings => TRAININGS,
            Share::Made => limits.made as u64,
        };
        let all = each.saturating_mul(limits.from_network as u64);
        let burst = NonZeroU32::new(u32::try_from(all).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
        Rate { burst, every: HOUR / burst.get() }
    }

    /// The number by which the studio knows a network: another one with each start, and nothing leads back from it.
    pub(crate) fn network(&self, from: Option<Peer>) -> Option<Network> {
        use std::hash::BuildHasher as _;
        from.map(|peer| Network(self.networks.hash_one(peer.counted())))
    }

    /// Does something after which every picture of a session is judged anew: one session's at a time, since decoded pictures take
    /// memory, and no more than a network's share.
    pub(crate) async fn judge<T: Send + 'static>(
        &self,
        guest: &Guest,
        job: impl FnOnce(&Studio) -> Result<T, StudioError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let token = guest.token();
        let held = self.work(move |studio| studio.held(&token)).await?;
        self.count(guest, Share::Judged, held as u64)?;
        let waited = tokio::time::timeout(self.patience * 3, std::sync::Arc::clone(&self.judges).acquire_owned()).await;
        let turn = waited.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
        self.work(move |studio| {
            let _turn = turn;
            job(studio)
        })
        .await
    }
}

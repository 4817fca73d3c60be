use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::limits::{Rate, RegistryLimits};

/// The address of whoever asks, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    /// As it is counted: of IPv6 the first half, since everybody has as many of the rest as they like.
    pub(crate) fn counted(self) -> Self {
        match self.0 {
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => Self(IpAddr::V4(address)),
                None => {
                    let [a, b, c, d, ..] = address.segments();
                    Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
                }
            },
            IpAddr::V4(_) => self,
        }
    }
}

/// What somebody does that is not for free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Claim,
    Report,
    LogIn,
    Verify,
    Step,
    LookUp,
}

impl Act {
    pub(super) const fn rate(self, limits: &RegistryLimits) -> Rate {
        match self {
            Self::Claim => limits.claims,
            Self::Report => limits.reports,
            Self::LogIn => limits.log_ins,
            Self::Verify => limits.verifications,
            Self::Step => limits.steps,
            Self::LookUp => limits.look_ups,
        }
    }
}

/// Clients that are counted apart from each other. Who comes when all places are taken shares one.
const PLACES: usize = 20_000;

/// Whom all others are counted as.
const OTHERS: Peer = Peer(IpAddr::V6(Ipv6Addr::UNSPECIFIED));

/// How often each client did what lately: in memory only, and forgotten as soon as it makes no difference.
#[derive(Debug)]
pub(crate) struct Buckets<A> {
    /// When all of what was taken will have come back.
    full_at: HashMap<(Peer, A), Instant>,
}

impl<A> Default for Buckets<A> {
    fn default() -> Self {
        Self { full_at: HashMap::new() }
    }
}

impl<A: Copy + Eq + Hash> Buckets<A> {
    /// Takes so many, or says how long to wait for them. More than there ever are at once are all of them.
    pub(crate) fn take(&mut self, peer: Peer, act: A, amount: u32, rate: Rate, now: Instant) -> Result<(), Duration> {
        let mut key = (peer.counted(), act);
        if self.full_at.len() >= PLACES && !self.full_at.contains_key(&key) {
            self.full_at.retain(|_, full_at| *full_at > now);
            if self.full_at.len() >= PLACES {
                key.0 = OTHERS;
            }
        }
        let Rate { burst, every } = rate;
        let full_at = self.full_at.get(&key).copied().unwrap_or(now).max(now);
        let then = full_at + every * amount.min(burst.get());
        let most = now + every * burst.get();
        if then > most {
            return Err(then - most);
        }
        self.full_at.insert(key, then);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::num::NonZeroU32;
    use std::time::{Duration, Instant};

    use super::{Act, Buckets, PLACES, Peer};
    use crate::registry::{Rate, RegistryLimits};

    fn limits() -> RegistryLimits {
        let rate = Rate { burst: NonZeroU32::new(2).unwrap(), every: Duration::from_secs(10) };
        RegistryLimits {
            claims: rate,
            reports: rate,
            log_ins: rate,
            verifications: rate,
            steps: rate,
            look_ups: rate,
            hidden_a_day: 10,
            session_time: Duration::from_secs(60),
            asked_at_once: std::num::NonZeroUsize::MIN,
        }
    }

    #[test]
    fn what_is_taken_comes_back_with_time() {
        let (mut buckets, limits, start) = (Buckets::default(), limits(), Instant::now());
        let mut take = |address: &str, act: Act, seconds| {
            let now = start + Duration::from_secs(seconds);
            buckets.take(Peer(address.parse().unwrap()), act, 1, act.rate(&limits), now)
        };
        assert!(take("192.0.2.1", Act::Claim, 0).is_ok() && take("192.0.2.1", Act::Claim, 0).is_ok());
        assert_eq!(take("192.0.2.1", Act::Claim, 4), Err(Duration::from_secs(6)));
        // The same client by another way to write it; another client; another act.
        assert_eq!(take("::ffff:192.0.2.1", Act::Claim, 4), Err(Duration::from_secs(6)));
        assert!(take("192.0.2.2", Act::Claim, 4).is_ok() && take("192.0.2.1", Act::Report, 4).is_ok());
        assert!(take("192.0.2.1", Act::Claim, 10).is_ok());
        assert!(take("192.0.2.1", Act::Claim, 11).is_err());
        // Of IPv6 a network counts as one.
        assert!(take("2001:db8::1", Act::Claim, 0).is_ok() && take("2001:db8::2", Act::Claim, 0).is_ok());
        assert!(take("2001:db8::3", Act::Claim, 0).is_err());
        assert!(take("2001:db8:0:1::3", Act::Claim, 0).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_the_many_share() {
        let (mut buckets, rate, start) = (Buckets::default(), limits().claims, Instant::now());
        let peer = |number: usize| Peer(std::net::Ipv4Addr::from(u32::try_from(number).unwrap()).into());
        for number in 0..PLACES {
            buckets.take(peer(number), Act::Claim, 1, rate, start).unwrap();
        }
        assert!(buckets.take(peer(PLACES), Act::Claim, 1, rate, start).is_ok());
        assert!(buckets.take(peer(PLACES + 1), Act::Claim, 1, rate, start).is_ok());
        assert!(buckets.take(peer(PLACES + 2), Act::Claim, 1, rate, start).is_err(), "they share one place");
        assert!(buckets.full_at.len() <= PLACES + 1);
        let later = start + Duration::from_secs(60);
        assert!(buckets.take(peer(PLACES + 3), Act::Claim, 1, rate, later).is_ok());
        assert!(buckets.full_at.len() < 3, "what makes no difference is forgotten");
    }

    #[test]
    fn many_are_taken_at_once_and_come_back_one_by_one() {
        let (mut buckets, start) = (Buckets::default(), Instant::now());
        let rate = Rate { burst: NonZeroU32::new(10).unwrap(), every: Duration::from_secs(1) };
        let peer = Peer("192.0.2.1".parse().unwrap());
        let mut take =
            |amount, seconds| buckets.take(peer, Act::Claim, amount, rate, start + Duration::from_secs(seconds));
        assert_eq!((take(8, 0), take(5, 0)), (Ok(()), Err(Duration::from_secs(3))), "who is refused takes nothing");
        assert_eq!((take(5, 3), take(1, 3)), (Ok(()), Err(Duration::from_secs(1))));
        // More than there ever is waits until all is back, and not for ever.
        assert_eq!(take(1_000, 3), Err(Duration::from_secs(10)));
        assert_eq!(take(1_000, 13), Ok(()));
    }
}

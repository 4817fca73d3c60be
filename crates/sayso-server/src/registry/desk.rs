use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use sayso::claims::{Ground, RegistryPlace};
use sayso::dns::Resolver;
use sayso::library::LiveLibrary;
use sayso::online::{Clock, Online, SystemClock};
use sayso_core::Timestamp;
use sayso_registry::log::{NoteKey, SigningKey};
use sayso_registry::lookup::ClaimIndex;
use sayso_registry::office::Office;
use sayso_registry::{Clerk, Listing, Registry, RegistryError, SystemRandomness};
use tokio::sync::Semaphore;

use super::buckets::{Act, Buckets, Peer};
use super::limits::{PublicUrl, RegistryLimits};
use crate::ServerLimits;
use crate::refusal::Refusal;

/// A registry that is open to everybody.
#[derive(Debug)]
pub struct RegistryService {
    /// Where it lies. It is made where nothing is.
    pub place: RegistryPlace,
    /// How sites are asked when a claim is verified.
    pub online: Online,
    /// The resolver that is asked for text records when a claim is verified by one; nobody is where none is named, since whoever can forge
    /// its answers can verify a claim on anybody's site.
    pub resolver: Option<Resolver>,
    /// The address under which the server is reached, where that is not the one that it listens on.
    pub public_url: Option<PublicUrl>,
    /// The witnesses whose cosignatures are taken.
    pub witnesses: Vec<NoteKey>,
    /// Whether a proxy stands in front, which says in `X-Forwarded-For` who asks.
    pub is_behind_proxy: bool,
    /// How much of it anybody may do.
    pub limits: RegistryLimits,
}

impl RegistryService {
    /// Makes the registry where nothing is, under the name that it would have when it is served.
    pub fn make_sure(&self) -> Result<(), sayso::Error> {
        self.place.open_to_write(self.origin().as_deref(), now()).map(drop)
    }

    /// A log is best named after where it is served.
    fn origin(&self) -> Option<String> {
        self.public_url.as_ref().map(|url| format!("{}/log", url.host()))
    }
}

/// Where requests ask the registry.
#[derive(Clone)]
pub(crate) struct RegistryDesk {
    room: Arc<Room>,
    places: Arc<Semaphore>,
    /// Sites and resolvers that are asked at once.
    asked: Arc<Semaphore>,
    pub(super) patience: Duration,
    pub(super) limits: RegistryLimits,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) is_https: bool,
    pub(super) is_behind_proxy: bool,
    buckets: Arc<Mutex<Buckets<Act>>>,
}

/// What a question to the registry has before it, on a thread that may block.
pub(crate) struct Room {
    /// The one who writes.
    clerk: Mutex<(Registry, SigningKey)>,
    /// A second pair of eyes, so that whoever reads does not wait for whoever writes.
    reader: Mutex<Registry>,
    office: Mutex<Office>,
    ground: RwLock<Ground>,
    /// Held by whoever hides samples: what is hidden last is what the office says.
    hiding: Mutex<()>,
    pub(crate) online: Online,
    pub(crate) resolver: Option<Resolver>,
    pub(crate) witnesses: Vec<NoteKey>,
    pub(crate) hidden_a_day: u64,
    pub(crate) session_time: Duration,
}

/// What time it is, for entries of the log: by the second, as nothing rests on more.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_micros(SystemClock.now().as_micros().div_euclid(1_000_000) * 1_000_000)
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RegistryDesk {
    pub(crate) fn open(service: RegistryService, limits: &ServerLimits) -> Result<Self, sayso::Error> {
        let origin = service.origin();
        let RegistryService { place, online, resolver, public_url, witnesses, is_behind_proxy, limits: own } = service;
        let clerk = place.open_to_write(origin.as_deref(), now())?;
        let mut reader = place.open()?;
        let ground = Ground::of(ClaimIndex::load(&mut reader)?)?;
        let office = place.open_office()?;
        let room = Room {
            clerk: Mutex::new(clerk),
            reader: Mutex::new(reader),
            office: Mutex::new(office),
            ground: RwLock::new(ground),
            hiding: Mutex::default(),
            online,
            resolver,
            witnesses,
            hidden_a_day: own.hidden_a_day,
            session_time: own.session_time,
        };
        Ok(Self {
            room: Arc::new(room),
            places: Arc::new(Semaphore::new(limits.questions.get().min(Semaphore::MAX_PERMITS))),
            asked: Arc::new(Semaphore::new(own.asked_at_once.get().min(Semaphore::MAX_PERMITS))),
            patience: limits.answer_time,
            limits: own,
            is_https: public_url.as_ref().is_some_and(PublicUrl::is_https),
            public_url,
            is_behind_proxy,
            buckets: Arc::default(),
        })
    }

    /// Whether it is reached by https.
    pub(crate) const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Hides what was reported.
    pub(crate) fn hide_reported(&self, library: &LiveLibrary) -> Result<(), sayso::Error> {
        self.room.hide_reported(library)
    }

    pub(crate) fn take_from_bucket(&self, peer: Peer, act: Act) -> Result<(), Refusal> {
        locked(&self.buckets).take(peer, act, 1, act.rate(&self.limits), Instant::now()).map_err(|wait| {
            Refusal::TooOften {
                // Who comes back a moment early is turned away again.
                seconds: wait.as_secs() + 1,
            }
        })
    }

    /// Does something that may block, a few at a time.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Room) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.in_turn(&self.places, job).await
    }

    /// The same for what asks somebody else's site: it takes no place from those who ask this one, and there are few enough of them that
    /// sites that never answer keep no thread from anybody.
    pub(crate) async fn ask_online<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Room) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.in_turn(&self.asked, job).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        places: &Arc<Semaphore>,
        job: impl FnOnce(&Room) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let waited = tokio::time::timeout(self.patience, Arc::clone(places).acquire_owned()).await;
        let place = waited.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
        let room = Arc::clone(&self.room);
        let working = tokio::task::spawn_blocking(move || {
            let _place = place;
            job(&room)
        });
        // What writes is waited for: whoever is told that it failed must be able to believe it.
        working.await.unwrap_or(Err(Refusal::Stopped))
    }
}

impl Room {
    /// The registry, to read.
    pub(crate) fn reader(&self) -> MutexGuard<'_, Registry> {
        locked(&self.reader)
    }

    pub(crate) fn office(&self) -> Result<MutexGuard<'_, Office>, Refusal> {
        Ok(locked(&self.office))
    }

    /// The claims as they are now, whoever changed them.
    pub(crate) fn ground(&self) -> Result<impl Deref<Target = Ground>, Refusal> {
        let read = || self.ground.read().unwrap_or_else(PoisonError::into_inner);
        let mut reader = self.reader();
        let ground: RwLockReadGuard<'_, Ground> = read();
        if !ground.is_behind(&mut reader)? {
            return Ok(ground);
        }
        drop(ground);
        self.ground.write().unwrap_or_else(PoisonError::into_inner).refresh(&mut reader)?;
        Ok(read())
    }

    /// Writes in the registry, as its clerk.
    pub(crate) fn write<T>(
        &self,
        act: impl FnOnce(&mut Registry, &mut Clerk<'_>) -> Result<T, RegistryError>,
    ) -> Result<T, Refusal> {
        let mut clerk = locked(&self.clerk);
        let (registry, key) = &mut *clerk;
        let mut randomness = SystemRandomness;
        Ok(act(registry, &mut Clerk { key, now: now(), randomness: &mut randomness })?)
    }

    /// A page of the list of claims, signed.
    pub(crate) fn list_since(&self, since: u64, most: u64) -> Result<Listing, Refusal> {
        let key = locked(&self.clerk).1.clone();
        Ok(self.reader().list_since(since, most, &key)?)
    }

    /// Hides what the office says is hidden, and shows the rest.
    pub(super) fn hide_reported(&self, library: &LiveLibrary) -> Result<(), sayso::Error> {
        let _hiding = locked(&self.hiding);
        let hidden = locked(&self.office).hidden()?;
        // To hide is to open the datasets anew.
        if hidden == library.hidden() { Ok(()) } else { library.hide(&hidden) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::num::{NonZeroU32, NonZeroUsize};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use sayso::claims::RegistryPlace;
    use sayso::online::{AllowPrivate, Online, OnlineOptions};

    use super::{RegistryDesk, RegistryService};
    use crate::ServerLimits;
    use crate::refusal::Refusal;
    use crate::registry::{Rate, RegistryLimits};

    fn desk(dir: &std::path::Path) -> RegistryDesk {
        let rate = Rate { burst: NonZeroU32::MIN, every: Duration::from_secs(1) };
        let limits = RegistryLimits {
            claims: rate,
            reports: rate,
            log_ins: rate,
            verifications: rate,
            steps: rate,
            look_ups: rate,
            hidden_a_day: 1,
            session_time: Duration::from_secs(1),
            asked_at_once: NonZeroUsize::MIN,
        };
        let online = Online::new(OnlineOptions {
            agent: "sayso".to_owned(),
            limits: sayso::build::default_limits(),
            contact: None,
            allow_private: AllowPrivate::Nobody,
            pause: Duration::ZERO,
            timeout: Duration::from_secs(1),
            cache: None,
        });
        let service = RegistryService {
            place: RegistryPlace::of(dir),
            online: online.unwrap(),
            resolver: None,
            public_url: None,
            witnesses: Vec::new(),
            is_behind_proxy: false,
            limits,
        };
        let of_server = ServerLimits {
            connections: NonZeroUsize::MIN,
            questions: NonZeroUsize::MIN,
            uri_bytes: 1,
            picture_bytes: 1,
            pictures: NonZeroUsize::MIN,
            picture_time: Duration::ZERO,
            body_bytes: 1,
            header_time: Duration::ZERO,
            answer_time: Duration::from_millis(10),
            connection_time: Duration::ZERO,
        };
        RegistryDesk::open(service, &of_server).unwrap()
    }

    /// While a site does not answer, nobody else's is asked beyond the limit, and everything else goes on.
    #[test]
    fn sites_that_do_not_answer_are_few_and_keep_nobody_waiting() {
        let dir = tempfile::tempdir().unwrap();
        let desk = desk(&dir.path().join("registry"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (begun_by, begun) = channel();
            let (answer, answered) = channel::<()>();
            let slow = desk.clone();
            let slow = tokio::spawn(async move {
                let job = move |_: &super::Room| {
                    begun_by.send(()).map_err(|_| Refusal::Stopped)?;
                    answered.recv().map_err(|_| Refusal::Stopped)
                };
                slow.ask_online(job).await
            });
            tokio::task::spawn_blocking(move || begun.recv()).await.unwrap().unwrap();
            assert!(matches!(desk.ask_online(|_| Ok(())).await, Err(Refusal::Busy)));
            assert!(desk.work(|_| Ok(())).await.is_ok());
            answer.send(()).unwrap();
            assert!(slow.await.unwrap().is_ok());
            assert!(desk.ask_online(|_| Ok(())).await.is_ok());
        });
    }
}

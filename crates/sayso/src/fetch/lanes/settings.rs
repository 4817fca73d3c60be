use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sayso_core::Limits;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::fetch::options::{FetchLimits, FetchOptions, Manners};
use crate::online::{AllowPrivate, Contact, Online, OnlineOptions, Realm, Shared};

/// What a worker needs to know to ask as whoever drives would.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Settings {
    dir: PathBuf,
    /// The root of the snapshot that is fetched.
    pub(super) root: String,
    agent: String,
    limits: Limits,
    contact: Option<String>,
    allow_private: AllowPrivate,
    pub(super) pause: Duration,
    site_timeout: Duration,
    shared: Shared,
    connections: NonZeroUsize,
    pub(super) hosts: NonZeroUsize,
    retries: u32,
    back_off: Duration,
    max_age: Duration,
    picture_bytes: u64,
    area_pixels: u64,
    side_pixels: u32,
    timeout: Duration,
    features: bool,
    memory_bytes: usize,
    part_rows: NonZeroUsize,
}

/// The name of the settings in the folder of the lanes.
pub(super) const SETTINGS: &str = "settings.json";

impl Settings {
    /// Those of a fetch of the snapshot of this root. `dir` is the dataset's folder by a path that all machines have.
    pub(super) fn of(options: &FetchOptions, dir: PathBuf, root: String, shared: Shared) -> Self {
        let OnlineOptions { agent, limits, contact, allow_private, pause, timeout: site_timeout, .. } =
            options.online.options.clone();
        let FetchOptions { manners, limits: of_pictures, features, memory_bytes, part_rows, .. } = options;
        let Manners { connections, hosts, retries, back_off, max_age } = *manners;
        let FetchLimits { picture_bytes, area_pixels, side_pixels, timeout } = *of_pictures;
        Self {
            dir,
            root,
            agent,
            limits,
            // Its words are those by which it is read again, but for what stands before an address of mail.
            contact: contact.map(|contact| contact.mail().map_or_else(|| contact.to_string(), str::to_owned)),
            allow_private,
            pause,
            site_timeout,
            shared,
            connections,
            hosts,
            retries,
            back_off,
            max_age,
            picture_bytes,
            area_pixels,
            side_pixels,
            timeout,
            features: *features,
            memory_bytes: *memory_bytes,
            part_rows: *part_rows,
        }
    }

    /// The dataset's folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Gets ready to ask the hosts of a realm.
    pub(super) fn options(&self, realm: Arc<dyn Realm>) -> Result<FetchOptions, Error> {
        let contact = self.contact.as_deref().map(str::parse::<Contact>).transpose();
        let contact =
            contact.map_err(|error| Error::Input { input: "settings".to_owned(), message: error.to_string() })?;
        let online = Online::new(OnlineOptions {
            agent: self.agent.clone(),
            limits: self.limits,
            contact,
            allow_private: self.allow_private.clone(),
            pause: self.pause,
            timeout: self.site_timeout,
            cache: None,
        })?;
        Ok(FetchOptions {
            dir: self.dir.clone(),
            online: Arc::new(online.for_run(realm, Some(&self.shared))?),
            manners: Manners {
                connections: self.connections,
                hosts: self.hosts,
                retries: self.retries,
                back_off: self.back_off,
                max_age: self.max_age,
            },
            limits: FetchLimits {
                picture_bytes: self.picture_bytes,
                area_pixels: self.area_pixels,
                side_pixels: self.side_pixels,
                timeout: self.timeout,
            },
            features: self.features,
            // A worker does as many things at once as it has slots.
            threads: NonZeroUsize::MIN,
            memory_bytes: self.memory_bytes,
            keep: None,
            part_rows: self.part_rows,
        })
    }
}

//! The studio of a server.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sayso::online::SystemClock;
use sayso::studio::{Keeping, Studio, StudioLimits, StudioOptions, Workbench, WorkbenchOptions};
use sayso::training::KnownNames;
use sayso_core::{Purpose, Sha256, UsageCategory};
use sha2::Digest as _;

use super::base::{name_of, path_of};
use crate::arguments::ServedStudio;

/// How long somebody may be away from a session that ends with their leaving.
const IDLE: Duration = Duration::from_secs(3_600);
/// The longest that anything is kept.
const MOST: Duration = Duration::from_secs(24 * 3_600);
/// Trainings and drawings that wait.
const WAITING: usize = 50;
/// Pictures that are decoded at once, each of which may take 512 MiB.
const JUDGED_AT_ONCE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);
/// Pictures of the class, where somebody names one.
const CLASS_PICTURES: usize = 20;

/// A studio, where one is asked for. What one that was killed left behind is deleted here.
pub(super) fn open(arguments: &ServedStudio, registry: Option<&Path>) -> anyhow::Result<Option<Studio>> {
    let (Some(asked), Some(registry)) = (&arguments.studio, registry) else { return Ok(None) };
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    // A list that cannot be read is told before anybody comes.
    let mut names = KnownNames::none();
    arguments.studio_names.iter().try_for_each(|path| names.add_path(path))?;
    let sign = match &arguments.studio_sign[..] {
        [chain, key] => Some((chain.clone(), key.clone())),
        _ => None,
    };
    let workbench = Workbench::open(WorkbenchOptions {
        base: path_of(asked)?,
        base_name: name_of(asked),
        sign,
        mining: arguments.studio_mining,
        class_pictures: CLASS_PICTURES,
    })?;
    let options = StudioOptions {
        folder: arguments.studio_folder.clone().map_or_else(|| own_folder(registry), Ok)?,
        registry: registry.to_owned(),
        policy: arguments.studio_policy.policy(Purpose(UsageCategory::FineTune))?,
        names: arguments.studio_names.clone(),
        keeping: match arguments.studio_keep {
            Some(most) => Keeping { most, idle: None },
            None => Keeping { most: MOST, idle: Some(IDLE) },
        },
        limits: StudioLimits {
            pictures: count(arguments.studio_pictures),
            picture_bytes: arguments.studio_picture_mib << 20,
            session_bytes: arguments.studio_session_mib << 20,
            sessions: count(arguments.studio_sessions),
            from_network: count(arguments.studio_from_network),
            judged_at_once: JUDGED_AT_ONCE,
            waiting: WAITING,
            steps: count(arguments.studio_steps),
            made: count(arguments.studio_made),
        },
        clock: Arc::new(SystemClock),
    };
    Ok(Some(Studio::open(options, Box::new(workbench))?))
}

/// A folder that the next start finds again, and that backups of the registry do not hold.
fn own_folder(registry: &Path) -> anyhow::Result<PathBuf> {
    let registry = fs_err::canonicalize(registry)?;
    let digest = Sha256(sha2::Sha256::digest(registry.as_os_str().as_encoded_bytes()).into()).to_string();
    let name: String = digest.chars().take(16).collect();
    Ok(std::env::temp_dir().join(format!("sayso-studio-{name}")))
}

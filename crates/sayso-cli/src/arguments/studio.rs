//! What is asked of a studio that a server opens to everybody.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use sayso::outputs::Mining;

use sayso::policy::PolicyChoice;

/// A studio that a server opens to everybody.
#[derive(Debug, Args)]
#[command(next_help_heading = "Studio")]
pub(crate) struct ServedStudio {
    /// Open a studio that tunes this model, named as in `sayso train --base`: people bring pictures, see which say yes, train and make
    /// pictures; then everything is deleted, and the registry's log says so.
    #[arg(long, value_name = "MODEL", requires = "registry")]
    pub(crate) studio: Option<PathBuf>,
    /// Keep what people bring for so long, as 30m or 24h, at most 24h. Without, it is deleted when they end their session or do not
    /// come back for an hour, and after 24h at the latest.
    #[arg(long, value_name = "TIME", value_parser = kept, requires = "studio")]
    pub(crate) studio_keep: Option<Duration>,
    /// The folder of sessions, which nothing else uses and no backup should hold; one of its own below the system's folder for temporary
    /// files if not given.
    #[arg(long, value_name = "DIR", requires = "studio")]
    pub(crate) studio_folder: Option<PathBuf>,
    /// The rules, or a file of them. Whatever they admit, only pictures that are allowed for fine-tuning are learned.
    #[arg(long, default_value = "opt-in", value_name = "NAME|FILE")]
    pub(crate) studio_policy: PolicyChoice,
    /// Names that nothing is called by: a list, one a line, or a dataset, whose creators count. May be given several times.
    #[arg(long, value_name = "FILE|DIR", requires = "studio")]
    pub(crate) studio_names: Vec<PathBuf>,
    /// Sign pictures with this certificate chain and key, in PEM; a key of this machine if not given.
    #[arg(long, num_args = 2, value_names = ["CHAIN", "KEY"], requires = "studio")]
    pub(crate) studio_sign: Vec<PathBuf>,
    /// What the credentials of pictures say of training on them: notAllowed, allowed or unsaid.
    #[arg(long, default_value = "unsaid", value_name = "WISH")]
    pub(crate) studio_mining: Mining,
    /// People who may be at work at once.
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) studio_sessions: u64,
    /// Sessions of one network (an IPv4 address, or half of one of IPv6) at once; in an hour it may bring, train and have made as much as
    /// so many may hold.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) studio_from_network: u64,
    /// Pictures that a session may hold.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) studio_pictures: u64,
    /// Mebibytes of a picture, at most.
    #[arg(long, default_value_t = 20, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=64))]
    pub(crate) studio_picture_mib: u64,
    /// Mebibytes of all pictures of a session.
    #[arg(long, default_value_t = 200, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=10_240))]
    pub(crate) studio_session_mib: u64,
    /// Steps of a training, at most.
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) studio_steps: u64,
    /// Pictures that a session may have made.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) studio_made: u64,
}

/// A time between a minute and a day.
fn kept(text: &str) -> Result<Duration, String> {
    let no = || "it is a time such as 30m or 24h, from 1m to 24h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(no)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(no()),
    };
    let number: u64 = number.parse().map_err(|_| no())?;
    let time = Duration::from_secs(number.saturating_mul(seconds));
    if (Duration::from_secs(60)..=Duration::from_secs(24 * 3_600)).contains(&time) { Ok(time) } else { Err(no()) }
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn things_are_kept_for_a_day_at_most() {
        assert_eq!(kept("90s").map(|time| time.as_secs()), Ok(90));
        assert_eq!(kept("24h").map(|time| time.as_secs()), Ok(86_400));
        for bad in ["25h", "0m", "59s", "1d", "h", "", "-1h", "1.5h", "é"] {
            assert!(kept(bad).is_err(), "{bad}");
        }
    }
}

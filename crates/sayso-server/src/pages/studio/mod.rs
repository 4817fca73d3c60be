//! The pages of the studio: pictures and their check, the training, what was made, and the end.

mod end;
mod files;
mod form;
mod home;
mod log;
mod make;
mod picture;
mod training;

pub(crate) use end::{delete, ended, forget, receipt};
pub(crate) use files::file;
pub(crate) use form::{begin, bring, own_word, shown, stop, take_out, train};
pub(crate) use home::home;
pub(crate) use log::deletions;
pub(crate) use make::{made, make};
pub(crate) use training::training;

use sayso::studio::SessionView;

use crate::desk::Desk;
use crate::view::words::Moment;

/// Where pictures are sent.
pub(crate) const PICTURES: &str = "/studio/pictures";

/// Seconds after which a page is read again while something is at work.
const AGAIN: u32 = 3;

/// What stands on every page of a session.
pub(super) struct Around {
    /// The token of its forms.
    form: String,
    /// The page: `pictures`, `training` or `made`.
    here: &'static str,
    /// Whether there is a training to look at, and whether there is one to draw with.
    has_run: bool,
    has_weights: bool,
    /// Whether nothing was ever brought.
    is_untouched: bool,
    /// When everything is deleted at the latest.
    ends_at: Moment,
    /// How long nobody may come before that, in words.
    idle: Option<String>,
}

impl Around {
    fn new(desk: &Desk, form: String, here: &'static str, session: &SessionView) -> Self {
        let idle = desk.studio().ok().and_then(|studio| studio.studio().options().keeping.idle);
        let has_weights = session.run.as_ref().is_some_and(|run| run.stage == sayso::studio::RunStage::Trained);
        Self {
            form,
            here,
            has_run: session.run.is_some(),
            has_weights,
            is_untouched: session.is_untouched,
            ends_at: Moment::new(session.ends_at),
            idle: idle.map(in_words),
        }
    }
}

/// A time in whole minutes or hours.
pub(super) fn in_words(time: std::time::Duration) -> String {
    let seconds = time.as_secs();
    let counted = |count: u64, one: &str, many: &str| crate::view::words::counted(count, one, many);
    match seconds {
        0..60 => counted(seconds, "second", "seconds"),
        seconds if seconds % 3_600 == 0 => counted(seconds / 3_600, "hour", "hours"),
        seconds => counted(seconds / 60, "minute", "minutes"),
    }
}

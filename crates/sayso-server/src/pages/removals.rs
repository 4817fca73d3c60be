use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::PageRefusal;
use super::render::render;
use crate::api::ApiRemoval;
use crate::desk::Desk;
use crate::suffix::json_href;
use crate::view::Layout;
use crate::view::words::{Moment, counted};

#[derive(Template)]
#[template(path = "removals.html")]
struct RemovalsPage {
    layout: Layout,
    json: String,
    median: Option<String>,
    waiting: String,
    removals: Vec<RemovalView>,
}

struct RemovalView {
    what: String,
    asked: Option<Moment>,
    answered: Option<Moment>,
    answer: &'static str,
    samples: String,
    took: String,
}

impl RemovalView {
    fn new(removal: &ApiRemoval) -> Self {
        let moment = |text: &str| text.parse().ok().map(Moment::new);
        let micros = |text: &str| text.parse().map_or(0, sayso_core::Timestamp::as_micros);
        let took = micros(&removal.answered_at).saturating_sub(micros(&removal.asked_at)) / 1_000_000;
        let what = match (&removal.claim, &removal.reason) {
            (Some(claim), _) => format!("Claim {claim}"),
            (None, Some(reason)) => format!("Report: {reason}"),
            (None, None) => "Report".to_owned(),
        };
        Self {
            what,
            asked: moment(&removal.asked_at),
            answered: moment(&removal.answered_at),
            answer: match removal.answer.as_str() {
                "removed" => "removed",
                "hidden" => "stays hidden",
                _ => "shown again",
            },
            samples: counted(removal.samples, "sample", "samples"),
            took: lasting(u64::try_from(took).unwrap_or(0)),
        }
    }
}

/// `GET /removals`
pub(crate) async fn removals(State(desk): State<Desk>) -> Result<Response, PageRefusal> {
    let found = desk.removals().await?;
    let page = RemovalsPage {
        layout: desk.layout(),
        json: json_href("/removals"),
        median: found.median_seconds.map(lasting),
        waiting: counted(found.waiting, "request waits", "requests wait"),
        removals: found.removals.iter().map(RemovalView::new).collect(),
    };
    Ok(render(StatusCode::OK, &page))
}

/// How long something takes, in the unit that says it best.
fn lasting(seconds: u64) -> String {
    match seconds {
        0..=119 => counted(seconds, "second", "seconds"),
        120..=7_199 => counted(seconds / 60, "minute", "minutes"),
        7_200..=172_799 => counted(seconds / 3_600, "hour", "hours"),
        _ => counted(seconds / 86_400, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn times_are_said_in_their_unit() {
        for (seconds, says) in [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (90_000, "25 hours")] {
            assert_eq!(lasting(seconds), says);
        }
        assert_eq!(lasting(86_400 * 365), "365 days");
    }
}

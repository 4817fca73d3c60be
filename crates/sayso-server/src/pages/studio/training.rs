use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sayso::studio::{RunStage, RunView};

use super::super::PageRefusal;
use super::super::claim_steps::see;
use super::super::render::render;
use super::{AGAIN, Around};
use crate::LossPoint;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::report::Curve;
use crate::view::words::counted;
use crate::view::{Layout, visible};

#[derive(Template)]
#[template(path = "studio_training.html")]
struct TrainingPage {
    layout: Layout,
    around: Around,
    /// Seconds until the page is read again; none when it does not change any more.
    again: Option<u32>,
    title: String,
    state: String,
    fault: Option<String>,
    is_going: bool,
    can_stop: bool,
    is_trained: bool,
    done: usize,
    all: usize,
    taken: String,
    curve: Option<Curve>,
    samples: Vec<SampleShown>,
    settings: Vec<(&'static str, String)>,
}

struct SampleShown {
    number: usize,
    step: String,
    prompt: String,
}

/// `GET /studio/training`: how far it is.
pub(crate) async fn training(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let guest = studio.guest(&headers).ok_or(Refusal::NoStudioSession)?;
    let token = guest.token();
    let session = studio.work(move |studio| studio.look(&token)).await?;
    let Some(run) = &session.run else { return Ok(see("/studio")) };
    let losses: Vec<LossPoint> =
        run.losses.iter().map(|row| LossPoint { step: row.step as u64, loss: row.loss }).collect();
    let (done, all) = match run.stage {
        RunStage::Preparing { done, all } => (done, all),
        _ => (run.step, run.steps),
    };
    let samples = run.samples.iter().enumerate().rev().map(|(at, sample)| SampleShown {
        number: at + 1,
        step: format!("after {}", counted(sample.step as u64, "step", "steps")),
        prompt: visible(&sample.prompt),
    });
    let page = TrainingPage {
        layout: desk.layout(),
        around: Around::new(&desk, guest.form_token(), "training", &session),
        again: run.stage.is_going().then_some(AGAIN),
        title: visible(&run.title),
        state: run.in_words(),
        fault: match &run.stage {
            RunStage::Failed(why) => Some(visible(why)),
            _ => None,
        },
        is_going: run.stage.is_going(),
        can_stop: run.stage.is_going() && run.stage != RunStage::Stopping,
        is_trained: run.stage == RunStage::Trained,
        done,
        all: all.max(1),
        taken: counted(run.taken as u64, "picture", "pictures"),
        curve: Curve::of(&losses),
        samples: samples.collect(),
        settings: run.settings.iter().map(|(name, value)| (*name, visible(value))).collect(),
    };
    Ok(render(StatusCode::OK, &page))
}

trait InWords {
    fn in_words(&self) -> String;
}

impl InWords for RunView {
    fn in_words(&self) -> String {
        let steps = || format!("{} of {}", self.step, counted(self.steps as u64, "step", "steps"));
        match &self.stage {
            RunStage::Waiting { before: 0 } => "It is next.".to_owned(),
            RunStage::Waiting { before } => {
                format!("It waits for its turn, behind {}.", counted(*before as u64, "other", "others"))
            }
            RunStage::Preparing { done, all } => format!("Pictures are prepared: {done} of {all}."),
            RunStage::Going => format!("It learns: {}.", steps()),
            RunStage::Stopping => format!("It stops after this step: {}.", steps()),
            RunStage::Trained if self.step < self.steps => {
                format!("It was stopped after {}, and keeps what it had learned.", steps())
            }
            RunStage::Trained => format!("It has learned: {}.", steps()),
            RunStage::Stopped => "It was stopped before it had learned anything.".to_owned(),
            RunStage::Failed(_) => "It came to nothing.".to_owned(),
        }
    }
}

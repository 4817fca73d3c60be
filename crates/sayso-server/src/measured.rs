use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use sayso_metrics::{Counter, Family, Gauge, Histogram, Registry, seconds};

/// What a server is asked, in numbers. Nothing of who asked, or for what.
#[derive(Clone)]
pub(crate) struct Asked {
    answers: Family<[(&'static str, String); 2], Counter>,
    took: Family<[(&'static str, &'static str); 1], Histogram>,
    open: Gauge,
}

impl Asked {
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let (answers, took, open) =
            (Family::default(), Family::new_with_constructor(seconds as fn() -> Histogram), Gauge::default());
        registry.register("answers", "answers, by what was asked and their status", Clone::clone(&answers));
        registry.register("answer_seconds", "how long answers took to begin", Clone::clone(&took));
        registry.register("answers_open", "requests that wait for their answer", Clone::clone(&open));
        Self { answers, took, open }
    }
}

/// Counts a request that goes away unanswered, too.
struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts what is asked and answered.
pub(crate) async fn count(State(asked): State<Asked>, request: Request, next: Next) -> Response {
    let kind = match request.uri().path() {
        path if path.starts_with("/api/") => "api",
        path if path.starts_with("/assets/") => "asset",
        _ => "page",
    };
    asked.open.inc();
    let open = Open(asked.open.clone());
    let started = Instant::now();
    let response = next.run(request).await;
    drop(open);
    let status = response.status().as_str().to_owned();
    asked.took.get_or_create(&[("kind", kind)]).observe(started.elapsed().as_secs_f64());
    asked.answers.get_or_create(&[("kind", kind.to_owned()), ("status", status)]).inc();
    response
}

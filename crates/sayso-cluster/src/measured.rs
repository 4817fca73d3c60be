use std::sync::LazyLock;

use sayso_metrics::{Counter, Family, Gauge, Histogram, Registry, seconds};

/// What a worker does, in numbers.
pub(crate) struct Tasks {
    ended: Family<[Label; 2], Counter>,
    took: Family<[Label; 1], Histogram>,
    pub(crate) running: Gauge,
}

/// A name and a word.
type Label = (&'static str, &'static str);

/// The tasks of this process: the engine calls functions from wherever it likes.
pub(crate) static TASKS: LazyLock<Tasks> = LazyLock::new(|| Tasks {
    ended: Family::default(),
    took: Family::new_with_constructor(seconds as fn() -> Histogram),
    running: Gauge::default(),
});

impl Tasks {
    /// Counts a task of a function, which ended as `done`, `again` (it may work on another try), `never` or `panic`.
    pub(crate) fn end(&self, function: &'static str, outcome: &'static str, seconds: f64) {
        self.ended.get_or_create(&[("function", function), ("outcome", outcome)]).inc();
        self.took.get_or_create(&[("function", function)]).observe(seconds);
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("tasks", "tasks that ended, by function and outcome", self.ended.clone());
        registry.register("task_seconds", "how long tasks took", self.took.clone());
        registry.register("tasks_running", "tasks that are being done", self.running.clone());
    }
}

/// What a scheduler hands out, in numbers.
#[derive(Default, Clone)]
pub(crate) struct Jobs {
    ended: Family<[Label; 1], Counter>,
    submitted: Counter,
    pending: Gauge,
}

impl Jobs {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("questions_submitted", "questions that were planned", self.submitted.clone());
        registry.register("questions", "questions that ended, by outcome", self.ended.clone());
        registry.register("tasks_pending", "tasks that wait for a worker", self.pending.clone());
    }

    fn end(&self, job: &ballista_core::JobId, outcome: &'static str, since: Option<(u64, u64)>) {
        self.ended.get_or_create(&[("outcome", outcome)]).inc();
        let seconds = since.map(|(from, to)| to.saturating_sub(from) as f64 / 1000.0);
        tracing::info!(question = %job, outcome, seconds, "a question ended");
    }
}

impl ballista_scheduler::metrics::SchedulerMetricsCollector for Jobs {
    fn record_submitted(&self, job: &ballista_core::JobId, _: u64, _: u64) {
        self.submitted.inc();
        tracing::info!(question = %job, "a question begins");
    }

    fn record_completed(&self, job: &ballista_core::JobId, queued: u64, completed: u64) {
        self.end(job, "done", Some((queued, completed)));
    }

    fn record_failed(&self, job: &ballista_core::JobId, queued: u64, failed: u64) {
        self.end(job, "failed", Some((queued, failed)));
    }

    fn record_cancelled(&self, job: &ballista_core::JobId) {
        self.end(job, "cancelled", None);
    }

    fn set_pending_tasks_queue_size(&self, tasks: u64) {
        self.pending.set(i64::try_from(tasks).unwrap_or(i64::MAX));
    }

    fn gather_metrics(&self) -> ballista_core::error::Result<Option<(Vec<u8>, String)>> {
        // They are handed out at an address of their own.
        Ok(None)
    }
}

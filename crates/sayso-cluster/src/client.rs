use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::extension::SessionStateExt;
use ballista_core::serde::protobuf::CancelJobParams;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionContext;
use datafusion_proto::protobuf::LogicalPlanNode;
use futures_util::StreamExt;

use crate::endpoint::session_config;
use crate::error::one_line;
use crate::reach::{Reached, reach};
use crate::registered::{registered, sentence_of};
use crate::scheduler::runtime;
use crate::stores::runtime_env;
use crate::{ClusterAddress, ClusterError, Function, Pass, Table};

/// A cluster, for whoever asks it.
pub struct Cluster {
    runtime: tokio::runtime::Runtime,
    address: ClusterAddress,
    pass: Pass,
    functions: Vec<Function>,
    /// Whether somebody has looked if there is a worker.
    has_looked: AtomicBool,
}

/// A question in SQL.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The SQL.
    pub sql: &'a str,
    /// The tables that it may name.
    pub tables: &'a [Table],
    /// Into how many parts a table is read and shuffled at most.
    pub parts: usize,
    /// Rows that are wanted at most.
    pub most: Option<usize>,
    /// Whether what files say of their columns is looked at for planning. Of a table of tasks it helps nobody, and goes with
    /// each of them.
    pub has_statistics: bool,
}

/// How often whoever waits is asked whether it still wants to know.
const TICK: Duration = Duration::from_millis(300);

/// How long an answer is waited for until somebody looks whether there is a worker at all.
const ALONE: Duration = Duration::from_secs(8);

/// How long a scheduler that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

impl Cluster {
    /// Reaches the scheduler at this address, and shows the pass.
    pub fn connect(address: ClusterAddress, pass: Pass, functions: Vec<Function>) -> Result<Self, ClusterError> {
        let runtime = runtime()?;
        runtime.block_on(reach(&address, &pass, PATIENCE))?;
        Ok(Self { runtime, address, pass, functions, has_looked: AtomicBool::new(false) })
    }

    /// Asks, and hands over the rows of the answer as they come, behind an empty batch with its columns. `tick` is called now and then while it is waited for; when it
    /// is false, the question is given up, and what of it waits for a worker is taken back.
    pub fn ask(
        &self,
        question: &Question<'_>,
        mut tick: impl FnMut() -> bool,
        mut each: impl FnMut(RecordBatch) -> bool,
    ) -> Result<(), ClusterError> {
        let plan = OnceLock::new();
        self.runtime.block_on(async {
            let failed = |error: DataFusionError| self.failed(&error);
            let context = self.context(question).map_err(failed)?;
            for table in question.tables {
                table.register(&context).await.map_err(failed)?;
            }
            let asked = async {
                let mut frame = context.sql(question.sql).await?;
                if question.most.is_some() {
                    frame = frame.limit(0, question.most)?;
                }
                let task = Arc::new(frame.task_ctx());
                let planned = frame.create_physical_plan().await?;
                let mut rows = execute_stream(Arc::clone(plan.get_or_init(|| planned)), task)?;
                let mut batches = Vec::new();
                while let Some(batch) = rows.next().await {
                    batches.push(batch?);
                    if batches.len() >= 16 {
                        break;
                    }
                }
                Ok::<_, DataFusionError>((batches, rows))
            };
            tokio::pin!(asked);
            let asked_at = Instant::now();
            let (batches, mut rows) = loop {
                tokio::select! {
                    begun = &mut asked => break begun.map_err(failed)?,
                    () = tokio::time::sleep(TICK) => if !tick() {
                        self.cancel(plan.get()).await;
                        return Err(ClusterError::Interrupted);
                    },
                }
                if asked_at.elapsed() > ALONE && !self.has_looked.swap(true, Ordering::Relaxed) {
                    let _ = tokio::time::timeout(PATIENCE, self.tell_if_alone()).await;
                }
            };
            // An answer without rows has columns, too.
            for batch in std::iter::once(RecordBatch::new_empty(rows.schema())).chain(batches) {
                if !each(batch) {
                    return Err(ClusterError::Interrupted);
                }
            }
            while let Some(batch) = rows.next().await {
                if !each(batch.map_err(failed)?) || !tick() {
                    return Err(ClusterError::Interrupted);
                }
            }
            Ok(())
        })
    }

    /// Says so where no worker has joined the scheduler: one that waits for nothing looks like one that works.
    async fn tell_if_alone(&self) {
        let reached = reach(&self.address, &self.pass, PATIENCE).await;
        if reached.is_ok_and(|reached| reached.workers == Some(0)) {
            let address = &self.address;
            tracing::warn!(
                "the scheduler at {address} has no worker, and what it is asked waits\nhint: start some with `sayso worker --scheduler {address}`"
            );
        }
    }

    /// Has a question cancelled, as far as nobody is at it. Who gives up does not wait long for that, and one that the scheduler
    /// has not planned yet has no name by which to cancel it.
    async fn cancel(&self, plan: Option<&Arc<dyn ExecutionPlan>>) {
        let Some(job) = plan.and_then(job_of) else { return };
        let cancelled = async {
            let reached = reach(&self.address, &self.pass, Duration::ZERO).await;
            if let Ok(Reached { mut client, .. }) = reached {
                let _ = client.cancel_job(CancelJobParams { job_id: job }).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, cancelled).await;
    }

    fn context(&self, question: &Question<'_>) -> Result<SessionContext, DataFusionError> {
        let config = session_config(&self.pass).with_target_partitions(question.parts.max(1));
        let config = config.with_collect_statistics(question.has_statistics);
        // Asking every 50 milliseconds how it stands costs next to nothing, and who is told only at the end does not know until then
        // what the question is called that is to be cancelled.
        let config = config.set_bool("ballista.client.pull", true);
        let state = SessionStateBuilder::new().with_default_features().with_config(config);
        let state = state.with_runtime_env(runtime_env(None)?).build();
        let context = SessionContext::new_with_state(state.upgrade_for_ballista(self.address.url())?);
        // Behind the upgrade, which puts the engine's own functions in place of all others.
        for function in registered(&self.functions) {
            context.register_udf(Arc::unwrap_or_clone(function));
        }
        Ok(context)
    }

    /// Our words for what the engine says.
    fn failed(&self, error: &DataFusionError) -> ClusterError {
        let said = error.to_string();
        if let Some(message) = sentence_of(&said) {
            return ClusterError::Function { message };
        }
        let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if has(&["no executors", "No executors", "lost all executors", "no alive executors"]) {
            return ClusterError::NoWorkers;
        }
        if has(&[
            "transport error",
            "Connection refused",
            "tcp connect error",
            "Stream closed",
            "broken pipe",
            "h2 protocol error",
        ]) {
            return ClusterError::Gone { address: self.address.to_string() };
        }
        ClusterError::Engine { message: one_line(&said) }
    }
}

/// The engine's name of a question that it was asked.
fn job_of(plan: &Arc<dyn ExecutionPlan>) -> Option<String> {
    let asks = plan.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>();
    let job = asks.and_then(DistributedQueryExec::job_id).map(|job| job.to_string());
    job.or_else(|| plan.children().into_iter().find_map(job_of))
}

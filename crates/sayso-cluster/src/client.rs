use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use ballista_core::extension::SessionStateExt;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::SessionContext;
use futures_util::StreamExt;

use crate::endpoint::session_config;
use crate::error::one_line;
use crate::reach::reach;
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

/// How long a scheduler that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

impl Cluster {
    /// Reaches the scheduler at this address, and shows the pass.
    pub fn connect(address: ClusterAddress, pass: Pass, functions: Vec<Function>) -> Result<Self, ClusterError> {
        let runtime = runtime()?;
        runtime.block_on(reach(&address, &pass, PATIENCE))?;
        Ok(Self { runtime, address, pass, functions })
    }

    /// Asks, and hands over the rows of the answer as they come, behind an empty batch with its columns. `tick` is called now and then while it is waited for; when it
    /// is false, the question is given up.
    pub fn ask(
        &self,
        question: &Question<'_>,
        mut tick: impl FnMut() -> bool,
        mut each: impl FnMut(RecordBatch) -> bool,
    ) -> Result<(), ClusterError> {
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
                let mut rows = frame.execute_stream().await?;
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
            let (batches, mut rows) = loop {
                tokio::select! {
                    begun = &mut asked => break begun.map_err(failed)?,
                    () = tokio::time::sleep(TICK) => if !tick() { return Err(ClusterError::Interrupted) },
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

    fn context(&self, question: &Question<'_>) -> Result<SessionContext, DataFusionError> {
        let config = session_config(&self.pass).with_target_partitions(question.parts.max(1));
        let config = config.with_collect_statistics(question.has_statistics);
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

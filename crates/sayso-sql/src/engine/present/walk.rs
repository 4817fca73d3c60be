use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{cast, filter_record_batch};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures_util::StreamExt;
use sayso_core::Uid;

/// Reads what is below it, and hands on the rows that are there. It takes no conditions from above, and so none gets past it.
#[derive(Debug)]
pub(super) struct Walk {
    below: Arc<dyn ExecutionPlan>,
    /// The column of uids.
    uid: usize,
    removed: Arc<[Uid]>,
}

impl Walk {
    pub(super) fn of(below: Arc<dyn ExecutionPlan>, uid: usize, removed: Arc<[Uid]>) -> Self {
        Self { below, uid, removed }
    }
}

impl DisplayAs for Walk {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentRows")
    }
}

impl ExecutionPlan for Walk {
    fn name(&self) -> &'static str {
        "PresentRows"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.below.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.below]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let one = || DataFusionError::Internal("rows come from one plan".to_owned());
        let below = children.into_iter().next().ok_or_else(one)?;
        Ok(Arc::new(Self { below, uid: self.uid, removed: Arc::clone(&self.removed) }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (uid, removed) = (self.uid, Arc::clone(&self.removed));
        let rows = self.below.execute(partition, context)?.map(move |batch| present(&batch?, uid, &removed));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }
}

/// The rows of a batch that are there. A uid that cannot be read is there for nobody.
fn present(batch: &RecordBatch, uid: usize, removed: &[Uid]) -> Result<RecordBatch> {
    let missing = || DataFusionError::Internal("rows come without their uids".to_owned());
    let uids = cast(batch.columns().get(uid).ok_or_else(missing)?, &DataType::Utf8View)?;
    let is_there = |uid: Option<&str>| {
        let uid = uid.and_then(|uid| uid.parse::<Uid>().ok());
        Some(uid.is_some_and(|uid| removed.binary_search(&uid).is_err()))
    };
    let rows: BooleanArray = uids.as_string_view().iter().map(is_there).collect();
    if rows.true_count() == rows.len() {
        return Ok(batch.clone());
    }
    Ok(filter_record_batch(batch, &rows)?)
}

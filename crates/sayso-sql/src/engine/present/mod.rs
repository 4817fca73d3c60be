//! A table without what was removed from it: no part of a question is worked out on a row that is not there, or an error, a number that
//! cannot be divided by, and how long it takes would tell what stands in it.

mod harmless;
mod walk;

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use sayso_core::Uid;

use self::harmless::is_harmless;
use self::walk::Walk;

/// The column by which rows are known.
const UID: &str = "uid";

/// The rows of a table that are there.
#[derive(Debug)]
pub(super) struct Present {
    files: Arc<dyn TableProvider>,
    removed: Arc<[Uid]>,
}

impl Present {
    /// A table without these rows, whose uids are sorted.
    pub(super) fn of(files: Arc<dyn TableProvider>, removed: Arc<[Uid]>) -> Self {
        Self { files, removed }
    }
}

#[async_trait]
impl TableProvider for Present {
    fn schema(&self) -> SchemaRef {
        self.files.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Conditions that cannot fail let files be passed over, and are asked again of the rows that are there. The others are asked of
    /// these alone.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| match is_harmless(filter) {
            true => TableProviderFilterPushDown::Inexact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        // Rows that are removed would be among so many.
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let uid = self.files.schema().index_of(UID)?;
        let Some(wanted) = projection else {
            let files = self.files.scan(state, None, filters, None).await?;
            return Ok(Arc::new(Walk::of(files, uid, Arc::clone(&self.removed))));
        };
        let known = wanted.iter().position(|column| *column == uid);
        let mut read = wanted.clone();
        let at = known.unwrap_or_else(|| {
            read.push(uid);
            read.len() - 1
        });
        let files = self.files.scan(state, Some(&read), filters, None).await?;
        let walk: Arc<dyn ExecutionPlan> = Arc::new(Walk::of(files, at, Arc::clone(&self.removed)));
        if known.is_some() {
            return Ok(walk);
        }
        let schema = walk.schema();
        let columns = schema.fields().iter().enumerate().take(wanted.len()).map(|(at, field)| {
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), at));
            (column, field.name().clone())
        });
        Ok(Arc::new(ProjectionExec::try_new(columns, walk)?))
    }
}

use sayso::sql::WorkerRows;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a question in SQL.
#[derive(Serialize, ToSchema)]
pub(crate) struct SqlAnswer {
    /// The question as it was given.
    pub(crate) query: String,
    /// The dataset that names without a dot are of.
    pub(crate) dataset: String,
    /// The columns.
    pub(crate) columns: Vec<ApiSqlColumn>,
    /// The rows, each with a value for each column: null, a boolean, a number, text, or a list or object of those.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub(crate) rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows, which a limit left out.
    pub(crate) is_cut: bool,
}

/// A column of an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiSqlColumn {
    /// The name. Two columns may have the same.
    #[schema(example = "domain")]
    pub(crate) name: String,
    /// What its values are.
    #[schema(example = "text")]
    pub(crate) kind: String,
}

impl SqlAnswer {
    pub(crate) fn new(query: String, dataset: String, found: WorkerRows) -> Self {
        let column = |column: sayso::sql::SqlColumn| ApiSqlColumn { name: column.name, kind: column.kind };
        let columns = found.columns.into_iter().map(column).collect();
        Self { query, dataset, columns, rows: found.rows, is_cut: found.is_cut }
    }
}

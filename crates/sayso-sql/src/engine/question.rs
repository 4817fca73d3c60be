use datafusion::error::Result;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::{DFParserBuilder, ExplainStatement, Statement};
use datafusion::sql::sqlparser::ast;

use super::fault::syntax;
use crate::SqlError;

/// How deep parentheses and subqueries may nest.
const DEPTH: usize = 50;

/// Reads one question, and nothing else than a question.
pub(super) fn read(question: &str) -> std::result::Result<Statement, SqlError> {
    let parser = DFParserBuilder::new(question).with_recursion_limit(DEPTH).build();
    let mut statements = parser.and_then(|mut parser| parser.parse_statements()).map_err(|error| syntax(&error))?;
    let Some(statement) = statements.pop_front() else {
        return Err(SqlError::Syntax { message: "there is nothing to read".to_owned() });
    };
    if !statements.is_empty() {
        return Err(SqlError::Refused { what: "more than one statement".to_owned() });
    }
    if is_question(&statement) { Ok(statement) } else { Err(refused(&statement)) }
}

fn is_question(statement: &Statement) -> bool {
    match statement {
        // `describe samples` is called so.
        Statement::Statement(statement) => {
            matches!(**statement, ast::Statement::Query(_) | ast::Statement::ExplainTable { .. })
        }
        Statement::Explain(ExplainStatement { statement, .. }) => {
            matches!(&**statement, Statement::Statement(inner) if matches!(**inner, ast::Statement::Query(_)))
        }
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => false,
    }
}

/// Whether a question asks for rows, and not for columns or a plan.
pub(super) fn asks_for_rows(statement: &Statement) -> bool {
    matches!(statement, Statement::Statement(statement) if matches!(**statement, ast::Statement::Query(_)))
}

/// The statement by its first word.
fn refused(statement: &Statement) -> SqlError {
    let text = statement.to_string();
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    SqlError::Refused { what: format!("`{}`", word.to_lowercase()) }
}

/// Plans a question. Statements that hide inside one, such as `select … into`, are refused by what they are planned as.
pub(super) async fn plan(context: &SessionContext, statement: Statement) -> Result<LogicalPlan> {
    let plan = context.state().statement_to_plan(statement).await?;
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false).verify_plan(&plan)?;
    Ok(plan)
}

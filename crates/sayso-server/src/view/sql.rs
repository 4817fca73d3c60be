use sayso::sql::{SqlColumn, SqlDataset, WorkerRows};
use serde_json::Value;

use super::{OutsideLink, shortened, visible, words};

/// Characters of a value on a page; the JSON has it whole.
const MOST_CHARACTERS: usize = 300;

/// The tables of a dataset beside a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SqlTableView {
    /// As it is written in a question.
    pub(crate) name: String,
    pub(crate) rows: String,
    pub(crate) columns: Vec<SqlColumn>,
}

/// The rows of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SqlRowsView {
    pub(crate) count: String,
    pub(crate) is_cut: bool,
    /// The columns' names, and whether they hold numbers, which stand at the right.
    pub(crate) columns: Vec<(String, bool)>,
    pub(crate) rows: Vec<Vec<SqlCell>>,
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SqlCell {
    Null,
    Number(String),
    Text(String),
    /// The uid of a sample, which has a page.
    Sample(String),
    /// An address elsewhere.
    Address(OutsideLink),
}

/// The tables of all datasets; those of the one that names without a dot are of come first.
pub(crate) fn sql_tables(datasets: &[SqlDataset], first: Option<&str>) -> Vec<SqlTableView> {
    let first = first.or_else(|| datasets.first().map(|dataset| dataset.name.as_str()));
    let (own, others): (Vec<_>, Vec<_>) = datasets.iter().partition(|dataset| Some(dataset.name.as_str()) == first);
    let mut tables = Vec::new();
    for dataset in own.into_iter().chain(others) {
        for table in &dataset.tables {
            let is_own = Some(dataset.name.as_str()) == first;
            let quoted = || format!("\"{}\".{}", dataset.name.replace('"', "\"\""), table.name);
            tables.push(SqlTableView {
                name: if is_own { table.name.to_owned() } else { quoted() },
                rows: words::counted(table.rows, "row", "rows"),
                columns: table.columns_masked(),
            });
        }
    }
    tables
}

impl SqlRowsView {
    pub(crate) fn new(found: &WorkerRows) -> Self {
        let is_of_numbers = |at: usize| {
            let mut values =
                found.rows.iter().filter_map(|row| row.get(at)).filter(|value| !value.is_null()).peekable();
            values.peek().is_some() && values.all(Value::is_number)
        };
        let columns = found.columns.iter().enumerate();
        let columns = columns.map(|(at, column)| (visible(&shortened(&column.name, 80)), is_of_numbers(at)));
        let cells =
            |row: &Vec<Value>| row.iter().zip(&found.columns).map(|(value, column)| cell(value, column)).collect();
        Self {
            count: words::counted(found.rows.len() as u64, "row", "rows"),
            is_cut: found.is_cut,
            columns: columns.collect(),
            rows: found.rows.iter().map(cells).collect(),
        }
    }
}

fn cell(value: &Value, column: &SqlColumn) -> SqlCell {
    match value {
        Value::Null => SqlCell::Null,
        Value::Number(number) => SqlCell::Number(number.to_string()),
        Value::String(text) if column.name == "uid" && is_uid(text) => SqlCell::Sample(text.clone()),
        Value::String(text) => {
            let shown = visible(&shortened(text, MOST_CHARACTERS));
            // An address leads where it says, or nowhere: one that had to be changed to be shown is text.
            let link = OutsideLink::new(text);
            if link.href.is_some() && shown == *text { SqlCell::Address(link) } else { SqlCell::Text(shown) }
        }
        other => SqlCell::Text(visible(&shortened(&other.to_string(), MOST_CHARACTERS))),
    }
}

fn is_uid(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{SqlCell, SqlColumn, SqlRowsView, WorkerRows};

    #[test]
    fn values_are_shown_as_what_they_are() {
        let column = |name: &str| SqlColumn { name: name.to_owned(), kind: "text".to_owned() };
        let uid = "0123456789abcdef0123456789abcdef";
        let found = WorkerRows {
            columns: ["uid", "url", "n", "x"].map(column).to_vec(),
            rows: vec![
                vec![json!(uid), json!("https://one.example/a.jpg"), json!(1.5), json!({"a": [null]})],
                vec![json!("0123"), json!("javascript:alert(1)"), json!(null), json!("a\u{202e}b")],
            ],
            is_cut: true,
        };
        let view = SqlRowsView::new(&found);
        assert_eq!(view.count, "2 rows");
        assert_eq!(view.columns.iter().map(|column| column.1).collect::<Vec<_>>(), [false, false, true, false]);
        assert_eq!(view.rows[0][0], SqlCell::Sample(uid.to_owned()));
        assert!(matches!(&view.rows[0][1], SqlCell::Address(link) if link.host == "one.example"));
        assert_eq!(view.rows[0][3], SqlCell::Text("{\"a\":[null]}".to_owned()));
        let text = |text: &str| SqlCell::Text(text.to_owned());
        assert_eq!(view.rows[1], [text("0123"), text("javascript:alert(1)"), SqlCell::Null, text("a⟨U+202E⟩b")]);
    }
}

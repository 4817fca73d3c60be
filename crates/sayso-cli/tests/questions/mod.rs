//! A table that questions in SQL are asked of, and the same rows for whoever counts by hand.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by tests that each use a part")]

use std::fmt::Write;
use std::path::Path;

use crate::support::sayso;

/// A row as it is imported.
pub(crate) struct Row {
    pub(crate) url: String,
    pub(crate) domain: &'static str,
    pub(crate) caption: String,
    pub(crate) width: Option<u32>,
    pub(crate) score: f64,
    pub(crate) note: String,
}

/// 300 rows of three sites.
pub(crate) fn rows() -> Vec<Row> {
    let row = |number: u32| {
        let domain = ["one.example", "two.example", "three.example"][number as usize % 3];
        Row {
            url: format!("https://{domain}/{number}.jpg"),
            domain,
            caption: match number {
                7 => "=cmd <script>alert(1)</script> \u{202e}evil".to_owned(),
                8 => "Write to ana8@example.org, or call +49 30 901820".to_owned(),
                _ => format!("a cat, number {number}"),
            },
            width: (!number.is_multiple_of(5)).then_some(number * 2),
            score: f64::from(number) / 512.0,
            note: if number == 9 { "note of bo9@example.org".to_owned() } else { format!("n{}", number % 4) },
        }
    };
    (0..300).map(row).collect()
}

/// Imports them as `set` in a folder.
pub(crate) fn imported(dir: &Path) {
    imported_as(dir, "set");
}

/// Imports them under a name.
pub(crate) fn imported_as(dir: &Path, name: &str) {
    let mut table = String::from("url,caption,width,score,note,NSFW\n");
    for Row { url, caption, width, score, note, .. } in rows() {
        let width = width.map(|width| width.to_string()).unwrap_or_default();
        writeln!(table, "{url},\"{caption}\",{width},{score},{note},UNLIKELY").unwrap();
    }
    std::fs::write(dir.join("t.csv"), table).unwrap();
    assert!(sayso(&["import", "t.csv", "-o", name], dir).status.success());
}

/// Questions that take long: nobody can know before that there is no such row.
pub(crate) const ENDLESS: &str = "select count(*) from samples a, samples b, samples c, samples d, samples e, samples f \
     where a.score + b.score + c.score + d.score + e.score + f.score < 0";

/// A question whose plan doubles with each line.
pub(crate) fn doubling() -> String {
    let lines: String =
        (1..30).map(|line| format!(", a{line} as (select x.* from a{} x, a{} y)", line - 1, line - 1)).collect();
    format!("with a0 as (select * from samples){lines} select count(*) from a29")
}

/// What is no question, and with which words it is refused.
pub(crate) const REFUSED: [(&str, &str); 27] = [
    ("insert into samples values (1)", "`insert` is not answered"),
    ("update samples set caption = ''", "`update` is not answered"),
    ("delete from samples", "`delete` is not answered"),
    ("drop table samples", "`drop` is not answered"),
    ("truncate table samples", "`truncate` is not answered"),
    ("create table x as select * from samples", "`create` is not answered"),
    ("create view x as select * from samples", "`create` is not answered"),
    ("create external table x stored as csv location '/etc/passwd'", "`create` is not answered"),
    ("copy samples to '/tmp/sayso-never.parquet'", "`copy` is not answered"),
    ("copy (select 1) to '/tmp/sayso-never.csv'", "`copy` is not answered"),
    ("set datafusion.execution.target_partitions = 64", "`set` is not answered"),
    ("reset datafusion.execution.batch_size", "`reset` is not answered"),
    ("show all", "`show` is not answered"),
    ("show tables", "`show` is not answered"),
    ("prepare q as select 1", "`prepare` is not answered"),
    ("execute q", "`execute` is not answered"),
    ("begin", "`begin` is not answered"),
    ("explain insert into samples values (1)", "`explain` is not answered"),
    ("select * into x from samples", "what writes or sets is not answered"),
    ("select 1; drop table samples", "more than one statement is not answered"),
    ("select * from '/etc/passwd'", "not found"),
    ("select * from \"file:///etc/passwd\"", "not found"),
    ("select * from read_parquet('/etc/passwd')", "not found"),
    ("select * from generate_series(1, 1000000000000)", "not found"),
    ("select * from information_schema.df_settings", "not found"),
    ("with recursive t as (select 1 as n union all select n + 1 from t) select * from t", "recursive"),
    ("select @@version", "variable"),
];

//! However a table is cut into chunks, and wherever reading ended and went on: the same rows, and the same kept aside.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Chunk, Delimited, Json, Position, Table};

/// What came of each row, as text.
fn rows_of(chunk: &Chunk) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    for (at, number) in chunk.rows.iter().enumerate() {
        let cells: Vec<String> = chunk
            .batch
            .columns()
            .iter()
            .map(|column| arrow_cast::display::array_value_to_string(column, at).unwrap())
            .collect();
        found.push((*number, cells.join("\u{1f}")));
    }
    found.extend(chunk.aside.iter().map(|row| (row.row, format!("{}: {}", row.reason, row.content))));
    found.sort();
    found
}

/// Every row, read in one go in chunks of so many, or each chunk by a reader of its own.
fn read(open: &dyn Fn(Position) -> Box<dyn Table>, is_resumed: bool) -> Vec<(u64, String)> {
    let (mut rows, mut table) = (Vec::new(), open(Position::default()));
    while let Some(chunk) = table.next_chunk().unwrap() {
        rows.extend(rows_of(&chunk));
        if is_resumed {
            table = open(chunk.next);
        }
    }
    rows
}

fn delimited(bytes: &[u8], chunk_rows: usize) -> impl Fn(Position) -> Box<dyn Table> {
    let bytes = bytes.to_vec();
    move |from| {
        let input = Box::new(std::io::Cursor::new(bytes.clone()));
        let table = Delimited::open("t.csv", input, b',', Some(true)).unwrap().with_chunk_rows(chunk_rows);
        Box::new(table.seek(from).unwrap())
    }
}

fn json(bytes: &[u8], chunk_rows: usize) -> impl Fn(Position) -> Box<dyn Table> {
    let bytes = bytes.to_vec();
    move |from| {
        let input = Box::new(std::io::Cursor::new(bytes.clone()));
        let table = Json::open("t.json", input, true).unwrap().with_chunk_rows(chunk_rows);
        Box::new(table.seek(from).unwrap())
    }
}

fn check<'a>(open: &dyn Fn(usize) -> Box<dyn Fn(Position) -> Box<dyn Table> + 'a>) {
    let whole = read(&open(1000), false);
    assert!(whole.is_sorted_by(|a, b| a.0 < b.0), "{whole:?}");
    for chunk_rows in [1, 2, 3] {
        assert_eq!(read(&open(chunk_rows), false), whole, "in chunks of {chunk_rows}");
        assert_eq!(read(&open(chunk_rows), true), whole, "by readers of {chunk_rows}");
    }
}

proptest! {
    #[test]
    fn of_csv(lines in vec(vec(prop::sample::select(vec!["a", "1", "\"", "\"x, y\"", "\"p\nq\"", "", "é", "7", "\r"]), 0..4), 0..12)) {
        let lines: Vec<String> = lines.iter().map(|fields| fields.join(",")).collect();
        let bytes = format!("\u{feff}url,caption,n\n{}", lines.join("\n"));
        check(&|rows| Box::new(delimited(bytes.as_bytes(), rows)));
    }

    #[test]
    fn of_any_bytes(bytes in vec(prop::sample::select(b"\",\n\r a1\xff{}[]:\\".to_vec()), 0..80)) {
        check(&|rows| Box::new(delimited(&bytes, rows)));
        check(&|rows| Box::new(json(&bytes, rows)));
    }

    #[test]
    fn of_json(rows in vec((any::<bool>(), 0..5_u32, "[a-z\"{}]{0,4}"), 0..10), is_list in any::<bool>()) {
        let objects: Vec<String> = rows
            .iter()
            .map(|(is_more, n, text)| {
                let mut object = serde_json::json!({"url": format!("u{n}"), "text": text});
                if *is_more {
                    object["more"] = serde_json::json!([n, {"deep": text}]);
                }
                object.to_string()
            })
            .collect();
        let bytes = if is_list { format!("[{}]", objects.join(", ")) } else { objects.join("\n") };
        check(&|rows| Box::new(json(bytes.as_bytes(), rows)));
        prop_assert_eq!(read(&json(bytes.as_bytes(), 7), false).len(), objects.len());
    }
}

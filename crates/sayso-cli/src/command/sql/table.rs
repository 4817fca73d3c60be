use std::io::{self, Write};

use sayso::sql::{Rows, SqlColumn};
use serde_json::Value;

use crate::output::{harmless, shortened};

/// Characters of a value on a terminal; elsewhere it is whole.
const MOST_CHARACTERS: usize = 60;

/// Rows with their columns one below another.
pub(super) struct Table {
    is_shortened: bool,
    /// Each line's values, the names first.
    lines: Vec<Vec<String>>,
    /// Whether a column holds numbers alone, which stand at its right.
    is_of_numbers: Vec<bool>,
}

impl Table {
    pub(super) fn new(is_shortened: bool) -> Self {
        Self { is_shortened, lines: Vec::new(), is_of_numbers: Vec::new() }
    }

    fn fit(&self, text: &str) -> String {
        if self.is_shortened { shortened(text, MOST_CHARACTERS) } else { harmless(text) }
    }

    /// Prints the table, once all rows are there.
    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut widths = vec![0; self.is_of_numbers.len()];
        for line in &self.lines {
            for (width, text) in widths.iter_mut().zip(line) {
                *width = (*width).max(text.chars().count());
            }
        }
        for (number, line) in self.lines.iter().enumerate() {
            let mut shown = String::new();
            for ((text, width), is_number) in line.iter().zip(&widths).zip(&self.is_of_numbers) {
                if !shown.is_empty() {
                    shown.push_str("  ");
                }
                let padding = " ".repeat(width.saturating_sub(text.chars().count()));
                let (before, behind) = if *is_number { (padding.as_str(), "") } else { ("", padding.as_str()) };
                shown.extend([before, text, behind]);
            }
            writeln!(out, "{}", shown.trim_end())?;
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                writeln!(out, "{}", rules.join("  "))?;
            }
        }
        Ok(())
    }
}

impl Rows for Table {
    fn columns(&mut self, columns: &[SqlColumn]) -> io::Result<()> {
        self.is_of_numbers = vec![true; columns.len()];
        self.lines.push(columns.iter().map(|column| self.fit(&column.name)).collect());
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> io::Result<()> {
        let mut line = Vec::with_capacity(row.len());
        for (value, is_of_numbers) in row.iter().zip(&mut self.is_of_numbers) {
            *is_of_numbers &= matches!(value, Value::Number(_) | Value::Null);
            line.push(match value {
                Value::Null => "NULL".to_owned(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
        self.lines.push(line.iter().map(|text| self.fit(text)).collect());
        Ok(())
    }
}

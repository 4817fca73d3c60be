use std::io::{self, Write};

use sayso::check::{CHECK_JSON_VERSION, CheckOptions, Checked, checked_json, summary_json};
use sayso_core::Policy;
use serde_json::json;

use super::Answer;

/// One JSON document, written as it comes to be: each picture on a line of its own, the numbers behind all of them.
pub(super) struct JsonOutput<W> {
    out: W,
    is_first: bool,
    policy: Policy,
}

impl<W: Write> JsonOutput<W> {
    pub(super) fn new(mut out: W, options: &CheckOptions) -> io::Result<Self> {
        let (purpose, policy) = (json!(options.policy.purpose), json!(options.policy.to_string()));
        write!(out, "{{\"version\":{CHECK_JSON_VERSION},\"purpose\":{purpose},\"policy\":{policy},")?;
        if let Some(registry) = &options.registry {
            write!(out, "\"registry_head\":{},", json!(registry.head()))?;
        }
        write!(out, "\"pictures\":[")?;
        Ok(Self { out, is_first: true, policy: options.policy.clone() })
    }

    pub(super) fn add(&mut self, checked: &Checked) -> io::Result<()> {
        self.out.write_all(if std::mem::take(&mut self.is_first) { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.out, &checked_json(checked, &self.policy)).map_err(io::Error::from)
    }

    pub(super) fn finish(mut self, answer: &Answer<'_>) -> io::Result<()> {
        let numbers = summary_json(answer.summary, answer.moved);
        self.out.write_all(b"\n]")?;
        // The rest of the same object.
        let numbers = numbers.to_string();
        writeln!(self.out, ",{}", numbers.strip_prefix('{').unwrap_or_default())?;
        self.out.flush()
    }
}

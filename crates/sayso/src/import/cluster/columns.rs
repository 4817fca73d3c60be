//! Columns with their types as they travel from machine to machine: in the words of Arrow, so that none of them is lost.

use std::sync::Arc;

use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::import::layout::Layout;
use crate::import::role::Role;

/// Columns with their types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Columns(String);

impl Columns {
    pub(super) fn of(schema: &Schema) -> Result<Self, Error> {
        let mut writer = StreamWriter::try_new(Vec::new(), schema)?;
        writer.finish()?;
        Ok(Self(STANDARD.encode(writer.into_inner()?)))
    }

    pub(super) fn schema(&self) -> Result<SchemaRef, Error> {
        let bytes = STANDARD.decode(&self.0).map_err(|error| ArrowError::IpcError(error.to_string()))?;
        Ok(StreamReader::try_new(bytes.as_slice(), None)?.schema())
    }
}

/// What samples have beside the columns of every sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredLayout {
    facts: Vec<Role>,
    has_pictures: bool,
    kept: Columns,
}

impl StoredLayout {
    pub(super) fn of(layout: &Layout) -> Result<Self, Error> {
        let Layout { facts, has_pictures, kept } = layout;
        let kept = Columns::of(&Schema::new(kept.clone()))?;
        Ok(Self { facts: facts.clone(), has_pictures: *has_pictures, kept })
    }

    pub(super) fn layout(self) -> Result<Layout, Error> {
        let kept = self.kept.schema()?.fields().iter().map(Arc::clone).collect();
        Ok(Layout { facts: self.facts, has_pictures: self.has_pictures, kept })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use arrow_schema::{DataType, Field, Fields, TimeUnit};

    use super::StoredLayout;
    use crate::import::layout::Layout;
    use crate::import::role::Role;

    #[test]
    fn a_layout_comes_back_as_it_was() {
        let words = DataType::List(Arc::new(Field::new("element", DataType::Utf8, true)));
        let place = Fields::from(vec![Field::new("x", DataType::Float32, false), Field::new("words", words, true)]);
        let kept = [
            Field::new("seen", DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())), true),
            Field::new("price", DataType::Decimal128(9, 2), true),
            Field::new("place", DataType::Struct(place), true),
        ];
        let layout =
            Layout { facts: vec![Role::Width, Role::Pdq], has_pictures: true, kept: kept.map(Arc::new).into() };
        let stored = StoredLayout::of(&layout).unwrap();
        let json = serde_json::to_string(&stored).unwrap();
        let back: StoredLayout = serde_json::from_str(&json).unwrap();
        assert_eq!(back.layout().unwrap(), layout);
        let none = StoredLayout::of(&Layout::default()).unwrap();
        assert_eq!(none.layout().unwrap(), Layout::default());
    }
}

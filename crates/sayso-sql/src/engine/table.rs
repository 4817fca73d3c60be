use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ident};

use super::masked::masked;
use super::present::Present;
use crate::tables::is_text;
use crate::{Mask, SqlTable};

/// A table as the engine reads it.
pub(super) fn provider(root: &str, table: &SqlTable, mask: Option<Mask>) -> Result<Arc<dyn TableProvider>> {
    let mut rows = read(root, table)?;
    if !table.removed.is_empty() {
        rows = Arc::new(Present::of(rows, Arc::clone(&table.removed)));
    }
    let Some(mask) = mask else { return Ok(rows) };
    let schema = rows.schema();
    let plan = LogicalPlanBuilder::scan(table.name, provider_as_source(rows), None)?;
    let plan = plan.project(schema.fields().iter().filter_map(|field| shown(table, field, mask)))?;
    Ok(Arc::new(ViewTable::new(plan.build()?, None)))
}

/// The files as they are.
fn read(root: &str, table: &SqlTable) -> Result<Arc<dyn TableProvider>> {
    let schema = viewed(&table.schema);
    if table.files.is_empty() {
        return Ok(Arc::new(EmptyTable::new(schema)));
    }
    let paths = table.files.iter().map(|file| ListingTableUrl::parse(format!("{root}{file}")));
    let options = ListingOptions::new(Arc::new(ParquetFormat::new())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(paths.collect::<Result<_>>()?)
        .with_listing_options(options)
        .with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// A column as everybody may see it, if it is one.
fn shown(table: &SqlTable, field: &FieldRef, mask: Mask) -> Option<Expr> {
    let name = field.name();
    let is_masked = is_text(field.data_type()) && !table.needs_no_mask(field);
    let column = || if is_masked { masked(mask, ident(name)).alias(name) } else { ident(name) };
    table.is_shown_masked(field).then(column)
}

/// The schema with text and bytes as views, which are compared without being copied.
fn viewed(schema: &SchemaRef) -> SchemaRef {
    let view = |field: &FieldRef| {
        let kind = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
            _ => return Arc::clone(field),
        };
        Arc::new(Field::new(field.name(), kind, field.is_nullable()))
    };
    Arc::new(Schema::new(schema.fields().iter().map(view).collect::<Vec<_>>()))
}

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sayso::library::{ColumnName, FacetField};
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::{Address, Layout, ValueView, value_href};

#[derive(Deserialize)]
pub(crate) struct ValueParameters {
    snapshot: Option<String>,
}

#[derive(Template)]
#[template(path = "value.html")]
struct ValuePage {
    layout: Layout,
    address: Address,
    value: ValueView,
}

type Named = Result<Path<String>, PathRejection>;
type Asked = Result<Query<ValueParameters>, QueryRejection>;

/// `GET /domain/{name}`
pub(crate) async fn domain(State(desk): State<Desk>, name: Named, asked: Asked) -> Result<Response, PageRefusal> {
    value(&desk, FacetField::Domain, name, asked).await
}

/// `GET /creator/{name}`
pub(crate) async fn creator(State(desk): State<Desk>, name: Named, asked: Asked) -> Result<Response, PageRefusal> {
    value(&desk, FacetField::Creator, name, asked).await
}

/// `GET /licence/{name}`
pub(crate) async fn licence(State(desk): State<Desk>, name: Named, asked: Asked) -> Result<Response, PageRefusal> {
    value(&desk, FacetField::Licence, name, asked).await
}

/// `GET /column/{column}/{value}`
pub(crate) async fn column(
    State(desk): State<Desk>,
    names: Result<Path<(String, String)>, PathRejection>,
    asked: Asked,
) -> Result<Response, PageRefusal> {
    let Path((column, name)) = names.map_err(|_| Refusal::NoPage)?;
    value(&desk, column_field(&column)?, Ok(Path(name)), asked).await
}

/// The column of this name, if any dataset has it.
pub(crate) fn column_field(name: &str) -> Result<FacetField, Refusal> {
    format!("{}{name}", ColumnName::PREFIX).parse().map_err(|_| Refusal::NoPage)
}

async fn value(desk: &Desk, field: FacetField, name: Named, asked: Asked) -> Result<Response, PageRefusal> {
    let Path(name) = name.map_err(|_| Refusal::NoPage)?;
    let Query(ValueParameters { snapshot }) = asked.map_err(|_| Refusal::Parameters)?;
    let value = desk.value(field, &name).await?;
    // Whatever spelling it was asked by, there is one address.
    let href = value_href(field, &value.name).ok_or(Refusal::NoPage)?;
    let view = ValueView::new(&value);
    let what = format!("{} of {}", view.samples, view.title);
    let address = Address::new(&href, &what, &desk.datasets(), snapshot.as_deref());
    Ok(render(StatusCode::OK, &ValuePage { layout: desk.layout(), address, value: view }))
}

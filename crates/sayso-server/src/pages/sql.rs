use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::api::MOST_ROWS;
use crate::desk::Desk;
use crate::headers::X_ROBOTS_TAG;
use crate::refusal::Refusal;
use crate::view::{Layout, Problem, SqlCell, SqlRowsView, SqlTableView, sql_tables, words};

/// Rows on a page.
const ROWS: u64 = 200;

/// Questions to begin with: what they ask, and how.
const EXAMPLES: [(&str, &str); 9] = [
    (
        "The sites with the most samples",
        "select domain, count(*) as samples from samples\ngroup by domain order by samples desc limit 20",
    ),
    (
        "Who is named most often",
        "select creator, count(*) as samples, count(distinct domain) as sites from samples\nwhere creator is not null group by creator order by samples desc limit 20",
    ),
    (
        "What was allowed, and why",
        "select verdict, reason, count(*) as samples from samples\ngroup by verdict, reason order by samples desc",
    ),
    (
        "Why pairs were left out",
        "select reason, count(*) as pairs from exclusions\ngroup by reason order by pairs desc",
    ),
    ("Captions that claim a copyright", "select uid, domain, caption from samples\nwhere caption like '%©%' limit 50"),
    (
        "Captions that stand beside many pictures",
        "select caption, count(*) as pictures, count(distinct domain) as sites from samples\ngroup by caption having count(*) > 1 order by pictures desc limit 50",
    ),
    (
        "Licences, by site",
        "select licence, domain, count(*) as samples from samples\nwhere licence is not null group by licence, domain order by samples desc limit 50",
    ),
    (
        "The commonest words of 10,000 captions",
        "select word, count(*) as times from (\n  select unnest(string_to_array(lower(caption), ' ')) as word\n  from (select caption from samples limit 10000))\ngroup by word order by times desc limit 50",
    ),
    (
        "The largest pictures",
        "select uid, width, height, url from samples\nwhere width is not null\norder by cast(width as bigint) * height desc limit 20",
    ),
];

#[derive(Deserialize)]
pub(crate) struct SqlParameters {
    q: Option<String>,
    dataset: Option<String>,
}

#[derive(Template)]
#[template(path = "sql.html")]
struct SqlPage {
    layout: Layout,
    question: String,
    /// The datasets to choose from, where there are several, and whether it is the chosen one.
    datasets: Vec<(String, bool)>,
    tables: Vec<SqlTableView>,
    examples: Vec<(&'static str, String)>,
    outcome: Option<Outcome>,
    /// The same question to the API, up to its format.
    api_href: String,
    most_rows: String,
}

/// What a question came to.
enum Outcome {
    Rows(SqlRowsView),
    Refused(Problem),
}

/// `GET /sql`
pub(crate) async fn sql(
    State(desk): State<Desk>,
    parameters: Result<Query<SqlParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(SqlParameters { q, dataset }) = parameters.map_err(|_| Refusal::Parameters)?;
    let layout = desk.layout();
    let desk = desk.sql()?;
    // A form sends what is empty, too.
    let dataset = dataset.filter(|name| !name.is_empty());
    let question = q.filter(|question| !question.trim().is_empty());
    let (status, outcome) = match &question {
        None => (StatusCode::OK, None),
        Some(question) => match desk.ask(question.clone(), dataset.as_deref(), ROWS).await {
            Ok(found) => (StatusCode::OK, Some(Outcome::Rows(SqlRowsView::new(&found)))),
            Err(refusal @ (Refusal::Sql { .. } | Refusal::SqlMemory { .. })) => {
                (refusal.status_and_code().0, Some(Outcome::Refused(Problem::new(&refusal, question))))
            }
            Err(refusal) => return Err(refusal.into()),
        },
    };
    let all = desk.datasets();
    let chosen = dataset.as_deref().or_else(|| all.first().map(|dataset| dataset.name.as_str()));
    let named = all.iter().map(|dataset| (dataset.name.clone(), Some(dataset.name.as_str()) == chosen));
    let asked = question.as_deref().unwrap_or_default();
    let page = SqlPage {
        layout,
        datasets: if all.len() > 1 { named.collect() } else { Vec::new() },
        tables: sql_tables(all, dataset.as_deref()),
        examples: EXAMPLES.map(|(finds, question)| (finds, href("/sql", question, dataset.as_deref()))).to_vec(),
        api_href: format!("{}&limit={MOST_ROWS}", href("/api/v1/sql", asked, dataset.as_deref())),
        most_rows: words::number(MOST_ROWS),
        question: question.unwrap_or_default(),
        outcome,
    };
    let mut response = render(status, &page);
    if page.question.is_empty() {
        response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    }
    Ok(response)
}

fn href(path: &str, question: &str, dataset: Option<&str>) -> String {
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    parameters.append_pair("q", question);
    if let Some(dataset) = dataset {
        parameters.append_pair("dataset", dataset);
    }
    format!("{path}?{}", parameters.finish())
}

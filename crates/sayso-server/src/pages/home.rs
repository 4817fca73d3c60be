use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::render::render;
use crate::desk::Desk;
use crate::headers::X_ROBOTS_TAG;
use crate::view::{DatasetView, Layout, words};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    layout: Layout,
    query: &'static str,
    datasets: Vec<DatasetView>,
    samples: String,
    examples: &'static [Example],
}

/// A query that shows what can be asked.
struct Example {
    query: &'static str,
    href: &'static str,
    finds: &'static str,
}

const EXAMPLES: &[Example] = &[
    Example {
        query: "black cat",
        href: "/search?q=black+cat",
        finds: "both words, in the caption or the creator’s name",
    },
    Example { query: "\"black cat\"", href: "/search?q=%22black+cat%22", finds: "the words in this order" },
    Example {
        query: "creator:\"first last\"",
        href: "/search?q=creator%3A%22first+last%22",
        finds: "who is named as the maker",
    },
    Example {
        query: "site:example.org",
        href: "/search?q=site%3Aexample.org",
        finds: "pictures and pages of a site, subdomains too",
    },
    Example {
        query: "licence:cc-by",
        href: "/search?q=licence%3Acc-by",
        finds: "how the licence starts; licence:none where none is stated",
    },
    Example { query: "verdict:unknown", href: "/search?q=verdict%3Aunknown", finds: "allowed, unknown or disallowed" },
    Example { query: "cat -dog", href: "/search?q=cat+-dog", finds: "a word left out" },
];

/// `GET /`
pub(crate) async fn home(State(desk): State<Desk>) -> Response {
    let summaries = desk.datasets();
    let page = HomePage {
        layout: desk.layout(),
        query: "",
        samples: words::counted(summaries.iter().map(|dataset| dataset.samples).sum(), "sample", "samples"),
        datasets: summaries.iter().map(DatasetView::new).collect(),
        examples: EXAMPLES,
    };
    let mut response = render(StatusCode::OK, &page);
    response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    response
}

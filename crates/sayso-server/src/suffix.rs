use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// What makes of a page's address that of the same as JSON.
const SUFFIX: &str = ".json";

/// The address of what a page shows, as JSON.
pub(crate) fn json_href(page: &str) -> String {
    let (path, query) = page.split_once('?').map_or((page, None), |(path, query)| (path, Some(query)));
    let path = if path == "/" { "/index" } else { path };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{SUFFIX}{query}")
}

/// Leads the address of a page with `.json` behind it to what the API answers.
///
/// It stands before the router, so that there is one handler for both addresses, and no address of a page that could be
/// forgotten.
pub(crate) fn to_api(mut request: Request) -> Request {
    if let Some(uri) = api_uri(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

fn api_uri(uri: &Uri) -> Option<Uri> {
    let page = uri.path().strip_suffix(SUFFIX)?.strip_prefix('/')?;
    if page.starts_with("api/") || page.starts_with("assets/") || page.is_empty() {
        return None;
    }
    let api = match page {
        "index" => "datasets",
        "overview" => "facets",
        "about" => "openapi.json",
        page => page,
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("/api/v1/{api}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::{api_uri, json_href};

    #[test]
    fn a_page_leads_to_its_json_and_from_there_to_the_api() {
        for (page, json, api) in [
            ("/", "/index.json", "/api/v1/datasets"),
            ("/search?q=a.json&page=2", "/search.json?q=a.json&page=2", "/api/v1/search?q=a.json&page=2"),
            ("/overview?q=a", "/overview.json?q=a", "/api/v1/facets?q=a"),
            ("/domain/example.org", "/domain/example.org.json", "/api/v1/domain/example.org"),
            ("/creator/a%2Fb", "/creator/a%2Fb.json", "/api/v1/creator/a%2Fb"),
        ] {
            assert_eq!(json_href(page), json);
            assert_eq!(json.parse().ok().as_ref().and_then(api_uri).map(|uri| uri.to_string()).as_deref(), Some(api));
        }
        for other in ["/search", "/api/v1/openapi.json", "/assets/a.json", "/.json", "/search?q=.json"] {
            assert_eq!(other.parse().ok().as_ref().and_then(api_uri), None, "{other}");
        }
    }
}

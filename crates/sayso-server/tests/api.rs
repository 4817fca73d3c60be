//! The JSON API over HTTP.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use serde_json::{Value, json};
use support::start;

#[test]
fn search_answers_with_hits() {
    let server = start();
    let answer = server.get("/api/v1/search?q=red+evening&limit=1");
    assert_eq!((answer.status, answer.header("content-type").as_str()), (200, "application/json"));
    let found = answer.json();
    assert_eq!(found["query"], "red evening");
    assert_eq!(found["total"], 2);
    assert_eq!(found["hits"].as_array().unwrap().len(), 1);
    let hit = &found["hits"][0];
    assert_eq!(hit["dataset"], "demo-dataset");
    assert_eq!(hit["matched"][0]["field"], "caption");
    let text = hit["matched"][0]["text"].as_str().unwrap();
    let range = &hit["matched"][0]["ranges"][0];
    let bytes = |at: usize| usize::try_from(range[at].as_u64().unwrap()).unwrap();
    assert_eq!(text[bytes(0)..bytes(1)].to_lowercase(), "red");
    let second = server.get("/api/v1/search?q=red+evening&limit=1&offset=1").json();
    assert_eq!(second["offset"], 1);
    assert_ne!(second["hits"][0]["sample"]["uid"], hit["sample"]["uid"]);
    let none = server.get("/api/v1/search?q=red+evening&limit=0").json();
    assert_eq!((&none["total"], none["hits"].as_array().unwrap().len()), (&json!(2), 0));
}

#[test]
fn a_sample_has_every_reason_with_its_record() {
    let server = start();
    let uid = server.first_uid("verdict:allowed");
    let found = server.get(&format!("/api/v1/samples/{uid}")).json();
    let sample = &found["sample"];
    assert_eq!(sample["uid"], *uid);
    assert_eq!(sample["verdict"]["stance"], "allowed");
    let reason = &sample["verdict"]["reasons"][0];
    assert_eq!(reason["code"], "content-usage-granted");
    assert_eq!(reason["evidence"]["place"], json!({"in": "header", "name": "Content-Usage"}));
    // What the page says stands in the page's record.
    assert_eq!(reason["evidence"]["record"], sample["record"]);
    assert!(sample["record"]["length"].as_u64().unwrap() > 0);
}

const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

/// The hash of a sample whose picture can be told from others.
fn hash_of_a_sample(server: &support::Running) -> String {
    let found = server.get("/api/v1/search?q=verdict:unknown&limit=100").json();
    let good = |hit: &&Value| hit["sample"]["pdq_quality"].as_u64() > Some(49);
    let hit = found["hits"].as_array().unwrap().iter().find(good).unwrap().clone();
    hit["sample"]["pdq"].as_str().unwrap().to_owned()
}

#[test]
fn a_hash_finds_copies() {
    let server = start();
    let pdq = hash_of_a_sample(&server);
    let found = server.get(&format!("/api/v1/match?pdq={pdq}")).json();
    let nearest = &found["copies"][0];
    assert_eq!((&found["distance"], &nearest["distance"], &nearest["class"]), (&json!(31), &json!(0), &json!("copy")));
    assert_eq!(
        (&nearest["how"], &nearest["turn"], &nearest["sample"]["pdq"]),
        (&json!("hash"), &json!("original"), &json!(pdq))
    );
    // One bit off, it is as near as that, and not found at 0.
    let first = u8::from_str_radix(&pdq[..1], 16).unwrap() ^ 1;
    let off = format!("{first:x}{}", &pdq[1..]);
    assert_eq!(server.get(&format!("/api/v1/match?pdq={off}")).json()["copies"][0]["distance"], 1);
    let none = server.get(&format!("/api/v1/match?pdq={off}&distance=0")).json();
    assert_eq!((&none["copies"], &none["has_more"]), (&json!([]), &json!(false)));
    let none = server.get(&format!("/api/v1/match?pdq={pdq}&limit=0")).json();
    assert_eq!((&none["copies"], &none["has_more"]), (&json!([]), &json!(true)));
    // Of eight, the sixth is the picture mirrored left to right.
    let mut turned = [HASH; 8];
    turned[5] = &pdq;
    let found = server.get(&format!("/api/v1/match?pdq={}", turned.join(","))).json();
    assert_eq!((&found["copies"][0]["turn"], &found["copies"][0]["how"]), (&json!("flip-y"), &json!("turned-hash")));
}

#[test]
fn errors_have_one_form() {
    let server = start();
    for (path, status, code, at) in [
        ("/api/v1/search", 400, "bad-query", Value::Null),
        ("/api/v1/search?q=", 400, "bad-query", Value::Null),
        ("/api/v1/search?q=cat+site:", 400, "bad-query", json!([4, 9])),
        ("/api/v1/search?q=a&limit=101", 400, "bad-parameter", Value::Null),
        ("/api/v1/search?q=a&offset=-1", 400, "bad-parameter", Value::Null),
        ("/api/v1/search?q=a&q=b", 400, "bad-parameter", Value::Null),
        ("/api/v1/search?q=a&offset=9999&limit=2", 400, "too-deep", Value::Null),
        ("/api/v1/match", 400, "bad-hash", Value::Null),
        ("/api/v1/match?pdq=xyz", 400, "bad-hash", Value::Null),
        (&format!("/api/v1/match?pdq={HASH},{HASH}"), 400, "bad-parameter", Value::Null),
        (&format!("/api/v1/match?pdq={}", [HASH; 9].join(",")), 400, "bad-parameter", Value::Null),
        (&format!("/api/v1/match?pdq={HASH}&distance=65"), 400, "bad-parameter", Value::Null),
        (&format!("/api/v1/match?pdq={HASH}&limit=101"), 400, "bad-parameter", Value::Null),
        (&format!("/api/v1/match?pdq={HASH}&pdq={HASH}"), 400, "bad-parameter", Value::Null),
        ("/api/v1/samples/xyz", 400, "bad-uid", Value::Null),
        ("/api/v1/samples/00000000000000000000000000000000", 404, "no-sample", Value::Null),
        ("/api/v1/nothing", 404, "not-found", Value::Null),
        // A server that was given no workers; the others are asked in the tests of the command.
        ("/api/v1/sql?q=select+1", 501, "no-sql", Value::Null),
        ("/api/v1/sql?q=select+1&limit=many", 400, "bad-parameter", Value::Null),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("content-type").as_str()), (status, "application/json"), "{path}");
        let error = &answer.json()["error"];
        assert_eq!((&error["code"], &error["at"]), (&json!(code), &at), "{path}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.contains('\n'), "{path}: {message}");
        assert!(error["hint"].is_string(), "{path}");
    }
}

#[test]
fn datasets_and_health_are_told() {
    let server = start();
    let datasets = server.get("/api/v1/datasets").json();
    let dataset = &datasets["datasets"][0];
    assert_eq!((&dataset["name"], &dataset["policy"]), (&json!("demo-dataset"), &json!("opt-out")));
    let health = server.get("/healthz").json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["samples"], dataset["samples"]);
}

#[test]
fn the_description_covers_what_is_answered() {
    let server = start();
    let description = server.get("/api/v1/openapi.json").json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3."));
    let paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    let expected = [
        "/api/v1/claims/look-up",
        "/api/v1/claims/{number}",
        "/api/v1/column/{column}/{value}",
        "/api/v1/compare",
        "/api/v1/creator/{name}",
        "/api/v1/datasets",
        "/api/v1/domain/{name}",
        "/api/v1/export",
        "/api/v1/facets",
        "/api/v1/licence/{name}",
        "/api/v1/lineage",
        "/api/v1/lineage/path",
        "/api/v1/lineage/{id}",
        "/api/v1/log/consistency",
        "/api/v1/log/proof/{entry}",
        "/api/v1/match",
        "/api/v1/near",
        "/api/v1/openapi.json",
        "/api/v1/removals",
        "/api/v1/samples/{uid}",
        "/api/v1/search",
        "/api/v1/sql",
        "/api/v2/query/urls/",
        "/healthz",
        "/indices-list",
        "/knn-service",
        "/log/checkpoint",
        "/log/cosignature",
        "/log/tile/{path}",
        "/opt-outs",
    ];
    assert_eq!(paths, expected);
    let uid = server.first_uid("red+evening");
    let pdq = hash_of_a_sample(&server);
    let facets = server.get("/api/v1/facets?fields=domain,creator&limit=100").json();
    let names = |place: usize| facets["facets"][place]["values"].as_array().unwrap().clone();
    let stated = |name: &Value| server.get(&format!("/api/v1/domain/{}", name["value"].as_str().unwrap())).json();
    let domain = names(0).into_iter().find(|name| stated(name)["statements"] != json!([])).unwrap();
    let domain = domain["value"].as_str().unwrap().to_owned();
    let creator = names(1)[0]["value"].as_str().unwrap().replace(' ', "%20");
    for (path, called) in [
        ("/api/v1/facets", "/api/v1/facets?q=red"),
        ("/api/v1/compare", "/api/v1/compare?a=demo-dataset&b=demo-dataset"),
        ("/api/v1/match", &*format!("/api/v1/match?pdq={pdq}")),
        ("/api/v1/datasets", "/api/v1/datasets"),
        ("/api/v1/samples/{uid}", &*format!("/api/v1/samples/{uid}")),
        ("/api/v1/search", "/api/v1/search?q=red+evening"),
        ("/api/v1/domain/{name}", &*format!("/api/v1/domain/{domain}")),
        ("/api/v1/creator/{name}", &*format!("/api/v1/creator/{creator}")),
        ("/api/v1/licence/{name}", "/api/v1/licence/cc-by-4.0"),
        ("/healthz", "/healthz"),
    ] {
        let schema = &description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        conforms(&description, schema, &server.get(called).json(), called);
    }
    let schema =
        &description["paths"]["/api/v1/search"]["get"]["responses"]["400"]["content"]["application/json"]["schema"];
    conforms(&description, schema, &server.get("/api/v1/search?q=cat+site:").json(), "an error");
}

/// Asserts that a value has the properties that a schema requires and no others, all the way down.
fn conforms(description: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = description.pointer(reference.trim_start_matches('#')).unwrap();
        return conforms(description, schema, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &&Value| match value {
            Value::Null => choice["type"] == "null",
            _ => choice["type"] != "null" && choice["properties"]["in"]["enum"][0] == value["in"],
        };
        let choice = choices.iter().find(fits).unwrap_or_else(|| unreachable!("{at}: no choice for {value}"));
        return conforms(description, choice, value, at);
    }
    match value {
        Value::Object(object) if schema["properties"].is_null() => {
            // Any names, with values of one kind.
            for (name, value) in object {
                conforms(description, &schema["additionalProperties"], value, &format!("{at}.{name}"));
            }
        }
        Value::Object(object) => {
            let properties = schema["properties"].as_object().unwrap_or_else(|| unreachable!("{at}: {schema}"));
            for required in schema["required"].as_array().unwrap() {
                assert!(object.contains_key(required.as_str().unwrap()), "{at}: {required}");
            }
            for (name, value) in object {
                let schema = properties.get(name).unwrap_or_else(|| unreachable!("{at}: `{name}` is not described"));
                conforms(description, schema, value, &format!("{at}.{name}"));
            }
        }
        Value::Array(values) => values.iter().for_each(|value| conforms(description, &schema["items"], value, at)),
        value => {
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::String(_) => "string",
                Value::Number(number) if number.is_f64() => "number",
                _ => "integer",
            };
            let known = &schema["type"];
            let fits = known == kind || known.as_array().is_some_and(|kinds| kinds.iter().any(|known| known == kind));
            assert!(fits, "{at}: {kind} is not {known}");
        }
    }
}

#[test]
fn the_description_covers_what_a_registry_answers() {
    let dir = tempfile::tempdir().unwrap();
    let server = support::keeping::keep(&dir.path().join("r"), support::keeping::generous());
    let made = support::keeping::Visitor::default().post(
        &server,
        "/claim",
        &[("other", "domain:example.org"), ("use-train-ai", "n")],
    );
    assert_eq!(made.status, 201);
    let description = server.get("/api/v1/openapi.json").json();
    let schema = |path: &str, method: &str| {
        description["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    for (path, called) in [("/api/v1/claims/{number}", "/claims/0.json"), ("/api/v1/removals", "/removals.json")] {
        conforms(&description, &schema(path, "get"), &server.get(called).json(), called);
    }
    for path in ["/api/v1/claims/look-up", "/api/v2/query/urls/"] {
        let answer = server.ask("POST", path, &[], b"https://example.org/1.jpg\nhttps://other.example/");
        conforms(&description, &schema(path, "post"), &answer.json(), path);
    }
    let wrong = server.ask("POST", "/api/v1/claims/look-up", &[("content-type", "application/json".to_owned())], b"{");
    assert_eq!((wrong.status, &wrong.json()["error"]["code"]), (400, &json!("bad-document")));
}

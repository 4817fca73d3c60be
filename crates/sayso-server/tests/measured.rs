//! Numbers for Prometheus: at an address of their own, and of nobody.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::net::SocketAddr;

#[test]
fn answers_are_counted_and_told_elsewhere() {
    let mut numbers: Option<SocketAddr> = None;
    let dataset = [support::demo_dataset().to_owned()];
    let server = support::start_as(&dataset, support::limits(), |mut server| {
        numbers = Some(server.measure("127.0.0.1:0".parse().unwrap()).unwrap());
        server
    });
    for path in ["/?q=somethingprivate", "/", "/api/v1/search?q=cat", "/nothing/here"] {
        server.get(path);
    }
    // The public sees none of it.
    assert_eq!(server.get("/metrics").status, 404);
    let told = ureq::get(format!("http://{}/metrics", numbers.unwrap())).call().unwrap().body_mut().read_to_string();
    let told = told.unwrap();
    for line in [
        "sayso_answers_total{kind=\"page\",status=\"200\"} 2",
        "sayso_answers_total{kind=\"page\",status=\"404\"} 2",
        "sayso_answers_total{kind=\"api\",status=\"200\"} 1",
        "sayso_answer_seconds_count{kind=\"api\"} 1",
        "sayso_answers_open 0",
    ] {
        assert!(told.lines().any(|there| there == line), "{line} is not in {told}");
    }
    assert!(told.contains("role=\"server\"") && !told.contains("somethingprivate"), "{told}");
}

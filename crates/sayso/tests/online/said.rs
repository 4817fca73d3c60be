//! What a site that answers well says.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use sayso::build::default_limits;
use sayso::check::AskSite;
use sayso::online::Online;
use sayso::signals::{ExamineOptions, SourceAt, SourceKind, examine, examine_url};
use sayso_consent::judge;
use sayso_core::{PolicyName, Reason, Speaker, Stance, Subject, UsageCategory};

use crate::sites::{Site, html, leads_to, nothing, reply, text};
use crate::{
    AI_TXT, PAGE, ROBOTS, RSL, TDMREP, TestClock, TestNames, a_site, crawl, gaps, online, options, read, sources,
    stances, support,
};

#[test]
fn a_site_that_is_asked_says_what_its_files_say() {
    let site = a_site();
    let url = site.url("/");
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("robots.txt", ROBOTS);
    write(".well-known/tdmrep.json", TDMREP);
    write("ai.txt", AI_TXT);
    write("terms.xml", RSL);
    // A saved answer, as curl -i writes it, header names in lower case as HTTP/2 has them.
    write("index", &format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-robots-tag: noimageai\r\n\r\n{PAGE}"));
    let options = ExamineOptions { url: url.clone(), agent: "testbot".to_owned(), limits: default_limits() };
    let files = examine(&[dir.path().to_owned()], &options).unwrap();
    let asked = examine_url(&url, &[], &options, &online()).unwrap();
    for kind in [SourceKind::RobotsTxt, SourceKind::Tdmrep, SourceKind::AiTxt, SourceKind::Rsl, SourceKind::HttpAnswer]
    {
        let said = |sources: &[sayso::signals::Source]| {
            let source = sources.iter().find(|source| source.kind == kind).unwrap();
            let mut statements = source.statements.clone();
            // Where a header stood in the answer is not known of what a library has read.
            statements
                .iter_mut()
                .filter(|_| kind == SourceKind::HttpAnswer)
                .for_each(|s| Arc::make_mut(&mut s.signal).at_bytes = None);
            statements
        };
        assert!(!said(&files.sources).is_empty(), "{kind:?}");
        assert_eq!(said(&files.sources), said(&asked.sources), "{kind:?}");
    }
    assert_eq!((files.sources.len(), asked.sources.len()), (5, 5));
    assert_eq!(files.verdicts.len(), asked.verdicts.len());
    for (file, online) in files.verdicts.iter().zip(&asked.verdicts) {
        assert_eq!((file.purpose, file.stance), (online.purpose, online.stance));
    }
    assert!(asked.missing.is_empty() && asked.gaps.is_empty());
    assert_eq!(asked.sources[0].at, SourceAt::Url(site.url("/robots.txt")));
    // Whoever asks says who it is.
    for asked in site.asked() {
        let agent = asked.header("user-agent").unwrap();
        assert!(agent.starts_with(concat!("testbot sayso/", env!("CARGO_PKG_VERSION"), " (")), "{agent}");
    }
}

#[test]
fn a_crawl_of_the_site_says_the_same() {
    let page = format!("{PAGE}<img src='https://cdn.example/a.png' alt='a picture'>");
    let (body, headers) =
        (page.clone(), "content-type: text/html\r\nx-robots-tag: noimageai\r\ntdm-reservation: 1\r\n");
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => text(ROBOTS),
        "/.well-known/tdmrep.json" => reply(200, "content-type: application/json\r\n", TDMREP),
        "/ai.txt" => text(AI_TXT),
        "/terms.xml" => reply(200, "content-type: application/rsl+xml\r\n", RSL),
        "/a/page" => reply(200, headers, body.clone()),
        _ => nothing(),
    });
    let record = |path: &str, headers: &str, body: &str| crawl::response(&site.url(path), headers, body.as_bytes());
    let records = [
        record("/robots.txt", "content-type: text/plain\r\n", ROBOTS),
        record("/.well-known/tdmrep.json", "content-type: application/json\r\n", TDMREP),
        record("/ai.txt", "content-type: text/plain\r\n", AI_TXT),
        record("/terms.xml", "content-type: application/rsl+xml\r\n", RSL),
        record("/a/page", headers, &page),
    ];
    let dir = tempfile::tempdir().unwrap();
    let warc = dir.path().join("x.warc.gz");
    std::fs::write(&warc, records.iter().flat_map(|record| crawl::gzip(record)).collect::<Vec<u8>>()).unwrap();
    let mut build = support::options(&[&warc], &dir.path().join("out"), PolicyName::Record);
    build.agent = "testbot".to_owned();
    support::run(&build).unwrap();
    let samples = support::samples(&dir.path().join("out"));
    let said = |reasons: &[Reason]| {
        let mut said: Vec<_> = reasons
            .iter()
            .map(|reason| {
                let signal = reason.evidence.clone().unwrap();
                (
                    signal.kind,
                    signal.speaker,
                    signal.place.to_string(),
                    signal.raw.clone(),
                    reason.code.clone(),
                    reason.stance,
                )
            })
            .collect();
        said.sort_by_key(|said| format!("{said:?}"));
        said
    };
    let in_crawl = said(&samples[0].verdict().reasons);
    let url = site.url("/a/page");
    let statements = online().ask(&url).statements;
    let verdict = judge(&Subject { url: &url, page_url: &url }, &statements, None, &build.policy);
    assert_eq!(in_crawl, said(&verdict.reasons));
    assert!(in_crawl.len() >= 7, "{in_crawl:?}");
}

#[test]
fn each_file_of_a_site_is_asked_for_once() {
    let site = a_site();
    let online = online();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..5 {
                    let asked = online.ask(&site.url(&format!("/{number}.jpg")));
                    assert!(stances(&asked.statements, UsageCategory::TrainAi).contains(&Stance::Disallowed));
                }
            });
        }
    });
    let mut files: Vec<_> = site.paths().into_iter().filter(|path| !path.ends_with(".jpg")).collect();
    files.sort();
    assert_eq!(files, ["/.well-known/tdmrep.json", "/ai.txt", "/robots.txt", "/terms.xml"]);
    assert_eq!(site.paths().len(), 4 + 40);
}

#[test]
fn what_is_not_there_says_nothing_and_is_no_trouble() {
    let site = Site::of(vec![("/", html("<html></html>"))]);
    let url = site.url("/");
    let options = ExamineOptions { url: url.clone(), agent: "testbot".to_owned(), limits: default_limits() };
    let examination = examine_url(&url, &[], &options, &online()).unwrap();
    assert!(examination.gaps.is_empty());
    assert_eq!(examination.missing, [SourceKind::RobotsTxt, SourceKind::Tdmrep, SourceKind::AiTxt, SourceKind::Rsl]);
    assert!(examination.sources.iter().all(|source| source.statements.is_empty()));
    // The whole site answers every address with a page: that is no ai.txt and no tdmrep.json.
    let site = Site::start(|_| html("<!doctype html><html>User-Agent: *\nDisallow: /</html>"));
    let reading = read(&online(), &site.url("/"));
    assert_eq!(sources(&reading), [(SourceKind::RobotsTxt, 0), (SourceKind::HttpAnswer, 0)]);
    assert_eq!(gaps(&reading), [""; 0]);
}

#[test]
fn where_a_page_went_the_site_there_speaks_too() {
    let new = Site::of(vec![
        ("/robots.txt", text("User-agent: GPTBot\nDisallow: /\n")),
        ("/ai.txt", text("User-Agent: *\nDisallow: /\n")),
        ("/new", html(PAGE)),
    ]);
    let old = Site::of(vec![("/old", leads_to("http://new.example/new"))]);
    let hosts = HashMap::from([("new.example", new.address), ("old.example", old.address)]);
    let names = Arc::new(TestNames { hosts, ..TestNames::default() });
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let online = Online::with(options(None), clock, names).unwrap();
    let reading = read(&online, "http://old.example/old");
    let found: Vec<_> = reading.sources.iter().map(|source| (source.kind, source.at.to_string())).collect();
    assert_eq!(
        found,
        [
            (SourceKind::RobotsTxt, "http://new.example/robots.txt".to_owned()),
            (SourceKind::AiTxt, "http://new.example/ai.txt".to_owned()),
            (SourceKind::HttpAnswer, "http://new.example/new".to_owned()),
        ]
    );
    assert_eq!(new.asked()[0].header("host"), Some("new.example"));
}

#[test]
fn rsl_is_found_in_headers_links_and_pages() {
    let rsl = |use_: &str| {
        let body = format!(
            r#"<rsl xmlns="https://rslstandard.org/rsl"><content url=""><license><prohibits type="usage">{use_}</prohibits></license></content></rsl>"#
        );
        reply(200, "Content-Type: application/rsl+xml\r\n", body)
    };
    let page = format!(
        "<base href=/deep/><link rel=license type=application/rsl+xml href=in-page.xml>\
         <link rel=license type=application/rsl+xml href=/gone.xml><script type=application/rsl+xml>{RSL}</script>"
    );
    let headers = "Content-Type: text/html\r\nLink: </in-header.xml>; rel=\"license\"; type=\"application/rsl+xml\"\r\n\
         Link: <in-header.xml>; rel=license; type=application/rsl+xml\r\n";
    let site = Site::of(vec![
        ("/", reply(200, headers, page)),
        ("/in-header.xml", rsl("search")),
        ("/deep/in-page.xml", rsl("ai-input")),
        ("/a.png", reply(200, &headers.replace("text/html", "image/png"), "no picture")),
    ]);
    let reading = read(&online(), &site.url("/"));
    let said = |category| {
        let statements = reading.sources.iter().flat_map(|source| source.statements.clone()).collect::<Vec<_>>();
        stances(&statements, category).contains(&Stance::Disallowed)
    };
    for category in [UsageCategory::Search, UsageCategory::AiInput, UsageCategory::TrainAi] {
        assert!(said(category), "{category}");
    }
    assert_eq!(sources(&reading), [(SourceKind::HttpAnswer, 3), (SourceKind::Rsl, 1), (SourceKind::Rsl, 1)]);
    assert_eq!(gaps(&reading), ["named, but it is not there"]);
    let speaker = |url: &str| {
        let reading = read(&online(), &site.url(url));
        reading.sources.iter().find(|source| source.kind == SourceKind::Rsl).unwrap().statements[0].signal.speaker
    };
    assert_eq!((speaker("/"), speaker("/a.png")), (Speaker::Page, Speaker::Picture));
}

//! Checking with somebody who asks sites, and tables that people really have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::HashMap;
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use sayso::Error;
use sayso::check::{
    AskSite, Asked, CheckInput, CheckOptions, CheckSummary, Checked, FaultKind, Origin, TableColumns, check,
};
use sayso_consent::agents::AgentTable;
use sayso_consent::headers::header_signal;
use sayso_consent::statements;
use sayso_core::{Decision, Policy, PolicyName, Purpose, Speaker, Stance, UsageCategory};

fn options(policy: PolicyName, ask: Option<Arc<dyn AskSite + Send>>) -> CheckOptions {
    let number = |number| NonZeroUsize::new(number).unwrap();
    CheckOptions {
        policy: Policy::new(policy, Purpose(UsageCategory::FineTune)),
        threads: number(2),
        file_bytes: 1 << 20,
        columns: TableColumns::default(),
        ask,
        registry: None,
        askers: number(8),
    }
}

fn run(inputs: &[&Path], options: &CheckOptions) -> (CheckSummary, Vec<Checked>) {
    let inputs: Vec<CheckInput> = inputs.iter().map(|input| CheckInput::of(input)).collect();
    let mut all = Vec::new();
    let mut sink = |checked| {
        all.push(checked);
        ControlFlow::Continue(())
    };
    let summary = check(&inputs, options, &AtomicBool::new(false), &|_| {}, &mut sink).unwrap();
    (summary, all)
}

/// A web in which `no.example` reserves training, `yes.example` grants it, and `gone.example` does not answer.
#[derive(Default)]
struct Web {
    /// Hosts that are being asked, and how often each was.
    busy: Mutex<HashMap<String, usize>>,
    asked: AtomicUsize,
    /// Where the first question to each of several hosts waits for the others.
    together: Option<Barrier>,
}

impl AskSite for Web {
    fn ask(&self, url: &str) -> Asked {
        let host = url.split('/').nth(2).unwrap().to_owned();
        let is_first = {
            let mut busy = self.busy.lock().unwrap();
            let count = busy.entry(host.clone()).or_default();
            assert_eq!(*count % 2, 0, "{host} is asked twice at a time");
            *count += 1;
            *count == 1
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        if let Some(together) = self.together.as_ref().filter(|_| is_first) {
            together.wait();
        }
        let usage = match host.as_str() {
            "no.example" => Some("train-ai=n"),
            "yes.example" => Some("train-ai=y"),
            _ => None,
        };
        let signals: Vec<_> = usage
            .and_then(|usage| header_signal(Speaker::Picture, "Content-Usage", usage.as_bytes(), 100))
            .into_iter()
            .collect();
        let failures = if host == "gone.example" { vec!["it does not answer".to_owned()] } else { Vec::new() };
        *self.busy.lock().unwrap().get_mut(&host).unwrap() += 1;
        Asked { statements: statements(&signals, AgentTable::builtin(), "sayso"), failures }
    }
}

fn list(dir: &Path, urls: impl IntoIterator<Item = String>) -> std::path::PathBuf {
    let path = dir.join("urls.txt");
    std::fs::write(&path, urls.into_iter().collect::<Vec<_>>().join("\n")).unwrap();
    path
}

#[test]
fn sites_are_asked_side_by_side_and_answers_come_in_order() {
    let dir = tempfile::tempdir().unwrap();
    // In the order of the sites, as tables often are: without turns, one site would keep all who ask.
    let hosts = ["a.example", "b.example", "no.example", "yes.example"];
    let urls = hosts.iter().flat_map(|host| (0..50).map(move |number| format!("https://{host}/{number}.jpg")));
    let path = list(dir.path(), urls);
    let web = Arc::new(Web { together: Some(Barrier::new(hosts.len())), ..Web::default() });
    let (summary, all) = run(&[&path], &options(PolicyName::OptOut, Some(Arc::<Web>::clone(&web))));
    assert_eq!((summary.checked, summary.refused, summary.allowed, summary.unasked), (200, 50, 50, 0));
    assert_eq!(web.asked.load(Ordering::Relaxed), 200);
    for (at, checked) in all.iter().enumerate() {
        assert!(checked.was_asked);
        assert!(matches!(checked.origin, Origin::Row { number, .. } if number == at as u64 + 1), "{at}");
        let host = hosts[at / 50];
        assert_eq!(checked.url.as_deref(), Some(format!("https://{host}/{}.jpg", at % 50).as_str()));
        assert_eq!(checked.decision == Decision::Refused, host == "no.example", "{at}");
    }
}

#[test]
fn what_was_not_learned_grants_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = list(dir.path(), ["https://gone.example/a.jpg".to_owned(), "https://yes.example/a.jpg".to_owned()]);
    let (summary, all) = run(&[&path], &options(PolicyName::Strict, Some(Arc::new(Web::default()))));
    assert_eq!((summary.refused, summary.allowed), (1, 1));
    assert_eq!(all[0].decision, Decision::Refused);
    assert_eq!(all[0].faults[0].kind, FaultKind::NotLearned);
    // Nobody is asked unless somebody is there to do it, and that nobody was is said.
    let (summary, all) = run(&[&path], &options(PolicyName::OptOut, None));
    assert_eq!((summary.checked, summary.unasked, summary.unknown), (2, 2, 2));
    assert!(all.iter().all(|checked| checked.why().starts_with("nothing was asked")));
}

#[test]
fn the_site_of_a_picture_is_asked_and_the_file_still_counts() {
    let dir = tempfile::tempdir().unwrap();
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";
    for (name, host) in [("a", "no"), ("b", "yes"), ("c", "yes")] {
        std::fs::write(dir.path().join(name).with_extension("gif"), gif).unwrap();
        let json = format!(r#"{{"url":"https://{host}.example/{name}.gif"}}"#);
        std::fs::write(dir.path().join(name).with_extension("json"), json).unwrap();
    }
    // The last one ends too early: what its metadata may have said cannot be known.
    std::fs::write(dir.path().join("c.gif"), &gif[..30]).unwrap();
    let (summary, all) = run(&[dir.path()], &options(PolicyName::Strict, Some(Arc::new(Web::default()))));
    assert_eq!((summary.checked, summary.refused, summary.others), (3, 2, 0));
    let stances: Vec<Stance> = all.iter().map(|checked| checked.verdict.stance).collect();
    assert_eq!(stances, [Stance::Disallowed, Stance::Allowed, Stance::Unknown]);
    assert_eq!(all[2].faults[0].kind, FaultKind::PictureCut);
    assert_eq!(all[2].verdict.reasons[0].code.as_str(), "not-read");
    // Whoever refuses only what is reserved keeps it.
    let (summary, _) = run(&[dir.path()], &options(PolicyName::OptOut, Some(Arc::new(Web::default()))));
    assert_eq!((summary.refused, summary.allowed), (1, 2));
}

/// Somebody who panics.
struct Broken;

impl AskSite for Broken {
    fn ask(&self, _url: &str) -> Asked {
        panic!("a defect of whoever asks");
    }
}

#[test]
fn nobody_waits_for_one_who_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = list(dir.path(), (0..5000).map(|number| format!("https://h{number}.example/a.jpg")));
    let options = options(PolicyName::OptOut, Some(Arc::new(Broken)));
    let result =
        check(&[CheckInput::of(&path)], &options, &AtomicBool::new(false), &|_| {}, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(result, Err(Error::Stopped(_))));
}

/// Somebody who never comes back with an answer to the second question.
struct Slow(AtomicUsize, Arc<AtomicBool>);

impl AskSite for Slow {
    fn ask(&self, _url: &str) -> Asked {
        if self.0.fetch_add(1, Ordering::Relaxed) > 0 {
            self.1.store(true, Ordering::Relaxed);
            loop {
                std::thread::park();
            }
        }
        Asked::default()
    }
}

#[test]
fn an_interrupt_does_not_wait_for_slow_sites() {
    let dir = tempfile::tempdir().unwrap();
    let path = list(dir.path(), (0..20).map(|number| format!("https://h{number}.example/a.jpg")));
    let interrupt = Arc::new(AtomicBool::new(false));
    let options = options(PolicyName::OptOut, Some(Arc::new(Slow(AtomicUsize::new(0), Arc::clone(&interrupt)))));
    let inputs = [CheckInput::of(&path)];
    let result = check(&inputs, &options, &interrupt, &|_| {}, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(result, Err(Error::Cancelled)));
}

#[test]
fn whoever_has_enough_gets_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = list(dir.path(), (0..5000).map(|number| format!("https://a.example/{number}.jpg")));
    let mut seen = 0;
    let mut sink = |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = options(PolicyName::OptOut, None);
    let summary = check(&[CheckInput::of(&path)], &options, &AtomicBool::new(false), &|_| {}, &mut sink).unwrap();
    assert_eq!((summary.checked, seen), (3, 3));
}

/// A Parquet file with a column of each type that such tables have.
fn parquet(dir: &Path, name: &str) {
    let field = |name: &str, kind| Field::new(name, kind, true);
    let schema = Arc::new(Schema::new(vec![
        field("KEY", DataType::Int64),
        field("URL", DataType::Utf8),
        field("TEXT", DataType::Utf8),
        field("LICENSE", DataType::Utf8),
    ]));
    let urls = [Some("https://a.example/1.jpg"), None, Some("ftp://a.example/2.jpg"), Some(" http://b.example/ü.png ")];
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![1, 2, 3, 4])),
        Arc::new(StringArray::from(urls.to_vec())),
        Arc::new(StringArray::from(vec![Some("one"), Some("two"), None, Some("four")])),
        Arc::new(StringArray::from(vec![
            Some("https://creativecommons.org/publicdomain/zero/1.0/"),
            None,
            None,
            Some("?"),
        ])),
    ];
    let mut writer = sayso_dataset::ShardWriter::create(dir, name, Arc::clone(&schema)).unwrap();
    writer.write(&RecordBatch::try_new(schema, columns).unwrap()).unwrap();
    writer.finish().unwrap();
}

#[test]
fn a_parquet_table_is_read_by_the_names_of_its_columns() {
    let dir = tempfile::tempdir().unwrap();
    parquet(dir.path(), "pairs.parquet");
    let path = dir.path().join("pairs.parquet");
    let (summary, all) = run(&[&path], &options(PolicyName::OptIn, None));
    // A free licence is a grant under this policy; that nothing is known of the other row refuses it.
    assert_eq!((summary.checked, summary.allowed, summary.refused), (2, 1, 1));
    assert_eq!(all[0].caption.as_deref(), Some("one"));
    assert_eq!(all[0].verdict.reasons[0].code.as_str(), "licence-free");
    assert_eq!((all[1].url.as_deref(), all[1].licence.as_deref()), (Some("http://b.example/ü.png"), None));
    let bad: Vec<_> = summary.faults.iter().map(|(kind, count)| (kind.as_str(), count.count)).collect();
    assert_eq!(bad, [("not-a-url", 1), ("no-url", 1)]);
    // A column of numbers is none of addresses.
    let mut wanted = options(PolicyName::OptOut, None);
    wanted.columns.url = Some("KEY".to_owned());
    let error =
        check(&[CheckInput::of(&path)], &wanted, &AtomicBool::new(false), &|_| {}, &mut |_| ControlFlow::Continue(()));
    assert!(error.unwrap_err().to_string().contains("`KEY`\nhint: those it has are `URL`, `TEXT`, `LICENSE`"));
    // Beside a folder or tar of the same name it describes what lies in there.
    std::fs::create_dir(dir.path().join("pairs")).unwrap();
    let (summary, _) = run(&[dir.path()], &options(PolicyName::OptOut, None));
    assert_eq!((summary.checked, summary.others), (0, 1));
    assert_eq!(summary.faults.iter().next().map(|(kind, _)| kind), Some(FaultKind::Empty));
}

#[test]
fn a_table_that_breaks_off_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    parquet(dir.path(), "pairs.parquet");
    let whole = std::fs::read(dir.path().join("pairs.parquet")).unwrap();
    for cut in [whole.len() - 9, whole.len() / 2, 3, 0] {
        let path = dir.path().join("cut/pairs.parquet");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (summary, _) = run(&[path.parent().unwrap()], &options(PolicyName::OptOut, None));
        assert!(summary.faults.iter().any(|(kind, _)| kind == FaultKind::TableBroken), "{cut}");
    }
}

#[test]
fn a_long_table_keeps_its_order_and_its_memory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pairs.csv");
    let mut csv = "caption,url\n".to_owned();
    for number in 0..20_000 {
        writeln!(csv, "\"a, \"\"{number}\"\"\",https://a.example/{number}.jpg").unwrap();
    }
    // A quotation that is never closed, and longer than any row may be.
    csv.push('"');
    csv.push_str(&"x,".repeat(1 << 20));
    std::fs::write(&path, csv).unwrap();
    let (summary, all) = run(&[&path], &options(PolicyName::OptOut, None));
    assert_eq!(summary.checked, 20_000);
    for (number, checked) in all.iter().enumerate() {
        assert_eq!(checked.caption, Some(format!("a, \"{number}\"")));
    }
    let bad: Vec<_> = summary.faults.iter().map(|(kind, count)| (kind, count.count)).collect();
    assert_eq!(bad, [(FaultKind::RowBroken, 1)]);
}

#[test]
fn a_table_that_people_train_on_is_read() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), Into::into);
    let path = shared.join("anchors/datasets/img2dataset/test_1000.parquet");
    if !path.is_file() {
        #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
        {
            eprintln!("skipped: no shared anchors");
        }
        return;
    }
    let (summary, all) = run(&[&path], &options(PolicyName::OptOut, None));
    assert_eq!((summary.checked, summary.unasked), (1000, 1000));
    assert!(summary.faults.is_empty());
    assert!(all.iter().all(|checked| checked.caption.is_some()));
}

//! A cluster of processes on loopback builds the dataset that one machine builds, byte for byte, whoever dies meanwhile.
#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod clustered;
mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::clustered::{
    Role, build, extracted, free_port, local, report, same_dataset, start, start_logging, wait_until, write_crawl,
};
use crate::support::{said, sayso, text};

const SCHEDULER: &[&str] = &["cluster", "scheduler", "--listen", "127.0.0.1:0", "--patience", "12"];

fn worker(address: &str) -> Role {
    start(&["worker", "--scheduler", address, "--slots", "1"], &[]).0
}

#[test]
fn a_worker_is_killed_and_the_dataset_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 32, 40);
    let alone = dir.path().join("alone");
    let built = build(dir.path(), "crawl", &alone, None).output().unwrap();
    assert!(built.status.success() || built.status.code() == Some(3), "{}", said(&built));

    let (_scheduler, address) = start(SCHEDULER, &[]);
    let mut workers: Vec<Role> = (0..3).map(|_| worker(&address)).collect();
    let together = dir.path().join("together");
    let building = build(dir.path(), "crawl", &together, Some(&address)).spawn().unwrap();
    // All three are at work on an input by then, and most inputs are still to be read.
    wait_until("some inputs are read", || extracted(&together) >= 4);
    let left = 32 - extracted(&together);
    workers.pop().unwrap().kill();
    assert!(left > 4, "killed too late to tell anything: {left} inputs were left");
    let output = building.wait_with_output().unwrap();
    assert_eq!(output.status.code(), built.status.code(), "{}", said(&output));
    same_dataset(&alone, &together);

    // What a second start finds is the finished dataset, and its indexes answer.
    let again = build(dir.path(), "crawl", &together, Some(&address)).output().unwrap();
    assert_eq!(again.status.code(), built.status.code(), "{}", said(&again));
    let found = sayso(&["search", together.to_str().unwrap(), "picture", "-n", "3"], dir.path());
    assert!(found.status.success() && text(&found).contains("picture"), "{}", said(&found));
}

#[test]
fn one_worker_and_seven_make_the_same() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 9, 120);
    // With shards that end inside ranges, and another purpose.
    let more = ["--shard-rows", "3000", "--purpose", "train-ai"];
    let alone = dir.path().join("alone");
    let built = build(dir.path(), "crawl", &alone, None).args(more).output().unwrap();
    assert!(alone.join("CURRENT").exists(), "{}", said(&built));
    for workers in ["1", "7"] {
        let (_cluster, address) = local(workers, &[]);
        let together = dir.path().join(workers);
        let output = build(dir.path(), "crawl", &together, Some(&address)).args(more).output().unwrap();
        assert_eq!(output.status.code(), built.status.code(), "{}", said(&output));
        same_dataset(&alone, &together);
    }
}

#[test]
fn a_scheduler_is_killed_and_the_build_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("crawl");
    write_crawl(&crawl, 24, 40);
    let alone = dir.path().join("alone");
    build(dir.path(), "crawl", &alone, None).output().unwrap();

    let (scheduler, address) = start(SCHEDULER, &[]);
    let _workers: Vec<Role> = (0..2).map(|_| worker(&address)).collect();
    let together = dir.path().join("together");
    let building = build(dir.path(), "crawl", &together, Some(&address)).spawn().unwrap();
    wait_until("some inputs are read", || extracted(&together) >= 4);
    scheduler.kill();
    let output = building.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains(" is gone\nhint: start it"), "{}", said(&output));
    assert!(!together.join("CURRENT").exists());

    // Nothing of what was read is read again: it could not be any more.
    let done = clustered::extracted_names(&together);
    assert!(done.len() >= 4 && done.len() < 24, "{}", done.len());
    for name in &done {
        let path = crawl.join(name);
        let size = std::fs::metadata(&path).unwrap().len();
        std::fs::write(&path, vec![b'?'; usize::try_from(size).unwrap()]).unwrap();
    }
    // The workers of the first scheduler come back to one that listens in its place.
    let listen = address.strip_prefix("df://").unwrap();
    let (_scheduler, _) = start(&["cluster", "scheduler", "--listen", listen, "--patience", "12"], &[]);
    let output = build(dir.path(), "crawl", &together, Some(&address)).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", said(&output));
    same_dataset(&alone, &together);
}

#[test]
fn a_build_that_nobody_works_for_says_so_and_waits() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 2, 5);
    let (_scheduler, address) = start(SCHEDULER, &[]);
    let out = dir.path().join("out");
    let mut building = build(dir.path(), "crawl", &out, Some(&address)).spawn().unwrap();
    let mut lines = BufReader::new(building.stderr.take().unwrap()).lines().map_while(Result::ok);
    let is_hint = |line: &String| line.contains("hint: start some with `sayso worker --scheduler df://");
    let told: Vec<String> = lines.by_ref().take_while(|line| !is_hint(line)).collect();
    let says = format!("{address} has no worker, and what it is asked waits");
    assert!(told.iter().any(|line| line.contains(&says)), "{told:?}");
    assert!(!out.join("CURRENT").exists());
    let _worker = worker(&address);
    let rest: Vec<String> = lines.collect();
    let status = building.wait().unwrap();
    assert!(matches!(status.code(), Some(0 | 3)), "{status}: {rest:?}");
    assert!(out.join("CURRENT").exists());
}

#[test]
fn an_input_that_harms_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("crawl");
    write_crawl(&crawl, 6, 30);
    // What the dataset of the others alone is.
    let without = dir.path().join("without");
    std::fs::create_dir(&without).unwrap();
    for entry in std::fs::read_dir(&crawl).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("crawl-00003.warc") {
            std::fs::copy(&path, without.join(path.file_name().unwrap())).unwrap();
        }
    }
    let alone = dir.path().join("alone");
    build(dir.path(), "without", &alone, None).output().unwrap();

    for (how, says) in
        [("panic", "made the program panic: on purpose"), ("abort", "ended the worker that read it 3 times")]
    {
        let (_cluster, address) = local("2", &[("SAYSO_FAIL_ON", &format!("{how} crawl-00003.warc"))]);
        let together = dir.path().join(how);
        let output = build(dir.path(), "crawl", &together, Some(&address)).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{how}: {}", said(&output));
        assert!(text(&output).contains("set aside: crawl-00003.warc: it "), "{}", text(&output));
        let report = report(&together);
        assert_eq!(report["set_aside"][0]["input"], "crawl-00003.warc");
        assert!(report["set_aside"][0]["error"].as_str().unwrap().contains(says), "{report}");
        clustered::same_files(&alone, &together);
    }
}

#[test]
fn a_step_that_ends_every_worker_ends_the_build() {
    let dir = tempfile::tempdir().unwrap();
    // So many that runs are gathered.
    write_crawl(&dir.path().join("crawl"), 66, 3);
    let alone = dir.path().join("alone");
    build(dir.path(), "crawl", &alone, None).output().unwrap();
    for step in ["runs from 000064 on", "facts of sites", "range 000000"] {
        let together = dir.path().join(step);
        {
            let (_cluster, address) = local("2", &[("SAYSO_FAIL_ON", &format!("abort {step}"))]);
            let output = build(dir.path(), "crawl", &together, Some(&address)).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{step}: {}", said(&output));
            let says = format!("`{step}`: it ended the worker that read it 3 times\nhint: what is finished");
            assert!(said(&output).contains(&says), "{}", said(&output));
            assert!(!together.join("CURRENT").exists());
        }
        // Elsewhere the same command goes on from what is finished.
        let (_cluster, address) = local("2", &[]);
        let output = build(dir.path(), "crawl", &together, Some(&address)).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{step}: {}", said(&output));
        same_dataset(&alone, &together);
    }
}

#[test]
fn roles_tell_what_they_do_in_numbers_and_in_a_log() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 3, 30);
    let (of_scheduler, of_worker) = (free_port(), free_port());
    let (_scheduler, address) = start(&[SCHEDULER, &["--metrics", &of_scheduler]].concat(), &[]);
    let log = dir.path().join("log");
    let worker = ["worker", "--scheduler", &address, "--slots", "1", "--metrics", &of_worker];
    let (worker, _) = start_logging(&worker, &[("SAYSO_LOG", "info,json")], &log);
    let out = dir.path().join("out");
    let built = build(dir.path(), "crawl", &out, Some(&address)).output().unwrap();
    assert!(matches!(built.status.code(), Some(0 | 3)), "{}", said(&built));
    let plan = report(&out)["plan"].as_str().unwrap().to_owned();

    let numbers = |address: &str| {
        let mut answer = ureq::get(format!("http://{address}/metrics")).call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    };
    let told = numbers(&of_worker);
    assert!(told.contains("sayso_tasks_total{function=\"sayso_extract\",outcome=\"done\"} 3\n"), "{told}");
    assert!(told.contains("sayso_task_seconds_count{function=\"sayso_write\"} "), "{told}");
    assert!(told.contains("sayso_tasks_running 0\n"), "{told}");
    assert!(told.contains("role=\"worker\"} 1\n"), "{told}");
    wait_until("the scheduler has counted its worker", || numbers(&of_scheduler).contains("sayso_workers 1\n"));
    let told = numbers(&of_scheduler);
    let done = told.lines().find_map(|line| line.strip_prefix("sayso_questions_total{outcome=\"done\"} ")).unwrap();
    assert!(done.parse::<u32>().unwrap() >= 4, "{told}");
    drop(worker);

    // Each task is a line that names the build, the input and how long it took.
    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_input: Vec<_> = lines.iter().filter(|line| line["task"] == "crawl-00001.warc").collect();
    assert_eq!(of_input.len(), 1, "{log}");
    let line = of_input.first().unwrap();
    assert_eq!(line["job"], format!("cluster-{}", &plan[..16]));
    assert_eq!((&line["function"], &line["outcome"]), (&"sayso_extract".into(), &"done".into()));
    assert!(line["seconds"].as_f64().unwrap() > 0.0 && line["timestamp"].is_string(), "{line}");
}

#[test]
fn roles_that_cannot_start_say_why() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], says: &str| {
        let output = sayso(arguments, dir.path());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(says) && said(&output).contains("\nhint: "), "{}", said(&output));
    };
    refused(&["cluster", "scheduler", "--listen", "0.0.0.0:0"], "there is no secret");
    refused(&[SCHEDULER, &["--metrics", "0.0.0.0:0"]].concat(), "there is no secret");
    refused(&["worker", "--scheduler", "nonsense"], "is no address of a cluster");
    refused(&["worker", "--scheduler", "df://127.0.0.1:1", "--patience", "0"], "does not answer");
    write_crawl(&dir.path().join("crawl"), 1, 1);
    refused(&["build", "crawl", "-o", "out", "--cluster", "df://127.0.0.1:1"], "does not answer");
    assert!(!dir.path().join("out").exists());

    // Another secret is refused, and the same one is not.
    let (_scheduler, address) = start(SCHEDULER, &[("SAYSO_CLUSTER_SECRET", "a secret of this test")]);
    refused(&["worker", "--scheduler", &address], "the secret is not that of this cluster");
    refused(&["build", "crawl", "-o", "out", "--cluster", &address], "the secret is not that of this cluster");
}

/// The anchors' crawls lie beside the project, where they lie at all.
#[test]
fn real_crawls_give_the_same() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let crawls = shared.join("anchors/crawl");
    if !crawls.is_dir() {
        eprintln!("skipped: no {}", crawls.display());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let crawls = crawls.canonicalize().unwrap();
    let crawls = crawls.to_str().unwrap();
    let alone = dir.path().join("alone");
    let built = build(dir.path(), crawls, &alone, None).output().unwrap();
    assert!(alone.join("CURRENT").exists(), "{}", said(&built));
    let (_cluster, address) = local("3", &[]);
    let together = dir.path().join("together");
    let output = build(dir.path(), crawls, &together, Some(&address)).output().unwrap();
    assert_eq!(output.status.code(), built.status.code(), "{}", said(&output));
    same_dataset(&alone, &together);
    eprintln!("{} samples of real crawls", report(&together)["samples"]);
}

#[test]
fn a_cluster_answers_in_sql_what_one_machine_answers() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 4, 60);
    write_crawl(&dir.path().join("other-crawl"), 2, 30);
    write_crawl(&dir.path().join("bare-crawl"), 1, 0);
    for (crawl, out) in [("crawl", "set"), ("other-crawl", "other"), ("bare-crawl", "bare")] {
        build(dir.path(), crawl, &dir.path().join(out), None).args(["--shard-rows", "1000"]).output().unwrap();
    }
    // Some rows are taken out: the files still hold them, and no question may.
    let claim =
        ["claim", "add", "--registry", "r", "--subject", "domain:pictures7.example", "--preference", "train-ai=n"];
    assert!(sayso(&claim, dir.path()).status.success());
    let taken = sayso(&["takedown", "--registry", "r", "set"], dir.path());
    assert!(taken.status.success(), "{}", said(&taken));
    let (_cluster, address) = local("2", &[]);
    let asked = |question: &str, more: &[&str]| {
        let output = sayso(&[&["sql", "set", "other", "bare", "--json"], more, &["--", question]].concat(), dir.path());
        (output.status.code(), text(&output), said(&output))
    };
    for question in [
        "select domain, count(*) as n, min(captured_at), max(length(caption)) from samples group by domain order by n desc, domain limit 30",
        "select reason, count(*) from exclusions group by reason order by 1",
        "select count(*), count(distinct a.domain) from samples a join \"other\".samples b on a.uid = b.uid",
        "select uid, url, record['file'], captures, captured_at, page_url from \"set\".samples order by uid limit 40",
        "with numbered as (select domain, row_number() over (partition by domain order by url, uid) as place, caption from samples) \
         select domain, caption from numbered where place <= 2 order by domain, place limit 50",
        "select * from samples where caption like '%no such caption%'",
        "select count(*) from samples where domain = 'pictures7.example'",
        "select count(*) from tombstones",
        "describe samples",
        // No file has a row of it.
        "select count(*) from \"bare\".samples",
    ] {
        let alone = asked(question, &[]);
        assert!(matches!(alone.0, Some(0 | 1)), "{question}: {}", alone.2);
        assert_eq!(asked(question, &["--cluster", &address]), alone, "{question}");
    }
    // What is no question is none there either, and limits hold.
    for (question, says) in [
        ("drop table samples", "datasets are only read"),
        ("select * from nowhere", "nowhere"),
        ("select nothing from samples", "nothing"),
        ("select a from b from c", "cannot be read"),
    ] {
        let (code, _, said) = asked(question, &["--cluster", &address]);
        assert!(code == Some(2) && said.contains(says) && !said.contains("run the same command"), "{question}: {said}");
    }
    // What other machines cannot read is refused, and nothing is built.
    for (more, says) in [
        (["build", "-", "-o", "out", "--registry", "r"], "other machines cannot read it"),
        (["build", "crawl", "-o", "out", "--registry", "http://127.0.0.1:1"], "a registry at an address"),
    ] {
        let output = sayso(&[&more[..], &["--cluster", &address]].concat(), dir.path());
        assert!(output.status.code() == Some(2) && said(&output).contains(says), "{}", said(&output));
        assert!(!dir.path().join("out").join("CURRENT").exists());
    }
    let (code, rows, _) = asked("select url from samples order by url", &["--limit", "3", "--cluster", &address]);
    assert!(code == Some(0) && rows.matches("https://").count() == 3 && rows.contains("\"is_cut\": true"), "{rows}");
}

#[test]
fn names_claims_and_tombstones_count_on_every_machine() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 5, 40);
    std::fs::write(dir.path().join("names.txt"), "Ana Müller\nPicture\n").unwrap();
    let claim =
        ["claim", "add", "--registry", "r", "--subject", "domain:pictures7.example", "--preference", "train-ai=n"];
    assert!(sayso(&claim, dir.path()).status.success());
    let more = ["--names", "names.txt", "--drop-personal", "--registry", "r", "--tombstones", "before"];
    build(dir.path(), "crawl", &dir.path().join("before"), None).output().unwrap();
    let taken = sayso(&["takedown", "--registry", "r", "before"], dir.path());
    assert!(taken.status.success(), "{}", said(&taken));
    let alone = dir.path().join("alone");
    let built = build(dir.path(), "crawl", &alone, None).args(more).output().unwrap();
    let (_cluster, address) = local("2", &[]);
    let together = dir.path().join("together");
    let output = build(dir.path(), "crawl", &together, Some(&address)).args(more).output().unwrap();
    assert_eq!(output.status.code(), built.status.code(), "{}", said(&output));
    same_dataset(&alone, &together);
    let reasons = report(&together)["exclusions_by_reason"].clone();
    assert!(reasons.as_object().unwrap().len() >= 2, "{reasons}");
}

#[test]
fn without_workers_a_build_ends_with_a_word() {
    let dir = tempfile::tempdir().unwrap();
    write_crawl(&dir.path().join("crawl"), 24, 60);
    let scheduler = ["cluster", "scheduler", "--listen", "127.0.0.1:0", "--patience", "8"];
    let (_scheduler, address) = start(&scheduler, &[]);
    let only = worker(&address);
    let together = dir.path().join("together");
    let building = build(dir.path(), "crawl", &together, Some(&address)).spawn().unwrap();
    wait_until("an input is read", || extracted(&together) >= 1);
    only.kill();
    let output = building.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("no worker is left\nhint: start workers"), "{}", said(&output));
}

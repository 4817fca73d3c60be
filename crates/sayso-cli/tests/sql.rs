//! Questions in SQL, from the terminal: right answers, in forms that others read, and nothing but answers.
#![cfg(feature = "sql")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod questions;
mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use questions::{ENDLESS, REFUSED, doubling, imported, imported_as, rows};
use serde_json::{Value, json};
use support::{json, said, sayso, text};

fn asked(question: &str, more: &[&str], dir: &Path) -> Output {
    sayso(&[&["sql", "set"], more, &["--", question]].concat(), dir)
}

fn answered(question: &str, dir: &Path) -> Vec<Vec<Value>> {
    let output = asked(question, &["--json"], dir);
    assert!(output.status.success(), "{question}: {}", said(&output));
    serde_json::from_value(json(&output)["rows"].clone()).unwrap()
}

#[test]
fn answers_agree_with_counting_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let rows = rows();

    let mut by_site: BTreeMap<&str, (u64, u64, f64)> = BTreeMap::new();
    for row in &rows {
        let of_site = by_site.entry(row.domain).or_default();
        of_site.0 += 1;
        of_site.1 += u64::from(row.width.unwrap_or_default());
        of_site.2 = of_site.2.max(row.score);
    }
    let expected: Vec<Vec<Value>> = by_site
        .iter()
        .map(|(site, (count, sum, most))| vec![json!(site), json!(count), json!(sum), json!(most)])
        .collect();
    let question = "select domain, count(*), sum(width), max(score) from samples group by domain order by domain";
    assert_eq!(answered(question, dir.path()), expected);

    let wide =
        rows.iter().filter(|row| row.domain == "two.example" && row.width.is_some_and(|width| width >= 300)).count();
    let question = "select count(*) from samples where domain = 'two.example' and width >= 300";
    assert_eq!(answered(question, dir.path()), [[json!(wide)]]);

    // A window, a common table, a join with itself, lists, dates, patterns.
    let mut urls: Vec<&str> =
        rows.iter().filter(|row| row.domain == "one.example").map(|row| row.url.as_str()).collect();
    urls.sort_unstable();
    let question = "with numbered as (select url, domain, row_number() over (partition by domain order by url) as place from samples) \
                    select a.url from numbered a join samples b on a.url = b.url where a.domain = 'one.example' and place <= 3 order by 1";
    assert_eq!(answered(question, dir.path()), urls[..3].iter().map(|url| [json!(url)]).collect::<Vec<_>>());
    let question = "select word, count(*) from (select unnest(string_to_array(caption, ' ')) as word from samples) \
                    where word = 'number' group by word";
    assert_eq!(answered(question, dir.path()), [[json!("number"), json!(298)]]);
    let cats = rows.iter().filter(|row| row.caption.ends_with('1')).count();
    assert_eq!(answered("select count(*) from samples where regexp_like(caption, '1$')", dir.path()), [[json!(cats)]]);
    let question = "select record['file'], date_part('year', timestamp '2024-05-18'), \"NSFW\" from samples limit 1";
    assert_eq!(answered(question, dir.path()), [[json!("t.csv"), json!(2024), json!("UNLIKELY")]]);
    assert_eq!(answered("select null, 1.5, true, cast(1 as bigint), 0.0 / 0", dir.path())[0][4], json!("NaN"));
    assert_eq!(answered("select count(*) from exclusions", dir.path()), [[json!(0)]]);
}

#[test]
fn forms_are_what_other_programs_read() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let question = "select url, caption, width, '' as empty from samples where url like '%/5.jpg' or url like '%/7.jpg' order by 1";
    let csv = text(&asked(question, &["--csv"], dir.path()));
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "url,caption,width,empty");
    assert_eq!(lines[1], "https://three.example/5.jpg,\"a cat, number 5\",,\"\"");
    assert!(lines[2].starts_with("https://two.example/7.jpg,'=cmd <script>"), "{csv}");
    let table = text(&asked(question, &[], dir.path()));
    assert!(table.contains("NULL") && table.contains("\u{fffd}evil") && !table.contains('\u{202e}'), "{table}");
    let document = json(&asked(question, &["--json"], dir.path()));
    assert_eq!(document["columns"][2], json!({"name": "width", "kind": "uint32"}));
    assert_eq!(document["rows"][0][2], Value::Null);
    assert_eq!(document["is_cut"], false);

    let cut = asked("select url from samples order by url", &["--json", "--limit", "7"], dir.path());
    assert_eq!((json(&cut)["rows"].as_array().unwrap().len(), &json(&cut)["is_cut"]), (7, &json!(true)));
    assert!(said(&cut).contains("7 rows shown, and more were left out\nhint: --limit"), "{}", said(&cut));
    let whole = asked("select url from samples order by url limit 7", &["--limit", "7"], dir.path());
    assert_eq!(said(&whole), "", "nothing was left out");
    let nothing = asked("select url from samples where width > 5000", &["--json"], dir.path());
    assert_eq!((nothing.status.code(), json(&nothing)["rows"].clone()), (Some(1), json!([])));
}

#[test]
fn tables_are_listed_and_those_of_others_have_a_name_before_them() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    imported_as(dir.path(), "Other");
    let listed = text(&sayso(&["sql", "set", "Other"], dir.path()));
    for line in [
        "samples, 300 rows\n",
        "  captured_at     timestamp\n",
        "\"Other\".exclusions, 0 rows\n",
        "  NSFW            text\n",
    ] {
        assert!(listed.contains(line), "no `{line}` in {listed}");
    }
    let document = json(&sayso(&["sql", "set", "--json"], dir.path()));
    assert_eq!(document["datasets"][0]["tables"][0]["columns"][0], json!({"name": "uid", "kind": "text"}));
    let question = "select count(*) from samples a join \"Other\".samples b on a.uid = b.uid";
    let both = json(&sayso(&["sql", "set", "Other", question, "--json"], dir.path()));
    assert_eq!(both["rows"], json!([[300]]));
    let described = answered("describe exclusions", dir.path());
    assert_eq!(described, [[json!("uid"), json!("text")], [json!("reason"), json!("text")]]);
    let from_stdin = sayso_fed(&["sql", "set", "-", "--csv"], "select 1 as one", dir.path());
    assert_eq!(text(&from_stdin), "one\r\n1\r\n");
}

#[test]
fn what_is_no_question_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let before = files(dir.path());
    for (question, says) in REFUSED {
        let output = asked(question, &[], dir.path());
        assert_eq!(output.status.code(), Some(2), "{question}: {}", text(&output));
        assert!(said(&output).contains(says) && said(&output).contains("\nhint: "), "{question}: {}", said(&output));
        assert_eq!(text(&output), "", "{question}");
    }
    assert_eq!(files(dir.path()), before);
    for (question, says) in [
        ("select nsfw from samples", "write \"NSFW\", in quotes"),
        ("select widht from samples", "the columns are uid, url, caption"),
        ("select * from sample", "the tables are samples, exclusions"),
        ("select lenght(url) from samples", "did you mean 'length'"),
        ("select 1 / 0", "the question failed: divide by zero"),
        ("select cast(caption as int) from samples", "the question failed: "),
        ("selec 1", "the question cannot be read: "),
        ("select 'unclosed", "the question cannot be read: "),
        ("   ", "there is nothing to read"),
        ("select regexp_like(caption, '(a{1000}){1000}') from samples", "a pattern is too large"),
        ("select regexp_like(caption, '(') from samples", "a pattern is no regular expression"),
    ] {
        let output = asked(question, &[], dir.path());
        assert_eq!(output.status.code(), Some(2), "{question}");
        assert!(said(&output).contains(says) && said(&output).contains("\nhint: "), "{question}: {}", said(&output));
    }
}

#[test]
fn plans_name_no_path_of_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let place = dir.path().to_str().unwrap().trim_start_matches('/').to_owned();
    for question in ["explain", "explain verbose", "explain analyze"] {
        let question =
            format!("{question} select domain, count(*) from samples where domain = 'one.example' group by domain");
        let output = asked(&question, &["--csv"], dir.path());
        let plan = text(&output);
        assert!(output.status.success() && plan.contains("samples/00000.parquet"), "{}{plan}", said(&output));
        assert!(!plan.contains(&place), "{plan}");
    }
    // One column is read, and the condition goes down to the pages.
    let plan = text(&asked("explain select caption from samples where domain = 'one.example'", &["--csv"], dir.path()));
    assert!(plan.contains("projection=[caption]") && plan.contains("pruning_predicate="), "{plan}");
}

#[test]
fn a_question_ends_at_its_limits() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let output = asked(ENDLESS, &["--timeout", "1"], dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("takes longer than 1 seconds\nhint: "), "{}", said(&output));
    for question in [
        "select count(distinct a.url || b.url || c.url) from samples a, samples b, samples c",
        "select string_agg(a.caption || b.caption, '') from samples a, samples b, samples c",
        "select a.url || b.url || c.url as x from samples a, samples b, samples c order by reverse(x) limit 100000000",
        "select sum(x) over (partition by y) from (select a.score x, b.score y from samples a, samples b, samples c)",
    ] {
        let output = asked(question, &["--memory", "24", "--limit", "10000000000", "--csv"], dir.path());
        assert_eq!(output.status.code(), Some(2), "{question}");
        assert!(said(&output).contains("needs more than 24 MiB of memory\nhint: "), "{question}: {}", said(&output));
    }
}

/// What no count of held memory sees: one value of gigabytes, and plans that double with each line.
#[cfg(target_os = "linux")]
#[test]
fn the_system_ends_what_the_engine_does_not_count() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    for question in ["select length(repeat('x', 2000000000))", &doubling()] {
        let output = asked(question, &["--memory", "64"], dir.path());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).starts_with("error: the question needs more than 64 MiB"), "{}", said(&output));
    }
}

#[test]
fn no_depth_and_no_length_overflows() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let many = |part: &str, times: usize| part.repeat(times);
    let refused = [
        format!("select {}1{}", many("(", 900), many(")", 900)),
        format!("select {}1{}", many("(", 100_000), many(")", 100_000)),
        format!("select {}true", many("not ", 1_900)),
        format!("select {}1", many("- ", 1_900)),
        format!("select {}1", many("1 + ", 100_000)),
        format!("select {}1 {}", many("case when true then ", 300), many("end ", 300)),
        format!("select * from {}samples{}", many("(select * from ", 300), many(")", 300)),
        format!("select '{}'", many("x", 2_000_000)),
        format!("select{}1", many(" ", 2_000_000)),
    ];
    for question in &refused {
        let output = sayso_fed(&["sql", "set", "-"], question, dir.path());
        let shown: String = question.chars().take(60).collect();
        assert_eq!(output.status.code(), Some(2), "{shown}: {}", said(&output));
        assert!(said(&output).starts_with("error: the question ") && said(&output).contains("\nhint: "), "{shown}");
    }
    // Long is not deep.
    let list: Vec<String> = (0..20_000).map(|number| format!("'https://one.example/{number}.jpg'")).collect();
    let question = format!("select count(*) from samples where url in ({})", list.join(", "));
    let output = sayso_fed(&["sql", "set", "-", "--csv"], &question, dir.path());
    assert_eq!(text(&output), "count(*)\r\n100\r\n", "{}", said(&output));
    let chain = format!("select sum({}0) from samples", many("score + ", 400));
    let output = sayso_fed(&["sql", "set", "-", "--timeout", "600"], &chain, dir.path());
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_damaged_shard_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let shard = dir.path().join("set/samples/00000.parquet");
    let mut bytes = std::fs::read(&shard).unwrap();
    // The pages: the footer stays whole.
    let middle = bytes.len() / 4;
    bytes[4..middle].fill(0xff);
    std::fs::write(&shard, bytes).unwrap();
    let output = asked("select max(uid), max(caption) from samples", &[], dir.path());
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(said(&output).contains("hint: "), "{}", said(&output));
}

/// Runs the command with something on its standard input.
fn sayso_fed(arguments: &[&str], input: &str, dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It reads no more than it takes.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// All files of a folder with their sizes.
fn files(dir: &Path) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let mut left = vec![dir.to_owned()];
    while let Some(dir) = left.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                left.push(entry.path());
            }
            found.push((entry.path().display().to_string(), metadata.len()));
        }
    }
    found.sort();
    found
}

//! A scheduler, workers and who asks them, on loopback.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use sayso_cluster::{
    Cluster, ClusterAddress, ClusterError, Failure, Function, Pass, Question, Scheduler, SchedulerOptions, Table,
    Worker, WorkerOptions, write_table,
};

/// How often the function that fails at first was called.
static TRIES: AtomicUsize = AtomicUsize::new(0);

/// How often the function that takes its time was called.
static SLOW: AtomicUsize = AtomicUsize::new(0);

fn work(what: &str, job: &str) -> Result<String, Failure> {
    match what {
        "never" => Err(Failure::Never("it cannot be done\nhint: do something else".to_owned())),
        "panics" => panic!("on purpose"),
        "slow" => {
            SLOW.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(400));
            Ok(String::new())
        }
        "at first" if TRIES.fetch_add(1, Ordering::SeqCst) == 0 => Err(Failure::Again("the disk is away".to_owned())),
        what => Ok(format!("{job} {}", what.len())),
    }
}

const FUNCTIONS: [Function; 1] = [Function { name: "work", label: str::to_owned, call: work }];

fn scheduler(pass: &Pass) -> ClusterAddress {
    let options = SchedulerOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        pass: pass.clone(),
        functions: FUNCTIONS.to_vec(),
        patience: Duration::from_secs(12),
        metrics: None,
    };
    let scheduler = Scheduler::open(options).unwrap();
    let address = scheduler.address();
    std::thread::spawn(move || scheduler.run().unwrap());
    address
}

fn worker(scheduler: &ClusterAddress, pass: &Pass) -> Result<(), ClusterError> {
    let worker = Worker::open(WorkerOptions {
        scheduler: scheduler.clone(),
        listen: "127.0.0.1:0".parse().unwrap(),
        host: None,
        slots: NonZeroUsize::new(2).unwrap(),
        pass: pass.clone(),
        functions: FUNCTIONS.to_vec(),
        patience: Duration::from_secs(10),
        metrics: None,
    })?;
    std::thread::spawn(move || worker.run().unwrap());
    Ok(())
}

fn columns_of_things() -> SchemaRef {
    let column = |name, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![column("number", DataType::Int64), column("what", DataType::Utf8)]))
}

fn table(dir: &std::path::Path, rows: &[&str]) -> PathBuf {
    for (number, row) in rows.iter().enumerate() {
        let columns: Vec<ArrayRef> =
            vec![Arc::new(Int64Array::from(vec![number as i64])), Arc::new(StringArray::from(vec![*row]))];
        let batch = RecordBatch::try_new(columns_of_things(), columns).unwrap();
        write_table(&dir.join(format!("{number:05}.parquet")), &batch).unwrap();
    }
    dir.to_owned()
}

fn ask(cluster: &Cluster, sql: &str, table: &Path) -> Result<Vec<String>, ClusterError> {
    let mut rows = Vec::new();
    let question = Question {
        sql,
        tables: &[Table::of("things", table.to_string_lossy().into_owned(), columns_of_things())],
        parts: 8,
        most: None,
        has_statistics: true,
    };
    cluster.ask(
        &question,
        || true,
        |batch| {
            rows.extend(batch.column(0).as_string::<i32>().iter().map(|row| row.unwrap().to_owned()));
            true
        },
    )?;
    Ok(rows)
}

#[test]
fn workers_call_functions_and_shuffle() {
    let pass = Pass::new(Some("a secret of this test"));
    let address = scheduler(&pass);
    for _ in 0..2 {
        worker(&address, &pass).unwrap();
    }
    let cluster = Cluster::connect(address.clone(), pass, FUNCTIONS.to_vec()).unwrap();

    // In the order that is asked for, a file a task.
    let dir = tempfile::tempdir().unwrap();
    let things = table(dir.path(), &["a", "bb", "at first", "cc", "", "ddd"]);
    let answer = ask(&cluster, "select work(what, 'job') from things order by number", &things).unwrap();
    assert_eq!(answer, ["job 1", "job 2", "job 8", "job 2", "job 0", "job 3"]);
    assert!(TRIES.load(Ordering::SeqCst) >= 2, "the engine tries again what may work");

    // What a function made is shuffled by another worker.
    let sql =
        "select made from (select work(what, 'n') as made from things) group by made order by count(*) desc, made";
    assert_eq!(ask(&cluster, sql, &things).unwrap(), ["n 2", "n 0", "n 1", "n 3", "n 8"]);
    let mut total = 0;
    let question = Question {
        sql: "select sum(number) from things",
        tables: &[Table::of("things", things.to_string_lossy().into_owned(), columns_of_things())],
        parts: 4,
        most: Some(2),
        has_statistics: false,
    };
    let each = |batch: RecordBatch| {
        total += batch.column(0).as_primitive::<Int64Type>().iter().flatten().sum::<i64>();
        true
    };
    cluster.ask(&question, || true, each).unwrap();
    assert_eq!(total, 15);

    // What cannot be done is said in the function's words, and a panic ends no worker.
    for (what, says) in [("never", "it cannot be done\nhint: do something else"), ("panics", "made the program panic")]
    {
        let dir = tempfile::tempdir().unwrap();
        let things = table(dir.path(), &["x", what]);
        match ask(&cluster, "select work(what, 'job') from things", &things) {
            Err(ClusterError::Function { message }) => assert!(message.contains(says), "{message}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_given_up_is_not_begun() {
    let pass = Pass::new(Some("another secret of this test"));
    let address = scheduler(&pass);
    worker(&address, &pass).unwrap();
    let cluster = Cluster::connect(address, pass, FUNCTIONS.to_vec()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let things = table(dir.path(), &["slow"; 200]);
    let question = Question {
        sql: "select work(what, 'job') from things",
        tables: &[Table::of("things", things.to_string_lossy().into_owned(), columns_of_things())],
        parts: 200,
        most: None,
        has_statistics: false,
    };
    let given_up = cluster.ask(&question, || SLOW.load(Ordering::SeqCst) == 0, |_| true);
    assert!(matches!(given_up, Err(ClusterError::Interrupted)), "{given_up:?}");

    // The next question is not behind what is left of it.
    let dir = tempfile::tempdir().unwrap();
    let others = table(dir.path(), &["a"]);
    assert_eq!(ask(&cluster, "select work(what, 'job') from things", &others).unwrap(), ["job 1"]);
    std::thread::sleep(Duration::from_millis(900));
    let begun = SLOW.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(900));
    assert_eq!(SLOW.load(Ordering::SeqCst), begun, "nobody works on it any more");
    assert!(begun < 200, "{begun}");
}

#[test]
fn strangers_are_refused() {
    let pass = Pass::new(Some("a secret"));
    let address = scheduler(&pass);
    let refused = |pass: &Pass, says: &str| {
        for error in
            [worker(&address, pass).err(), Cluster::connect(address.clone(), pass.clone(), FUNCTIONS.to_vec()).err()]
        {
            let said = error.unwrap().to_string();
            assert!(said.contains(says) && said.contains("\nhint: "), "{said}");
        }
    };
    refused(&Pass::of_version("99.0.0", Some("a secret")), "and this program is of version 99.0.0");
    refused(&Pass::new(Some("another")), "the secret is not that of this cluster");
    refused(&Pass::new(None), "the secret is not that of this cluster");
}

#[test]
fn without_a_secret_nobody_listens_to_everybody() {
    let options = SchedulerOptions {
        listen: "0.0.0.0:0".parse().unwrap(),
        pass: Pass::new(None),
        functions: Vec::new(),
        patience: Duration::from_secs(12),
        metrics: None,
    };
    let error = Scheduler::open(options).err().unwrap().to_string();
    assert!(error.contains("there is no secret"), "{error}");
}

#[test]
fn a_scheduler_that_is_not_there_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = Cluster::connect(ClusterAddress::new("127.0.0.1", port), Pass::new(None), Vec::new()).err().unwrap();
    assert!(error.to_string().contains("does not answer\nhint: "), "{error}");
}

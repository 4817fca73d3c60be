//! Lineage files: what is wrong is named by file and line, and nothing is half loaded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::format_push_string, reason = "tests")]

use std::fs;
use std::path::Path;

use sayso_lineage::{FILE_LIMITS, Fault, Graph, LineageError, load, node_of_dataset, node_to_toml, read_node};

const SOURCE: &str = "\n[[source]]\nkey = \"s\"\ntitle = \"A page\"\nurl = \"https://example.org/\"\n";

/// A node's file: kind, what else stands at its head, and its edges.
fn node(dir: &Path, id: &str, kind: &str, edges: &[(&str, &str)]) {
    let mut text = format!("id = \"{id}\"\nkind = \"{kind}\"\nname = \"{id}\"\n");
    for (kind, to) in edges {
        text.push_str(&format!("\n[[edge]]\nkind = \"{kind}\"\nto = \"{to}\"\nsource = [\"s\"]\n"));
    }
    fs::write(dir.join(format!("{id}.toml")), text + SOURCE).unwrap();
}

fn faults(result: Result<Graph, LineageError>) -> Vec<Fault> {
    match result {
        Err(LineageError::Faults { faults }) => faults,
        other => panic!("{other:?}"),
    }
}

fn of_folder(dir: &Path) -> Result<Graph, LineageError> {
    load(false, &[dir.to_owned()], &FILE_LIMITS)
}

/// The one thing that is wrong with a file: its line, and the words.
fn wrong(text: &str) -> (usize, String) {
    let faults = read_node("a.toml", text, &FILE_LIMITS).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    (faults[0].line, faults[0].message.clone())
}

fn file(head: &str) -> String {
    format!("id = \"a\"\nkind = \"dataset\"\nname = \"A\"\n{head}{SOURCE}")
}

#[test]
fn all_shipped_files_come_back_as_they_were_written() {
    let graph = load(true, &[], &FILE_LIMITS).unwrap();
    for (_, node) in graph.nodes() {
        let again = read_node(&format!("{}.toml", node.id), &node_to_toml(node), &FILE_LIMITS).unwrap();
        // Lines are where a file has them; all else is the same.
        assert_eq!(node_to_toml(&again), node_to_toml(node));
        assert_eq!((&again.id, &again.sources, again.edges.len()), (&node.id, &node.sources, node.edges.len()));
    }
}

#[test]
fn what_is_wrong_is_named_by_line() {
    let edge = |rest: &str| file(&format!("\n[[edge]]\nkind = \"trained-on\"\n{rest}"));
    for (text, line, words) in [
        ("id = \"a\"\nkind = \"dataset\"\nname = ".to_owned(), 3, "string"),
        (file("colour = \"red\"\n"), 4, "unknown field"),
        (file("").replace("dataset", "banana"), 2, "unknown kind of node `banana`"),
        (file("date = \"2022-13\"\n"), 4, "is not a date"),
        (file("date = 2022-01-01\n"), 4, "invalid type"),
        (file("purpose = \"fun\"\n"), 4, "unknown purpose `fun`"),
        (file("about = \"\"\n"), 4, "empty"),
        (file("url = \"javascript:alert(1)\"\n"), 4, "no address"),
        (file("").replace("id = \"a\"", "id = \"b\""), 1, "is not called so"),
        (file("").replace("id = \"a\"", "id = \"A b\""), 1, "cannot be an id"),
        (file("").replace(SOURCE, ""), 2, "no source"),
        (edge("to = \"b\"\nsource = [\"x\"]\n"), 8, "no source with the key `x`"),
        (edge("to = \"b\"\n"), 6, "nothing is cited"),
        (edge("to = \"b\"\nfrom = \"c\"\nsource = [\"s\"]\n"), 6, "either a `to` or a `from`"),
        (edge("to = \"b\"\nsource = [\"s\"]\n").replace("trained-on", "eats"), 6, "unknown kind of edge `eats`"),
        (edge("to = \"b\"\nsource = [\"s\"]\nstanding = \"rumour\"\n"), 9, "unknown standing"),
        (file("sector = \"company\"\n"), 2, "no sector"),
    ] {
        let (at, message) = wrong(&text);
        assert!(at == line && message.contains(words), "{at} {message}\n{text}");
    }
    let long = file(&format!("about = \"{}\"\n", "x".repeat(5_000)));
    assert!(wrong(&long).1.contains("longer than 4000"));
    // All faults of a file are told together.
    let two = read_node("a.toml", &file("date = \"x\"\nuntil = \"y\"\n"), &FILE_LIMITS).unwrap_err();
    assert_eq!(two.iter().map(|fault| fault.line).collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn edges_that_lead_nowhere_or_in_a_circle_are_named() {
    let dir = tempfile::tempdir().unwrap();
    node(dir.path(), "a", "model", &[("trained-on", "nobody")]);
    let found = faults(of_folder(dir.path()));
    assert_eq!((found[0].file.as_ref(), found[0].line), ("a.toml", 6));
    assert!(found[0].message.contains("no node `nobody`"), "{}", found[0]);

    node(dir.path(), "a", "dataset", &[("derived-from", "b")]);
    node(dir.path(), "b", "dataset", &[("derived-from", "c")]);
    node(dir.path(), "c", "dataset", &[("derived-from", "a")]);
    let found = faults(of_folder(dir.path()));
    assert_eq!((found.len(), found[0].line), (1, 6));
    assert!(found[0].message.contains("made of itself") && found[0].message.matches('→').count() == 3, "{}", found[0]);

    node(dir.path(), "c", "dataset", &[]);
    node(dir.path(), "d", "organisation", &[("owned-by", "e")]);
    node(dir.path(), "e", "organisation", &[("owned-by", "d")]);
    assert!(faults(of_folder(dir.path()))[0].message.contains("owns itself"));

    node(dir.path(), "e", "organisation", &[("trained-on", "a")]);
    assert!(faults(of_folder(dir.path()))[0].message.contains("cannot lead from"));
    node(dir.path(), "e", "organisation", &[("owned-by", "e")]);
    assert!(faults(of_folder(dir.path()))[0].message.contains("itself"));
}

#[test]
fn a_node_has_one_file() {
    let dir = tempfile::tempdir().unwrap();
    node(dir.path(), "a", "dataset", &[]);
    fs::create_dir(dir.path().join("more")).unwrap();
    node(&dir.path().join("more"), "a", "model", &[]);
    let found = faults(of_folder(dir.path()));
    assert!(found[0].message.contains("of the same node"), "{}", found[0]);
    // In another folder that is given it is meant: it replaces the first.
    let other = tempfile::tempdir().unwrap();
    node(other.path(), "a", "model", &[]);
    fs::remove_file(dir.path().join("more/a.toml")).unwrap();
    let graph = load(false, &[dir.path().to_owned(), other.path().to_owned()], &FILE_LIMITS).unwrap();
    assert_eq!((graph.len(), graph.node(graph.find("a").unwrap()).kind.as_str()), (1, "model"));
    // One wrong file, and nothing is loaded.
    fs::write(dir.path().join("b.toml"), "id = ").unwrap();
    assert_eq!(faults(of_folder(dir.path())).len(), 1);
}

#[test]
fn large_and_broken_files_are_refused_in_bounded_memory() {
    let dir = tempfile::tempdir().unwrap();
    // A key of 100 MB: one byte more than the limit is read of it.
    fs::write(dir.path().join("a.toml"), "x".repeat(100 << 20)).unwrap();
    assert!(faults(of_folder(dir.path()))[0].message.contains("longer than"));
    fs::write(dir.path().join("a.toml"), [b'i', b'd', b'\n', 0xff, 0xfe]).unwrap();
    let found = faults(of_folder(dir.path()));
    assert!(found[0].line == 2 && found[0].message.contains("UTF-8"), "{}", found[0]);
    let deep = format!("id = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    fs::write(dir.path().join("a.toml"), deep).unwrap();
    assert_eq!(faults(of_folder(dir.path())).len(), 1);
    let many: String = (0..5_000)
        .map(|number| format!("\n[[source]]\nkey = \"k{number}\"\ntitle = \"t\"\nurl = \"https://example.org/\"\n"))
        .collect();
    fs::write(dir.path().join("a.toml"), file("") + &many).unwrap();
    assert!(faults(of_folder(dir.path()))[0].message.contains("more than 4000"));
}

#[test]
fn a_dataset_says_which_node_it_is() {
    let graph = load(true, &[], &FILE_LIMITS).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let of = |name: &str| node_of_dataset(&graph, dir.path(), name);
    let id = |found: Option<sayso_lineage::NodeIx>| found.map(|ix| graph.node(ix).id.to_string());
    assert_eq!(id(of("laion_5B").unwrap()).as_deref(), Some("laion-5b"));
    assert_eq!(id(of("lensa").unwrap()), None, "an app is no dataset");
    fs::write(dir.path().join("lineage.toml"), "node = \"coyo-700m\"\n").unwrap();
    assert_eq!(id(of("mine").unwrap()).as_deref(), Some("coyo-700m"));
    fs::write(dir.path().join("lineage.toml"), "\nnode = \"nobody\"\n").unwrap();
    assert!(of("mine").unwrap_err().to_string().contains("line 2"));
}

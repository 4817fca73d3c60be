//! The conformance suite in `conformance/`, which other implementations can run as well: its README describes the form.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, HashSet};
use std::fs;

use sayso_consent::agents::AgentTable;
use sayso_consent::embedded::{EmbeddedLimits, read_embedded};
use sayso_consent::files::{AiTxt, Rsl, TdmrepFile};
use sayso_consent::headers::{header_signal, meta_signal};
use sayso_consent::robots::RobotsFetch;
use sayso_consent::{judge, settle_site_files, statements};
use sayso_core::{Decision, Place, Policy, PolicyName, Purpose, Signal, SignalKind, Speaker, Statement, Subject};
use serde::Deserialize;
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance");
const VOCABULARIES: &[&str] = &[
    "ai-txt",
    "aipref",
    "cawg",
    "combined",
    "content-signal",
    "iptc",
    "licences",
    "meta-robots",
    "robots-txt",
    "rsl",
    "tdmrep",
    "x-robots-tag",
];
const LIMIT_BYTES: u64 = 500 << 10;
const SIGNAL_BYTES: u64 = 4096;
const LIMITS: EmbeddedLimits =
    EmbeddedLimits { packet_bytes: 1 << 20, packets: 16, depth: 64, signal_bytes: SIGNAL_BYTES };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    says: String,
    source: String,
    input: Input,
    #[serde(default)]
    expected: BTreeMap<String, String>,
    policy: Option<String>,
    purpose: Option<String>,
    decision: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default = "default_url")]
    url: String,
    #[serde(default = "default_agent")]
    agent: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    metas: Vec<(String, String)>,
    robots_txt: Option<String>,
    #[serde(default)]
    robots_txt_padding_bytes: usize,
    robots_status: Option<u16>,
    tdmrep_json: Option<String>,
    ai_txt: Option<String>,
    ai_txt_type: Option<String>,
    rsl: Option<String>,
    xmp: Option<String>,
    training_mining: Option<TrainingMining>,
    #[serde(default)]
    licences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainingMining {
    label: String,
    entries: Option<Value>,
    assertion: Option<Value>,
}

fn default_url() -> String {
    "https://example.org/a.jpg".to_owned()
}

fn default_agent() -> String {
    "examplebot".to_owned()
}

fn cases() -> Vec<(&'static str, Case)> {
    let read = |vocabulary: &&'static str| {
        let file = fs::read_to_string(format!("{FOLDER}/{vocabulary}.json")).unwrap();
        let read: Result<Vec<Case>, _> = serde_json::from_str(&file);
        assert!(read.is_ok(), "`{vocabulary}.json` cannot be read: {}", read.err().unwrap());
        read.unwrap().into_iter().map(|case| (*vocabulary, case)).collect::<Vec<_>>()
    };
    VOCABULARIES.iter().flat_map(read).collect()
}

#[test]
fn every_case_is_judged_as_it_says() {
    let differs: Vec<String> = cases().iter().flat_map(|(_, case)| differences(case)).collect();
    assert!(differs.is_empty(), "{} differences:\n{}", differs.len(), differs.join("\n"));
}

#[test]
fn the_suite_is_whole() {
    let cases = cases();
    let mut ids = HashSet::new();
    for (vocabulary, case) in &cases {
        assert!(ids.insert(&case.id), "the id `{}` stands twice", case.id);
        let number = case.id.strip_prefix(vocabulary).and_then(|rest| rest.strip_prefix('-'));
        assert!(number.is_some_and(|number| number.parse::<u16>().is_ok()), "`{}` in {vocabulary}.json", case.id);
        assert!(!case.says.is_empty() && !case.source.is_empty(), "`{}` does not say what it is about", case.id);
        assert!(!case.expected.is_empty() || case.decision.is_some(), "`{}` expects nothing", case.id);
        let decides = [&case.policy, &case.purpose, &case.decision].map(Option::is_some);
        assert!(decides == [true; 3] || decides == [false; 3], "`{}` has a part of a decision", case.id);
    }
    for vocabulary in VOCABULARIES {
        let count = cases.iter().filter(|(known, _)| known == vocabulary).count();
        assert!(count >= 10, "{vocabulary}.json has {count} cases");
    }
    assert!(cases.len() >= 300, "there are {} cases", cases.len());
    let files = fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let listed = files.filter(|name| name.ends_with(".json")).count();
    assert_eq!(listed, VOCABULARIES.len(), "a file of cases that nobody runs");
}

#[test]
fn a_key_that_nobody_knows_is_an_error() {
    let read = |input: Value| serde_json::from_value::<Input>(input).is_ok();
    assert!(read(serde_json::json!({"robots_txt": ""})));
    assert!(!read(serde_json::json!({"robots": ""})));
    assert!(!read(serde_json::json!({"training_mining": {"label": "", "entry": {}}})));
    let case = serde_json::json!({"id": "", "says": "", "source": "", "input": {}, "expects": {}});
    assert!(serde_json::from_value::<Case>(case).is_err());
}

fn differences(case: &Case) -> Vec<String> {
    let statements = stated(&case.input);
    let subject = Subject { url: &case.input.url, page_url: &case.input.url };
    let mut differs = Vec::new();
    let mut compare = |what: &str, expected: &str, found: String| {
        if found != expected {
            differs.push(format!("{}: {}: {what} is {found}, not {expected}", case.id, case.says));
        }
    };
    for (category, stance) in &case.expected {
        let policy = Policy::new(PolicyName::Record, Purpose(category.parse().unwrap()));
        compare(category, stance, judge(&subject, &statements, None, &policy).stance.to_string());
    }
    if let (Some(policy), Some(purpose), Some(decision)) = (&case.policy, &case.purpose, &case.decision) {
        let policy = Policy::new(policy.parse().unwrap(), purpose.parse().unwrap());
        let decided = match policy.decide(&judge(&subject, &statements, None, &policy)) {
            Decision::Admitted => "admitted",
            Decision::Refused => "refused",
        };
        compare("the decision", decision, decided.to_owned());
    }
    differs
}

/// Everything that the input of a case states about its address.
fn stated(input: &Input) -> Vec<Statement> {
    let agents = AgentTable::builtin();
    let headers = input
        .headers
        .iter()
        .filter_map(|(name, value)| header_signal(Speaker::Page, name, value.as_bytes(), SIGNAL_BYTES));
    let metas =
        input.metas.iter().filter_map(|(name, content)| meta_signal(Speaker::Page, name, content, SIGNAL_BYTES));
    let signals: Vec<_> = headers.chain(metas).chain(input.licences.iter().map(|url| licence(url))).collect();
    let mut all = statements(&signals, agents, &input.agent);

    let (path, site) = (path_of(&input.url), Speaker::PageSite);
    if input.robots_txt.is_some() || input.robots_status.is_some() {
        let (status, rules) = (input.robots_status.unwrap_or(200), input.robots_txt.as_deref().unwrap_or_default());
        let file = format!("{}{rules}", "#########\n".repeat(input.robots_txt_padding_bytes / 10));
        let robots = RobotsFetch::of_answer(status, file.as_bytes(), LIMIT_BYTES, SIGNAL_BYTES, agents);
        all.extend(robots.statements(site, path, &input.agent));
    }
    if let Some(file) = &input.tdmrep_json {
        all.extend(TdmrepFile::parse(file.as_bytes(), LIMIT_BYTES, SIGNAL_BYTES).statements(site, path));
    }
    if let Some(file) = &input.ai_txt {
        let ai_txt = AiTxt::parse(file.as_bytes(), input.ai_txt_type.as_deref(), LIMIT_BYTES, SIGNAL_BYTES);
        all.extend(ai_txt.statements(site, path));
    }
    if let Some(document) = &input.rsl {
        all.extend(Rsl::parse(document.as_bytes(), None, LIMIT_BYTES, SIGNAL_BYTES).statements(site, &input.url));
    }
    if input.xmp.is_some() || input.training_mining.is_some() {
        all.extend(read_embedded(&picture(input), &LIMITS).statements);
    }
    settle_site_files(&mut all);
    all
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    rest.find('/').map_or("/", |start| &rest[start..])
}

fn licence(url: &str) -> Signal {
    let place = Place::Element { path: "a rel=license".to_owned() };
    let (kind, speaker, raw) = (SignalKind::Licence, Speaker::Page, url.to_owned());
    Signal { kind, speaker, place, raw, at_bytes: None, record: None, captured_at: None }
}

/// A PNG that holds the metadata of a case and no picture.
fn picture(input: &Input) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    if let Some(training) = &input.training_mining {
        add_chunk(&mut file, b"caBX", &manifest_store(training));
    }
    if let Some(xmp) = &input.xmp {
        add_chunk(&mut file, b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", xmp.as_bytes()].concat());
    }
    add_chunk(&mut file, b"IEND", b"");
    file
}

fn add_chunk(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
    file.extend(kind);
    file.extend(content);
    file.extend([0; 4]);
}

fn manifest_store(training: &TrainingMining) -> Vec<u8> {
    let assertion = match (&training.entries, &training.assertion) {
        (Some(entries), None) => serde_json::json!({ "entries": entries }),
        (_, assertion) => assertion.clone().unwrap(),
    };
    let mut content = Vec::new();
    add_cbor(&mut content, &assertion);
    let assertion = superbox(b"cbor", &training.label, &boxed(b"cbor", &content));
    let assertions = superbox(b"c2as", "c2pa.assertions", &assertion);
    superbox(b"c2pa", "c2pa", &superbox(b"c2ma", "urn:uuid:1", &assertions))
}

/// A box of JUMBF behind its description.
fn superbox(kind: &[u8; 4], label: &str, children: &[u8]) -> Vec<u8> {
    let uuid_tail = b"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71";
    let description = boxed(b"jumd", &[kind, &uuid_tail[..], b"\x03", label.as_bytes(), b"\0"].concat());
    boxed(b"jumb", &[&description, children].concat())
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len() + 8).unwrap().to_be_bytes(), &kind[..], content].concat()
}

fn add_cbor(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(entries) => {
            add_cbor_head(out, 0xa0, entries.len());
            for (key, value) in entries {
                add_cbor(out, &Value::String(key.clone()));
                add_cbor(out, value);
            }
        }
        Value::Array(values) => {
            add_cbor_head(out, 0x80, values.len());
            values.iter().for_each(|value| add_cbor(out, value));
        }
        Value::String(text) => {
            add_cbor_head(out, 0x60, text.len());
            out.extend(text.as_bytes());
        }
        Value::Number(number) => add_cbor_head(out, 0, usize::try_from(number.as_u64().unwrap()).unwrap()),
        Value::Bool(is_true) => out.push(if *is_true { 0xf5 } else { 0xf4 }),
        Value::Null => out.push(0xf6),
    }
}

fn add_cbor_head(out: &mut Vec<u8>, kind: u8, length: usize) {
    if length < 24 {
        out.push(kind | u8::try_from(length).unwrap());
    } else {
        out.push(kind | 25);
        out.extend(u16::try_from(length).unwrap().to_be_bytes());
    }
}

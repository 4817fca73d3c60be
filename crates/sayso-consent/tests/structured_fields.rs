//! The parser of RFC 9651 against the HTTP working group's cases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod anchors;

use std::fs;

use sayso_consent::structured_field::{Bare, Member, Single, parse_dictionary, parse_list, parse_single};
use serde_json::{Value, json};

#[test]
fn every_parse_case_of_the_working_group() {
    let Some(folder) = anchors::anchor("structured-field-tests") else { return };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut seen = 0;
    for file in files {
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for case in cases {
            check(&case, &file.file_name().unwrap().to_string_lossy());
            seen += 1;
        }
    }
    assert!(seen >= 1591, "{seen} cases");
}

fn check(case: &Value, file: &str) {
    let name = format!("{file}: {}", case["name"]);
    let lines: Vec<_> = case["raw"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let field = lines.join(", ").into_bytes();
    let parsed = match case["header_type"].as_str().unwrap() {
        "dictionary" => parse_dictionary(&field)
            .map(|members| members.iter().map(|(key, value)| json!([key, member(value)])).collect::<Value>()),
        "list" => parse_list(&field).map(|members| members.iter().map(member).collect()),
        "item" => parse_single(&field).map(|value| single(&value)),
        other => panic!("{name}: {other}"),
    };
    match parsed {
        Ok(parsed) => {
            assert!(case["must_fail"] != true, "{name}: parsed as {parsed}");
            assert_eq!(parsed, thousandths(&case["expected"]), "{name}");
        }
        Err(error) => assert!(case["must_fail"] == true || case["can_fail"] == true, "{name}: {error}"),
    }
}

fn member(member: &Member) -> Value {
    match member {
        Member::Single(value) => single(value),
        Member::InnerList { singles, parameters: parameters_of_list } => {
            json!([singles.iter().map(single).collect::<Value>(), parameters(parameters_of_list)])
        }
    }
}

fn single(single: &Single) -> Value {
    json!([bare(&single.value), parameters(&single.parameters)])
}

fn parameters(parameters: &[(String, Bare)]) -> Value {
    parameters.iter().map(|(key, value)| json!([key, bare(value)])).collect()
}

fn bare(value: &Bare) -> Value {
    match value {
        Bare::Integer(number) => json!(number),
        Bare::Decimal(thousandths) => json!({"thousandths": thousandths}),
        Bare::String(text) => json!(text),
        Bare::Token(token) => json!({"__type": "token", "value": token}),
        Bare::ByteSequence(bytes) => json!({"__type": "binary", "value": base32(bytes)}),
        Bare::Boolean(value) => json!(value),
        Bare::Date(seconds) => json!({"__type": "date", "value": seconds}),
        Bare::DisplayString(text) => json!({"__type": "displaystring", "value": text}),
    }
}

/// The expected value with its decimals as the parser gives them: whole thousandths, not floating point.
fn thousandths(expected: &Value) -> Value {
    match expected {
        Value::Number(number) if number.is_f64() => {
            let thousandths = (number.as_f64().unwrap() * 1000.0).round() as i64;
            json!({ "thousandths": thousandths })
        }
        Value::Array(values) => values.iter().map(thousandths).collect(),
        other => other.clone(),
    }
}

/// RFC 4648, section 6: the cases write bytes so.
fn base32(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut word = [0; 8];
        word[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(word);
        let used = (chunk.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = usize::try_from(bits >> (35 - 5 * place) & 31).unwrap();
            text.push(if place < used { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    text
}

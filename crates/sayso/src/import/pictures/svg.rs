use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// What a drawing says of itself: SVG's own title and description, and the Creative Commons metadata that Inkscape and
/// clip art libraries write (`rdf:RDF/cc:Work`).
///
/// The keys are those of a sidecar: `caption`, of title, description and keywords as far as there are any, and each of
/// them by itself; `creator`, `licence`, `language`, `publisher`, `date`. A drawing that ends early or is no XML says what
/// stands before that. It is never drawn, and no entity but XML's own is resolved.
pub(super) fn said(bytes: &[u8]) -> Map<String, Value> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&text);
    // A drawing may leave an element open, and has said what it said.
    reader.config_mut().check_end_names = false;
    let mut path: Vec<String> = Vec::new();
    let mut texts: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut content = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                add_attribute(&path, &element, &mut texts);
                content.clear();
                if path.len() >= DEPTH {
                    break;
                }
                path.push(element.local_name().as_ref().to_owned());
            }
            Ok(Event::Empty(element)) => add_attribute(&path, &element, &mut texts),
            Ok(Event::Text(more)) => push(&mut content, Some(&more)),
            Ok(Event::CData(more)) => push(&mut content, Some(&more)),
            Ok(Event::GeneralRef(reference)) => push(&mut content, resolved(&reference).as_deref()),
            Ok(Event::End(_)) => {
                if let Some(key) = key_of(&path) {
                    add(&mut texts, key, &content);
                }
                content.clear();
                path.pop();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    as_sidecar(texts)
}

/// Elements inside elements: metadata lies in the first few, drawings seldom in more than some dozens.
const DEPTH: usize = 256;

/// Bytes of a text that is kept.
const TEXT_BYTES: usize = 16 << 10;

/// Keywords, and other texts that may be there several times.
const TEXTS: usize = 64;

/// What the text of the element at `path` is.
fn key_of(path: &[String]) -> Option<&'static str> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match *names.as_slice() {
        ["svg", "title"] => Some("own_title"),
        ["svg", "desc"] => Some("own_description"),
        [.., "Work", "title"] => Some("title"),
        [.., "Work", "description"] => Some("description"),
        [.., "Work", "date"] => Some("date"),
        [.., "Work", "language"] => Some("language"),
        [.., "Work", "creator"] | [.., "Work", "creator", "Agent", "title"] => Some("creator"),
        [.., "Work", "publisher"] | [.., "Work", "publisher", "Agent", "title"] => Some("publisher"),
        [.., "Work", "subject"] | [.., "Work", "subject", "Bag" | "Seq" | "Alt", "li"] => Some("keywords"),
        _ => None,
    }
}

/// The licence is named by an attribute.
fn add_attribute(path: &[String], element: &BytesStart<'_>, texts: &mut BTreeMap<&'static str, Vec<String>>) {
    let is_licence = element.local_name().as_ref() == "license" && path.last().is_some_and(|parent| parent == "Work");
    if !is_licence {
        return;
    }
    let named = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == "resource");
    if let Some(attribute) = named {
        add(texts, "licence", &attribute.value);
    }
}

fn push(text: &mut String, more: Option<&str>) {
    if let Some(more) = more
        && text.len() + more.len() <= TEXT_BYTES
    {
        text.push_str(more);
    }
}

/// What XML's own entities and numbers of characters stand for. Others are not resolved: they are how XML is made to grow.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Some(char.to_string());
    }
    quick_xml::escape::resolve_xml_entity(reference).map(str::to_owned)
}

fn add(texts: &mut BTreeMap<&'static str, Vec<String>>, key: &'static str, text: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = texts.entry(key).or_default();
    if !text.is_empty() && known.len() < TEXTS && !known.contains(&text) {
        known.push(text);
    }
}

fn as_sidecar(mut texts: BTreeMap<&'static str, Vec<String>>) -> Map<String, Value> {
    for (key, own) in [("title", "own_title"), ("description", "own_description")] {
        let of_drawing = texts.remove(own).unwrap_or_default();
        let of_work = texts.entry(key).or_default();
        if of_work.is_empty() {
            *of_work = of_drawing;
        }
    }
    let joined = |key: &str, by: &str| texts.get(key).map(|texts| texts.join(by)).filter(|text| !text.is_empty());
    let parts = [joined("title", ". "), joined("description", ". "), joined("keywords", ", ")];
    // A work has one licence and one language; who writes several names the address first.
    let first = |key: &str| texts.get(key).and_then(|texts| texts.first()).cloned();
    let caption = parts.into_iter().flatten().collect::<Vec<_>>().join(". ");
    let mut object = Map::new();
    let mut insert = |key: &str, text: Option<String>| {
        if let Some(text) = text {
            object.insert(key.to_owned(), Value::String(text));
        }
    };
    for key in ["title", "description", "keywords", "creator", "publisher", "date"] {
        insert(key, joined(key, ", "));
    }
    insert("licence", first("licence"));
    insert("language", first("language").and_then(|tag| primary_subtag(&tag)));
    if !caption.is_empty() {
        object.insert("caption".to_owned(), Value::String(caption));
    }
    object
}

/// `en` of `EN-us` (RFC 5646); nothing of what is no such tag, and is told by the words then.
fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?;
    let is_code = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| primary.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::said;

    #[test]
    fn works_say_who_made_them() {
        let svg = r##"<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:rdf="r" xmlns:cc="c" xmlns:dc="d"><title>drawing</title>
            <metadata><rdf:RDF><cc:Work rdf:about=""><dc:title>Red &amp;
              blue&#33; &b;</dc:title><dc:description/>
            <dc:subject><rdf:Bag><rdf:li>fish</rdf:li><rdf:li>fish</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>
            <dc:creator><cc:Agent><dc:title>Ana</dc:title></cc:Agent></dc:creator>
            <dc:rights><cc:Agent><dc:title>Bo</dc:title></cc:Agent></dc:rights>
            <cc:license rdf:resource="http://creativecommons.org/licenses/by/2.0/"/><dc:language>EN-us</dc:language></cc:Work>
            <cc:License><cc:permits rdf:resource="x"/></cc:License></rdf:RDF></metadata><g><title>a part</title></g>"##;
        assert_eq!(
            Value::Object(said(svg.as_bytes())),
            json!({
                "caption": "Red & blue!. fish, sea", "title": "Red & blue!", "keywords": "fish, sea", "creator": "Ana",
                "licence": "http://creativecommons.org/licenses/by/2.0/", "language": "en",
            })
        );
    }

    #[test]
    fn what_says_nothing_or_is_broken_does_no_harm() {
        assert_eq!(said(b"<svg><title>One</title><desc>Two</desc></svg>")["caption"], "One. Two");
        assert_eq!(said(b"<svg><title>One</title><g></svg><")["caption"], "One");
        assert!(said(b"<svg/>").is_empty());
        assert!(said("<g>".repeat(100_000).as_bytes()).is_empty());
        let long = format!("<svg><title>{}</title></svg>", "x".repeat(1 << 20));
        assert!(said(long.as_bytes()).is_empty());
        assert!(said(&[0xff; 64]).is_empty());
    }
}

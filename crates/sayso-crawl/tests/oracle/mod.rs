//! A page as html5ever reads it, and as our tokenizer does, in the same words.
//!
//! html5ever's tree builder stands behind its tokenizer, because the standard leaves to tree construction which
//! elements hold raw text and where foreign content begins and ends. Scripting is off, as it is for us.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by a test and a fuzz target that each use a part")]

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token as Html5Token, TokenSink, TokenSinkResult, Tokenizer as Html5Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, ExpandedName, QualName};
use sayso_crawl::html::{Tag, Token, Tokenizer};

/// A token, as far as it matters for what a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// Name in lower case; of attributes with one name the first.
    Start(String, Vec<(String, String)>),
    /// Name in lower case.
    End(String),
    /// All text up to the next tag, references resolved.
    ///
    /// NUL is left out: where it stands decides whether a browser drops or replaces it, and no caption hangs on it.
    Text(String),
}

fn add_text(events: &mut Vec<Event>, text: &str) {
    let text: String = text.chars().filter(|c| !matches!(c, '\0' | '\u{fffd}')).collect();
    match events.last_mut() {
        _ if text.is_empty() => {}
        Some(Event::Text(before)) => before.push_str(&text),
        _ => events.push(Event::Text(text)),
    }
}

/// What our tokenizer makes of a page.
pub(crate) fn ours(page: &str) -> Vec<Event> {
    let mut events = Vec::new();
    // References are resolved in whole runs, as `PageReader` may split them anywhere between tokens.
    let normal = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    for token in Tokenizer::new(page) {
        match token {
            Token::Start(tag) => events.push(Event::Start(name(tag.name), attributes(&tag))),
            Token::End(tag) => events.push(Event::End(name(tag.name))),
            Token::Text(text) => add_text(&mut events, &htmlize::unescape(normal(text))),
            Token::Raw(text) => add_text(&mut events, &normal(text)),
        }
    }
    events
}

fn name(written: &str) -> String {
    written.to_ascii_lowercase().replace('\0', "\u{fffd}")
}

fn attributes(tag: &Tag<'_>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for attribute in tag.attributes() {
        let name = name(attribute.name);
        if !found.iter().any(|(known, _)| *known == name) {
            found.push((name, attribute.value().into_owned()));
        }
    }
    found
}

/// What html5ever makes of a page.
pub(crate) fn browser(page: &str) -> Vec<Event> {
    let builder = TreeBuilder::new(NoTree, TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() });
    let sink = Recorder { events: RefCell::new(Vec::new()), builder };
    // The byte order mark belongs to decoding, which comes before.
    let tokenizer = Html5Tokenizer::new(sink, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(page));
    while !queue.is_empty() {
        // It stops behind scripts and charsets, which change nothing here.
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    tokenizer.sink.events.take()
}

/// Writes down the tokens on their way to the tree builder.
struct Recorder {
    events: RefCell<Vec<Event>>,
    builder: TreeBuilder<Rc<Node>, NoTree>,
}

impl TokenSink for Recorder {
    type Handle = Rc<Node>;

    fn process_token(&self, token: Html5Token, line: u64) -> TokenSinkResult<Rc<Node>> {
        let mut events = self.events.borrow_mut();
        match &token {
            Html5Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attributes = tag.attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
                events.push(Event::Start(tag.name.to_string(), attributes));
            }
            Html5Token::TagToken(tag) => events.push(Event::End(tag.name.to_string())),
            Html5Token::CharacterTokens(text) => add_text(&mut events, text),
            _ => {}
        }
        drop(events);
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// An element of a tree that nobody builds: only what the builder asks about it.
struct Node {
    name: QualName,
    is_integration_point: bool,
}

struct NoTree;

impl NoTree {
    fn node(name: QualName, is_integration_point: bool) -> Rc<Node> {
        Rc::new(Node { name, is_integration_point })
    }

    fn nameless() -> Rc<Node> {
        Self::node(QualName::new(None, html5ever::ns!(), html5ever::LocalName::from("")), false)
    }
}

impl TreeSink for NoTree {
    type Handle = Rc<Node>;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Rc<Node> {
        Self::nameless()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, flags: ElementFlags) -> Rc<Node> {
        Self::node(name, flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        Self::nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        Self::nameless()
    }

    fn append(&self, _: &Rc<Node>, _: NodeOrText<Rc<Node>>) {}

    fn append_based_on_parent_node(&self, _: &Rc<Node>, _: &Rc<Node>, _: NodeOrText<Rc<Node>>) {}

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, _: &Rc<Node>) -> Rc<Node> {
        Self::nameless()
    }

    fn same_node(&self, a: &Rc<Node>, b: &Rc<Node>) -> bool {
        Rc::ptr_eq(a, b)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, _: &Rc<Node>, _: NodeOrText<Rc<Node>>) {}

    fn add_attrs_if_missing(&self, _: &Rc<Node>, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, _: &Rc<Node>) {}

    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}

    fn is_mathml_annotation_xml_integration_point(&self, node: &Rc<Node>) -> bool {
        node.is_integration_point
    }
}

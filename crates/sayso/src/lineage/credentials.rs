//! What a picture's C2PA manifest says that it was made of.

use std::io::Cursor;

use c2pa::assertions::Relationship;
use c2pa::settings::Settings;
use c2pa::{Context, Reader};
use sayso_lineage::{Edge, EdgeKind, Node, NodeId, NodeKind, ReadAt, Source};

/// Ingredients of a picture that are taken.
const INGREDIENTS: usize = 200;

/// The run that made the picture, with its ingredients; none where there is no manifest with any.
pub(super) fn read(bytes: &[u8], name: &str, at: &ReadAt) -> Result<Vec<Node>, String> {
    let Some(format) = format_of(bytes).filter(|_| memchr::memmem::find(bytes, b"c2pa").is_some()) else {
        return Ok(Vec::new());
    };
    let settings = serde_json::json!({ "verify": { "remote_manifest_fetch": false, "ocsp_fetch": false } });
    let context =
        Settings::new().with_json(&settings.to_string()).and_then(|settings| Context::new().with_settings(settings));
    let context = context.map_err(|error| error.to_string())?;
    let reader = Reader::from_context(context).with_stream(format, Cursor::new(bytes));
    let reader = match reader {
        Ok(reader) => reader,
        Err(c2pa::Error::JumbfNotFound) => return Ok(Vec::new()),
        Err(error) => return Err(format!("its C2PA manifest cannot be read: {error}")),
    };
    let Some(manifest) = reader.active_manifest().filter(|manifest| !manifest.ingredients().is_empty()) else {
        return Ok(Vec::new());
    };
    let source =
        Source { key: "read".to_owned(), title: at.title.clone(), url: at.url.clone(), date: None, supports: None };
    let Some(id) = NodeId::of_text(name) else { return Ok(Vec::new()) };
    let mut run = Node::new(id, NodeKind::Run, name);
    run.about = manifest.title().map(|title| format!("What made the picture {title}, as its content credentials say."));
    run.sources.push(source.clone());
    let mut nodes = Vec::new();
    for ingredient in manifest.ingredients().iter().take(INGREDIENTS) {
        let title = ingredient.title().unwrap_or_else(|| ingredient.instance_id());
        let Some(id) = NodeId::of_text(title).filter(|id| *id != run.id) else { continue };
        let types = ingredient.data_types().unwrap_or_default();
        let is_model = types.iter().any(|kind| kind.asset_type.contains("model"));
        let kind = if is_model { NodeKind::Model } else { NodeKind::Dataset };
        let mut edge = Edge::new(EdgeKind::DerivedFrom, run.id.clone(), id.clone(), vec!["read".to_owned()]);
        edge.note = Some(match ingredient.relationship() {
            Relationship::ParentOf => "the picture that it was made from".to_owned(),
            Relationship::ComponentOf => "a part of it".to_owned(),
            Relationship::InputTo => "an input".to_owned(),
        });
        run.edges.push(edge);
        let mut node = Node::new(id, kind, title);
        node.sources.push(source.clone());
        nodes.push(node);
    }
    nodes.insert(0, run);
    Ok(nodes)
}

fn format_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', ..] => Some("image/webp"),
        [b'I', b'I', 42, ..] | [b'M', b'M', 0, 42, ..] => Some("image/tiff"),
        _ => None,
    }
}

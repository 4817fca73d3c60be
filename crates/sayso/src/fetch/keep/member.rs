use serde_json::json;

use super::render::KeptPicture;
use crate::fetch::outcome::Outcome;
use crate::fetch::part::Part;

/// The files of one sample, in the order of their endings, as a tar of WebDataset has them.
pub(super) struct Members {
    /// The name that they share.
    pub(super) key: String,
    pub(super) files: Vec<(&'static str, Vec<u8>)>,
}

/// The key of a sample: the part's number, and the row in it in as many digits as all rows of a part need.
pub(super) fn key(part: &Part, row: usize, part_rows: usize) -> String {
    let digits = part_rows.saturating_sub(1).checked_ilog10().map_or(1, |digits| digits as usize + 1);
    format!("{:05}{row:0digits$}", part.plan.number)
}

impl Members {
    pub(super) fn of(part: &Part, row: usize, key: String, outcome: &Outcome, picture: &KeptPicture) -> Self {
        let text = |name| part.text(name, row);
        let verdict = outcome.ruling.as_ref().map(|ruling| ruling.verdict.as_str()).or_else(|| text("verdict"));
        let facts = outcome.facts.as_ref();
        let (original_width, original_height) = picture.original;
        let json = json!({
            "caption": text("caption"), "url": text("url"), "key": key, "status": "success", "error_message": null,
            "width": picture.width, "height": picture.height,
            "original_width": original_width, "original_height": original_height,
            "sha256": facts.map(|facts| &facts.sha256),
            "uid": text("uid"), "page_url": text("page_url"), "creator": text("creator"), "licence": text("licence"),
            "verdict": verdict,
            "pdq": facts.and_then(|facts| facts.pdq.as_ref()).map(|(pdq, _)| pdq),
        });
        let caption = text("caption").unwrap_or_default().as_bytes().to_vec();
        let mut files =
            vec![(picture.ending, picture.bytes.clone()), ("json", json.to_string().into_bytes()), ("txt", caption)];
        files.sort_by_key(|(ending, _)| *ending);
        Self { key, files }
    }
}

use super::role::{ColumnMap, Role};

/// A dataset whose columns are known, by columns that it alone has.
struct Known {
    name: &'static str,
    /// All of these must be there, whatever their case.
    marks: &'static [&'static str],
    roles: &'static [(Role, &'static str)],
}

/// Published datasets, those with more marks before those with fewer. What each lacks here, [`COMMON`] finds.
const KNOWN: [Known; 11] = [
    Known {
        name: "COYO-700M",
        marks: &["url", "text", "image_phash", "watermark_score"],
        roles: &[
            (Role::Similarity, "clip_similarity_vitl14"),
            (Role::Punsafe, "nsfw_score_opennsfw2"),
            (Role::Pwatermark, "watermark_score"),
            (Role::Aesthetic, "aesthetic_score_laion_v2"),
        ],
    },
    Known {
        name: "DataComp",
        marks: &["uid", "url", "text", "original_width", "clip_l14_similarity_score"],
        roles: &[
            (Role::Width, "original_width"),
            (Role::Height, "original_height"),
            (Role::Similarity, "clip_l14_similarity_score"),
        ],
    },
    Known {
        name: "Re-LAION",
        marks: &["url", "caption", "similarity", "hash", "punsafe", "pwatermark", "key"],
        roles: &[],
    },
    Known {
        name: "LAION-Aesthetics",
        marks: &["url", "text", "aesthetic_score"],
        roles: &[(Role::Aesthetic, "aesthetic_score")],
    },
    Known { name: "LAION-Aesthetics", marks: &["url", "text", "aesthetic", "pwatermark"], roles: &[] },
    Known { name: "LAION-5B", marks: &["url", "text", "similarity", "hash", "punsafe", "pwatermark"], roles: &[] },
    Known { name: "LAION-400M", marks: &["sample_id", "url", "text", "nsfw", "similarity"], roles: &[] },
    Known {
        name: "WebVid",
        marks: &["videoid", "contenturl", "name", "page_dir"],
        roles: &[(Role::Url, "contentUrl"), (Role::Caption, "name")],
    },
    Known {
        name: "RedCaps",
        marks: &["image_id", "author", "url", "raw_caption", "subreddit"],
        roles: &[(Role::Caption, "caption"), (Role::Creator, "author")],
    },
    Known {
        name: "img2dataset",
        marks: &["url", "caption", "key", "status", "original_width"],
        roles: &[(Role::Width, "width"), (Role::Height, "height")],
    },
    Known { name: "clip-retrieval", marks: &["image_path", "caption", "url"], roles: &[] },
];

/// What columns with a role are called in tables at large, the likeliest first.
const COMMON: [(Role, &[&str]); 14] = [
    (
        Role::Url,
        &["url", "image_url", "img_url", "imageurl", "image_link", "photo_image_url", "contenturl", "src", "link"],
    ),
    (Role::Caption, &["caption", "text", "txt", "alt", "alt_text", "title", "description", "name", "prompt"]),
    (Role::PageUrl, &["page_url", "page", "source_page", "pageurl", "photo_url"]),
    (
        Role::Creator,
        &["creator", "artist", "author", "all_artists", "photographer", "photographer_username", "username"],
    ),
    (Role::Licence, &["licence", "license", "licence_name", "license_name", "license_url", "licence_url"]),
    (Role::Width, &["width", "original_width", "image_width"]),
    (Role::Height, &["height", "original_height", "image_height"]),
    (Role::Sha256, &["sha256", "sha256hash", "image_sha256"]),
    (Role::Pdq, &["pdq", "pdq_hash"]),
    (Role::Language, &["language", "lang"]),
    (Role::Similarity, &["similarity", "clip_similarity", "clip_score"]),
    (Role::Punsafe, &["punsafe", "p_unsafe", "nsfw_score"]),
    (Role::Pwatermark, &["pwatermark", "p_watermark", "watermark_score"]),
    (Role::Aesthetic, &["aesthetic", "aesthetic_score", "aesthetics_score"]),
];

/// The Yahoo Flickr Creative Commons dataset, whose texts are percent-encoded.
pub(super) const YFCC: &str = "YFCC100M";

/// What the columns of a table were found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recognised {
    /// The published dataset that has such columns, where it is one.
    pub(super) dataset: Option<&'static str>,
    /// The role of a column, by its place.
    pub(super) roles: Vec<(Role, usize)>,
}

/// Finds what each column is for. `map` goes before everything; a column of its that is not there is named in the error.
pub(super) fn recognise(names: &[String], map: &ColumnMap) -> Result<Recognised, String> {
    let at = |name: &str| names.iter().position(|other| other.eq_ignore_ascii_case(name));
    let known = KNOWN.iter().find(|known| known.marks.iter().all(|mark| at(mark).is_some()));
    let mut roles: Vec<(Role, usize)> = Vec::new();
    for (role, column) in &map.0 {
        let exact = names.iter().position(|name| name == column).or_else(|| at(column));
        let place =
            exact.ok_or_else(|| format!("it has no column `{column}`\nhint: those it has are {}", listed(names)))?;
        roles.push((*role, place));
    }
    let of_known = known.iter().flat_map(|known| known.roles.iter().map(|(role, name)| (*role, at(name))));
    let of_common = COMMON.iter().map(|(role, names)| (*role, names.iter().find_map(|name| at(name))));
    for (role, place) in of_known.chain(of_common) {
        if let Some(place) = place
            && !roles.iter().any(|(known, taken)| *known == role || *taken == place)
        {
            roles.push((role, place));
        }
    }
    roles.sort_unstable();
    Ok(Recognised { dataset: known.map(|known| known.name), roles })
}

/// What the columns of a table without a header are, by its first row.
pub(super) fn recognise_headless(first: &[&str]) -> Option<(&'static str, Vec<String>)> {
    let is_url = |text: &&str| text.starts_with("http://") || text.starts_with("https://");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match first {
        [caption, url] if is_url(url) && !is_url(caption) => {
            Some(("Conceptual Captions 3M", names(&["caption", "url"])))
        }
        [url, caption] if is_url(url) && !is_url(caption) => Some(("Conceptual 12M", names(&["url", "caption"]))),
        row if yfcc_prefix(row).is_some() => {
            let before: &[&str] = match yfcc_prefix(row) {
                Some(0) | None => &[],
                Some(1) => &["line_number"],
                // The identifier, too, stands before the hash.
                Some(_) => &["line_number", "photo_id"],
            };
            let rest = YFCC_COLUMNS
                .iter()
                .map(|name| if before.len() == 2 && *name == "photo_id" { "photo_hash" } else { *name });
            Some((YFCC, before.iter().copied().chain(rest).map(str::to_owned).collect()))
        }
        row if row.iter().any(is_url) => {
            Some(("a table without header", (1..=row.len()).map(|number| format!("column{number}")).collect()))
        }
        _ => None,
    }
}

/// How many columns stand before those of YFCC100M: none, the line's number, or that and a hash behind the identifier.
fn yfcc_prefix(row: &[&str]) -> Option<usize> {
    let is_url =
        |at: usize| row.get(at).is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"));
    let before = row.len().checked_sub(YFCC_COLUMNS.len()).filter(|before| *before <= 2)?;
    (is_url(13 + before) && is_url(14 + before)).then_some(before)
}

/// The columns of YFCC100M.
const YFCC_COLUMNS: [&str; 23] = [
    "photo_id",
    "user_nsid",
    "username",
    "date_taken",
    "date_uploaded",
    "capture_device",
    "caption",
    "description",
    "user_tags",
    "machine_tags",
    "longitude",
    "latitude",
    "accuracy",
    "page_url",
    "url",
    "licence_name",
    "licence_url",
    "server_id",
    "farm_id",
    "secret",
    "secret_original",
    "extension",
    "marker",
];

pub(super) fn listed(names: &[String]) -> String {
    let mut quoted: Vec<String> = names.iter().take(40).map(|name| format!("`{name}`")).collect();
    if names.len() > quoted.len() {
        quoted.push(format!("and {} more", names.len() - quoted.len()));
    }
    if quoted.is_empty() { "none".to_owned() } else { quoted.join(", ") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Role, recognise};
    use crate::import::role::ColumnMap;

    /// A dataset, its columns as they are published, and which of them has which role.
    type Case = (&'static str, &'static str, &'static [(Role, &'static str)]);

    #[test]
    fn published_datasets_are_recognised() {
        let cases: [Case; 11] = [
            (
                "LAION-400M",
                "SAMPLE_ID URL TEXT HEIGHT WIDTH LICENSE NSFW similarity",
                &[
                    (Role::Url, "URL"),
                    (Role::Caption, "TEXT"),
                    (Role::Licence, "LICENSE"),
                    (Role::Similarity, "similarity"),
                ],
            ),
            (
                "LAION-5B",
                "URL TEXT WIDTH HEIGHT similarity hash punsafe pwatermark language",
                &[(Role::Punsafe, "punsafe"), (Role::Pwatermark, "pwatermark"), (Role::Language, "language")],
            ),
            (
                "Re-LAION",
                "url caption similarity hash punsafe pwatermark key status error_message width height exif original_width",
                &[(Role::Url, "url"), (Role::Caption, "caption"), (Role::Width, "width")],
            ),
            (
                "LAION-Aesthetics",
                "URL TEXT WIDTH HEIGHT similarity hash punsafe pwatermark AESTHETIC_SCORE",
                &[(Role::Aesthetic, "AESTHETIC_SCORE")],
            ),
            (
                "LAION-Aesthetics",
                "URL TEXT WIDTH HEIGHT similarity punsafe pwatermark aesthetic",
                &[(Role::Aesthetic, "aesthetic")],
            ),
            (
                "COYO-700M",
                "id url text width height image_phash text_length word_count num_tokens_bert num_tokens_gpt num_faces \
                 clip_similarity_vitb32 clip_similarity_vitl14 nsfw_score_opennsfw2 nsfw_score_gantman watermark_score \
                 aesthetic_score_laion_v2",
                &[
                    (Role::Similarity, "clip_similarity_vitl14"),
                    (Role::Punsafe, "nsfw_score_opennsfw2"),
                    (Role::Pwatermark, "watermark_score"),
                    (Role::Aesthetic, "aesthetic_score_laion_v2"),
                ],
            ),
            (
                "DataComp",
                "uid url text original_width original_height clip_b32_similarity_score clip_l14_similarity_score face_bboxes sha256",
                &[
                    (Role::Width, "original_width"),
                    (Role::Similarity, "clip_l14_similarity_score"),
                    (Role::Sha256, "sha256"),
                ],
            ),
            (
                "WebVid",
                "videoid contentUrl duration page_dir name",
                &[(Role::Url, "contentUrl"), (Role::Caption, "name")],
            ),
            (
                "RedCaps",
                "image_id author url raw_caption caption subreddit score created_utc permalink",
                &[(Role::Caption, "caption"), (Role::Creator, "author")],
            ),
            (
                "img2dataset",
                "url caption key status error_message width height original_width original_height exif sha256",
                &[(Role::Width, "width"), (Role::Sha256, "sha256")],
            ),
            ("clip-retrieval", "image_path caption url", &[(Role::Url, "url")]),
        ];
        for (dataset, columns, roles) in cases {
            let names: Vec<String> = columns.split_whitespace().map(str::to_owned).collect();
            let found = recognise(&names, &ColumnMap::default()).unwrap();
            assert_eq!(found.dataset, Some(dataset), "{columns}");
            for (role, column) in roles {
                let place = names.iter().position(|name| name == column).unwrap();
                assert!(found.roles.contains(&(*role, place)), "{dataset}: {role} is not {column}: {:?}", found.roles);
            }
        }
    }
}

use std::ops::Range;

use sayso::library::{FacetField, Hit, Matched, Sort, sentence};
use sayso::matching::PictureCopy;
use sayso_core::Sample;

use super::words::Moment;
use super::{Badge, Frame, OutsideLink, Piece, excerpt, of_score, pieces_of_sentence, shortened, value_href};

/// Characters of a caption in a list of hits.
const CAPTION_CHARS: usize = 240;
/// Characters of an address in a list of hits.
const ADDRESS_CHARS: usize = 84;

/// One hit in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HitView {
    pub(crate) href: String,
    pub(crate) badge: Badge,
    /// What decided, in words.
    pub(crate) reason: Vec<Piece>,
    pub(crate) caption: Vec<Piece>,
    pub(crate) frame: Frame,
    pub(crate) size: Option<String>,
    pub(crate) domain: String,
    /// The pages of its site and its creator.
    pub(crate) domain_page: Option<String>,
    pub(crate) creator_page: Option<String>,
    /// The page's address, shortened, and where it leads.
    pub(crate) page: Vec<Piece>,
    pub(crate) page_href: Option<String>,
    /// The picture's address, where it is what matched.
    pub(crate) picture: Option<Vec<Piece>>,
    pub(crate) creator: Option<Vec<Piece>>,
    pub(crate) licence: Option<Vec<Piece>>,
    pub(crate) captured: Option<Moment>,
    /// The score that the hits are sorted by: what it is called, and its value.
    pub(crate) score: Option<(&'static str, String)>,
    /// The dataset's name, where there are several.
    pub(crate) dataset: Option<String>,
    /// What of it matched, where words were looked for.
    pub(crate) matched: Option<String>,
    /// How near it is, where a picture was looked for.
    pub(crate) nearness: Option<Nearness>,
}

/// How near a picture is to the one that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nearness {
    /// Copy, near copy, a part that agrees, or merely near.
    pub(crate) word: &'static str,
    /// The number behind it, and how one's own has to be turned.
    pub(crate) details: String,
}

impl HitView {
    /// A hit of a search by words.
    pub(crate) fn new(hit: &Hit, sort: Sort, names_dataset: bool) -> Self {
        let matched = Some(matched_in_words(&hit.matched));
        let further = |name: &str| hit.sample.pair.further.iter().find(|(other, _)| other == name);
        let score = of_score(sort.by).map(|words| {
            let value =
                further(sort.by.as_str()).map_or_else(|| "not known".to_owned(), |(_, value)| shortened(value, 12));
            (words, value)
        });
        Self { matched, score, ..Self::of(&hit.sample, &hit.dataset, &hit.matched, names_dataset) }
    }

    /// A hit of a search by a picture.
    pub(crate) fn of_copy(copy: &PictureCopy, names_dataset: bool) -> Self {
        let nearness = Some(Nearness::new(copy));
        Self { nearness, ..Self::of(&copy.sample, &copy.dataset, &[], names_dataset) }
    }

    fn of(sample: &Sample, dataset: &str, matched: &[Matched], names_dataset: bool) -> Self {
        let pair = &sample.pair;
        let ranges = |field: &str, text: &str| ranges_of(matched, field, text);
        let shown = |field: &str, text: &str, most: usize| excerpt(text, ranges(field, text), most);
        let picture_ranges = ranges("site", &pair.url);
        let sized = pair.width.zip(pair.height);
        Self {
            href: format!("/samples/{}", pair.uid),
            badge: Badge::new(sample.verdict().stance),
            reason: sample
                .verdict()
                .reasons
                .first()
                .map(|first| pieces_of_sentence(&sentence(first)))
                .unwrap_or_default(),
            caption: shown("caption", &pair.caption, CAPTION_CHARS),
            frame: Frame::new(pair.width, pair.height, 88),
            size: sized.map(|(width, height)| format!("{width} × {height}")),
            domain: pair.domain.clone(),
            domain_page: value_href(FacetField::Domain, &pair.domain),
            creator_page: pair.creator.as_deref().and_then(|creator| value_href(FacetField::Creator, creator)),
            page: shown("site", &pair.page_url, ADDRESS_CHARS),
            page_href: OutsideLink::new(&pair.page_url).href,
            picture: (!picture_ranges.is_empty()).then(|| excerpt(&pair.url, picture_ranges, ADDRESS_CHARS)),
            creator: pair.creator.as_deref().map(|creator| shown("creator", creator, ADDRESS_CHARS)),
            licence: pair.licence.as_deref().map(|licence| shown("licence", licence, ADDRESS_CHARS)),
            captured: pair.captured_at.map(Moment::new),
            score: None,
            dataset: names_dataset.then(|| dataset.to_owned()),
            matched: None,
            nearness: None,
        }
    }
}

impl Nearness {
    fn new(copy: &PictureCopy) -> Self {
        let turn = copy.how.turn_in_words().map(|turn| format!("; yours, {turn}")).unwrap_or_default();
        Self { word: copy.class().in_words(), details: format!("{}{turn}", copy.how.in_words()) }
    }
}

/// The matching ranges of this very text; of two addresses, only one may have matched.
fn ranges_of<'a>(matched: &'a [Matched], field: &str, text: &str) -> &'a [Range<usize>] {
    matched.iter().find(|one| one.field == field && one.text == text).map_or(&[], |one| &one.ranges)
}

fn matched_in_words(matched: &[Matched]) -> String {
    let mut fields: Vec<&str> = Vec::new();
    for one in matched {
        if !fields.contains(&one.field) {
            fields.push(one.field);
        }
    }
    match fields.as_slice() {
        // `licence:none` and `-word` are met by what is not there.
        [] => "what the query leaves out".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::single_range_in_vec_init, reason = "one range that matched is meant")]

    use super::{matched_in_words, ranges_of};
    use sayso::library::Matched;

    fn matched(field: &'static str, text: &str) -> Matched {
        Matched { field, text: text.to_owned(), ranges: vec![0..1] }
    }

    #[test]
    fn what_matched_is_said_once() {
        assert_eq!(matched_in_words(&[]), "what the query leaves out");
        assert_eq!(matched_in_words(&[matched("site", "a"), matched("site", "b")]), "site");
        let three = [matched("caption", "a"), matched("creator", "a"), matched("site", "a")];
        assert_eq!(matched_in_words(&three), "caption, creator and site");
    }

    #[test]
    fn ranges_belong_to_one_text() {
        let both = [matched("site", "https://a.example/"), matched("site", "https://b.example/")];
        assert_eq!(ranges_of(&both, "site", "https://b.example/").len(), 1);
        assert!(ranges_of(&both, "site", "https://c.example/").is_empty());
        assert!(ranges_of(&both, "caption", "https://b.example/").is_empty());
    }
}

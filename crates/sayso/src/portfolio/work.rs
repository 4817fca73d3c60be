use sayso_caption::mask;
use sayso_core::{Pdq, Policy, Purpose, Stance, Timestamp, Uid};
use sayso_registry::lookup::How;
use serde::{Serialize, Serializer};

use super::claimed::{claims_of_copy, claims_of_own};
use crate::check::Thumbnail;
use crate::claims::Ground;
use crate::library::{sentence, what_would_change};
use crate::matching::{MatchClass, Matched, PictureCopy};

/// One's own picture, with what was found and what is claimed.
#[derive(Debug, Clone, Serialize)]
pub struct Work {
    /// What it is called.
    pub picture: String,
    /// The digest of its file, where there is one.
    pub sha256: Option<String>,
    /// Its perceptual hash.
    pub pdq: Option<Pdq>,
    /// PDQ's quality of that, from 0 to 100.
    pub quality: Option<u8>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// Whether it shows enough to be told from others.
    pub can_be_matched: bool,
    /// The claims that hold for it, by the file or by what it looks like, whoever made them.
    pub claims: Vec<Held>,
    /// What was found, the nearest first.
    pub copies: Vec<FoundCopy>,
    /// Whether there is more than was asked for.
    pub has_more: bool,
    /// The picture made small.
    #[serde(skip)]
    pub small: Option<Thumbnail>,
}

/// A claim that holds for something, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub claim: u64,
    /// By what.
    pub how: How,
}

impl Held {
    /// The stable name of the way.
    #[must_use]
    pub const fn how_name(&self) -> &'static str {
        match self.how {
            How::Address => "address",
            How::Page => "page",
            How::Account => "account",
            How::Digest => "digest",
            How::Copy { .. } => "copy",
        }
    }

    /// In how many bits it differs from the picture that is claimed, where that is how the claim holds.
    #[must_use]
    pub const fn distance(&self) -> Option<u32> {
        match self.how {
            How::Copy { distance } => Some(distance),
            How::Address | How::Page | How::Account | How::Digest => None,
        }
    }
}

impl Serialize for Held {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({ "claim": self.claim, "how": self.how_name(), "distance": self.distance() })
            .serialize(serializer)
    }
}

/// A sample whose picture is like one's own. What is personal in its texts is masked.
#[derive(Debug, Clone, Serialize)]
pub struct FoundCopy {
    /// How much alike they are.
    #[serde(serialize_with = "as_name")]
    pub class: MatchClass,
    /// The stable name of the way in which it was found.
    pub how: &'static str,
    /// In how many of 256 bits they differ, where hashes were compared.
    pub distance: Option<u32>,
    /// The numbers behind the class, and how one's own picture has to be turned, in words.
    pub nearness: String,
    /// The dataset.
    pub dataset: String,
    /// The sample.
    pub uid: Uid,
    /// The picture's address.
    pub url: String,
    /// The page on which it was found.
    pub page_url: String,
    /// The text beside it.
    pub caption: String,
    /// Who made it, as far as that is stated.
    pub creator: Option<String>,
    /// Its licence, as far as that is stated.
    pub licence: Option<String>,
    /// When the page was captured.
    pub captured_at: Option<Timestamp>,
    /// The verdict by which it is in.
    pub verdict: CopyVerdict,
    /// The claims that hold for it, by what it looks like, its file, its address, its page or its account.
    pub claims: Vec<Held>,
    /// The claim because of which a takedown would take it out.
    pub goes_by: Option<u64>,
}

/// A verdict, with what would change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyVerdict {
    /// The use that was judged.
    pub purpose: Purpose,
    /// The answer.
    pub stance: Stance,
    /// What decided, in a sentence.
    pub why: String,
    /// What would have kept it out, a sentence each.
    pub left_out_if: Vec<String>,
}

fn as_name<S: Serializer>(class: &MatchClass, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(class.as_str())
}

impl Work {
    pub(super) fn of(
        matched: Matched,
        ground: Option<&Ground>,
        policy_of: &dyn Fn(&str) -> Option<Policy>,
        small: Option<Thumbnail>,
    ) -> Self {
        let Matched { name, own, copies, .. } = matched;
        let found = copies.copies.iter().map(|copy| FoundCopy::of(copy, ground, policy_of(&copy.dataset).as_ref()));
        Self {
            picture: name,
            sha256: own.sha256.map(|digest| digest.to_string()),
            pdq: own.pdq,
            quality: own.quality,
            size: own.size,
            can_be_matched: own.can_be_matched(),
            claims: ground.map(|ground| claims_of_own(ground, &own)).unwrap_or_default(),
            copies: found.collect(),
            has_more: copies.has_more,
            small,
        }
    }
}

impl FoundCopy {
    fn of(copy: &PictureCopy, ground: Option<&Ground>, policy: Option<&Policy>) -> Self {
        let pair = &copy.sample.pair;
        let verdict = copy.sample.verdict();
        let masked = |text: &str| mask(text).into_owned();
        let changes = policy.map(|policy| what_would_change(&copy.sample, policy)).unwrap_or_default();
        let turn = copy.how.turn_in_words().map(|turn| format!(", {turn}"));
        let (claims, goes_by) = ground.map(|ground| claims_of_copy(ground, pair, verdict.purpose)).unwrap_or_default();
        Self {
            class: copy.class(),
            how: copy.how.as_str(),
            distance: copy.how.distance(),
            nearness: [copy.how.in_words(), turn.unwrap_or_default()].concat(),
            dataset: copy.dataset.clone(),
            uid: pair.uid,
            url: pair.url.clone(),
            page_url: pair.page_url.clone(),
            caption: masked(&pair.caption),
            creator: pair.creator.as_deref().map(masked),
            licence: pair.licence.clone(),
            captured_at: pair.captured_at,
            verdict: CopyVerdict {
                purpose: verdict.purpose,
                stance: verdict.stance,
                why: verdict.reasons.first().map(sentence).unwrap_or_default(),
                left_out_if: changes.iter().map(ToString::to_string).collect(),
            },
            claims,
            goes_by,
        }
    }
}

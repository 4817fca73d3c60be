//! Stable names, numbers and dates, as a page says them.

use sayso_core::{CaptionOrigin, CreatorOrigin, Policy, PolicyName, SignalKind, Speaker, Timestamp, UsageCategory};

/// A use, so that "may it be used for …" can be said.
pub(crate) fn of_use(category: UsageCategory) -> &'static str {
    match category {
        UsageCategory::Search => "being shown in a search",
        UsageCategory::DataMining => "text and data mining",
        UsageCategory::TrainAi => "training AI",
        UsageCategory::TrainGenai => "training generative AI",
        UsageCategory::FineTune => "imitation by fine-tuning",
        UsageCategory::AiInput => "input to an AI",
    }
}

/// What a policy does, so that "this policy …" can be said.
pub(crate) fn of_policy(policy: &Policy) -> String {
    let words = match policy.name {
        PolicyName::Record => "judges everything and refuses nothing",
        PolicyName::OptOut => "refuses what is reserved",
        PolicyName::Strict => "refuses what is reserved and what is unknown",
        PolicyName::OptIn => "admits only what is granted, a free licence counting as a grant",
    };
    match &policy.own {
        Some(_) => format!("{words}, and has rules of its own about licences and reasons"),
        None => words.to_owned(),
    }
}

/// Who states a signal.
pub(crate) fn of_speaker(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Page => "the page",
        Speaker::PageSite => "the page’s site",
        Speaker::Picture => "the picture’s own response or file",
        Speaker::PictureSite => "the site that serves the picture",
        Speaker::Claimant => "whoever made the claim",
    }
}

/// The vocabulary of a signal.
pub(crate) fn of_kind(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::RobotsTxt => "access rules of robots.txt (RFC 9309)",
        SignalKind::XRobotsTag => "X-Robots-Tag",
        SignalKind::MetaRobots => "robots meta element",
        SignalKind::Tdmrep => "TDMRep",
        SignalKind::ContentUsage => "AIPREF Content-Usage",
        SignalKind::ContentSignal => "Content-Signal",
        SignalKind::Licence => "licence",
        SignalKind::AiTxt => "ai.txt",
        SignalKind::Rsl => "Really Simple Licensing (RSL)",
        SignalKind::Cawg => "training and data mining assertion (C2PA, CAWG)",
        SignalKind::Iptc => "picture metadata (IPTC, PLUS)",
        SignalKind::Claim => "claim in a registry",
    }
}

/// Where a caption was found.
pub(crate) fn of_caption_origin(origin: CaptionOrigin) -> &'static str {
    match origin {
        CaptionOrigin::Alt => "the picture’s alt attribute",
        CaptionOrigin::Figcaption => "the figcaption around the picture",
        CaptionOrigin::Title => "the picture’s title attribute",
        CaptionOrigin::Opengraph => "the page’s Open Graph properties",
        CaptionOrigin::JsonLd => "the page’s JSON-LD",
        CaptionOrigin::Table => "the imported table",
        CaptionOrigin::Sidecar => "a file beside the picture",
    }
}

/// How a creator became known.
pub(crate) fn of_creator_origin(origin: CreatorOrigin) -> &'static str {
    match origin {
        CreatorOrigin::JsonLd => "named in the page’s JSON-LD",
        CreatorOrigin::MetaAuthor => "named as the page’s author",
        CreatorOrigin::Account => "the account in the address",
        CreatorOrigin::Table => "the imported table",
        CreatorOrigin::Caption => "the caption",
    }
}

/// A number with its thousands apart.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with what it counts.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// How often.
pub(crate) fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times", number(count)) }
}

/// An instant, for a program and for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// As ISO 8601 has it.
    pub(crate) iso: String,
    /// The day.
    pub(crate) day: String,
    /// The day and the minute.
    pub(crate) minute: String,
}

impl Moment {
    pub(crate) fn new(instant: Timestamp) -> Self {
        let iso = instant.to_string();
        let day = day_in_words(&iso).unwrap_or_else(|| iso.clone());
        let minute = iso.get(11..16).map_or_else(|| day.clone(), |clock| format!("{day}, {clock} UTC"));
        Self { iso, day, minute }
    }
}

/// `2024-05-18T…` as `18 May 2024`.
fn day_in_words(iso: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = iso.split_once('T')?.0.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{} {month} {year}", day.trim_start_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::{Moment, counted, number};
    use sayso_core::Timestamp;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(5_850_000_000), "5,850,000,000");
        assert_eq!(counted(1, "sample", "samples"), "1 sample");
        assert_eq!(counted(0, "sample", "samples"), "0 samples");
    }

    #[test]
    fn a_date_is_said_in_words() {
        let moment = Moment::new(Timestamp::from_micros(1_715_997_490_000_000));
        assert_eq!(moment.iso, "2024-05-18T01:58:10Z");
        assert_eq!(moment.minute, "18 May 2024, 01:58 UTC");
        assert_eq!(Moment::new(Timestamp::from_micros(0)).day, "1 January 1970");
        // No calendar reaches so far: the number itself is shown.
        assert!(Moment::new(Timestamp::from_micros(i64::MAX)).day.ends_with("µs"));
    }
}

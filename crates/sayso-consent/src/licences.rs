//! Licences by their address, or by their name.

use sayso_core::{Place, Signal};

/// A licence that is known by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// Its short name in the manner of SPDX: `cc-by-4.0`, `cc-by-nc-3.0-us`, `cc0-1.0`, `pdm-1.0`.
    pub short: String,
    /// Whether it leaves every use open to everybody, at most for the naming of the creator.
    ///
    /// ShareAlike is not free in this sense: its condition reaches into what is made of the work, and a dataset cannot
    /// promise that whoever trains on it will fulfil it. NonCommercial and NoDerivatives never are.
    pub free: bool,
}

/// Whether a page merely links to the licence: it may be its own, or one that it writes about.
pub(crate) fn is_bare_link(signal: &Signal) -> bool {
    matches!(&signal.place, Place::Element { path } if path == Signal::BARE_LICENCE_LINK)
}

/// The licence at this address, `None` where it is none of the known ones.
///
/// Known are those of Creative Commons, however the address is written: with or without scheme and `www.`, ported to
/// a country or not, with the deed's or the legal code's file name and language after it. With anything else behind it, it is
/// none: that may be what the licence does not cover.
#[must_use]
pub fn licence_of_url(url: &str) -> Option<Licence> {
    let url = url.trim();
    if url.contains(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '<' | '>')) {
        return None;
    }
    let path = creative_commons_path(url)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split('/').filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).peekable();
    // A path with dot segments leads somewhere else than it seems to.
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return None;
    }
    let (shelf, name) = (parts.next()?, parts.next()?);
    let version = parts.next_if(|part| VERSIONS.contains(&part.as_str()));
    let country = parts.next_if(|part| version.is_some() && is_country(part));
    parts.next_if(|part| is_document(part));
    if parts.next().is_some() {
        return None;
    }
    let (mut short, free) = match (shelf.as_str(), name.as_str()) {
        ("publicdomain", "zero") => ("cc0".to_owned(), true),
        ("publicdomain", "mark") => ("pdm".to_owned(), true),
        ("publicdomain", "certification") | ("licenses", "publicdomain") => ("cc-pdd".to_owned(), true),
        ("licenses", name) if is_licence(name) => (format!("cc-{name}"), name == "by"),
        _ => return None,
    };
    for part in version.iter().chain(&country) {
        short.push('-');
        short.push_str(part);
    }
    Some(Licence { short, free })
}

/// The licence that a text names: by its address, or by its short name in the manner of SPDX.
#[must_use]
pub fn licence_of(text: &str) -> Option<Licence> {
    licence_of_url(text).or_else(|| licence_of_name(text))
}

/// The licence of this short name, however it is spelt: `cc-by-nc-4.0`, `CC BY-NC 4.0`, `CC0-1.0`, `pdm`.
#[must_use]
pub fn licence_of_name(name: &str) -> Option<Licence> {
    let name: String =
        name.trim().chars().map(|c| if matches!(c, ' ' | '_') { '-' } else { c.to_ascii_lowercase() }).collect();
    let is_version = |at: &usize| name.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let version_at = name.match_indices('-').map(|(at, _)| at).find(is_version);
    let (family, version) = version_at.and_then(|at| name.split_at_checked(at)).unwrap_or((&name, ""));
    let (family, path) = match family {
        "cc0" | "cc-zero" => ("cc0", "publicdomain/zero".to_owned()),
        "pdm" | "cc-pdm" => ("pdm", "publicdomain/mark".to_owned()),
        "cc-pdd" => ("cc-pdd", "publicdomain/certification".to_owned()),
        family => (family, format!("licenses/{}", family.strip_prefix("cc-")?)),
    };
    let address = format!("https://creativecommons.org/{path}/{}", version.trim_start_matches('-').replace('-', "/"));
    // All of the name has to be understood: `cc-by-4.0-or-later` is not CC BY 4.0.
    licence_of_url(&address).filter(|licence| licence.short == format!("{family}{version}"))
}

fn creative_commons_path(url: &str) -> Option<&str> {
    let rest =
        strip_prefix_ignoring_case(url, "https:").or_else(|| strip_prefix_ignoring_case(url, "http:")).unwrap_or(url);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let rest = strip_prefix_ignoring_case(rest, "www.").unwrap_or(rest);
    strip_prefix_ignoring_case(rest, "creativecommons.org/")
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// The names of all versions, the retired ones among them: `nd-nc` and `nc` were 1.0's, `sampling+` 1.0's too.
fn is_licence(name: &str) -> bool {
    let known =
        ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd", "by-nd-nc", "sa", "nc", "nd", "nc-sa", "nd-nc"];
    known.contains(&name) || matches!(name, "sampling" | "sampling+" | "nc-sampling+" | "devnations")
}

/// Every version that there is of one licence or another.
const VERSIONS: [&str; 6] = ["1.0", "2.0", "2.1", "2.5", "3.0", "4.0"];

fn is_country(part: &str) -> bool {
    part == "igo" || part == "scotland" || (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// What may stand behind a licence's path: one of its documents, and the language of that.
fn is_document(part: &str) -> bool {
    let (document, language) = part.split_once('.').unwrap_or((part, "en"));
    match document {
        "deed" | "legalcode" => {
            (2..=12).contains(&language.len())
                && language.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'@'))
        }
        _ => part == "rdf",
    }
}

#[cfg(test)]
mod tests {
    use super::{licence_of, licence_of_name, licence_of_url};

    #[test]
    fn names_are_known_however_they_are_spelt() {
        for (name, short, free) in [
            ("cc-by-nc-4.0", "cc-by-nc-4.0", false),
            ("CC BY-NC 4.0", "cc-by-nc-4.0", false),
            ("CC BY", "cc-by", true),
            ("cc_by_sa_3.0_us", "cc-by-sa-3.0-us", false),
            ("CC0-1.0", "cc0-1.0", true),
            ("cc0", "cc0", true),
            ("pdm", "pdm", true),
        ] {
            let licence = licence_of_name(name).map(|licence| (licence.short, licence.free));
            assert_eq!(licence, Some((short.to_owned(), free)), "{name}");
        }
        for name in ["", "by", "cc", "cc-", "cc-by-4", "cc-by-9.9", "cc-by-4.0-or-later", "ccby", "MIT", "cc by/4.0"] {
            assert_eq!(licence_of_name(name), None, "{name}");
        }
        assert_eq!(licence_of("https://creativecommons.org/licenses/by/4.0/"), licence_of("cc-by-4.0"));
    }

    #[test]
    fn creative_commons_addresses_are_known_however_written() {
        for (url, short, free) in [
            ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0", true),
            ("http://creativecommons.org/licenses/by/4.0/deed.en", "cc-by-4.0", true),
            ("//www.creativecommons.org/licenses/BY/2.5/au", "cc-by-2.5-au", true),
            ("creativecommons.org/licenses/by/3.0/us/legalcode", "cc-by-3.0-us", true),
            ("https://creativecommons.org/licenses/by/", "cc-by", true),
            ("HTTPS://CreativeCommons.org/licenses/by-sa/4.0/?ref=chooser", "cc-by-sa-4.0", false),
            ("https://creativecommons.org/licenses/by-nc/4.0/", "cc-by-nc-4.0", false),
            ("https://creativecommons.org/licenses/by-nd-nc/1.0/", "cc-by-nd-nc-1.0", false),
            ("https://creativecommons.org/licenses/by/3.0/igo/", "cc-by-3.0-igo", true),
            ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0", true),
            ("https://creativecommons.org/publicdomain/mark/1.0/#x", "pdm-1.0", true),
            ("http://creativecommons.org/licenses/publicdomain/", "cc-pdd", true),
            (" https://creativecommons.org/licenses/by/4.0/legalcode.zh-hans ", "cc-by-4.0", true),
            ("https://creativecommons.org/licenses/by/2.0/rdf", "cc-by-2.0", true),
        ] {
            let licence = licence_of_url(url).map(|licence| (licence.short, licence.free));
            assert_eq!(licence, Some((short.to_owned(), free)), "{url}");
        }
    }

    #[test]
    fn everything_else_is_none_of_them() {
        for url in [
            "",
            "https://creativecommons.org/",
            "https://creativecommons.org/licenses/",
            "https://creativecommons.org/licenses/byte/4.0/",
            "https://creativecommons.org.example/licenses/by/4.0/",
            "https://example.org/?creativecommons.org/licenses/by/4.0/",
            "CC BY 4.0",
            "https://creativecommons.org/licenses/by/9.9/",
            "https://creativecommons.org/licenses/by/4.0/../../by-nc/4.0/",
            "https://creativecommons.org/licenses/by/4.0/ - not for AI training",
            "https://creativecommons.org/licenses/by/4.0 No AI training",
            "https://creativecommons.org/licenses/by/4.0/\nno AI",
            "https://creativecommons.org/publicdomain/zero/1.0/ applies to the frame only",
            "https://creativecommons.org/licenses/by/4.0/;https://creativecommons.org/licenses/by-nc/4.0/",
            "https://creativecommons.org/licenses/by/4.0/,no-ai",
            "https://creativecommons.org/licenses/by/4.0/no-ai",
            "https://creativecommons.org/licenses/by/4.0/us/no-ai",
            "https://creativecommons.org/licenses/by/4.0/deed.en/no-ai",
            "https://creativecommons.org/licenses/by/4.0/deed.en/deed.de",
            "https://creativecommons.org/licenses/by/not-for-ai/4.0/",
            "https://creativecommons.org/licenses/by/us/",
            "é",
        ] {
            assert_eq!(licence_of_url(url), None, "{url}");
        }
    }
}

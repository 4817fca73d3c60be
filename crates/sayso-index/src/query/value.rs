use super::Field;

/// The field that `name` stands for, with the spellings people use for it.
pub(super) fn field(name: &str) -> Option<Field> {
    let known = Field::ALL.iter().copied().find(|field| field.as_str().eq_ignore_ascii_case(name));
    known.or_else(|| name.eq_ignore_ascii_case("license").then_some(Field::Licence))
}

/// The field that `name` was probably meant to be: a slip of the hand, or another tool's word for it.
pub(super) fn resembled_field(name: &str) -> Option<Field> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "author" | "artist" | "photographer" | "by" => return Some(Field::Creator),
        "domain" | "host" | "hostname" => return Some(Field::Site),
        _ => {}
    }
    let names = Field::ALL.iter().map(|field| (*field, field.as_str())).chain([(Field::Licence, "license")]);
    names.filter(|(_, known)| is_one_slip_away(&name, known)).map(|(field, _)| field).next()
}

/// The host that a value of `site:` means: `example.org`, `.example.org`, `*.example.org` or a URL without a path.
pub(super) fn site(value: &str) -> Option<String> {
    let value = value.trim();
    let has_scheme = ["http://", "https://"].iter().find_map(|scheme| {
        let start = value.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &value[scheme.len()..])
    });
    let host = has_scheme.unwrap_or(value);
    let host = host.strip_prefix("*.").or_else(|| host.strip_prefix('.')).unwrap_or(host);
    let host = host.strip_suffix('/').unwrap_or(host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    // The form in which hosts stand in URLs: lower case, punycode, IPv6 in brackets.
    url::Host::parse(host).ok().map(|host| host.to_string())
}

/// Whether one letter more, less, other or swapped with its neighbour makes the two words the same.
fn is_one_slip_away(given: &str, known: &str) -> bool {
    let (given, known) = (given.as_bytes(), known.as_bytes());
    let same_start = given.iter().zip(known).take_while(|(a, b)| a == b).count();
    let (given, known) = (&given[same_start..], &known[same_start..]);
    match (given, known) {
        ([a, b, given @ ..], [c, d, known @ ..]) if a == d && b == c => given == known,
        ([_, given @ ..], [_, known @ ..]) if given == known => true,
        ([_, given @ ..], known) if given == known => true,
        (given, [_, known @ ..]) => given == known,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{resembled_field, site};
    use crate::query::Field;

    #[test]
    fn slips_are_recognised() {
        for (given, expected) in [
            ("sites", Some(Field::Site)),
            ("sit", Some(Field::Site)),
            ("stie", Some(Field::Site)),
            ("licens", Some(Field::Licence)),
            ("lisence", Some(Field::Licence)),
            ("Creater", Some(Field::Creator)),
            ("artist", Some(Field::Creator)),
            ("verdicts", Some(Field::Verdict)),
            ("http", None),
            ("note", None),
            ("s", None),
            ("", None),
        ] {
            assert_eq!(resembled_field(given), expected, "{given}");
        }
    }

    #[test]
    fn a_site_is_a_host() {
        for (given, expected) in [
            ("example.org", Some("example.org")),
            ("Example.ORG.", Some("example.org")),
            ("*.example.org", Some("example.org")),
            ("https://www.example.org/", Some("www.example.org")),
            ("example.org:8080", Some("example.org")),
            ("müller.example", Some("xn--mller-kva.example")),
            ("[::1]:80", Some("[::1]")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("example.org/a", None),
            ("a b", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(site(given).as_deref(), expected, "{given}");
        }
    }
}

//! RSL in the `Link` header of a response.

const RSL_TYPE: &str = "application/rsl+xml";

/// The target of the first link in a `Link` field (RFC 8288) that has the relation `license` and RSL's media type.
///
/// The target may be relative to the address of the response. A link with an `anchor` is about some other resource
/// and is passed over, and so is everything behind a link that breaks the grammar.
#[must_use]
pub fn rsl_link(field: &str) -> Option<&str> {
    let mut rest = field;
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace() || char == ',');
        let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
        let mut link = Link::default();
        rest = after.trim_ascii_start();
        while let Some(parameter) = rest.strip_prefix(';') {
            rest = link.read_parameter(parameter)?.trim_ascii_start();
        }
        let target = target.trim_ascii();
        if link.is_rsl() && !target.is_empty() {
            return Some(target);
        }
        if !rest.starts_with(',') {
            return None;
        }
    }
}

/// What is known of a link. Only the first of several parameters of a name counts (RFC 8288, section 3.3).
#[derive(Default)]
struct Link {
    is_license: Option<bool>,
    is_rsl_type: Option<bool>,
    has_anchor: bool,
}

impl Link {
    fn is_rsl(&self) -> bool {
        self.is_license == Some(true) && self.is_rsl_type == Some(true) && !self.has_anchor
    }

    /// Reads one parameter and returns what stands behind it; `None` where a quoted value has no end.
    fn read_parameter<'a>(&mut self, parameter: &'a str) -> Option<&'a str> {
        let parameter = parameter.trim_ascii_start();
        let name_end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let (name, rest) = parameter.split_at(name_end);
        let Some(value) = rest.strip_prefix('=').map(str::trim_ascii_start) else {
            return Some(rest);
        };
        let (value, rest) = match value.strip_prefix('"') {
            Some(quoted) => {
                let end = end_of_quotation(quoted)?;
                (quoted.get(..end)?, quoted.get(end + 1..)?)
            }
            None => value.split_at(value.find([';', ',']).unwrap_or(value.len())),
        };
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case("rel") {
            let mut relations = value.split_ascii_whitespace();
            self.is_license.get_or_insert(relations.any(|relation| relation.eq_ignore_ascii_case("license")));
        } else if name.eq_ignore_ascii_case("type") {
            let essence = value.split(';').next().unwrap_or_default().trim_ascii();
            self.is_rsl_type.get_or_insert(essence.eq_ignore_ascii_case(RSL_TYPE));
        } else if name.eq_ignore_ascii_case("anchor") {
            self.has_anchor = true;
        }
        Some(rest)
    }
}

/// Where the quotation mark stands that is not behind a backslash.
///
/// Neither a relation nor a media type needs an escape, so that the value itself is compared as written.
fn end_of_quotation(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::rsl_link;

    #[test]
    fn relation_and_type_must_both_be_there() {
        let found = Some("https://example.org/license.xml");
        for field in [
            r#"<https://example.org/license.xml>; rel="license"; type="application/rsl+xml""#,
            "<https://example.org/license.xml>;type=application/rsl+xml;REL=License",
            r#"< https://example.org/license.xml > ; rel = "copyright license" ; type = "application/RSL+xml; charset=utf-8""#,
            r#"</a,b;c>; rel=next; title="a, <b>; rel=\"license\"", <https://example.org/license.xml>; rel=license; type="application/rsl+xml", </c>"#,
            r#"</other>; rel="license"; type="text/html",, <https://example.org/license.xml>; crossorigin; rel=license; type="application/rsl+xml""#,
        ] {
            assert_eq!(rsl_link(field), found, "{field}");
        }
        assert_eq!(rsl_link("</license.xml>; rel=license; type=application/rsl+xml"), Some("/license.xml"));
    }

    #[test]
    fn other_links_and_broken_ones_are_none() {
        for field in [
            "",
            ",",
            "</a>",
            "<",
            "</a>; rel=license",
            "</a>; type=application/rsl+xml",
            "</a>; rel=next; rel=license; type=application/rsl+xml",
            "</a>; rel=license; type=text/xml; type=application/rsl+xml",
            "</a>; rel=licensed; type=application/rsl+xml",
            "</a>; rel=license; type=application/rsl+xml; anchor=\"/b\"",
            "<>; rel=license; type=application/rsl+xml",
            "</a>; rel=\"license; type=application/rsl+xml",
            "</b> x, </a>; rel=license; type=application/rsl+xml",
            "https://example.org/; rel=license; type=application/rsl+xml",
        ] {
            assert_eq!(rsl_link(field), None, "{field}");
        }
    }
}

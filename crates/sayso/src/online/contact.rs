use std::fmt;
use std::str::FromStr;

use url::Url;

/// Where whoever runs a server reaches the person behind the requests: an http(s) address, or one of mail.
///
/// It stands in the `User-Agent` of every request (RFC 9110, section 10.1.5), and an address of mail in `From`, too
/// (section 10.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Web(String),
    Mail(String),
}

/// The error of a contact that reaches nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no contact\nhint: name an http(s) address, such as https://example.org/crawl, or one of mail")]
pub struct ContactError(String);

/// Bytes of a contact.
const MAX_BYTES: usize = 200;

impl Contact {
    /// The address of mail, where it is one.
    #[must_use]
    pub fn mail(&self) -> Option<&str> {
        match &self.0 {
            Kind::Mail(mail) => Some(mail),
            Kind::Web(_) => None,
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Web(url) => f.write_str(url),
            Kind::Mail(mail) => write!(f, "mailto:{mail}"),
        }
    }
}

impl FromStr for Contact {
    type Err = ContactError;

    fn from_str(text: &str) -> Result<Self, ContactError> {
        let error = || ContactError(text.chars().take(80).collect());
        // It goes into a header, inside a comment.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>\\\"".contains(&byte));
        if !is_plain || text.len() > MAX_BYTES {
            return Err(error());
        }
        if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) {
            let url = Url::parse(text).map_err(|_| error())?;
            let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
            return if is_web { Ok(Self(Kind::Web(url.into()))) } else { Err(error()) };
        }
        let mail = text.strip_prefix("mailto:").unwrap_or(text);
        let is_mail = |(name, host): (&str, &str)| {
            !name.is_empty() && !name.contains(':') && host.contains('.') && !host.contains('@') && !host.contains('/')
        };
        if mail.split_once('@').is_some_and(is_mail) { Ok(Self(Kind::Mail(mail.to_owned()))) } else { Err(error()) }
    }
}

/// How Sayso names itself to servers: its own name and version, the agent it goes for, and who is behind it.
pub(super) fn user_agent(agent: &str, contact: Option<&Contact>) -> String {
    let own = concat!("sayso/", env!("CARGO_PKG_VERSION"));
    // A product token and nothing else (RFC 9110, section 5.6.2): whatever else stands in it would be another header's.
    let is_token =
        |agent: &str| !agent.is_empty() && agent.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let others = Some(agent).filter(|agent| is_token(agent) && !agent.eq_ignore_ascii_case("sayso"));
    let name = others.map_or_else(|| own.to_owned(), |agent| format!("{agent} {own}"));
    match contact {
        Some(contact) => format!("{name} (+{contact})"),
        None => format!("{name} (reads what sites say on AI use)"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Contact, user_agent};

    #[test]
    fn a_contact_reaches_somebody() {
        for (text, shown) in [
            ("https://example.org/crawl", "https://example.org/crawl"),
            ("me@example.org", "mailto:me@example.org"),
            ("mailto:me@example.org", "mailto:me@example.org"),
        ] {
            assert_eq!(text.parse::<Contact>().unwrap().to_string(), shown);
        }
        for text in
            ["", "me", "me@localhost", "@example.org", "a@b@c.example", "http://", "https://a b", "httpx://a.b/"]
        {
            assert!(text.parse::<Contact>().is_err(), "{text}");
        }
        for text in
            ["a@example.org\r\nX: y", "https://example.org/)", "ä@example.org", &format!("{}@b.c", "a".repeat(200))]
        {
            assert!(text.parse::<Contact>().is_err(), "{text}");
        }
    }

    #[test]
    fn servers_are_told_who_comes() {
        let own = concat!("sayso/", env!("CARGO_PKG_VERSION"));
        let contact: Contact = "me@example.org".parse().unwrap();
        assert_eq!(user_agent("sayso", Some(&contact)), format!("{own} (+mailto:me@example.org)"));
        assert_eq!(user_agent("acmebot", Some(&contact)), format!("acmebot {own} (+mailto:me@example.org)"));
        for agent in ["sayso", "a b\r\nx", ""] {
            assert_eq!(user_agent(agent, None), format!("{own} (reads what sites say on AI use)"));
        }
    }
}

use std::net::IpAddr;

use sayso_crawl::{origin_of, path_of};
use url::{Host, Url};

use super::address::why_not_public;
use super::failure::Failure;
use super::private::AllowPrivate;

/// Bytes of an address that is asked. Servers refuse longer ones.
const MAX_URL_BYTES: usize = 8 << 10;

/// An address that may be asked: http or https, without a password, as a browser would understand it.
///
/// Browsers read `http://2130706433/` and `http://0x7f.1/` as 127.0.0.1, and so does this: what is asked and connected to
/// is what is written here, in its one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target(Url);

impl Target {
    /// Reads an address; one whose host is written as a private network address is refused at once.
    pub(crate) fn parse(text: &str, allow_private: &AllowPrivate) -> Result<Self, Failure> {
        let url = Url::parse(text).map_err(|error| refused(format!("it is no address: {error}")))?;
        Self::check(url, allow_private)
    }

    /// The address that `link` names in what was read here.
    pub(crate) fn join(&self, link: &str, allow_private: &AllowPrivate) -> Result<Self, Failure> {
        let url = self.0.join(link).map_err(|error| refused(format!("it is no address: {error}")))?;
        Self::check(url, allow_private)
    }

    fn check(mut url: Url, allow_private: &AllowPrivate) -> Result<Self, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!("only http and https are asked, not `{}`", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("an address with a name or a password in it is not asked".to_owned()));
        }
        url.set_fragment(None);
        if url.as_str().len() > MAX_URL_BYTES {
            return Err(refused(format!("the address is longer than {MAX_URL_BYTES} bytes")));
        }
        let address = match url.host() {
            None => return Err(refused("the address names no host".to_owned())),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        };
        match address.and_then(|address| Some((address, why_not_public(address)?))) {
            Some((address, why)) if !allow_private.allows(url.host_str().unwrap_or_default()) => {
                Err(not_public(address, why))
            }
            _ => Ok(Self(url)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        origin_of(self.0.as_str())
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        path_of(self.0.as_str())
    }

    /// The host, on which requests wait for each other.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether the path ends like that of a picture. Asked only of what was not looked at.
    pub(crate) fn looks_like_a_picture(&self) -> bool {
        const ENDINGS: [&str; 12] =
            ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "tif", "tiff", "heic", "heif", "bmp"];
        let ending = self.0.path().rsplit_once('.').map_or("", |(_, ending)| ending);
        ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    }
}

fn refused(why: String) -> Failure {
    Failure::Refused(why)
}

/// The refusal of a network address.
pub(super) fn not_public(address: IpAddr, why: &str) -> Failure {
    Failure::Refused(format!("its network address {address} is not public ({why})"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{AllowPrivate, Target};

    #[test]
    fn no_spelling_of_a_private_address_is_asked() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://0/",
            "http://10.0.0.1:8080/",
            "http://3232235777/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[0:0:0:0:0:ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fe80::1%25eth0]/",
            "http://[fd00::1]/",
            "http:127.0.0.1",
            "http:\\\\127.0.0.1\\",
            "HTTP://127.0.0.1/",
            "file:///etc/passwd",
            "ftp://example.org/",
            "gopher://example.org/",
            "data:text/html,x",
            "javascript:1",
            "//example.org/",
            "example.org",
            "",
            "http://",
            "http://user@example.org/",
            "http://user:password@example.org/",
            "http://:password@example.org/",
            "http://example.org@127.0.0.1/",
            "http://exa mple.org/",
            "http://example.org:99999/",
        ] {
            assert!(Target::parse(url, &AllowPrivate::Nobody).is_err(), "{url}");
        }
        assert!(Target::parse(&format!("http://example.org/{}", "a".repeat(9000)), &AllowPrivate::Nobody).is_err());
    }

    #[test]
    fn what_is_asked_has_one_form() {
        for (url, form) in [
            ("HTTPS://Example.ORG:443/a/../b?c#d", "https://example.org/b?c"),
            ("http://[2606:4700:0:0::1111]:81", "http://[2606:4700::1111]:81/"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
            ("  http://example.org/a b ", "http://example.org/a%20b"),
        ] {
            assert_eq!(Target::parse(url, &AllowPrivate::Nobody).unwrap().as_str(), form, "{url}");
        }
        let target = Target::parse("http://127.0.0.1:8080/a/b.JPG?x", &AllowPrivate::Everybody).unwrap();
        assert_eq!((target.origin().as_str(), target.path()), ("http://127.0.0.1:8080", "/a/b.JPG?x"));
        assert!(target.looks_like_a_picture());
        assert_eq!(target.join("../c", &AllowPrivate::Everybody).unwrap().as_str(), "http://127.0.0.1:8080/c");
        for link in ["http://127.0.0.1/", "//10.0.0.1/", "file:///etc/passwd"] {
            let public = Target::parse("http://example.org/", &AllowPrivate::Nobody).unwrap();
            assert!(public.join(link, &AllowPrivate::Nobody).is_err(), "{link}");
        }
    }
}

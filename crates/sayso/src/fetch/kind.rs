use sayso_core::stable_names;

/// What became of a picture that was to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FetchKind {
    /// It was fetched, and its facts are known.
    Fetched,
    /// It is what it was when it was fetched before (304).
    NotModified,
    /// It was fetched, and it or its answer refuses the purpose: nothing of it was kept.
    RefusedByPicture,
    /// What is known of it by now refuses the purpose, so that it was not asked for.
    RefusedBySite,
    /// Its verdict is `disallowed`: a policy that records it does not fetch it.
    Disallowed,
    /// robots.txt keeps Sayso out.
    RobotsDisallowed,
    /// robots.txt could not be had, which closes the site (RFC 9309, section 2.3.1.4).
    RobotsUnreachable,
    /// The address is none that is asked.
    BadAddress,
    /// The network address is not one of the public internet.
    PrivateAddress,
    /// The host has no network address.
    Dns,
    /// The host takes no connections.
    ConnectionRefused,
    /// The connection failed, or broke off before an answer came.
    Connection,
    /// The connection could not be made secure.
    Tls,
    /// It took too long.
    Timeout,
    /// The answer breaks the rules of HTTP, or its headers are endless.
    BadAnswer,
    /// It leads on more often than is followed, or in a circle.
    TooManyRedirects,
    /// 401.
    Unauthorized,
    /// 402.
    PaymentRequired,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 410.
    Gone,
    /// 429, also after waiting.
    TooManyRequests,
    /// 451.
    LegalReasons,
    /// Another status that is no success and not the server's fault.
    OtherStatus,
    /// 503, also after waiting.
    Unavailable,
    /// Another 5xx.
    ServerError,
    /// A page stands in its place.
    Page,
    /// What is there is no picture, whatever the server calls it.
    NotAPicture,
    /// The file has more bytes than the limit.
    TooLarge,
    /// It broke off before its end.
    Truncated,
    /// Its content encoding is unknown or broken.
    Encoding,
    /// It is larger than what is decoded, in pixels or in memory.
    TooManyPixels,
    /// It is a picture, and cannot be decoded here.
    NotDecodable,
}

stable_names!(FetchKind, "kind of fetch", {
    Fetched => "fetched",
    NotModified => "not-modified",
    RefusedByPicture => "refused-by-picture",
    RefusedBySite => "refused-by-site",
    Disallowed => "disallowed",
    RobotsDisallowed => "robots-disallowed",
    RobotsUnreachable => "robots-unreachable",
    BadAddress => "bad-address",
    PrivateAddress => "private-address",
    Dns => "dns",
    ConnectionRefused => "connection-refused",
    Connection => "connection",
    Tls => "tls",
    Timeout => "timeout",
    BadAnswer => "bad-answer",
    TooManyRedirects => "too-many-redirects",
    Unauthorized => "http-401",
    PaymentRequired => "http-402",
    Forbidden => "http-403",
    NotFound => "http-404",
    Gone => "http-410",
    TooManyRequests => "http-429",
    LegalReasons => "http-451",
    OtherStatus => "http-other",
    Unavailable => "http-503",
    ServerError => "http-5xx",
    Page => "page",
    NotAPicture => "not-a-picture",
    TooLarge => "too-large",
    Truncated => "truncated",
    Encoding => "encoding",
    TooManyPixels => "too-many-pixels",
    NotDecodable => "not-decodable",
});

impl FetchKind {
    /// The kind of an answer that is no success.
    pub(super) const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            410 => Self::Gone,
            429 => Self::TooManyRequests,
            451 => Self::LegalReasons,
            503 => Self::Unavailable,
            500..=599 => Self::ServerError,
            _ => Self::OtherStatus,
        }
    }

    /// Whether the picture is there and its facts are known.
    #[must_use]
    pub const fn is_had(self) -> bool {
        matches!(self, Self::Fetched | Self::NotModified)
    }

    /// Whether nothing was had because somebody wishes so, which is no fault of the link.
    #[must_use]
    pub const fn is_wish(self) -> bool {
        matches!(self, Self::RefusedByPicture | Self::RefusedBySite | Self::Disallowed | Self::RobotsDisallowed)
    }

    /// Whether it may be otherwise in a moment, so that it is worth asking again.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::Dns
                | Self::ConnectionRefused
                | Self::Connection
                | Self::Timeout
                | Self::TooManyRequests
                | Self::Unavailable
                | Self::ServerError
                | Self::Truncated
                | Self::RobotsUnreachable
        )
    }

    /// Whether it is about the whole host rather than about one of its pictures.
    pub(super) const fn is_hosts(self) -> bool {
        matches!(
            self,
            Self::Dns | Self::ConnectionRefused | Self::TooManyRequests | Self::Unavailable | Self::PrivateAddress
        )
    }

    /// What it means, for people: behind a number.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::NotModified => "unchanged since they were fetched",
            Self::RefusedByPicture => "refused by the picture or its answer",
            Self::RefusedBySite => "refused by what their site says now",
            Self::Disallowed => "not asked for, since their verdict is disallowed",
            Self::RobotsDisallowed => "not asked for, since robots.txt keeps Sayso out",
            Self::RobotsUnreachable => "not asked for, since robots.txt could not be had",
            Self::BadAddress => "addresses that are not asked",
            Self::PrivateAddress => "at network addresses that are not public",
            Self::Dns => "at hosts without a network address",
            Self::ConnectionRefused => "at hosts that take no connections",
            Self::Connection => "whose connection failed",
            Self::Tls => "whose connection could not be made secure",
            Self::Timeout => "that did not come in time",
            Self::BadAnswer => "whose answer breaks the rules of HTTP",
            Self::TooManyRedirects => "that lead on too often",
            Self::Unauthorized => "only for those who log in (401)",
            Self::PaymentRequired => "only for those who pay (402)",
            Self::Forbidden => "forbidden (403)",
            Self::NotFound => "not there (404)",
            Self::Gone => "gone for good (410)",
            Self::TooManyRequests => "whose server asks for patience (429)",
            Self::LegalReasons => "not shown for legal reasons (451)",
            Self::OtherStatus => "answered with another status",
            Self::Unavailable => "whose server is not available (503)",
            Self::ServerError => "whose server failed (5xx)",
            Self::Page => "in whose place a page stands",
            Self::NotAPicture => "in whose place something else stands",
            Self::TooLarge => "with too many bytes",
            Self::Truncated => "that broke off",
            Self::Encoding => "whose content encoding is unknown or broken",
            Self::TooManyPixels => "with too many pixels",
            Self::NotDecodable => "that cannot be decoded here",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FetchKind;

    #[test]
    fn what_was_had_or_is_wished_is_not_asked_again_at_once() {
        for kind in FetchKind::ALL {
            assert!(u8::from(kind.is_had()) + u8::from(kind.is_wish()) + u8::from(kind.is_passing()) <= 1, "{kind}");
        }
        for (status, kind) in [(404, "http-404"), (418, "http-other"), (500, "http-5xx"), (503, "http-503")] {
            assert_eq!(FetchKind::of_status(status).as_str(), kind);
        }
    }
}

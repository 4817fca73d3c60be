//! Which network addresses are asked: those of the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why nothing is asked at `address`; `None` where it is one of the public internet.
///
/// An address that others make of somebody's URL must not lead into the network of whoever runs this. What counts is
/// the table of special-purpose addresses (RFC 6890 and its registries); what holds an IPv4 address inside is judged
/// by that one, too.
pub(super) fn why_not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => why_not_public_v4(address),
        IpAddr::V6(address) => why_not_public_v6(address),
    }
}

fn why_not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [0, ..] => Some("this network"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some("private"),
        [100, 64..=127, ..] => Some("a provider's private network"),
        [127, ..] => Some("this machine"),
        [169, 254, ..] => Some("link-local"),
        [192, 0, 0, _] | [192, 88, 99, _] => Some("reserved for protocols"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some("reserved for documentation"),
        [198, 18..=19, ..] => Some("reserved for benchmarks"),
        [224..=239, ..] => Some("multicast"),
        [240..=255, ..] => Some("reserved"),
        _ => None,
    }
}

fn why_not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    let inside = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        why_not_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    // ISATAP (RFC 5214, section 6.1) has the address in its last half, whatever stands before.
    if let [_, _, _, _, 0 | 0x200, 0x5efe, high, low] = segments
        && let Some(why) = inside(high, low)
    {
        return Some(why);
    }
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("unspecified"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("this machine"),
        // IPv4-mapped (RFC 4291, section 2.5.5.2), NAT64 with the well-known prefix (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            inside(high, low)
        }
        // Teredo, benchmarks, ORCHID and other protocols (RFC 2928); no site lies in it.
        [0x2001, 0..=0x1ff, ..] => Some("reserved for protocols"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some("reserved for documentation"),
        [0xfc00..=0xfdff, ..] => Some("private"),
        [0xfe80..=0xfebf, ..] => Some("link-local"),
        [0xfec0..=0xfeff, ..] => Some("site-local"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        [0x2000..=0x3fff, ..] => None,
        // Everything else is not handed out (RFC 4291, section 2.4).
        _ => Some("reserved"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::net::IpAddr;

    use super::why_not_public;

    #[test]
    fn what_is_not_of_the_public_internet_is_told() {
        for (address, why) in [
            ("0.0.0.0", "this network"),
            ("0.1.2.3", "this network"),
            ("10.0.0.1", "private"),
            ("10.255.255.255", "private"),
            ("100.64.0.1", "a provider's private network"),
            ("100.127.255.255", "a provider's private network"),
            ("127.0.0.1", "this machine"),
            ("127.255.255.254", "this machine"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.8", "reserved for protocols"),
            ("192.0.2.1", "reserved for documentation"),
            ("192.88.99.1", "reserved for protocols"),
            ("192.168.0.1", "private"),
            ("198.18.0.1", "reserved for benchmarks"),
            ("198.19.255.255", "reserved for benchmarks"),
            ("198.51.100.1", "reserved for documentation"),
            ("203.0.113.9", "reserved for documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "this machine"),
            ("::7f00:1", "reserved"),
            ("::ffff:127.0.0.1", "this machine"),
            ("::ffff:10.1.2.3", "private"),
            ("::ffff:169.254.169.254", "link-local"),
            ("64:ff9b::192.168.1.1", "private"),
            ("64:ff9b::7f00:1", "this machine"),
            ("64:ff9b:1::8.8.8.8", "reserved"),
            ("100::1", "reserved"),
            ("2001::1", "reserved for protocols"),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved for protocols"),
            ("2001:2::1", "reserved for protocols"),
            ("2001:10::1", "reserved for protocols"),
            ("2001:20::1", "reserved for protocols"),
            ("2001:db8::1", "reserved for documentation"),
            ("3fff::1", "reserved for documentation"),
            ("2002:7f00:1::", "this machine"),
            ("2002:c0a8:101::1", "private"),
            ("2a00:1450::5efe:10.0.0.1", "private"),
            ("2a00:1450::200:5efe:a00:1", "private"),
            ("2002:808:808::5efe:10.0.0.1", "private"),
            ("5f00::1", "reserved"),
            ("fc00::1", "private"),
            ("fd12:3456::1", "private"),
            ("fe80::1", "link-local"),
            ("febf::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
            ("4000::1", "reserved"),
        ] {
            assert_eq!(why_not_public(address.parse::<IpAddr>().unwrap()), Some(why), "{address}");
        }
    }

    #[test]
    fn the_neighbours_of_what_is_reserved_are_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::5efe:8.8.8.8",
            "3ffe::1",
        ] {
            assert_eq!(why_not_public(address.parse::<IpAddr>().unwrap()), None, "{address}");
        }
    }
}

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use crate::Error;

/// Where the machine's resolvers stand.
const FILE: &str = "/etc/resolv.conf";

/// Bytes of that file.
const FILE_BYTES: u64 = 64 << 10;

/// Resolvers that are asked: as many as the system's own look-up asks.
const MAX_SERVERS: usize = 3;

/// The port of the DNS.
pub(super) const PORT: u16 = 53;

/// The machine's resolvers.
pub(super) fn read() -> Result<Vec<SocketAddr>, Error> {
    let unusable = |why: &str| Error::Input {
        input: FILE.to_owned(),
        message: format!("{why}\nhint: name a resolver with --resolver"),
    };
    let mut text = Vec::new();
    fs_err::File::open(Path::new(FILE))
        .and_then(|file| file.take(FILE_BYTES).read_to_end(&mut text))
        .map_err(|error| unusable(&format!("it says which resolvers to ask, and cannot be read: {error}")))?;
    servers(&String::from_utf8_lossy(&text)).ok_or_else(|| unusable("it names no resolver that can be asked"))
}

/// The resolvers that a file of this form (resolv.conf(5)) names; `None` where it names some, and none that can be asked.
///
/// Where it names none, the machine itself is meant. Addresses that hold on one interface only (`fe80::1%eth0`) are passed over.
fn servers(text: &str) -> Option<Vec<SocketAddr>> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next().unwrap_or_default())
    });
    let mut is_any_named = false;
    let mut servers: Vec<SocketAddr> = named
        .inspect(|_| is_any_named = true)
        .filter_map(|address| address.parse::<IpAddr>().ok())
        .take(MAX_SERVERS)
        .map(|address| SocketAddr::new(address, PORT))
        .collect();
    if !is_any_named {
        servers.push((Ipv4Addr::LOCALHOST, PORT).into());
    }
    (!servers.is_empty()).then_some(servers)
}

#[cfg(test)]
mod tests {
    use super::servers;

    #[test]
    fn resolvers_are_read_as_the_system_reads_them() {
        let all = |text: &str| {
            servers(text).map(|servers| servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        for (text, expected) in [
            ("nameserver 9.9.9.9\n", Some("9.9.9.9:53")),
            (
                "# nameserver 1.1.1.1\n;nameserver 1.1.1.1\nsearch a.example\nnameserver\t2620:fe::fe  # ours\r\n",
                Some("[2620:fe::fe]:53"),
            ),
            (
                "nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4",
                Some("1.1.1.1:53 2.2.2.2:53 3.3.3.3:53"),
            ),
            ("", Some("127.0.0.1:53")),
            ("options edns0 trust-ad\nsearch nameserver 1.1.1.1\n", Some("127.0.0.1:53")),
            ("nameserver fe80::1%eth0\nnameserver 10.0.0.1\n", Some("10.0.0.1:53")),
            ("nameserver fe80::1%eth0\n", None),
            ("nameserver\n", None),
            ("nameserver resolver.example\n", None),
            ("nameserver 127.0.0.53:5353\n", None),
            ("NAMESERVER 1.1.1.1\n\u{fffd}\u{0}", Some("127.0.0.1:53")),
        ] {
            assert_eq!(all(text).as_deref(), expected, "{text:?}");
        }
    }
}

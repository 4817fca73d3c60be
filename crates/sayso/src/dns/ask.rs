use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::str::FromStr;
use std::time::{Duration, Instant};

use sayso_registry::{Randomness, SystemRandomness};

use super::answer::Said;
use super::failure::DnsFailure;
use super::question::{Question, RecordName, UDP_BYTES};
use super::resolv_conf;
use crate::Error;

/// The time for one answer that the command starts from.
pub const TIMEOUT: Duration = Duration::from_secs(3);

/// Times that each resolver is asked.
const TRIES: usize = 3;

/// Messages over UDP that answer something else, after which the question goes over TCP: somebody may be guessing, and there
/// they would have to guess what nobody guesses.
const MAX_STRAYS: usize = 8;

/// Asks resolvers for text records.
#[derive(Debug, Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    timeout: Duration,
}

/// The texts of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// One of each record, at least one.
    pub texts: Vec<String>,
    /// Who answered.
    pub server: SocketAddr,
    /// Whether who answered says that signatures were checked (DNSSEC). It counts only from this machine: on the way from another one
    /// anybody could say so.
    pub is_authenticated: bool,
}

impl Resolver {
    /// The resolvers that the machine uses, by `/etc/resolv.conf`.
    pub fn of_system(timeout: Duration) -> Result<Self, Error> {
        Ok(Self { servers: resolv_conf::read()?, timeout })
    }

    /// This one resolver.
    #[must_use]
    pub fn at(server: SocketAddr, timeout: Duration) -> Self {
        Self { servers: vec![server], timeout }
    }

    /// The text records of a name.
    ///
    /// Each resolver is asked up to three times, until one says what there is, or that there is nothing. One that says that it cannot
    /// say, or does not answer, is asked again when all others were.
    pub fn texts(&self, name: &str) -> Result<Texts, DnsFailure> {
        let name = RecordName::from_str(name).map_err(|_| DnsFailure::Name)?;
        let mut last = DnsFailure::Absent;
        for server in std::iter::repeat_n(&self.servers, TRIES).flatten() {
            match self.ask(*server, &name) {
                Err(failure) if !failure.is_absence() => last = failure,
                found => return found,
            }
        }
        Err(last)
    }

    fn ask(&self, server: SocketAddr, name: &RecordName) -> Result<Texts, DnsFailure> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => DnsFailure::Silent { server },
            _ => DnsFailure::Unreachable { server, why: error.to_string() },
        };
        let mut id = [0; 2];
        SystemRandomness.fill(&mut id).map_err(|error| DnsFailure::Unreachable { server, why: error.to_string() })?;
        let question = Question::new(name, u16::from_ne_bytes(id)).ok_or(DnsFailure::Name)?;
        let said = match self.by_udp(server, &question).map_err(failed)? {
            Said::Cut => self.by_tcp(server, &question).map_err(failed)?,
            said => said,
        };
        match said {
            Said::Texts { texts, .. } if texts.is_empty() => Err(DnsFailure::Absent),
            Said::Texts { texts, is_authenticated } => {
                Ok(Texts { texts, server, is_authenticated: is_authenticated && server.ip().is_loopback() })
            }
            Said::Refused(code) => Err(DnsFailure::Refused { server, code }),
            Said::Unreadable(why) => Err(DnsFailure::Unreadable { server, why }),
            Said::Nothing => Err(DnsFailure::Unreadable { server, why: "it answers another question" }),
            Said::Cut => Err(DnsFailure::Unreadable { server, why: "it is cut off, over TCP, too" }),
        }
    }

    /// Asks over UDP, from a port of its own, which the system picks by chance. What comes from elsewhere the system
    /// keeps away, since the socket is connected.
    fn by_udp(&self, server: SocketAddr, question: &Question) -> io::Result<Said> {
        let any: SocketAddr =
            if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(any)?;
        socket.connect(server)?;
        socket.send(&question.bytes)?;
        let deadline = Deadline::after(self.timeout);
        let mut buffer = [0; UDP_BYTES + 1];
        for _ in 0..MAX_STRAYS {
            socket.set_read_timeout(Some(deadline.left()?))?;
            let length = match socket.recv(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                received => received?,
            };
            match question.read(buffer.get(..length).unwrap_or_default()) {
                Said::Nothing => {}
                // It is longer than was asked for, so that its end is not here.
                _ if length > UDP_BYTES => break,
                said => return Ok(said),
            }
        }
        Ok(Said::Cut)
    }

    fn by_tcp(&self, server: SocketAddr, question: &Question) -> io::Result<Said> {
        let deadline = Deadline::after(self.timeout);
        let mut stream = TcpStream::connect_timeout(&server, deadline.left()?)?;
        stream.set_write_timeout(Some(deadline.left()?))?;
        let length = u16::try_from(question.bytes.len()).map_err(io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes()[..], &question.bytes].concat())?;
        let mut length = [0; 2];
        read_all(&mut stream, &mut length, &deadline)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        read_all(&mut stream, &mut message, &deadline)?;
        Ok(question.read(&message))
    }
}

/// Fills `buffer` in time, however slowly it comes.
fn read_all(stream: &mut TcpStream, mut buffer: &mut [u8], deadline: &Deadline) -> io::Result<()> {
    while !buffer.is_empty() {
        stream.set_read_timeout(Some(deadline.left()?))?;
        match stream.read(buffer) {
            Ok(0) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "its answer broke off")),
            Ok(count) => buffer = buffer.get_mut(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// When an answer has to be there.
struct Deadline(Instant, Duration);

impl Deadline {
    fn after(timeout: Duration) -> Self {
        Self(Instant::now(), timeout)
    }

    /// The time that is left, never none of it.
    fn left(&self) -> io::Result<Duration> {
        let left = self.1.saturating_sub(self.0.elapsed());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

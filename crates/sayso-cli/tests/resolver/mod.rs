//! A resolver on 127.0.0.1, which answers as a test wants it to.
#![allow(dead_code, reason = "shared by tests that each use a part")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::thread;

use domain::base::iana::{Class, Rcode};
use domain::base::message_builder::AnswerBuilder;
use domain::base::{Message, MessageBuilder, Name, Ttl};
use domain::rdata::{Cname, Txt};

/// A question that came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) bytes: Vec<u8>,
    /// The name, without a dot at its end.
    pub(crate) name: String,
    pub(crate) is_tcp: bool,
}

/// What is sent back.
pub(crate) enum Sent {
    /// From where the question went.
    Own(Vec<u8>),
    /// From another port.
    Strange(Vec<u8>),
}

type Script = dyn Fn(&Asked) -> Vec<Sent> + Send + Sync;

pub(crate) struct TestResolver {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Box<Script>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl TestResolver {
    pub(crate) fn start() -> Self {
        // One port for both; another one where somebody has it already.
        let (udp, tcp) = (0..100)
            .find_map(|_| {
                let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
                Some((UdpSocket::bind(tcp.local_addr().unwrap()).ok()?, tcp))
            })
            .unwrap();
        let silent: Box<Script> = Box::new(|_| Vec::new());
        let resolver =
            Self { address: udp.local_addr().unwrap(), script: Arc::new(Mutex::new(silent)), asked: Arc::default() };
        let (script, asked) = (Arc::clone(&resolver.script), Arc::clone(&resolver.asked));
        thread::spawn(move || {
            let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                for sent in answers(&script, &asked, &buffer[..length], false) {
                    match sent {
                        Sent::Own(bytes) => udp.send_to(&bytes, from).unwrap(),
                        Sent::Strange(bytes) => stranger.send_to(&bytes, from).unwrap(),
                    };
                }
            }
        });
        let (script, asked) = (Arc::clone(&resolver.script), Arc::clone(&resolver.asked));
        thread::spawn(move || {
            for stream in tcp.incoming() {
                serve(stream.unwrap(), &script, &asked);
            }
        });
        resolver
    }

    /// Answers as `script` says from now on, and forgets what was asked.
    pub(crate) fn answers(&self, script: impl Fn(&Asked) -> Vec<Sent> + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
        self.asked.lock().unwrap().clear();
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answers(script: &Mutex<Box<Script>>, asked: &Mutex<Vec<Asked>>, bytes: &[u8], is_tcp: bool) -> Vec<Sent> {
    let message = Message::from_octets(bytes).unwrap();
    let name = message.sole_question().unwrap().qname().to_string();
    let question = Asked { bytes: bytes.to_vec(), name, is_tcp };
    asked.lock().unwrap().push(question.clone());
    script.lock().unwrap()(&question)
}

fn serve(mut stream: TcpStream, script: &Mutex<Box<Script>>, asked: &Mutex<Vec<Asked>>) {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut bytes).unwrap();
    for sent in answers(script, asked, &bytes, true) {
        let (Sent::Own(bytes) | Sent::Strange(bytes)) = sent;
        let length = u16::try_from(bytes.len()).unwrap();
        // Whoever asked may have heard enough.
        let _ = stream.write_all(&[&length.to_be_bytes()[..], &bytes].concat());
    }
}

pub(crate) type Answer = AnswerBuilder<Vec<u8>>;

/// An answer to a question.
pub(crate) fn answer(asked: &Asked, code: Rcode, write: impl FnOnce(&mut Answer)) -> Vec<u8> {
    let message = Message::from_octets(asked.bytes.as_slice()).unwrap();
    let mut answer = MessageBuilder::new_vec().start_answer(&message, code).unwrap();
    write(&mut answer);
    answer.finish()
}

fn name(text: &str) -> Name<Vec<u8>> {
    Name::from_str(text).unwrap()
}

pub(crate) fn txt(answer: &mut Answer, owner: &str, pieces: &[&str]) {
    let bytes: Vec<u8> = pieces
        .iter()
        .flat_map(|piece| [&[u8::try_from(piece.len()).unwrap()][..], piece.as_bytes()].concat())
        .collect();
    answer.push((name(owner), Class::IN, Ttl::from_secs(60), Txt::from_octets(bytes).unwrap())).unwrap();
}

pub(crate) fn cname(answer: &mut Answer, owner: &str, target: &str) {
    answer.push((name(owner), Class::IN, Ttl::from_secs(60), Cname::new(name(target)))).unwrap();
}

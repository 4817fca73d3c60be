use domain::base::iana::{Class, Opcode};
use domain::base::{Message, MessageBuilder, Name, ParsedName, Rtype, ToName};

/// The most bytes of an answer over UDP: what passes every network in one piece (as of the DNS flag day of 2020).
pub(super) const UDP_BYTES: usize = 1232;

/// A name with its bytes; names are compared without case.
pub(super) type RecordName = Name<Vec<u8>>;

/// A question for text records, as it is sent.
#[derive(Debug)]
pub(super) struct Question {
    /// What whoever answers has to repeat.
    pub(super) id: u16,
    pub(super) name: RecordName,
    pub(super) bytes: Vec<u8>,
}

impl Question {
    /// `None` where the message has no room, which no name brings about.
    pub(super) fn new(name: &RecordName, id: u16) -> Option<Self> {
        let mut builder = MessageBuilder::new_vec();
        let header = builder.header_mut();
        header.set_id(id);
        header.set_rd(true);
        // To be told whether signatures were checked, without wanting to see them (RFC 6840, section 5.7).
        header.set_ad(true);
        let mut builder = builder.question();
        builder.push((name, Rtype::TXT, Class::IN)).ok()?;
        let mut builder = builder.additional();
        let room = u16::try_from(UDP_BYTES).ok()?;
        builder
            .opt(|opt| {
                opt.set_udp_payload_size(room);
                Ok(())
            })
            .ok()?;
        Some(Self { id, name: name.clone(), bytes: builder.finish() })
    }

    /// Whether a message is about this question: an answer with its number and with the question itself.
    pub(super) fn is_answered_by(&self, message: &Message<&[u8]>) -> bool {
        let header = message.header();
        let is_same = |asked: domain::base::Question<ParsedName<_>>| {
            asked.qname().name_eq(&self.name) && asked.qtype() == Rtype::TXT && asked.qclass() == Class::IN
        };
        header.qr()
            && header.id() == self.id
            && header.opcode() == Opcode::QUERY
            && message.sole_question().is_ok_and(is_same)
    }
}

use domain::base::iana::{Class, OptRcode};
use domain::base::{Message, Rtype, ToName};
use domain::rdata::{Cname, Txt};

use super::question::{Question, RecordName};

/// Records of an answer that are looked at.
const MAX_RECORDS: usize = 256;

/// Names that lead on to another name before the records come.
const MAX_ALIASES: usize = 8;

/// What a message says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing of what was asked: it answers something else, or is no answer.
    Nothing,
    /// That it has no room, and to ask over TCP.
    Cut,
    /// That it cannot say.
    Refused(String),
    /// What cannot be used, and why.
    Unreadable(&'static str),
    /// The texts of the records, each in one piece; none where there are no records.
    Texts { texts: Vec<String>, is_authenticated: bool },
}

impl Question {
    /// What a message says to this question.
    pub(super) fn read(&self, bytes: &[u8]) -> Said {
        let Ok(message) = Message::from_octets(bytes) else { return Said::Nothing };
        if !self.is_answered_by(&message) {
            return Said::Nothing;
        }
        if message.header().tc() {
            return Said::Cut;
        }
        match message.opt_rcode() {
            OptRcode::NOERROR => match Records::of(&message).and_then(|records| records.texts_of(&self.name)) {
                Ok(texts) => Said::Texts { texts, is_authenticated: message.header().ad() },
                Err(why) => Said::Unreadable(why),
            },
            OptRcode::NXDOMAIN => Said::Texts { texts: Vec::new(), is_authenticated: message.header().ad() },
            code => Said::Refused(code.to_string()),
        }
    }
}

/// What an answer holds of texts, and of names that stand for other names.
struct Records {
    texts: Vec<(RecordName, String)>,
    aliases: Vec<(RecordName, RecordName)>,
}

impl Records {
    fn of(message: &Message<&[u8]>) -> Result<Self, &'static str> {
        const BROKEN: &str = "its records cannot be read";
        let mut found = Self { texts: Vec::new(), aliases: Vec::new() };
        for (number, record) in message.answer().map_err(|_| BROKEN)?.enumerate() {
            if number >= MAX_RECORDS {
                return Err("it has more than 256 records");
            }
            let record = record.map_err(|_| BROKEN)?;
            if record.class() != Class::IN {
                continue;
            }
            let owner = record.owner().to_vec();
            match record.rtype() {
                Rtype::TXT => {
                    let text = record.to_record::<Txt<_>>().map_err(|_| BROKEN)?.ok_or(BROKEN)?;
                    // A text of more than 255 bytes comes in pieces.
                    let bytes: Vec<u8> = text.data().iter().flatten().copied().collect();
                    found.texts.push((owner, String::from_utf8_lossy(&bytes).into_owned()));
                }
                Rtype::CNAME => {
                    let alias = record.to_record::<Cname<_>>().map_err(|_| BROKEN)?.ok_or(BROKEN)?;
                    found.aliases.push((owner, alias.data().cname().to_vec()));
                }
                // Signatures, and what else was not asked for.
                _ => {}
            }
        }
        Ok(found)
    }

    /// The texts of a name, or of that to which it leads. What other names have is not theirs to say.
    fn texts_of(self, name: &RecordName) -> Result<Vec<String>, &'static str> {
        let mut at = name;
        for _ in 0..=MAX_ALIASES {
            let texts: Vec<&String> =
                self.texts.iter().filter(|(owner, _)| owner == at).map(|(_, text)| text).collect();
            let alias = self.aliases.iter().find(|(owner, _)| owner == at);
            match alias {
                Some((_, target)) if texts.is_empty() => at = target,
                _ => return Ok(texts.into_iter().cloned().collect()),
            }
        }
        Err("its names lead on more than 8 times, or in a circle")
    }
}

#[cfg(test)]
mod tests;

#![allow(clippy::unwrap_used, reason = "tests")]

use std::str::FromStr;

use domain::base::iana::{Class, Rcode};
use domain::base::message_builder::AnswerBuilder;
use domain::base::{Message, MessageBuilder, Name, Ttl};
use domain::rdata::{A, Cname, Txt};
use proptest::prelude::*;

use super::{Question, Said};

const OWN: &str = "_sayso-claim.example.org";

fn name(text: &str) -> Name<Vec<u8>> {
    Name::from_str(text).unwrap()
}

fn question() -> Question {
    Question::new(&name(OWN), 0x1234).unwrap()
}

type Answer = AnswerBuilder<Vec<u8>>;

/// What somebody answers to the question.
fn answer(write: impl FnOnce(&mut Answer)) -> Vec<u8> {
    let asked = question();
    let message = Message::from_octets(asked.bytes.as_slice()).unwrap();
    let mut answer = MessageBuilder::new_vec().start_answer(&message, Rcode::NOERROR).unwrap();
    write(&mut answer);
    answer.finish()
}

fn txt(answer: &mut Answer, owner: &str, texts: &[&str]) {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.push(u8::try_from(text.len()).unwrap());
        bytes.extend_from_slice(text.as_bytes());
    }
    answer.push((name(owner), Class::IN, Ttl::from_secs(60), Txt::from_octets(bytes).unwrap())).unwrap();
}

fn cname(answer: &mut Answer, owner: &str, target: &str) {
    answer.push((name(owner), Class::IN, Ttl::from_secs(60), Cname::new(name(target)))).unwrap();
}

fn texts(said: Said) -> Result<Vec<String>, Said> {
    match said {
        Said::Texts { texts, .. } => Ok(texts),
        other => Err(other),
    }
}

#[test]
fn a_question_is_what_it_should_be() {
    let asked = question();
    let message = Message::from_octets(asked.bytes.as_slice()).unwrap();
    let opt = message.opt().unwrap();
    assert_eq!(
        (opt.udp_payload_size(), opt.dnssec_ok(), message.header().rd(), message.header().ad()),
        (1232, false, true, true)
    );
    assert_eq!(message.sole_question().unwrap().qname().to_string(), OWN);
    // Whoever only repeats the question has not answered it.
    assert_eq!(asked.read(&asked.bytes), Said::Nothing);
}

#[test]
fn only_texts_of_the_name_and_of_what_it_leads_to_count() {
    let read = |write: &dyn Fn(&mut Answer)| texts(question().read(&answer(write)));
    assert_eq!(read(&|_| ()), Ok(vec![]));
    let pieces = |answer: &mut Answer| {
        txt(answer, "_SAYSO-claim.Example.ORG", &["in ", "pieces"]);
        txt(answer, "example.org", &["of another name"]);
        txt(answer, OWN, &[""]);
        answer
            .push((
                name(OWN),
                Class::CH,
                Ttl::from_secs(60),
                Txt::<Vec<u8>>::build_from_slice(b"of another class").unwrap(),
            ))
            .unwrap();
        answer.push((name(OWN), Class::IN, Ttl::from_secs(60), A::from_octets(127, 0, 0, 1))).unwrap();
    };
    assert_eq!(read(&pieces), Ok(vec!["in pieces".to_owned(), String::new()]));
    let chain = |length: usize| {
        move |answer: &mut Answer| {
            txt(answer, &format!("{length}.example"), &["at the end"]);
            for step in (0..length).rev() {
                let owner = if step == 0 { OWN.to_owned() } else { format!("{step}.example") };
                cname(answer, &owner, &format!("{}.EXAMPLE", step + 1));
            }
        }
    };
    assert_eq!(read(&chain(8)), Ok(vec!["at the end".to_owned()]));
    let too_long = "its names lead on more than 8 times, or in a circle";
    assert_eq!(read(&chain(9)), Err(Said::Unreadable(too_long)));
    let circle = |answer: &mut Answer| {
        cname(answer, OWN, "a.example");
        cname(answer, "a.example", OWN);
    };
    assert_eq!(read(&circle), Err(Said::Unreadable(too_long)));
    assert_eq!(read(&|answer| cname(answer, OWN, "nowhere.example")), Ok(vec![]));
    let many = |answer: &mut Answer| (0..257).for_each(|_| txt(answer, OWN, &["x"]));
    assert_eq!(read(&many), Err(Said::Unreadable("it has more than 256 records")));
    let bytes = |answer: &mut Answer| {
        let text = Txt::<Vec<u8>>::build_from_slice(b"\xff\x00").unwrap();
        answer.push((name(OWN), Class::IN, Ttl::from_secs(60), text)).unwrap();
    };
    assert_eq!(read(&bytes), Ok(vec!["\u{fffd}\u{0}".to_owned()]));
}

#[test]
fn what_answers_something_else_says_nothing() {
    let right = answer(|answer| txt(answer, OWN, &["right"]));
    assert_eq!(texts(question().read(&right)), Ok(vec!["right".to_owned()]));
    let others = [Question::new(&name(OWN), 0x1235), Question::new(&name("_sayso-claim.example.com"), 0x1234)];
    for other in others {
        assert_eq!(other.unwrap().read(&right), Said::Nothing);
    }
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = right.clone();
        change(&mut bytes);
        question().read(&bytes)
    };
    // A question, another operation, no question, two of them, another type, another class.
    let type_at = 12 + name(OWN).len() + 1;
    for (at, value) in [(2, 0x01), (2, 0x91), (5, 0), (5, 2), (type_at, 1), (type_at + 2, 3)] {
        assert_eq!(changed(&|bytes| bytes[at] = value), Said::Nothing, "{at} {value}");
    }
    assert_eq!(changed(&|bytes| bytes[2] |= 0x02), Said::Cut);
    assert_eq!(changed(&|bytes| bytes[3] = 5), Said::Refused("REFUSED".to_owned()));
    assert_eq!(texts(changed(&|bytes| bytes[3] = 3)), Ok(vec![]));
    assert_eq!(changed(&|bytes| bytes.truncate(bytes.len() - 1)), Said::Unreadable("its records cannot be read"));
    assert_eq!(changed(&|bytes| bytes[7] = 2), Said::Unreadable("its records cannot be read"));
    assert_eq!(changed(&|bytes| bytes.truncate(11)), Said::Nothing);
    let Said::Texts { is_authenticated, .. } = changed(&|bytes| bytes[3] |= 0x20) else { unreachable!() };
    assert!(is_authenticated);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever comes: no panic, and no text that a changed answer does not hold.
    #[test]
    fn any_bytes_can_be_read(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        question().read(&bytes);
        let mut behind = question().bytes;
        behind[2] |= 0x80;
        behind[7] = 3;
        behind.truncate(behind.len() - 11);
        behind.extend_from_slice(&bytes);
        question().read(&behind);
        let mut near = answer(|answer| {
            cname(answer, OWN, "a.example");
            txt(answer, "a.example", &["right", "text"]);
        });
        for (at, value) in &changes {
            let at = at.index(near.len());
            near[at] = *value;
        }
        question().read(&near);
        near.truncate(cut.index(near.len()));
        if let Said::Texts { texts, .. } = question().read(&near) {
            prop_assert!(texts.iter().all(|text| text.len() <= 3 * near.len()));
        }
    }
}

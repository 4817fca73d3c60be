use std::borrow::Cow;
use std::ops::Range;

use sayso_core::stable_names;

mod address;
mod checks;
mod documents;
mod email;
mod phone;
mod runs;
mod streets;

/// Something in a caption by which a person can be reached or told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: PersonalKind,
    /// Its bytes in the caption.
    pub span: Range<usize>,
}

/// What kinds of personal data are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A street with a house's number.
    Address,
    /// An account by ISO 13616, whose check digits hold.
    Iban,
    /// The number of a payment card, in groups, whose check digit holds.
    PaymentCard,
    /// A Social Security number of the United States.
    UsSsn,
    /// A National Insurance number of the United Kingdom.
    UkNino,
    /// A DNI or NIE of Spain whose letter holds.
    EsDni,
    /// A codice fiscale of Italy whose letter holds.
    ItCodiceFiscale,
    /// A CPF of Brazil whose check digits hold.
    BrCpf,
    /// A burgerservicenummer of the Netherlands that is called one and whose check holds.
    NlBsn,
    /// The number of a passport that is called one.
    Passport,
}

stable_names!(PersonalKind, "kind of personal data", {
    Email => "e-mail",
    Phone => "phone",
    Address => "address",
    Iban => "iban",
    PaymentCard => "payment-card",
    UsSsn => "us-ssn",
    UkNino => "uk-nino",
    EsDni => "es-dni",
    ItCodiceFiscale => "it-codice-fiscale",
    BrCpf => "br-cpf",
    NlBsn => "nl-bsn",
    Passport => "passport",
});

impl PersonalKind {
    /// What stands in the place of such a finding where it is not to be shown.
    #[must_use]
    pub const fn mask(self) -> &'static str {
        match self {
            Self::Email => "[e-mail]",
            Self::Phone => "[phone]",
            Self::Address => "[address]",
            _ => "[number]",
        }
    }
}

/// The personal data in a caption, in order and without overlaps.
///
/// Only what has the form of such data and nothing else is found: a number of many digits alone is none, as it may be a
/// picture's in a stock, nor is a name.
#[must_use]
pub fn personal_in(caption: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    email::find(caption, &mut findings);
    let digits = caption.bytes().filter(u8::is_ascii_digit).count();
    if digits > 0 {
        address::find(caption, &mut findings);
    }
    // No document has fewer than six digits, and no telephone fewer than seven; one of the codes has seven among letters.
    if digits >= 6 {
        documents::find(caption, &mut findings);
        for run in runs::runs(caption).filter(|run| run.digits() >= 7 && run.is_bare(caption)) {
            let kind = documents::kind_of(caption, &run).or_else(|| phone::kind_of(caption, &run));
            findings.extend(kind.map(|kind| Finding { kind, span: run.start..run.end }));
        }
    }
    settle(&mut findings);
    findings
}

/// The caption with all that [`personal_in`] finds replaced by what it is.
#[must_use]
pub fn mask(caption: &str) -> Cow<'_, str> {
    let findings = personal_in(caption);
    if findings.is_empty() {
        return caption.into();
    }
    let mut masked = String::with_capacity(caption.len());
    let mut from = 0;
    for finding in &findings {
        masked.push_str(caption.get(from..finding.span.start).unwrap_or_default());
        masked.push_str(finding.kind.mask());
        from = finding.span.end;
    }
    masked.push_str(caption.get(from..).unwrap_or_default());
    masked.into()
}

/// Puts findings in order and drops those that overlap one before; documents, whose digits are checked, go before telephones.
fn settle(findings: &mut Vec<Finding>) {
    findings.sort_by_key(|finding| (finding.span.start, std::cmp::Reverse(finding.span.end)));
    let mut end = 0;
    findings.retain(|finding| {
        let is_free = finding.span.start >= end;
        end = if is_free { finding.span.end } else { end };
        is_free
    });
}

use std::fmt;
use std::str::FromStr;

use sayso_core::{Sha256, Timestamp};
use sha2::Digest;

use super::Registry;
use super::append::Draft;
use super::assert::{take_step, wanted};
use super::clerk::Clerk;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, Method, Step, SubjectKind, next};
use crate::entry::{Event, PrivateField};
use crate::log::{NoteKey, SignedNote};
use crate::store::{Challenge, RegistryRead};

/// What a claimant is to show: 128 random bits. The registry keeps a hash of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token([u8; 16]);

/// The error of a text that is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no token\nhint: a token is 32 hexadecimal digits")]
pub struct TokenError;

/// How long a challenge can be answered: a week, for those who have to ask somebody else to put up a file.
const LIFETIME_MICROS: i64 = 7 * 24 * 3600 * 1_000_000;

/// What stands before a token.
const MARK: &str = "sayso-claim=";

/// Tokens in a text that are looked at.
const MAX_TOKENS: usize = 1000;

impl Token {
    fn hash(&self) -> Sha256 {
        Sha256(sha2::Sha256::digest(self.0).into())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MARK)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let digits = text.strip_prefix(MARK).and_then(|digits| digits.get(..32)).ok_or(TokenError)?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            if !pair.iter().all(u8::is_ascii_hexdigit) {
                return Err(TokenError);
            }
            let pair = std::str::from_utf8(pair).map_err(|_| TokenError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| TokenError)?;
        }
        Ok(Self(bytes))
    }
}

/// The tokens that stand in a text, wherever they stand.
pub fn find_tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    text.match_indices(MARK).take(MAX_TOKENS).filter_map(|(at, _)| text.get(at..)?.parse().ok())
}

/// The text of the note that a claimant signs to show a key.
#[must_use]
pub fn signature_text(origin: &str, claim: ClaimId, token: &Token) -> String {
    format!("sayso claim\n{origin}\n{claim}\n{token}\n")
}

impl Registry {
    /// Asks a claimant to show control, or a key.
    pub fn challenge(&mut self, claim: ClaimId, method: Method, clerk: &mut Clerk<'_>) -> Result<Token, RegistryError> {
        self.changing(|write| {
            let found = wanted(write, claim)?;
            next(claim, found.state, Step::Verify)?;
            suits(write, &found, method)?;
            let mut token = Token([0; 16]);
            clerk.randomness.fill(&mut token.0)?;
            let expires_at = Timestamp::from_micros(clerk.now.as_micros().saturating_add(LIFETIME_MICROS));
            write.add_challenge(&Challenge { claim, method, token: token.hash(), expires_at, used_at: None })?;
            Ok(token)
        })
    }

    /// Verifies a claim by what was found where only its claimant could put it. `place` says where, for the proof.
    ///
    /// A token counts for the claim that it was given out for, by the method it was given out for, once, and within its time:
    /// whoever copies the file of somebody else has shown nothing.
    pub fn verify(
        &mut self,
        claim: ClaimId,
        method: Method,
        shown: &str,
        place: &str,
        clerk: &mut Clerk<'_>,
    ) -> Result<Claim, RegistryError> {
        let origin = self.identity.key.name().to_owned();
        self.changing(|write| {
            let found = wanted(write, claim)?;
            let state = next(claim, found.state, Step::Verify)?;
            let key = suits(write, &found, method)?;
            let challenges: Vec<_> = write.challenges(claim)?.into_iter().filter(|it| it.method == method).collect();
            let (token, challenge) = answered(claim, &challenges, shown, clerk.now)?;
            if let Some(key) = key {
                let note: SignedNote = shown.parse()?;
                note.verify(&key)?;
                if note.text != signature_text(&origin, claim, &token) {
                    return Err(not_proven(claim, "other-text", "the note that is signed is about something else"));
                }
            }
            write.use_challenge(&challenge.token, clerk.now)?;
            let opening = clerk.salted(place)?;
            let proof = opening.commitment(PrivateField::Proof);
            let draft = Draft {
                event: Event::Verified { claim, method, proof },
                openings: vec![(PrivateField::Proof, opening)],
            };
            take_step(write, clerk, draft, Claim { state, method: Some(method), ..found })
        })
    }
}

/// Whether a claim can be verified by a method; and the key that has to sign, if it is by signature.
fn suits(read: &mut dyn RegistryRead, claim: &Claim, method: Method) -> Result<Option<NoteKey>, RegistryError> {
    let is_right = match method {
        Method::WellKnown | Method::Dns => {
            matches!(claim.kind, SubjectKind::Domain | SubjectKind::Prefix | SubjectKind::Url)
        }
        Method::Profile => claim.kind == SubjectKind::Account,
        Method::Signature => {
            let claimant = read.opening(claim.id.0, PrivateField::Claimant)?.map(|opening| opening.value);
            let key = claimant.as_deref().and_then(|who| who.strip_prefix("key:")?.parse::<NoteKey>().ok());
            return key.map(Some).ok_or_else(|| {
                not_proven(claim.id, "no-key", "its claimant is no key\nhint: make the claim with --claimant key:…")
            });
        }
    };
    if is_right && claim.subject.is_some() {
        Ok(None)
    } else {
        Err(not_proven(claim.id, "wrong-way", "what it is about cannot be verified in this way"))
    }
}

/// The token in `shown` that answers a challenge of the claim.
fn answered<'a>(
    claim: ClaimId,
    challenges: &'a [Challenge],
    shown: &str,
    now: Timestamp,
) -> Result<(Token, &'a Challenge), RegistryError> {
    let mut why = not_proven(claim, "no-token", "no token stands there");
    for token in find_tokens(shown) {
        let hash = token.hash();
        why = match challenges.iter().find(|challenge| challenge.token == hash) {
            None => not_proven(claim, "other-token", "the token that stands there was not given out for this claim"),
            Some(challenge) if challenge.used_at.is_some() => {
                not_proven(claim, "used-token", "the token that stands there was used before")
            }
            Some(challenge) if challenge.expires_at < now => {
                not_proven(claim, "old-token", "the token that stands there was given out more than a week ago")
            }
            Some(challenge) => return Ok((token, challenge)),
        };
    }
    Err(why)
}

fn not_proven(claim: ClaimId, code: &'static str, why: &'static str) -> RegistryError {
    let hint = match code {
        "no-token" | "other-token" | "used-token" | "old-token" => {
            "\nhint: `sayso claim verify` with --challenge gives out a token and says where to put it"
        }
        _ => "",
    };
    RegistryError::NotProven { claim, code, why, hint }
}

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso_picture::{Hashed, facts};
use sayso_registry::claim::{ClaimSubject, NewClaim};

use super::import::{Imported, RejectedClaim};
use super::rows::Otherwise;
use crate::Error;
use crate::pictures::{PICTURE_LIMITS, PictureInput, PictureOptions, each_picture};

/// Makes claims of somebody's pictures, by their hashes alone: no picture leaves the machine, and none is kept.
///
/// Each is claimed by the digest of its file, and by what it looks like, so that copies are found. One that shows too little for
/// that is claimed by its digest only, and is counted.
pub fn claims_of_pictures(
    folder: PathBuf,
    options: &PictureOptions,
    otherwise: &Otherwise,
    interrupt: &AtomicBool,
    take: &mut dyn FnMut(Imported) -> Result<(), Error>,
) -> Result<(), Error> {
    let Some(preferences) = otherwise.preferences.clone() else {
        let message = "it says of no use what is wanted\nhint: add --preference train-ai=n".to_owned();
        return Err(Error::Input { input: folder.display().to_string(), message });
    };
    let claim = |subject: ClaimSubject| NewClaim {
        subject,
        preferences: preferences.clone(),
        claimant: otherwise.claimant.clone(),
        terms: otherwise.terms.clone().filter(|_| preferences.has_terms()),
        since: None,
    };
    let mut failed = None;
    let inputs = [PictureInput::Path(folder)];
    let work = |bytes: &[u8]| facts(bytes, &PICTURE_LIMITS);
    each_picture(&inputs, options, interrupt, &work, &mut |looked| {
        let made = match looked {
            Err(bad) => take(Imported::Rejected(RejectedClaim {
                code: bad.kind,
                place: bad.place.clone(),
                message: bad.message.clone(),
            })),
            Ok(looked) => {
                let place = looked.place.to_string();
                // A transparent picture looks otherwise where it was copied to a format without transparency.
                let looks = [looked.made.pdq, looked.made.pdq_on_white];
                let good = looks.iter().flatten().filter(|hashed| hashed.is_good());
                let of = |hashed: &Hashed| format!("pdq:{}@{}", hashed.pdq, hashed.quality);
                let subjects: Vec<ClaimSubject> = good.filter_map(|hashed| of(hashed).parse().ok()).collect();
                let digest = format!("sha256:{}", looked.made.sha256).parse::<ClaimSubject>().ok();
                let plain = if subjects.is_empty() { take(Imported::TooPlain) } else { Ok(()) };
                let mut each = |subject| take(Imported::Claim { claim: claim(subject), place: place.clone() });
                plain.and_then(|()| digest.into_iter().chain(subjects).try_for_each(&mut each))
            }
        };
        match made {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(()), Err)
}

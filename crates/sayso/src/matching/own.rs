use sayso_core::{Pdq, Sha256};
use sayso_index::HashIndexWriter;
use sayso_picture::{Hashed, PictureFault, PictureLimits, Sought, Spectrum, Turn, decode_luminance};
use sha2::Digest;

/// Keypoints that a picture has to have for its parts to be looked for.
const LEAST_KEYPOINTS: usize = 3;

// What is not worth comparing is not indexed either.
const _: () = assert!(HashIndexWriter::MIN_QUALITY == Hashed::GOOD, "one threshold for both sides");

/// A hash of one's own picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnHash {
    /// How the picture is turned or mirrored.
    pub turn: Turn,
    /// The hash that it has then.
    pub pdq: Pdq,
}

/// A picture that somebody looks for: a few hashes, the features of some places, and its luminance, made small, to check what
/// these lead to. It stays in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnPicture {
    /// The digest of its file, where there is one.
    pub sha256: Option<Sha256>,
    /// Its hash as it is; none of a picture of a few pixels.
    pub pdq: Option<Pdq>,
    /// PDQ's quality of that hash, from 0 to 100, where the picture was there or somebody said it.
    pub quality: Option<u8>,
    /// Width and height in pixels, where the picture was there.
    pub size: Option<(u32, u32)>,
    /// What is looked for; nothing of a picture that is too plain.
    pub hashes: Vec<OwnHash>,
    /// By what parts of it are looked for, where the picture was there and there is enough to see.
    pub parts: Option<Sought>,
}

impl OwnPicture {
    /// The hashes of a picture in all eight ways in which it can lie; and those of a transparent one laid on white, as it
    /// looks where it was copied to a format without transparency. And its features, by which parts of it are found.
    pub fn of_bytes(bytes: &[u8], limits: &PictureLimits) -> Result<Self, PictureFault> {
        let picture = decode_luminance(bytes, limits)?;
        let spectrum = picture.spectrum();
        let on_white = if picture.is_transparent() { picture.rgb_on([u8::MAX; 3]) } else { None };
        let spectra = [spectrum.clone(), on_white.and_then(|picture| Spectrum::of_rgb(&picture))];
        let good = spectra.iter().flatten().filter(|spectrum| spectrum.hashed().is_good());
        let mut hashes: Vec<OwnHash> = Vec::new();
        for (turn, pdq) in good.flat_map(|spectrum| Turn::ALL.into_iter().zip(spectrum.hashes())) {
            // What looks the same both ways is looked for once.
            if hashes.iter().all(|known| known.pdq != pdq) {
                hashes.push(OwnHash { turn, pdq });
            }
        }
        let all = |hashes: &[OwnHash]| hashes.iter().map(|hash| (hash.turn, hash.pdq)).collect();
        let parts = picture.grey_on_white().map(|grey| Sought::of(&grey, all(&hashes))).filter(can_be_found);
        Ok(Self {
            sha256: Some(Sha256(sha2::Sha256::digest(bytes).into())),
            pdq: spectrum.as_ref().map(|spectrum| spectrum.hash(Turn::Original)),
            quality: spectrum.as_ref().map(Spectrum::quality),
            size: Some((picture.width(), picture.height())),
            hashes,
            parts,
        })
    }

    /// A picture of which nothing is known.
    pub(super) const fn without_hashes() -> Self {
        Self { sha256: None, pdq: None, quality: None, size: None, hashes: Vec::new(), parts: None }
    }

    /// A picture of which somebody has no more than the hash: it is looked for as it is, and not turned.
    #[must_use]
    pub fn of_hash(pdq: Pdq, quality: Option<u8>) -> Self {
        let is_good = quality.is_none_or(|quality| quality >= Hashed::GOOD);
        let hashes = is_good.then_some(OwnHash { turn: Turn::Original, pdq });
        let hashes = hashes.into_iter().collect();
        Self { pdq: Some(pdq), quality, hashes, ..Self::without_hashes() }
    }

    /// A picture of which somebody has the hash, and behind it those of the other ways in which it can lie, in the order of
    /// [`Turn::ALL`]. None where there is no hash, or there are more than ways.
    #[must_use]
    pub fn of_hashes(hashes: &[Pdq], quality: Option<u8>) -> Option<Self> {
        let (first, rest) = hashes.split_first()?;
        let turns = Turn::ALL.get(1..hashes.len())?;
        let mut own = Self::of_hash(*first, quality);
        if own.can_be_matched() {
            own.hashes.extend(turns.iter().zip(rest).map(|(turn, pdq)| OwnHash { turn: *turn, pdq: *pdq }));
        }
        Some(own)
    }

    /// Whether there is anything to look for. What is too plain has a hash that is chance, and no features.
    #[must_use]
    pub fn can_be_matched(&self) -> bool {
        !self.hashes.is_empty() || self.parts.is_some()
    }
}

/// Whether there are places enough to say how two pictures lie to one another, or something within a border.
fn can_be_found(sought: &Sought) -> bool {
    sought.features.features().keypoints().len() >= LEAST_KEYPOINTS || sought.framed.is_some()
}

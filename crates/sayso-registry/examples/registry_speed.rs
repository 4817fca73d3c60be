//! How many claims a second are appended durably, and how long looking up takes against many of them.
//!
//!     cargo run --release -p sayso-registry --example registry_speed -- FOLDER [CLAIMS]
//!
//! FOLDER is where the registry is made, on the disk that is to be measured; CLAIMS is a million if not given: a fifth each of
//! domains, prefixes, addresses, accounts and digests, and a tenth as many perceptual hashes.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use sayso_core::{Pdq, Timestamp};
use sayso_registry::claim::NewClaim;
use sayso_registry::log::{KeyKind, SigningKey};
use sayso_registry::lookup::{ClaimIndex, Sought};
use sayso_registry::store::Identity;
use sayso_registry::store::sqlite::SqliteStore;
use sayso_registry::{Clerk, Registry, SystemRandomness};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn hex(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", self.roll())).collect()
    }
}

fn claim(number: u64, dice: &mut Dice) -> Result<NewClaim, Box<dyn Error>> {
    let subject = match number % 11 {
        10 => format!("pdq:{}", dice.hex()),
        kind => match kind / 2 {
            0 => format!("domain:artist{number}.example"),
            1 => format!("prefix:https://host{}.example/gallery/artist{number}/", number % 5000),
            2 => format!("url:https://host{}.example/pictures/{number}.jpg", number % 5000),
            3 => format!("account:deviantart.com/artist{number}"),
            _ => format!("sha256:{}", dice.hex()),
        },
    };
    Ok(NewClaim {
        subject: subject.parse()?,
        preferences: "train-genai=n".parse()?,
        claimant: Some(format!("mailto:artist{number}@example.org")),
        terms: None,
        since: None,
    })
}

fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let claims: u64 = arguments.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let file = Path::new(&folder).join("speed.sqlite");
    let key = SigningKey::new("speed.example/claims", KeyKind::Ed25519, &[1; 32])?;
    let (mut dice, mut randomness) = (Dice(42), SystemRandomness);
    let now = Timestamp::from_micros(1_800_000_000_000_000);
    let store = SqliteStore::create(&file, &Identity { key: key.public() }, Duration::from_secs(5))?;
    let mut registry = Registry::create(Box::new(store), &mut Clerk { key: &key, now, randomness: &mut randomness })?;
    let mut made = 0;
    for batch in [1_u64, 100, 1000, 10_000] {
        let started = Instant::now();
        let wanted = if batch == 10_000 { claims.saturating_sub(made) } else { batch * 20 };
        let mut left = wanted;
        let mut longest = Duration::ZERO;
        while left > 0 {
            let size = left.min(batch);
            let some = (made..made + size).map(|number| claim(number, &mut dice)).collect::<Result<Vec<_>, _>>()?;
            let began = Instant::now();
            registry.assert(&some, &mut Clerk { key: &key, now, randomness: &mut randomness })?;
            longest = longest.max(began.elapsed());
            made += size;
            left -= size;
        }
        let rate = per_second(wanted, started.elapsed());
        println!("appended in batches of {batch}: {rate:.0} claims/s, longest batch {longest:.1?} ({wanted} claims)");
    }
    let started = Instant::now();
    let index = ClaimIndex::load(&mut registry)?;
    println!("loaded {} claims in {:.2?}; {} bytes on disk", index.claims(), started.elapsed(), file.metadata()?.len());

    // Half of what is looked up is claimed, each in another way.
    let urls: Vec<String> = (0..10_000_u64)
        .map(|n| {
            let number = dice.roll() % made;
            match n % 6 {
                0 => format!("http://www.artist{number}.example/pictures/{n}/large.jpg?width=800"),
                1 => format!("https://host{}.example/gallery/artist{number}/2024/{n}.jpg", number % 5000),
                2 => format!("https://host{}.example/pictures/{number}.jpg", number % 5000),
                _ => format!("https://cdn{}.other.example/a/b/c/{n}.jpg", number % 900),
            }
        })
        .collect();
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..9 {
        let started = Instant::now();
        found = urls.iter().filter(|url| !index.find(&Sought { url, ..Sought::default() }).is_empty()).count();
        times.push(started.elapsed());
    }
    times.sort();
    println!("looked up 10000 addresses: median {:.1?}, longest {:.1?}; {found} claimed", times[4], times[8]);

    let hashes: Vec<Pdq> = (0..20_000).map(|_| dice.hex().parse()).collect::<Result<_, _>>()?;
    let started = Instant::now();
    let copies = hashes.iter().filter(|pdq| !index.find(&Sought { pdq: Some(**pdq), ..Sought::default() }).is_empty());
    let copies = copies.count();
    let rate = per_second(20_000, started.elapsed());
    println!("looked up 20000 perceptual hashes against {}: {rate:.0}/s; {copies} claimed", made / 11);

    let started = Instant::now();
    for _ in 0..1000 {
        registry.prove(dice.roll() % made)?;
    }
    println!("proofs of inclusion: {:.0}/s", per_second(1000, started.elapsed()));
    Ok(())
}

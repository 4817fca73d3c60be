//! How long a caption takes: `cargo run --release -p sayso-caption --example caption_speed -- CAPTIONS [NAMES]`, one caption
//! or name a line. Of each question the least of several rounds is shown, as other programs run at the same time.
#![allow(clippy::print_stdout, reason = "it is what it does")]

use std::hint::black_box;
use std::time::Instant;

use sayso_caption::{Names, NamesLimits, creator_of, language_of, personal_in};

/// The least time of a caption, in nanoseconds.
fn least(captions: &[&str], question: impl Fn(&str) -> bool) -> u128 {
    let round = || {
        let start = Instant::now();
        for caption in captions {
            black_box(question(black_box(caption)));
        }
        start.elapsed().as_nanos() / captions.len().max(1) as u128
    };
    (0..60).map(|_| round()).min().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let captions = std::fs::read_to_string(arguments.next().ok_or("name a file of captions")?)?;
    let names = match arguments.next() {
        Some(path) => Some(Names::read(&std::fs::read(path)?, &NamesLimits { names: 1_000_000, name_bytes: 200 })?),
        None => None,
    };
    let captions: Vec<_> = captions.lines().collect();
    let words: usize = captions.iter().map(|caption| caption.split_whitespace().count()).sum();
    println!("{} captions of {:.1} words", captions.len(), words as f64 / captions.len().max(1) as f64);
    println!("creator   {:5} ns", least(&captions, |caption| creator_of(caption, None).is_some()));
    if let Some(names) = &names {
        println!(
            "by a list {:5} ns, of {} names",
            least(&captions, |caption| names.find(caption).is_some()),
            names.len()
        );
    }
    println!("language  {:5} ns", least(&captions, |caption| language_of(caption).is_some()));
    println!("personal  {:5} ns", least(&captions, |caption| !personal_in(caption).is_empty()));
    Ok(())
}

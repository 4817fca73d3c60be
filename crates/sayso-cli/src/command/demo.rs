use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use sayso::build::{BuildOptions, build, default_limits};
use sayso::demo::{DemoWeb, write_web};
use sayso::library::{Library, Window};
use sayso_core::{Decision, Policy, PolicyName, Purpose, UsageCategory};

use crate::arguments::Demo;
use crate::exit::Outcome;

/// Questions that show what there is to see, each with why it is asked.
const QUESTIONS: [(&str, &str); 6] = [
    ("winter hills", "words in a caption"),
    ("creator:thackaberry", "an artist by name"),
    ("नाव", "any script: a boat"),
    ("site:nadalandia.example", "everything from one site"),
    ("licence:cc-by", "what came with a free licence"),
    ("verdict:allowed", "what was expressly granted"),
];

pub(crate) fn run(arguments: Demo) -> anyhow::Result<Outcome> {
    let folder = match arguments.out {
        Some(folder) => folder,
        None => std::env::temp_dir().join(format!("sayso-demo-{}", std::process::id())),
    };
    fs_err::create_dir_all(&folder)?;
    let crawl = folder.join("web.warc.gz");
    let web = write_web(BufWriter::new(fs_err::File::create(&crawl)?)).context("the demo's web cannot be written")?;
    let options = options(folder.join("dataset"), crawl.to_string_lossy().into_owned());
    let report = build(&options, &AtomicBool::new(false), &|_| {})?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "A small made-up web of {} sites, crawled into {}:", web.sites.len(), crawl.display())?;
    writeln!(out)?;
    sites(&mut out, &web)?;
    writeln!(out)?;
    super::build::summary(&mut out, &options, &report)?;
    let library = Library::open(std::slice::from_ref(&options.out))?;
    writeln!(out)?;
    writeln!(out, "Ask it:")?;
    for (query, what) in QUESTIONS {
        let total = library.search(query, Window { offset: 0, limit: 1 })?.total;
        writeln!(out, "  sayso search {} '{query}'   # {what}: {total}", options.out.display())?;
    }
    drop((out, library));
    if arguments.no_serve { Ok(Outcome::Done) } else { super::serve::serve(&[options.out], arguments.listen) }
}

fn options(out: PathBuf, crawl: String) -> BuildOptions {
    BuildOptions {
        inputs: vec![crawl],
        robots: Vec::new(),
        prefix: None,
        out,
        policy: Policy::new(PolicyName::OptOut, Purpose(UsageCategory::TrainGenai)),
        agent: "sayso".to_owned(),
        limits: default_limits(),
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        memory_bytes: 64 << 20,
        shard_rows: 1_000_000,
        captions: sayso::build::CaptionOptions::default(),
        registry: None,
        kept_out: None,
        features: true,
    }
}

fn sites(out: &mut impl Write, web: &DemoWeb) -> std::io::Result<()> {
    for site in &web.sites {
        let decision = match site.decision {
            Decision::Admitted => "in",
            Decision::Refused => "out",
        };
        writeln!(out, "  {decision:<4}{:<11}{:<26}{}", site.stance.as_str(), site.domain, site.wish)?;
    }
    Ok(())
}

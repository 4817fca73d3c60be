//! robots.txt against the files of real sites.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod anchors;

use std::fs;
use std::io::Read as _;

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::RobotsTxt;
use sayso_core::{Place, SignalKind, Speaker, Stance, UsageCategory};

const LIMIT: u64 = 500 << 10;
const PATHS: &[&str] = &["/", "/robots.txt", "/images/a.jpg?x=1&y=2", "/search?q=%E3%83%84", "/a/b/c/d/e/f.html", ""];

#[test]
fn fifteen_hundred_popular_sites() {
    let Some(archive) = anchors::anchor("robots-real/robots.tar.gz") else { return };
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(fs::File::open(archive).unwrap()).read_to_end(&mut tar).unwrap();
    let (mut files, mut refusals) = (0, 0);
    for file in tar_files(&tar) {
        let robots = RobotsTxt::parse(file, LIMIT, 500, AgentTable::builtin());
        files += 1;
        for path in PATHS {
            for agent in ["saysobot", "GPTBot", "Googlebot", "*", ""] {
                let access = robots.access(agent, path);
                assert_ne!(access.stance, Stance::Unknown);
                if let Some(rule) = access.rule {
                    let range = usize::try_from(rule.at_bytes.0).unwrap()..usize::try_from(rule.at_bytes.1).unwrap();
                    let found = String::from_utf8_lossy(&file[range]);
                    assert!(found == rule.raw || rule.raw.ends_with('…'), "{found}");
                }
                refusals += usize::from(access.stance == Stance::Disallowed);
            }
            for statement in robots.statements(Speaker::PageSite, path, "saysobot") {
                assert!(statement.preferences.iter().all(|preference| preference.stance != Stance::Allowed));
            }
        }
    }
    assert_eq!(files, 1500);
    assert!(refusals > 500, "{refusals} refusals");
}

#[test]
fn the_files_that_other_parsers_are_tested_with() {
    let Some(folder) = anchors::anchor("texting-robots/testdata") else { return };
    let robots = |site: &str| {
        let file = fs::read(folder.join(format!("{site}.robots.txt"))).unwrap();
        RobotsTxt::parse(&file, LIMIT, 500, AgentTable::builtin())
    };
    let reddit = robots("reddit");
    assert_eq!(reddit.access("voltron", "/").stance, Stance::Disallowed);
    assert_eq!(reddit.access("bender", "/my_shiny_metal_ass").stance, Stance::Disallowed);
    assert_eq!(reddit.access("bender", "/r/rust").stance, Stance::Allowed);
    assert_eq!(reddit.access("saysobot", "/r/rust/top.rss").stance, Stance::Allowed);
    assert_eq!(reddit.access("saysobot", "/r/rust/comments/x.rss").stance, Stance::Disallowed);
    assert_eq!(reddit.access("saysobot", "/login").rule.unwrap().raw, "Disallow: /login");
    for site in fs::read_dir(&folder).unwrap() {
        let file = fs::read(site.unwrap().path()).unwrap();
        let robots = RobotsTxt::parse(&file, LIMIT, 500, AgentTable::builtin());
        assert_ne!(robots.access("saysobot", "/").stance, Stance::Unknown);
    }
}

#[test]
fn a_site_behind_a_managed_robots_txt() {
    let Some(path) = anchors::anchor("headers-real/robots.txt") else { return };
    let expected = fs::read(path.with_file_name("robots.txt.json")).unwrap();
    let expected: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let robots = RobotsTxt::parse(&fs::read(path).unwrap(), LIMIT, 500, AgentTable::builtin());

    let statements = robots.statements(Speaker::PageSite, "/article", "saysobot");
    let group = |statement: &sayso_core::Statement| match &statement.signal.place {
        Place::RobotsTxt { group, .. } => group.clone().unwrap(),
        other => other.to_string(),
    };
    let mut turned_away: Vec<_> = expected.keys().filter_map(|key| key.strip_suffix("_disallow_all")).collect();
    turned_away.sort_unstable();
    let is_access = |statement: &&sayso_core::Statement| statement.signal.kind == SignalKind::RobotsTxt;
    let mut found: Vec<_> = statements.iter().filter(is_access).map(|s| group(s).to_ascii_lowercase()).collect();
    found.sort_unstable();
    assert_eq!(found, turned_away);

    let signal = statements.iter().find(|statement| statement.signal.kind == SignalKind::ContentSignal).unwrap();
    assert_eq!(signal.signal.raw, "Content-Signal: search=yes,ai-train=no");
    let preferences: Vec<_> = signal.preferences.iter().map(|p| (p.category, p.stance)).collect();
    assert_eq!(preferences, [(UsageCategory::Search, Stance::Allowed), (UsageCategory::TrainAi, Stance::Disallowed)]);
    // The two groups of `*` are one.
    assert_eq!(robots.access("saysobot", "/article").stance, Stance::Allowed);
    assert_eq!(robots.access("saysobot", "/list?page=2").stance, Stance::Disallowed);
    assert_eq!(robots.access("GPTBot", "/article").rule.unwrap().group, "GPTBot");
}

/// The regular files of a tar archive (POSIX ustar, without long names).
fn tar_files(tar: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let header = tar.get(at..at + 512)?;
            let size = std::str::from_utf8(&header[124..135]).ok()?.trim_end_matches(['\0', ' ']);
            let size = usize::from_str_radix(size, 8).ok()?;
            let start = at + 512;
            at = start + size.next_multiple_of(512);
            if matches!(header[156], b'0' | 0) {
                return tar.get(start..start + size);
            }
        }
    })
}

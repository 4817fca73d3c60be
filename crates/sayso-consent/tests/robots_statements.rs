//! What robots.txt says of uses: access rules, AI agents, Content-Usage, Content-Signal.

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::{RobotsFetch, RobotsTxt};
use sayso_core::{Place, Speaker, Stance, Statement, UsageCategory};

fn shown(statements: &[Statement]) -> Vec<String> {
    let show = |statement: &Statement| {
        let preferences = statement.preferences.iter().map(|p| format!("{}={} {}", p.category, p.stance, p.code));
        let preferences: Vec<_> = preferences.collect();
        format!("{}: {}: {}", statement.signal.place, statement.signal.raw, preferences.join(" + "))
    };
    statements.iter().map(show).collect()
}

fn said(file: &str, path: &str) -> Vec<String> {
    let robots = RobotsTxt::parse(file.as_bytes(), 500 << 10, 200, AgentTable::builtin());
    shown(&robots.statements(Speaker::PageSite, path, "saysobot"))
}

#[test]
fn to_be_kept_out_is_a_reservation_and_to_be_let_in_is_nothing() {
    let file = "User-agent: *\nDisallow: /private # not for robots\nAllow: /\n";
    assert_eq!(
        said(file, "/private/a.jpg"),
        ["robots.txt line 2, group *: Disallow: /private: data-mining=disallowed robots-disallowed"]
    );
    assert!(said(file, "/a.jpg").is_empty());
    let own = "User-agent: *\nDisallow: /\n\nUser-agent: SaysoBot/1.0\nDisallow: /b\n";
    assert!(said(own, "/a").is_empty());
    assert_eq!(
        said(own, "/b"),
        ["robots.txt line 5, group SaysoBot: Disallow: /b: data-mining=disallowed robots-disallowed"]
    );
}

#[test]
fn of_rules_that_match_the_most_specific_counts_wherever_it_stands() {
    let file = "User-agent: saysobot\nDisallow: /a\nAllow: /a/b/c\nDisallow: /a/b\nDisallow: /a/b$\nAllow: /a/b*\n\n\
                User-agent: saysobot\nDisallow: /a/b/c/*e\n";
    let line = |path: &str| said(file, path).first().and_then(|said| said.split(',').next().map(str::to_owned));
    assert_eq!(line("/a/x"), Some("robots.txt line 2".to_owned()));
    // `/a/b$` and `/a/b*` are as long as each other, and then the Allow counts.
    assert_eq!(line("/a/b"), None);
    assert_eq!(line("/a/b/c/d"), None);
    assert_eq!(line("/a/b/c/d/e"), Some("robots.txt line 9".to_owned()));
}

#[test]
fn ai_agents_that_are_turned_away_speak_of_what_they_work_for() {
    let file = "User-agent: GPTBot\nUser-agent: ClaudeBot\nDisallow: /\n\nUser-agent: PerplexityBot\nDisallow: /a\n\n\
                User-agent: Google-Extended\nDisallow: /a$\n\nUser-agent: Googlebot\nDisallow: /\n\n\
                User-agent: LCC\nDisallow: /b\n";
    assert_eq!(
        said(file, "/a"),
        [
            "robots.txt line 3, group GPTBot, ClaudeBot: Disallow: /: train-ai=disallowed ai-agent-disallowed",
            "robots.txt line 6, group PerplexityBot: Disallow: /a: ai-input=disallowed ai-agent-disallowed",
            "robots.txt line 9, group Google-Extended: Disallow: /a$: train-ai=disallowed ai-agent-disallowed + \
             ai-input=disallowed ai-agent-disallowed",
        ]
    );
    assert_eq!(
        said(file, "/b").last().map(String::as_str),
        Some("robots.txt line 15, group LCC: Disallow: /b: train-ai=unknown ai-agent-unclear")
    );
    // An agent that only `*` turns away is not named, and one that is let in says nothing.
    assert_eq!(said("User-agent: *\nDisallow: /\n\nUser-agent: GPTBot\nAllow: /\n", "/").len(), 1);
}

#[test]
fn rules_of_one_agent_count_together_wherever_they_stand() {
    let file = "User-agent: ccbot\nDisallow: /a\nUser-agent: x\nAllow: /\nUser-agent: CCBot\nAllow: /a/b\n";
    assert_eq!(said(file, "/a/c").len(), 1);
    assert!(said(file, "/a/b/c").is_empty());
    // Several names in one line are not RFC 9309, and only to be understood in one way.
    assert_eq!(
        said("User-agent: GPTBot, CCBot\nDisallow: /", "/"),
        ["robots.txt line 2, group GPTBot, CCBot: Disallow: /: train-ai=disallowed ai-agent-disallowed"]
    );
}

#[test]
fn the_example_of_aipref() {
    // draft-ietf-aipref-attach-05, figure 2.
    let file = "User-Agent: *\nAllow: /\nDisallow: /never/\nContent-Usage: train-ai=n\n\
                Content-Usage: /ai-ok/ train-ai=y\n\nUser-Agent: ExampleBot\nAllow: /\nContent-Usage: train-ai=y\n";
    let general = "robots.txt line 4, group *: Content-Usage: train-ai=n: train-ai=disallowed content-usage-reserved";
    let special =
        "robots.txt line 5, group *: Content-Usage: /ai-ok/ train-ai=y: train-ai=allowed content-usage-granted";
    assert_eq!(said(file, "/test"), [general]);
    assert_eq!(said(file, "/ai-ok/test"), [special]);
    assert_eq!(
        said(file, "/never/test"),
        ["robots.txt line 3, group *: Disallow: /never/: data-mining=disallowed robots-disallowed"]
    );
    let robots = RobotsTxt::parse(file.as_bytes(), 500 << 10, 200, AgentTable::builtin());
    assert_eq!(
        shown(&robots.statements(Speaker::PageSite, "/test", "examplebot")),
        ["robots.txt line 9, group ExampleBot: Content-Usage: train-ai=y: train-ai=allowed content-usage-granted"]
    );
}

#[test]
fn equal_paths_are_all_kept_and_unreadable_ones_are_unknown() {
    let file = "User-agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a search=n\nContent-Usage: train-ai=n\n";
    assert_eq!(said(file, "/a/b").len(), 2);
    assert_eq!(
        said("User-agent: *\nContent-Usage: train-ai: n", "/"),
        ["robots.txt line 2, group *: Content-Usage: train-ai: n: search=unknown content-usage-unreadable + \
             data-mining=unknown content-usage-unreadable"]
    );
    // Wildcards and encodings are those of Allow and Disallow.
    assert_eq!(said("User-agent: *\nContent-Usage: /*.jpg$ train-ai=n", "/%61.jpg").len(), 1);
    assert!(said("User-agent: *\nContent-Usage: /*.jpg$ train-ai=n", "/a.png").is_empty());
}

#[test]
fn content_signals_speak_in_a_group_or_to_everybody() {
    let wide = "Content-Signal: ai-train=no\nUser-agent: saysobot\nAllow: /\n";
    assert_eq!(
        said(wide, "/"),
        ["robots.txt line 1: Content-Signal: ai-train=no: train-ai=disallowed content-signal-reserved"]
    );
    let other = "User-agent: *\nContent-Signal: ai-train=no\nUser-agent: saysobot\nContent-signal: ai-train=yes\n";
    assert_eq!(
        said(other, "/"),
        ["robots.txt line 4, group saysobot: Content-signal: ai-train=yes: train-ai=allowed content-signal-granted"]
    );
    let paths = "User-agent: *\nContent-Signal: ai-train=no\nContent-Signal: /about ai-train=yes, use=full\n";
    assert_eq!(said(paths, "/x")[0].matches("reserved").count(), 1);
    assert_eq!(said(paths, "/about")[0].matches("granted").count(), 1);
}

#[test]
fn a_usage_rule_before_all_groups_reserves_and_grants_nothing() {
    assert_eq!(
        said("Content-Usage: train-ai=n, search=y\nUser-agent: *\nAllow: /\n", "/"),
        ["robots.txt line 1: Content-Usage: train-ai=n, search=y: search=unknown content-usage-outside + \
             train-ai=disallowed content-usage-reserved"]
    );
    // Of the builder's own group, however short its path, it takes nothing and adds nothing.
    assert_eq!(
        said("Content-Usage: /a search=n\nUser-agent: *\nContent-Usage: search=y\n", "/a"),
        ["robots.txt line 3, group *: Content-Usage: search=y: search=allowed content-usage-granted"]
    );
    assert_eq!(said("Content-Usage: search=n\nUser-agent: *\nContent-Usage: /b search=y\n", "/a").len(), 1);
}

#[test]
fn the_file_itself_may_always_be_fetched() {
    let file = "User-agent: *\nDisallow: /\nUser-agent: GPTBot\nDisallow: /robots.txt$\n";
    assert!(said(file, "/robots.txt").is_empty());
    assert_eq!(said(file, "/robots.txt?a").len(), 1);
    let robots = RobotsTxt::parse(file.as_bytes(), 1000, 100, AgentTable::builtin());
    for agent in ["saysobot", "GPTBot"] {
        assert_eq!(robots.access(agent, "/robots.txt").stance, Stance::Allowed);
        assert_eq!(robots.access(agent, "/%72obots.txt").stance, Stance::Allowed);
    }
}

#[test]
fn a_file_that_is_not_to_be_had_says_nothing_good() {
    let of = |status| RobotsFetch::of_answer(status, b"User-agent: *\nDisallow: /", 1000, 100, AgentTable::builtin());
    let said = |status| of(status).statements(Speaker::PictureSite, "/", "saysobot");
    assert_eq!(said(200)[0].preferences[0].stance, Stance::Disallowed);
    assert!(said(404).is_empty() && said(410).is_empty());
    for (status, raw) in
        [(401, "status 401"), (403, "status 403"), (429, "unreachable"), (503, "unreachable"), (302, "unreachable")]
    {
        let statement = &said(status)[0];
        assert_eq!(statement.signal.raw, raw);
        assert_eq!(statement.signal.place, Place::Element { path: "/robots.txt".to_owned() });
        // An error of the server counts as a disallow of everything (RFC 9309, section 2.3.1.4), which is no crawl of
        // the page, and so no word on links to it.
        let assumed = (UsageCategory::DataMining, Stance::Disallowed, "robots-assumed-disallowed");
        let unknown = |category| (category, Stance::Unknown, "robots-unreachable");
        let mining = if raw == "unreachable" { assumed } else { unknown(UsageCategory::DataMining) };
        let said: Vec<_> = statement.preferences.iter().map(|p| (p.category, p.stance, p.code.as_str())).collect();
        for expected in [mining, unknown(UsageCategory::Search)] {
            assert!(said.contains(&expected) && said.len() == 2, "{status}: {said:?}");
        }
    }
}

#[test]
fn limits_cut_at_whole_lines_and_evidence_says_that_it_was_cut() {
    let file = "User-agent: *\nDisallow: /private\nAllow: /private/open\n";
    let robots = RobotsTxt::parse(file.as_bytes(), 40, 15, AgentTable::builtin());
    assert!(robots.truncated());
    let access = robots.access("saysobot", "/private/open");
    assert_eq!(access.stance, Stance::Disallowed);
    assert_eq!(access.rule.map(|rule| (rule.line, rule.raw, rule.at_bytes)), Some((2, "Disallow: /p…", (14, 32))));
}

#[test]
fn a_hostile_file_costs_no_more_than_its_bytes() {
    // Every agent of the table in one group with 20,000 patterns that a backtracking matcher would never finish,
    // and in another group each, so that no two agents have the same rules.
    let names: Vec<_> = AgentTable::builtin().iter().map(|agent| agent.token.as_str()).collect();
    let all: String = names.iter().map(|name| format!("User-agent: {name}\n")).collect();
    let each: String = names.iter().map(|name| format!("User-agent: {name}\nDisallow: /{name}\n")).collect();
    let file = format!("{all}{}{each}", "Disallow: /*a*a*a*a*a*a*a*b\n".repeat(20_000));
    let robots = RobotsTxt::parse(file.as_bytes(), u64::MAX, 200, AgentTable::builtin());
    let path = format!("/{}", "a".repeat(2_000));
    assert!(robots.statements(Speaker::PageSite, &path, "saysobot").is_empty());
    assert_eq!(robots.statements(Speaker::PageSite, "/GPTBot", "saysobot").len(), 1);
}

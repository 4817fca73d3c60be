use std::time::Duration;

/// The pause that a robots.txt asks of an agent: the longest `Crawl-delay` of its groups, else of those for everybody.
///
/// RFC 9309 does not know the line; many sites write it, in seconds. Groups are those of RFC 9309.
pub(super) fn crawl_delay(robots_txt: &[u8], agents: &[&str]) -> Option<Duration> {
    let mut found: Vec<(bool, Duration)> = Vec::new();
    // Whether the group names the agent, and whether it is for everybody.
    let (mut is_own, mut is_all, mut in_heading) = (false, false, false);
    for line in robots_txt.split(|&byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        let Some((name, value)) = memchr::memchr(b':', line).and_then(|at| line.split_at_checked(at)) else { continue };
        let (name, value) = (name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii());
        if name.eq_ignore_ascii_case(b"user-agent") {
            if !in_heading {
                (is_own, is_all, in_heading) = (false, false, true);
            }
            let token = value.split(|&byte| byte == b'/' || byte.is_ascii_whitespace()).next().unwrap_or_default();
            is_own |= agents.iter().any(|agent| token.eq_ignore_ascii_case(agent.as_bytes()));
            is_all |= token == b"*";
            continue;
        }
        in_heading = false;
        if name.eq_ignore_ascii_case(b"crawl-delay") && (is_own || is_all) {
            found.extend(seconds(value).map(|pause| (is_own, pause)));
        }
    }
    let longest = |own: bool| found.iter().filter(|(is_own, _)| *is_own == own).map(|(_, pause)| *pause).max();
    longest(true).or_else(|| longest(false))
}

fn seconds(value: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::crawl_delay;

    #[test]
    fn the_agents_own_group_counts_before_everybodys() {
        let robots =
            b"Crawl-delay: 99\nUser-agent: *\nCrawl-delay: 2 # seconds\n\nUser-agent: a\nUser-agent: Sayso/1.0\n\
            Disallow: /x\ncrawl-DELAY:1.5\nUser-agent: other\nCrawl-delay: 50\n";
        assert_eq!(crawl_delay(robots, &["sayso"]), Some(Duration::from_millis(1500)));
        assert_eq!(crawl_delay(robots, &["nobody"]), Some(Duration::from_secs(2)));
        assert_eq!(crawl_delay(robots, &["nobody", "other"]), Some(Duration::from_secs(50)));
    }

    #[test]
    fn what_is_no_pause_is_none() {
        for value in ["", "soon", "-1", "NaN", "inf", "1e999", "1,5"] {
            assert_eq!(
                crawl_delay(format!("User-agent: *\nCrawl-delay: {value}").as_bytes(), &["sayso"]),
                None,
                "{value}"
            );
        }
        assert_eq!(crawl_delay(b"", &["sayso"]), None);
    }
}

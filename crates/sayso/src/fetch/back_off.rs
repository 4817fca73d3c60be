use std::time::{Duration, UNIX_EPOCH};

use sayso_core::Timestamp;

use super::options::LONGEST_WAIT;

/// The rest before the next try: it doubles with each one that failed.
pub(super) fn rest(first: Duration, attempts: u32) -> Duration {
    first.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT)
}

/// How long a server asks to be left alone, in seconds or by a date (RFC 9110, section 10.2.3); `None` where it says
/// nothing that can be read.
pub(super) fn retry_after(value: Option<&str>, now: Timestamp) -> Option<Duration> {
    let value = value?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_micros(u64::try_from(now.as_micros()).ok()?);
    Some(then.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sayso_core::Timestamp;

    use super::{rest, retry_after};

    #[test]
    fn the_rest_doubles_and_ends() {
        let second = Duration::from_secs(1);
        let rests: Vec<u64> = (0..4).map(|attempts| rest(second, attempts).as_secs()).collect();
        assert_eq!(rests, [1, 2, 4, 8]);
        assert_eq!(rest(second, u32::MAX), super::LONGEST_WAIT);
        assert_eq!(rest(Duration::ZERO, 9), Duration::ZERO);
    }

    #[test]
    fn servers_say_it_in_seconds_or_by_a_date() {
        let now = Timestamp::from_micros(784_111_777 * 1_000_000);
        for (value, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(retry_after(Some(value), now).map(|rest| rest.as_secs()), seconds, "{value}");
        }
        assert_eq!(retry_after(None, now), None);
    }
}

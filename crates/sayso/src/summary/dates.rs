//! Days and months as a summary writes them: `2026-07-31` and `2026-07`.

use sayso_core::days_of_month;

/// Whether that is a day of the calendar.
pub(super) fn is_day(text: &str) -> bool {
    let Some((month, day)) = text.get(..7).zip(text.get(7..)) else { return false };
    let Some((year, of_year)) = year_and_month(month) else { return false };
    let digits = day.strip_prefix('-').filter(|day| day.len() == 2 && is_number(day));
    let Some(day) = digits.and_then(|day| day.parse::<u16>().ok()) else { return false };
    (1..=days_of_month(year, of_year)).contains(&day)
}

/// Whether that is a month.
pub(super) fn is_month(text: &str) -> bool {
    year_and_month(text).is_some()
}

fn year_and_month(text: &str) -> Option<(u16, u16)> {
    let (year, month) = text.split_once('-')?;
    let is_written_so = year.len() == 4 && month.len() == 2 && is_number(year) && is_number(month);
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    (is_written_so && (1..=12).contains(&month)).then_some((year, month))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{is_day, is_month};

    #[test]
    fn the_calendar_is_kept() {
        for day in ["2026-07-31", "2024-02-29", "2000-02-29", "0001-01-01"] {
            assert!(is_day(day), "{day}");
        }
        for day in [
            "2026-06-31",
            "2026-02-29",
            "1900-02-29",
            "2026-00-01",
            "2026-1-01",
            "2026-01-1",
            "26-01-01",
            "2026-01-+1",
            "é026-01-01",
            "",
        ] {
            assert!(!is_day(day), "{day}");
        }
        assert!(is_month("2026-12"));
        for month in ["2026-13", "2026-00", "2026", "2026-1", "2026-01-01", "+026-01"] {
            assert!(!is_month(month), "{month}");
        }
    }
}

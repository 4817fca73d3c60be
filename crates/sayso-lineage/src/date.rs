use std::fmt;
use std::str::FromStr;

use sayso_core::days_of_month;

/// A date, as far as it is known: a year, a month of it, or a day.
///
/// Dates are ordered by what is known of them; a year comes before its months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    /// 0 where the month is not known.
    month: u8,
    /// 0 where the day is not known.
    day: u8,
}

impl Date {
    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Whether this was surely before `other`: a year is not before one of its own months.
    #[must_use]
    pub fn is_surely_before(self, other: Self) -> bool {
        match self.year.cmp(&other.year) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal if self.month == 0 || other.month == 0 => false,
            std::cmp::Ordering::Equal if self.month != other.month => self.month < other.month,
            std::cmp::Ordering::Equal => self.day != 0 && other.day != 0 && self.day < other.day,
        }
    }
}

/// The error of a text that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date\nhint: dates are written as far as they are known: 2022, 2022-08 or 2022-08-22")]
pub struct DateError(String);

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || DateError(text.chars().take(40).collect());
        let mut parts = text.split('-');
        let mut number = |digits: usize| match parts.next() {
            None => Ok(0),
            Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse::<u16>().ok().filter(|number| *number > 0).ok_or_else(error)
            }
            Some(_) => Err(error()),
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() || year < 1900 || month > 12 || day > days_of_month(year, month) {
            return Err(error());
        }
        let small = |number: u16| u8::try_from(number).map_err(|_| error());
        Ok(Self { year, month: small(month)?, day: small(day)? })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().take_while(|part| *part > 0) {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::Date;

    #[test]
    fn dates_are_known_as_far_as_they_are_written() {
        for text in ["2022", "2022-08", "2022-08-22", "2024-02-29"] {
            assert_eq!(text.parse::<Date>().map(|date| date.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "22", "2022-13", "2022-00", "2023-02-29", "2022-8", "2022-08-22-1", "2022-", "August 2022"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_may_be_the_same_time_is_not_before() {
        let before = |one: &str, other: &str| one.parse::<Date>().unwrap().is_surely_before(other.parse().unwrap());
        assert!(before("2022", "2023-01") && before("2022-08", "2022-09-01") && before("2022-08-21", "2022-08-22"));
        assert!(!before("2022", "2022-12") && !before("2022-08", "2022-08-22") && !before("2023", "2022-12-31"));
    }
}

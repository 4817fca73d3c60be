use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, in microseconds since 1970, as WARC and Parquet know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant this many microseconds after the start of 1970 in UTC.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start of 1970 in UTC.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The year, in UTC.
    #[must_use]
    pub fn year(self) -> i16 {
        jiff::Timestamp::from_microsecond(self.0).map_or(0, |instant| instant.to_zoned(jiff::tz::TimeZone::UTC).year())
    }

    /// Reads a date as ARC writes it: `YYYYMMDDhhmmss`, or a leading part of that.
    pub fn from_arc_date(text: &str) -> Result<Self, TimestampError> {
        let error = || TimestampError(text.chars().take(80).collect());
        if !matches!(text.len(), 8 | 10 | 12 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        let padded = format!("{text:0<14}");
        let part = |range: std::ops::Range<usize>| padded[range].parse::<i8>().map_err(|_| error());
        let year = padded[..4].parse::<i16>().map_err(|_| error())?;
        let civil =
            jiff::civil::DateTime::new(year, part(4..6)?, part(6..8)?, part(8..10)?, part(10..12)?, part(12..14)?, 0);
        let zoned = civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC)).map_err(|_| error())?;
        Ok(Self(zoned.timestamp().as_microsecond()))
    }
}

/// The error of a text that is no date of the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date\nhint: WARC dates look like 2024-05-18T01:58:10Z")]
pub struct TimestampError(String);

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads the W3C profile of ISO 8601 that WARC-Date uses, at any of its precisions.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimestampError(text.chars().take(80).collect());
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(instant.as_microsecond()));
        }
        // WARC 1.1 allows less than a second's precision: a year, a month, a day, a minute.
        let full = match text.trim_end_matches('Z').len() {
            4 => format!("{text}-01-01T00:00:00Z"),
            7 => format!("{text}-01T00:00:00Z"),
            10 => format!("{text}T00:00:00Z"),
            16 => format!("{}:00Z", text.trim_end_matches('Z')),
            _ => return Err(error()),
        };
        full.parse::<jiff::Timestamp>().map(|instant| Self(instant.as_microsecond())).map_err(|_| error())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => instant.fmt(f),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn every_precision_of_a_warc_date_is_read() {
        for (text, expected) in [
            ("2024-05-18T01:58:10Z", "2024-05-18T01:58:10Z"),
            ("2024-05-18T01:58:10.123456Z", "2024-05-18T01:58:10.123456Z"),
            ("2024-05-18T01:58Z", "2024-05-18T01:58:00Z"),
            ("2024-05-18", "2024-05-18T00:00:00Z"),
            ("2024-05", "2024-05-01T00:00:00Z"),
            ("2024", "2024-01-01T00:00:00Z"),
        ] {
            assert_eq!(text.parse::<Timestamp>().map(|instant| instant.to_string()), Ok(expected.to_owned()), "{text}");
        }
        for text in ["", "yesterday", "2024-13-01T00:00:00Z", "20240518"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn arc_dates_are_read() {
        let read = |text| Timestamp::from_arc_date(text).map(|instant| instant.to_string());
        assert_eq!(read("20080430204825"), Ok("2008-04-30T20:48:25Z".to_owned()));
        assert_eq!(read("200804302048"), Ok("2008-04-30T20:48:00Z".to_owned()));
        assert!(read("2008").is_err());
        assert!(read("20081399000000").is_err());
    }
}

/// How many days a month has, which is counted from 1; none where there is no such month.
#[must_use]
pub const fn days_of_month(year: u16, month: u16) -> u16 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::days_of_month;

    #[test]
    fn february_is_longer_in_every_fourth_year_but_few() {
        assert_eq!([2023, 2024, 1900, 2000].map(|year| days_of_month(year, 2)), [28, 29, 28, 29]);
        assert_eq!([0, 1, 4, 12, 13].map(|month| days_of_month(2023, month)), [0, 31, 30, 31, 0]);
    }
}

//! Times of day.

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Formats the time of day in UTC, such as `14:03:09.120Z`.
pub(super) fn clock(time: i64) -> String {
    let ms = time.rem_euclid(DAY);
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    format!("{:02}:{:02}:{:02}.{ms:03}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_has_thirteen_columns() {
        assert_eq!(clock(0), "00:00:00.000Z");
        assert_eq!(clock(1_700_000_000_120), "22:13:20.120Z");
        assert_eq!(clock(-1), "23:59:59.999Z");
        assert!([i64::MIN, i64::MAX].iter().all(|time| clock(*time).len() == 13));
    }
}

//! Settings of sizes: of a segment, of the queue and of a batch.

use super::env::Source;
use super::{Config, Given};
use crate::config::policies::Overflow;
use crate::config::settings::{BATCH_BYTES_LIMIT, Settings};
use crate::error::Error;
use crate::queue::Budget;

const SPANS: &str = "SW_AGENT_SPAN_LIMIT";
const QUEUE_SEGMENTS: &str = "SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE";
const QUEUE_BYTES: &str = "SW_AGENT_MAX_QUEUE_BYTES";
const OVERFLOW: &str = "SW_AGENT_OVERFLOW";
const BATCH_SEGMENTS: &str = "SW_AGENT_MAX_BATCH_SEGMENTS";
const BATCH_BYTES: &str = "SW_AGENT_MAX_BATCH_BYTES";

impl Config {
    /// Sets how many spans a segment can have. Default: 300. Further spans are left out and counted
    /// in the segment.
    pub fn max_spans_per_segment(mut self, spans: u16) -> Self {
        self.settings.max_spans_per_segment = spans;
        self
    }

    /// Sets how many bytes of segments can wait for the reporter. Default: 16 MiB. Further segments
    /// are dropped and counted ([`overflow`](Config::overflow)).
    pub fn max_queue_bytes(mut self, bytes: usize) -> Self {
        self.settings.queue.bytes = bytes;
        self
    }

    /// Sets how many segments can wait for the reporter. Default: 50 000. Further segments are
    /// dropped and counted.
    pub fn max_queue_segments(mut self, segments: usize) -> Self {
        self.settings.queue.segments = segments;
        self
    }

    /// Sets which segments are dropped when more of them wait for the reporter than
    /// [`max_queue_bytes`](Config::max_queue_bytes) and
    /// [`max_queue_segments`](Config::max_queue_segments) allow. Default: [`Overflow::DropNewest`].
    ///
    /// Both cost the threads that end segments the same, and both count the segments as
    /// [`queue_full`](crate::stats::Dropped::queue_full).
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.settings.overflow = overflow;
        self
    }

    /// Sets how many segments are sent together. Default: 1000.
    pub fn max_batch_segments(mut self, segments: usize) -> Self {
        self.settings.batch.segments = segments;
        self
    }

    /// Sets at how many bytes of segments a batch is complete. Default: 4 MiB, at most 64 MiB. A
    /// batch exceeds this by less than one segment.
    pub fn max_batch_bytes(mut self, bytes: usize) -> Self {
        self.settings.batch.bytes = bytes;
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    let Settings { max_spans_per_segment, queue, overflow, batch, .. } = &mut config.settings;
    if let Some(given) = source.text(SPANS)? {
        *max_spans_per_segment = number(given)?;
    }
    for (name, limit) in [
        (QUEUE_SEGMENTS, &mut queue.segments),
        (QUEUE_BYTES, &mut queue.bytes),
        (BATCH_SEGMENTS, &mut batch.segments),
    ] {
        if let Some(given) = source.text(name)? {
            *limit = number(given)?;
        }
    }
    if let Some(given) = source.text(OVERFLOW)? {
        *overflow = parse_overflow(given)?;
    }
    if let Some(given) = source.text(BATCH_BYTES)? {
        let setting = given.setting;
        batch.bytes = number(given)?;
        check_batch_bytes(setting, batch.bytes)?;
    }
    Ok(())
}

fn parse_overflow(Given { text: value, setting }: Given) -> Result<Overflow, Error> {
    match value.trim().to_ascii_lowercase().as_str() {
        "newest" => Ok(Overflow::DropNewest),
        "oldest" => Ok(Overflow::DropOldest),
        _ => Err(Error::Overflow { setting, value }),
    }
}

/// Checks the settings of the builder. Those of variables were checked when they were parsed.
pub(super) fn check(settings: &Settings) -> Result<(), Error> {
    let Settings {
        max_spans_per_segment,
        max_segment_age,
        max_open_segments,
        queue: Budget { bytes, segments },
        batch,
        reported,
        ..
    } = settings;
    let limits = [
        ("Config::max_spans_per_segment", usize::from(*max_spans_per_segment)),
        ("Config::max_segment_age", usize::from(*max_segment_age != 0)),
        ("Config::max_open_segments", *max_open_segments),
        ("Config::max_queue_bytes", *bytes),
        ("Config::max_queue_segments", *segments),
        ("Config::max_batch_bytes", batch.bytes),
        ("Config::max_batch_segments", batch.segments),
        ("Config::max_log_queue_bytes", reported.log_queue_bytes),
    ];
    if let Some((setting, _)) = limits.into_iter().find(|(_, limit)| *limit == 0) {
        return Err(Error::ZeroLimit { setting });
    }
    check_batch_bytes("Config::max_batch_bytes", batch.bytes)
}

fn check_batch_bytes(setting: &'static str, value: usize) -> Result<(), Error> {
    if value > BATCH_BYTES_LIMIT {
        return Err(Error::LimitTooLarge { setting, value, most: BATCH_BYTES_LIMIT });
    }
    Ok(())
}

/// An integer type of a limit.
pub(super) trait Limit: TryFrom<usize> {
    /// The largest value.
    const MOST: usize;
}

impl Limit for u16 {
    const MOST: usize = Self::MAX as usize;
}

impl Limit for u32 {
    const MOST: usize = Self::MAX as usize;
}

impl Limit for usize {
    const MOST: usize = Self::MAX;
}

/// Parses a limit of at least 1.
pub(super) fn number<T: Limit>(Given { text: value, setting }: Given) -> Result<T, Error> {
    let Ok(limit) = value.trim().parse::<usize>() else {
        return Err(Error::NotANumber { setting, value });
    };
    if limit == 0 {
        return Err(Error::ZeroLimit { setting });
    }
    T::try_from(limit).map_err(|_| Error::LimitTooLarge { setting, value: limit, most: T::MOST })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_an_integer_of_at_least_1_in_the_range_of_its_type() {
        let number = |text: &str| number::<u16>(Given::new("S", text));
        assert_eq!((number(" 1 "), number("65535")), (Ok(1), Ok(65_535)));
        assert_eq!(number("0"), Err(Error::ZeroLimit { setting: "S" }));
        let error = Error::LimitTooLarge { setting: "S", value: 65_536, most: 65_535 };
        assert_eq!(number("65536"), Err(error));
        for wrong in ["-1", "1.5", "99999999999999999999", "ten"] {
            let error = Error::NotANumber { setting: "S", value: wrong.to_owned() };
            assert_eq!(number(wrong), Err(error), "{wrong}");
        }
    }

    #[test]
    fn overflow_is_newest_or_oldest() {
        let overflow = |text: &str| parse_overflow(Given::new("S", text));
        assert_eq!(overflow("newest"), Ok(Overflow::DropNewest));
        assert_eq!(overflow(" Oldest "), Ok(Overflow::DropOldest));
        assert_eq!(
            overflow("drop").unwrap_err().to_string(),
            "S: expected newest or oldest, found \"drop\""
        );
    }

    #[test]
    fn bytes_of_a_batch_are_at_most_64_mib() {
        let check = |bytes| Config::new("s").max_batch_bytes(bytes).check().map(drop);
        assert_eq!(check(64 * 1024 * 1024), Ok(()));
        assert!(matches!(
            check(64 * 1024 * 1024 + 1),
            Err(Error::LimitTooLarge { setting: "Config::max_batch_bytes", .. })
        ));
    }
}

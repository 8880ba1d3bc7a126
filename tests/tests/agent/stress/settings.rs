//! Random settings of an agent, mostly with low limits.

use std::time::Duration;

use skywalking_runtime::redact::Field;
use skywalking_runtime::{
    Config,
    config::{Cancelled, Reporter, Sampling, TailSampling},
    span,
};
use skywalking_tests::random::Random;

use super::requests::{PANIC, PART};

pub(crate) fn draw(random: &mut Random) -> Config {
    let mut config = Config::new("stress").reporter(Reporter::Discard);
    if random.one_in(2) {
        config = config.cancelled(Cancelled::Error);
    }
    config = match random.below(4) {
        0 => config.sampling(Sampling::rate(0.3)),
        1 => config.sampling(Sampling::per_3_secs(50)),
        // A sampler that opens spans itself.
        2 => config.sampling(Sampling::custom(|name: &str| {
            span(&PART).run(|| ());
            name.len().is_multiple_of(2)
        })),
        _ => config,
    };
    if random.one_in(2) {
        config = config.tail_sampling(
            TailSampling::errors()
                .slower_than(Duration::from_micros(50))
                .max_buffer_bytes(1 + random.below(20_000)),
        );
    }
    if random.one_in(2) {
        config = config.redact(|_: Field<'_>, text: &str| {
            assert!(text != PANIC, "{PANIC}");
            None
        });
    }
    config = match random.below(3) {
        0 => config.max_spans_per_segment(1 + u16::from(random.few(5))),
        1 => config.max_queue_segments(1 + random.below(50)),
        _ => config,
    };
    if random.one_in(3) {
        config = config.max_segment_age(Duration::from_millis(1 + random.below(5) as u64));
    }
    if random.one_in(3) {
        config = config.max_open_segments(1 + random.below(5));
    }
    if random.one_in(3) {
        config = config.max_queue_bytes(2_000 + random.below(50_000));
    }
    config
}

//! Random programs of spans, run beside a plain model that is told in words which span each step belongs to and computes what must come
//! out. The tracer finds the same by its slot, its frames and its guards alone; nothing may differ.
//!
//! `plan` draws a program from a seed, `real` runs it, `plain` is the model. A failure names the seed; `MODEL_SEED=n` runs that one alone,
//! `MODEL_PROGRAMS=n` that many.

mod plain;
mod plan;
mod real;

use skywalking_runtime::testing;

/// Programs on each landing.
const PROGRAMS: u64 = 10_000;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no whole number")))
}

#[test]
fn random_programs_make_the_spans_of_the_model() {
    std::panic::set_hook(Box::new(|info| {
        if !info.payload().is::<plan::Planned>() {
            eprintln!("{info}");
        }
    }));
    let seeds = match number("MODEL_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("MODEL_PROGRAMS").unwrap_or(PROGRAMS),
    };
    let mut spans = 0;
    for seed in seeds {
        let tasks = plan::program(seed);
        let mut expected = plain::Flat::new();
        let trees = testing::run(|| expected = real::run(seed, &tasks));
        assert!(testing::is_idle(), "seed {seed} leaves a segment behind: {tasks:#?}");
        let found = plain::flat(&trees);
        assert!(found == expected, "seed {seed}, of {tasks:#?}:\n{}", plain::differences(&found, &expected));
        spans += found.len();
    }
    assert!(spans > 0);
    println!("{spans} spans");
}

//! Random programs of spans, compared with a model. Each step of a program explicitly updates the
//! place in the model, while the tracer finds the current span by itself. The reported spans must
//! be those of the model.
//!
//! `plan` generates a program from a seed. `executor` runs its tasks on three threads, one at a
//! time. `async_steps` runs the acts of tasks, `sync_steps` those of synchronous code, `headers`
//! compares headers, and `resumable` handles spans that are entered several times. `reference` is
//! the model, `compare` compares the results, and `shrink` minimizes a failing program. A failure
//! prints the seed. `MODEL_SEED=n` runs only this one. `MODEL_PROGRAMS=n` runs this number of
//! programs, and `MODEL_FROM=n` starts at this seed.

mod async_steps;
mod compare;
mod executor;
mod headers;
mod plan;
mod reference;
mod resumable;
mod shrink;
mod sync_steps;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use skywalking_runtime::testing::Test;
use skywalking_runtime::{
    Agent, Config,
    config::Reporter,
    stats::{self, Report, Stats},
};

use executor::{Executor, Workers};
use plan::Act;
use reference::Model;

/// The number of programs in a normal run.
const PROGRAMS: u64 = 10_000;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is not an integer")))
}

#[test]
fn random_programs_report_the_spans_of_the_model() {
    std::panic::set_hook(Box::new(|info| {
        if !info.payload().is::<plan::Planned>() {
            eprintln!("{info}");
        }
    }));
    let from = number("MODEL_FROM").unwrap_or(1);
    let seeds = match number("MODEL_SEED") {
        Some(seed) => seed..=seed,
        None => from..=from + number("MODEL_PROGRAMS").unwrap_or(PROGRAMS) - 1,
    };
    let (programs, mut spans, mut segments) = (seeds.clone().count(), 0, 0);
    let mut running: Option<Running> = None;
    for seed in seeds {
        if running.as_ref().is_none_or(|running| running.settings != settings(seed)) {
            if let Some(before) = running.take() {
                before.end();
            }
            running = Some(Running::start(seed));
        }
        if let Some(running) = &running {
            let tasks = plan::program(seed);
            match running.program(seed, &tasks) {
                Ok(made) => {
                    spans += made.0;
                    segments += made.1;
                }
                Err(fault) => {
                    let (tasks, fault) =
                        shrink::smallest(tasks, fault, |tasks| running.program(seed, tasks).err());
                    panic!("seed {seed}, of {tasks:#?}:\n{fault}");
                }
            }
        }
    }
    if let Some(last) = running {
        last.end();
    }
    println!("{programs} programs, {segments} segments, {spans} spans, 0 differences");
}

/// Returns a number for each program. Consecutive programs with the same number share a tracer.
fn settings(seed: u64) -> u64 {
    seed / plan::SAME_SETTINGS
}

/// A tracer, and the threads in addition to the test's own.
struct Running {
    settings: u64,
    agent: Agent,
    workers: Workers,
    before: Stats,
}

impl Running {
    fn start(seed: u64) -> Self {
        let before = stats::read();
        let config = Config::new("model")
            .instance("one")
            .max_spans_per_segment(plan::span_limit(seed))
            .max_segment_age(sync_steps::MAX_AGE)
            .reporter(Reporter::Discard);
        let agent = config.start().expect("no other agent runs");
        Self { settings: settings(seed), agent, workers: Workers::start(), before }
    }

    /// Runs one program. Returns the number of its spans and segments, or the differences. A
    /// violation of the protocol makes `testing` panic, which is a difference too.
    fn program(&self, seed: u64, tasks: &[Vec<Act>]) -> Result<(usize, u64), String> {
        catch_unwind(AssertUnwindSafe(|| self.compared(seed, tasks))).unwrap_or_else(|payload| {
            match payload.downcast::<String>() {
                Ok(fault) => Err(*fault),
                Err(payload) => resume_unwind(payload),
            }
        })
    }

    fn compared(&self, seed: u64, tasks: &[Vec<Act>]) -> Result<(usize, u64), String> {
        let before = stats::read();
        let samples = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&samples);
        let mut ran = None;
        let trees = Test::new().sampler(move |_| asked.load(Ordering::SeqCst)).run(|| {
            let executor = Executor::new(Model::new(plan::span_limit(seed)), samples);
            for acts in tasks {
                executor.spawn(async_steps::run_acts(executor.clone(), acts.clone()), None);
            }
            let (sent, faults) = executor.run(seed, &self.workers);
            if !executor.model().handles.is_empty() {
                // Otherwise the reporter would check pending segments only at its next tick.
                self.agent.flush(Duration::from_secs(10));
            }
            ran = Some((executor, sent, faults));
        });
        let (executor, sent, mut faults) = ran.expect("it ran");
        let (expected, found) = (compare::expected(&executor.model()), compare::found(&trees));
        faults.push(compare::differences(&found, &expected));
        let places = compare::places(&trees);
        for (segment, span, number) in sent {
            let name = places.get(&(&*segment, span));
            if name.map(|name| name.split(',').next())
                != Some(Some(&executor.model().spans[number].name))
            {
                faults.push(format!(
                    "a header has span {span} of {segment}, which is {name:?}, instead of {}",
                    executor.model().spans[number].name
                ));
            }
        }
        let after = stats::read();
        for (reason, count) in after.diagnostics() {
            let (counted, expected) = (
                count - before.count(reason),
                executor.model().counts.get(reason.as_str()).copied().unwrap_or(0),
            );
            if counted != expected {
                faults.push(format!(
                    "{} was counted {counted} times instead of {expected}",
                    reason.as_str()
                ));
            }
        }
        let parts = |model: &Model| {
            model
                .segments
                .iter()
                .flat_map(|segment| &segment.parts)
                .filter(|part| !part.places.is_empty())
                .count()
        };
        let segments = parts(&executor.model()) as u64;
        let (opened, finished) = (after.opened - before.opened, after.finished - before.finished);
        if (opened, finished, after.open) != (segments, segments, 0) {
            faults.push(format!("{opened} segments opened and {finished} finished instead of {segments}, {} still open", after.open));
        }
        let faults = faults.join("\n");
        if faults.trim().is_empty() { Ok((found.len(), segments)) } else { Err(faults) }
    }

    /// Checks that every segment is counted.
    fn end(self) {
        drop(self.workers);
        let Report { sent, dropped, stats, .. } = self.agent.shutdown(Duration::from_secs(10));
        let (opened, finished) =
            (stats.opened - self.before.opened, stats.finished - self.before.finished);
        assert_eq!((opened, finished), (finished, sent + dropped.total()), "{stats:?}");
        assert_eq!((stats.open, stats.queued, stats.in_flight), (0, 0, 0), "{stats:?}");
        assert_eq!(dropped.total(), 0, "{dropped:?}");
    }
}

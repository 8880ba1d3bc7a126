//! Runs the threads of the queue and the reporter in every interleaving, with loom: `cargo run
//! --release`, optionally with names of [`cases`] behind `--`.
//!
//! The files under test are the runtime's own. `util::sync` replaces the atomics, locks and cells
//! of the standard library by those of loom. `trace`, `report` and `config` replace the other
//! modules that these files use. A case fails with a panic that shows the interleaving. The README
//! lists all other shared state, and why it needs no case.
#![allow(dead_code, unused_imports, reason = "only a part of the runtime's files is called")]
#![allow(
    unfulfilled_lint_expectations,
    reason = "the runtime expects these lints in its own build"
)]

mod cases;
mod config;
#[path = "../../../skywalking-runtime/src/observer/off.rs"]
mod observer;
mod queue;
mod report;
mod sampling;
mod span;
mod trace;
mod util;

use std::time::Instant;

/// The limit of preemptions in an interleaving. With this limit each ordering that was weakened on
/// purpose failed.
const PREEMPTIONS: usize = 5;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for (name, case) in cases::ALL {
        if wanted.is_empty() || wanted.iter().any(|wanted| name == wanted) {
            let began = Instant::now();
            let mut builder = loom::model::Builder::new();
            builder.preemption_bound = Some(PREEMPTIONS);
            builder.max_branches = 100_000;
            builder.check(*case);
            println!("{name}: holds, {:.1} s", began.elapsed().as_secs_f64());
        }
    }
}

//! Every order in which the threads of the way out can get in each other's way, tried by loom:
//! `cargo run --release`, or with the names of some of the [`cases`] behind `--`.
//!
//! The files under test are the runtime's own; `util::sync` puts loom's atomics, locks and cells in place
//! of the standard library's, and `trace`, `report` and `config` what those files know of others. A
//! case that fails says so by a panic, with the order that led there. What threads share beside
//! that, and why it needs no case, is in the README.
#![allow(dead_code, unused_imports, reason = "of the runtime's files only a part is called")]
#![allow(unfulfilled_lint_expectations, reason = "what the runtime expects of its own build")]

mod cases;
mod config;
mod queue;
mod report;
mod sampling;
mod span;
mod trace;
mod util;

use std::time::Instant;

/// Switches from one thread to another that no thread asked for: enough that each ordering failed
/// that was weakened to see whether it does.
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

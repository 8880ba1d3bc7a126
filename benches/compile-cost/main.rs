//! Measures the build cost of 1 000 annotated functions, for ours and the peers in one run. Prints
//! a table for `docs/compile-cost.md`.
//!
//! `cargo run -p skywalking-benches --bin compile-cost -- [check] [dev] [release] [ROUNDS]`. The
//! default is all three jobs and three rounds. The first run needs the network for the peers.
//! Dependencies are built first. Then each round compiles each crate alone, one after the other.
//! The table has the medians of the rounds.

mod crates;
mod measure;

use std::error::Error;
use std::path::Path;

use crates::VARIANTS;
use measure::{Cost, Job};

const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut jobs, mut rounds) = (Vec::new(), ROUNDS);
    for argument in std::env::args().skip(1) {
        match Job::ALL.into_iter().find(|job| job.argument() == argument) {
            Some(job) => jobs.push(job),
            None => {
                rounds = argument.parse().map_err(|_| {
                    format!("`{argument}` is not check, dev, release or a number of rounds")
                })?;
            }
        }
    }
    if jobs.is_empty() {
        jobs.extend(Job::ALL);
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("the benches are not in a workspace")?;
    let root = workspace.join("target").join("compile-cost");
    crates::write(&root, &workspace.join("skywalking-runtime"))?;

    // The first build compiles everything. From here on, only touched packages are compiled.
    for &job in &jobs {
        for variant in &VARIANTS {
            measure::run(&root, job, variant.package)?;
        }
    }
    let mut costs = vec![Vec::with_capacity(rounds); jobs.len() * VARIANTS.len()];
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for (at, &job) in jobs.iter().enumerate() {
            for (column, variant) in VARIANTS.iter().enumerate() {
                measure::touch(&root, variant.package)?;
                costs[at * VARIANTS.len() + column].push(measure::run(
                    &root,
                    job,
                    variant.package,
                )?);
            }
        }
    }

    println!(
        "| | {} | ours / the cheaper peer | with `no_err` |",
        VARIANTS.map(|variant| variant.shown).join(" | ")
    );
    println!("| --- |{}", " ---: |".repeat(VARIANTS.len() + 2));
    for (costs, &job) in costs.chunks(VARIANTS.len()).zip(&jobs) {
        row(
            &format!("{}, CPU s", job.shown()),
            &costs.iter().map(|costs| median(costs, |cost| cost.cpu)).collect::<Vec<_>>(),
            2,
        );
        row(
            &format!("{}, wall s", job.shown()),
            &costs.iter().map(|costs| median(costs, |cost| cost.wall)).collect::<Vec<_>>(),
            2,
        );
    }
    for &job in jobs.iter().filter(|job| **job != Job::Check) {
        let sizes = VARIANTS
            .iter()
            .map(|variant| measure::sizes(&root, job, variant.package))
            .collect::<Result<Vec<_>, _>>()?;
        row(
            &format!("{}, KiB", job.shown()),
            &sizes.iter().map(|(size, _)| kib(*size)).collect::<Vec<_>>(),
            0,
        );
        let stripped: Option<Vec<_>> =
            sizes.iter().map(|(_, stripped)| stripped.map(kib)).collect();
        if let Some(stripped) = stripped {
            row(&format!("{}, stripped, KiB", job.shown()), &stripped, 0);
        }
    }
    Ok(())
}

/// Prints a row of the table: the values, and the ratio of ours to the cheaper peer.
fn row(name: &str, values: &[f64], digits: usize) {
    let cells: Vec<_> = values.iter().map(|value| format!("{value:.digits$}")).collect();
    let cheaper = values.iter().skip(3).copied().fold(f64::INFINITY, f64::min);
    let ratio = |ours: usize| values.get(ours).map_or(f64::NAN, |ours| ours / cheaper);
    println!("| {name} | {} | {:.2} | {:.2} |", cells.join(" | "), ratio(1), ratio(2));
}

fn median(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let mut values: Vec<_> = costs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Sizes are far below the largest integer that a float represents exactly.
#[expect(clippy::cast_precision_loss, reason = "a binary of less than 8 PiB")]
fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1_024.0
}

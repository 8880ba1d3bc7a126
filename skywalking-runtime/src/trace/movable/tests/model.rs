//! Random programs beside a plain model. Threads take turns, so the model knows the exact trees.
//!
//! A program enters and leaves spans in any order on one to four threads, below and around
//! annotated functions. `MOVABLE_PROGRAMS` sets how many programs run, `MOVABLE_FROM` the first
//! seed, and `MOVABLE_SECONDS` the most time.

mod plain;
mod program;
mod threads;

use std::fmt::Write as _;
use std::str::FromStr;
use std::time::{Duration, Instant};

use self::plain::Plain;
use self::program::Op;
use self::threads::Threads;
use crate::testing::{self, Span, Tree};
use crate::trace::movable::tests::agent;

/// How many programs run in one test, whose segments are collected at once.
const BATCH: u64 = 100;

fn setting<T: FromStr>(name: &str, default: T) -> T {
    let Ok(text) = std::env::var(name) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
}

/// Renders a span: children of its segment in their order, then other segments, sorted.
fn render(span: &Span, depth: usize, out: &mut String) {
    let mut tags: Vec<_> = span.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    tags.sort();
    let error = if span.is_error { " ERROR" } else { "" };
    let reference = if span.refs.is_empty() { "" } else { " ref" };
    let indent = " ".repeat(depth);
    let _ = writeln!(out, "{indent}{}{reference}{error} {}", span.name, tags.join(","));
    let is_inside = |child: &&Span| child.segment_id == span.segment_id;
    for child in span.children.iter().filter(is_inside) {
        render(child, depth + 1, out);
    }
    let mut others: Vec<_> = span
        .children
        .iter()
        .filter(|child| !is_inside(child))
        .map(|child| {
            let mut text = String::new();
            render(child, depth + 1, &mut text);
            text
        })
        .collect();
    others.sort();
    *out += &others.concat();
}

fn trees_of(trees: &[Tree], program: u64) -> Vec<String> {
    let prefix = format!("p{program}.");
    let own = trees.iter().filter(|tree| tree.root.name.starts_with(&prefix));
    let mut texts: Vec<_> = own
        .map(|tree| {
            let mut text = String::new();
            render(&tree.root, 0, &mut text);
            text
        })
        .collect();
    texts.sort();
    texts
}

/// Runs a program, and returns its operations and the model after it.
fn run(seed: u64, threads: &Threads) -> (Vec<(usize, Op)>, Plain) {
    let mut model = Plain::new(seed);
    let mut program = program::Program::new(seed);
    let mut done = Vec::new();
    while let Some((thread, op)) = program.next(&model) {
        threads.run(thread, op.clone(), seed);
        model.run(thread, &op);
        done.push((thread, op));
    }
    threads.end(seed);
    (done, model)
}

#[test]
fn random_programs_record_the_trees_of_the_model() {
    let _agent = agent();
    let first = setting("MOVABLE_FROM", 1_u64);
    let end = first + setting("MOVABLE_PROGRAMS", 2_000_u64);
    let limit = Duration::from_secs(setting("MOVABLE_SECONDS", 3_600));
    let (began, mut segments, mut visits) = (Instant::now(), 0, 0);
    let mut at = first;
    while at < end && began.elapsed() < limit {
        let batch = at..(at + BATCH).min(end);
        let mut ran = Vec::new();
        let trees = testing::run(|| {
            let threads = Threads::start(program::THREADS);
            ran = batch.clone().map(|seed| (seed, run(seed, &threads))).collect();
        });
        for (seed, (ops, model)) in ran {
            let (expected, found) = (model.trees(), trees_of(&trees, seed));
            assert!(
                expected == found,
                "seed {seed} (MOVABLE_FROM={seed} MOVABLE_PROGRAMS=1)\n{ops:#?}\nexpected\n{}\nfound\n{}",
                expected.concat(),
                found.concat()
            );
            let (all, of_visits) = model.counts();
            segments += all;
            visits += of_visits;
        }
        at = batch.end;
    }
    assert!(segments > 0 && (end - first < 100 || visits > 0));
    println!("{} programs, {segments} segments, {visits} of them visits", at - first);
}

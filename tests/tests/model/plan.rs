//! A program, generated from a seed: only its steps, not their results.

use skywalking_tests::random::Random;

/// The panic that a program raises and catches.
#[derive(Debug)]
pub(crate) struct Planned;

/// The kinds of callsites that programs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    Entry,
    /// The callsite of an integration, whose values are defaults when it merges.
    EntryFallback,
    Exit,
    ExitFallback,
    /// It sets its address when it opens.
    ExitAt,
    Local,
}

impl Site {
    /// Returns the peer of its exits.
    pub(crate) const fn peer(self) -> &'static str {
        match self {
            Self::Exit => "peer:1",
            Self::ExitFallback => "peer:2",
            Self::ExitAt => "peer:3",
            Self::Entry | Self::EntryFallback | Self::Local => "",
        }
    }
}

/// The function that opens a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenedBy {
    /// `SpanBuilder::run`.
    Run,
    /// A child guard that drops at the end of the body.
    Guard,
    /// `ResumableSpan`, with one step for each part of the body.
    Steps,
    /// `SpanBuilder::ignore`.
    Ignored,
}

/// The index of a stored object, modulo their number. Without objects, none is used.
pub(crate) type Index = usize;

/// A step of synchronous code.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// May read one of the sent messages.
    Span(OpenedBy, Site, Option<Index>, Vec<Step>),
    /// Guards of these sites, which drop in this order.
    Loose(Vec<Site>, Vec<usize>),
    /// Continues on another thread.
    Thread(Vec<Step>),
    /// Another thread runs other work.
    Aside(Vec<Step>),
    /// Stores a snapshot of the current span.
    Capture,
    /// Continues from a stored snapshot.
    GoOn(Index, Vec<Step>),
    /// Stores a message with the headers of the current span.
    Inject,
    /// Puts or removes values of these keys in the correlation context.
    Put(Vec<(&'static str, Value)>),
    /// Turns the recording of new roots on or off.
    Sample(bool),
    /// Detaches the current span to a handle, and stores the handle.
    Detach,
    /// Uses a stored handle.
    Handle(Index, HandleOperation),
    /// Makes all open segments too old.
    GrowOld,
    /// Adds more than half of the maximum entries of a segment.
    Outgrow,
    Tag,
    Fail,
    /// Catches panics of its steps.
    Catch(Vec<Step>),
    Panic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Another,
    None,
    /// Longer than the limit.
    TooLong,
}

/// One key more than the limit.
pub(crate) const KEYS: [&str; 5] = ["tenant", "user", "build", "region", "more"];

/// An operation of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandleOperation {
    Tag,
    Failed,
    Finish,
    Drop,
}

/// How a resumable span ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Finished,
    Cancelled,
    Dropped,
}

/// An act of a task.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Do(Step),
    Yield,
    /// A future with a span.
    Span(Site, Option<Index>, Vec<Act>),
    /// As `Span`, polled this number of times and then dropped.
    Cancel(Site, u8, Vec<Act>),
    /// As `Span`, polled this number of times. Then the executor or another task continues it.
    Part(Site, u8, ContinuedBy, Vec<Act>),
    /// Awaits a future that another task started.
    Adopt(Index),
    /// A resumable span that yields between its steps.
    Steps(Site, Vec<Step>, Ends),
    /// A stream with a span, and its acts for each item. This number of items is read, with a step
    /// in between.
    Stream(Site, Vec<Vec<Act>>, usize),
    /// A future without a span. Its request is ignored.
    Ignored(Vec<Act>),
    /// `.traced`, awaited immediately.
    InPlace(Vec<Act>),
    /// A future that continues from a stored snapshot.
    GoOn(Index, Vec<Act>),
    /// Runs all concurrently.
    Join(Vec<Vec<Act>>),
    /// Spawns a task that continues the current span, or not. It may be aborted after this number
    /// of polls.
    Spawn(SpawnedTask, Option<u8>, Vec<Act>),
    /// A value whose destructor runs these steps, at the end of the enclosing scope.
    AtDrop(Vec<Step>),
    /// Catches panics in a poll, and drops the future.
    Catch(Vec<Act>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpawnedTask {
    Continues,
    Unrelated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContinuedBy {
    Executor,
    Adopters,
}

/// Consecutive programs share a tracer, so these settings rarely change.
pub(crate) const SAME_SETTINGS: u64 = 64;

/// Returns the span limit of the program with this number.
pub(crate) fn span_limit(seed: u64) -> u16 {
    match (seed / SAME_SETTINGS) % 4 {
        1 => 4,
        2 => 12,
        _ => 300,
    }
}

/// Returns the first tasks of the program with this number.
pub(crate) fn program(seed: u64) -> Vec<Vec<Act>> {
    let mut random = Random::new(seed + 1);
    let tasks = 1 + random.below(3);
    // Most programs are small, so that a failure is readable.
    let depth = 5 - random.below(4).min(random.below(4));
    (0..tasks).map(|_| acts(&mut random, depth)).collect()
}

fn site(random: &mut Random) -> Site {
    [Site::Entry, Site::EntryFallback, Site::Exit, Site::ExitFallback, Site::ExitAt, Site::Local]
        [random.below(6)]
}

/// Generates the site of a guard, which only has the values of its callsite.
fn guard(random: &mut Random) -> Site {
    let site = site(random);
    if site == Site::ExitAt { Site::Exit } else { site }
}

/// Generates the message to read, only for an Entry.
fn message(random: &mut Random, site: Site) -> Option<Index> {
    let read = random.one_in(3).then(|| random.below(8));
    read.filter(|_| matches!(site, Site::Entry | Site::EntryFallback))
}

fn acts(random: &mut Random, depth: usize) -> Vec<Act> {
    (0..=random.below(4)).map(|_| act(random, depth)).collect()
}

fn act(random: &mut Random, depth: usize) -> Act {
    let bound = if depth > 6 { 4 } else { 26 };
    match random.below(bound) {
        0 | 1 => Act::Yield,
        2 | 3 => Act::Do(step(random, depth)),
        4..=8 => {
            let site = site(random);
            Act::Span(site, message(random, site), acts(random, depth + 1))
        }
        9 => Act::Cancel(site(random), random.few(4), acts(random, depth + 1)),
        10 | 11 => {
            let others =
                if random.one_in(2) { ContinuedBy::Executor } else { ContinuedBy::Adopters };
            Act::Part(site(random), random.few(3), others, acts(random, depth + 1))
        }
        12 => Act::Adopt(random.below(8)),
        13 | 14 => {
            let ends =
                [Ends::Finished, Ends::Finished, Ends::Cancelled, Ends::Dropped][random.below(4)];
            Act::Steps(site(random), steps(random, depth + 1), ends)
        }
        15 => {
            let items = (0..random.below(4)).map(|_| acts(random, depth + 2)).collect();
            Act::Stream(
                [Site::Entry, Site::Exit, Site::Local][random.below(3)],
                items,
                random.below(5),
            )
        }
        16 => Act::Ignored(acts(random, depth + 1)),
        17 => Act::InPlace(acts(random, depth + 1)),
        18 => Act::GoOn(random.below(8), acts(random, depth + 1)),
        19 | 20 => Act::Join((0..2 + random.below(2)).map(|_| acts(random, depth + 1)).collect()),
        21..=23 => {
            let going =
                if random.below(3) > 0 { SpawnedTask::Continues } else { SpawnedTask::Unrelated };
            let aborted = random.one_in(4).then(|| random.few(4));
            Act::Spawn(going, aborted, acts(random, depth + 1))
        }
        24 => Act::AtDrop(harmless(random, depth + 1)),
        _ => {
            let mut body = acts(random, depth + 1);
            match random.below(3) {
                0 => {}
                1 => body.push(Act::Do(Step::Panic)),
                _ => body.push(Act::Span(site(random), None, vec![Act::Do(Step::Panic)])),
            }
            Act::Catch(body)
        }
    }
}

fn steps(random: &mut Random, depth: usize) -> Vec<Step> {
    (0..random.below(4)).map(|_| step(random, depth)).collect()
}

/// Generates the steps of a destructor. None of them panics, since it may run during a panic.
fn harmless(random: &mut Random, depth: usize) -> Vec<Step> {
    (0..=random.below(2))
        .map(|_| match random.below(4) {
            0 => Step::Tag,
            1 | 24 => Step::Inject,
            _ => {
                let site = site(random);
                Step::Span(
                    OpenedBy::Run,
                    site,
                    message(random, site),
                    if depth > 6 { Vec::new() } else { harmless(random, depth + 1) },
                )
            }
        })
        .collect()
}

/// Generates enough of them to exceed the limit.
fn put(random: &mut Random) -> Step {
    let pairs = (0..=random.below(6)).map(|_| {
        let value = match random.below(8) {
            0 => Value::TooLong,
            1 | 2 => Value::None,
            _ => Value::Another,
        };
        (KEYS[random.below(KEYS.len())], value)
    });
    Step::Put(pairs.collect())
}

fn step(random: &mut Random, depth: usize) -> Step {
    let bound = if depth > 6 { 8 } else { 25 };
    match random.below(bound) {
        1 => Step::Inject,
        2 => Step::Capture,
        3 => Step::Fail,
        4 => {
            let sites: Vec<Site> = (0..2 + random.below(3)).map(|_| guard(random)).collect();
            let mut order: Vec<usize> = (0..sites.len()).collect();
            for at in (1..order.len()).rev() {
                order.swap(at, random.below(at + 1));
            }
            Step::Loose(sites, order)
        }
        6 => Step::Detach,
        7 => Step::Handle(
            random.below(8),
            [
                HandleOperation::Tag,
                HandleOperation::Failed,
                HandleOperation::Finish,
                HandleOperation::Drop,
            ][random.below(4)],
        ),
        22 if random.one_in(8) => Step::Outgrow,
        21 if random.one_in(2) => Step::GrowOld,
        5 if random.one_in(3) => Step::Sample(random.below(3) > 0),
        at @ (8..=10 | 13 | 14) => {
            let site = site(random);
            Step::Span(
                if at < 11 { OpenedBy::Run } else { OpenedBy::Steps },
                site,
                message(random, site),
                steps(random, depth + 1),
            )
        }
        23 => put(random),
        11 | 12 => Step::Span(OpenedBy::Guard, guard(random), None, steps(random, depth + 1)),
        15 => Step::Span(OpenedBy::Ignored, site(random), None, steps(random, depth + 1)),
        16 if random.one_in(6) => Step::Thread(steps(random, depth + 1)),
        17 if random.one_in(6) => Step::Aside(steps(random, depth + 1)),
        18 | 19 => Step::GoOn(random.below(8), steps(random, depth + 1)),
        20 => {
            let mut body = steps(random, depth + 1);
            if random.one_in(2) {
                body.push(Step::Span(OpenedBy::Run, site(random), None, vec![Step::Panic]));
            }
            Step::Catch(body)
        }
        _ => Step::Tag,
    }
}

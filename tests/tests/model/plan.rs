//! A program, drawn from a seed: what it does, and not yet what comes of it.

use skywalking_tests::random::Random;

/// The panic that a program throws and catches itself.
#[derive(Debug)]
pub(crate) struct Planned;

/// The kinds of callsites that programs open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    Entry,
    /// An integration's, which yields where it merges.
    EntryFallback,
    Exit,
    ExitFallback,
    /// It says its address when it opens.
    ExitAt,
    Local,
}

impl Site {
    /// Whom its exits call.
    pub(crate) const fn peer(self) -> &'static str {
        match self {
            Self::Exit => "peer:1",
            Self::ExitFallback => "peer:2",
            Self::ExitAt => "peer:3",
            Self::Entry | Self::EntryFallback | Self::Local => "",
        }
    }
}

/// By which call a span is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `SpanBuilder::run`.
    Run,
    /// A child guard, which drops at the end of the body.
    Guard,
    /// `ResumableSpan`, a step for each part of the body.
    Steps,
    /// `SpanBuilder::ignore`.
    Ignored,
}

/// Which of the things that were put aside, counted round; none if there is none.
pub(crate) type Which = usize;

/// What code that never waits does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// It may read one of the messages that were sent.
    Span(How, Site, Option<Which>, Vec<Step>),
    /// Guards of these sites, which drop in this order.
    Loose(Vec<Site>, Vec<usize>),
    /// Goes on in another thread.
    Thread(Vec<Step>),
    /// Something else is done by another thread.
    Aside(Vec<Step>),
    /// Puts aside a snapshot of where it is.
    Capture,
    /// Goes on from one that was put aside.
    GoOn(Which, Vec<Step>),
    /// Puts aside a message with the headers of where it is.
    Inject,
    /// Sends values along under these keys, or removes them.
    Put(Vec<(&'static str, Value)>),
    /// From now on roots are recorded, or not.
    Sample(bool),
    /// Takes the end of the span at hand into a handle, which is put aside.
    Detach,
    /// Says something by such a handle.
    Handle(Which, Says),
    /// What is open is too old from now on.
    GrowOld,
    /// Says more than half of what a segment takes.
    Outgrow,
    Tag,
    Fail,
    /// Catches what panics inside.
    Catch(Vec<Step>),
    Panic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Another,
    None,
    /// Longer than one may be.
    TooLong,
}

/// One more than may go along.
pub(crate) const KEYS: [&str; 5] = ["tenant", "user", "build", "region", "more"];

/// What is said by a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Tag,
    Failed,
    Finish,
    Drop,
}

/// How a span that is worked on in steps ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Finished,
    Cancelled,
    Dropped,
}

/// What a task does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Do(Step),
    Yield,
    /// A future with a span.
    Span(Site, Option<Which>, Vec<Act>),
    /// The same, polled so often and then dropped.
    Cancel(Site, u8, Vec<Act>),
    /// The same, polled so often and then given to others: to the executor, or to whoever adopts
    /// it.
    Part(Site, u8, Others, Vec<Act>),
    /// Awaits a future that was begun elsewhere.
    Adopt(Which),
    /// A span that is worked on in steps, with a wait between any two.
    Steps(Site, Vec<Step>, Ends),
    /// A stream with a span: what it does for each item. So many are read, with a step between any
    /// two.
    Stream(Site, Vec<Vec<Act>>, usize),
    /// A future without a span, whose request is left out.
    Ignored(Vec<Act>),
    /// `.traced` and awaited at once.
    InPlace(Vec<Act>),
    /// A future that goes on from a snapshot that was put aside.
    GoOn(Which, Vec<Act>),
    /// All at the same time.
    Join(Vec<Vec<Act>>),
    /// Another task, which goes on from here or knows nothing of it. It may be aborted after so
    /// many polls.
    Spawn(Going, Option<u8>, Vec<Act>),
    /// Something whose destructor does this, at the end of what is around it.
    AtDrop(Vec<Step>),
    /// Catches what panics in a poll, and drops the future.
    Catch(Vec<Act>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Going {
    On,
    Alone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    Executor,
    Adopters,
}

/// Programs that follow each other share a tracer, so these settings change only now and then.
pub(crate) const SAME_SETTINGS: u64 = 64;

/// The span limit of the program with this number.
pub(crate) fn span_limit(seed: u64) -> u16 {
    match (seed / SAME_SETTINGS) % 4 {
        1 => 4,
        2 => 12,
        _ => 300,
    }
}

/// The first tasks of the program with this number.
pub(crate) fn program(seed: u64) -> Vec<Vec<Act>> {
    let mut random = Random::new(seed + 1);
    let tasks = 1 + random.below(3);
    // Most programs are small, so that what fails can be read.
    let depth = 5 - random.below(4).min(random.below(4));
    (0..tasks).map(|_| acts(&mut random, depth)).collect()
}

fn site(random: &mut Random) -> Site {
    [Site::Entry, Site::EntryFallback, Site::Exit, Site::ExitFallback, Site::ExitAt, Site::Local]
        [random.below(6)]
}

/// Of a guard, which has what its callsite says.
fn guard(random: &mut Random) -> Site {
    let site = site(random);
    if site == Site::ExitAt { Site::Exit } else { site }
}

/// A message to read, for an Entry: no other is made by one.
fn message(random: &mut Random, site: Site) -> Option<Which> {
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
            let others = if random.one_in(2) { Others::Executor } else { Others::Adopters };
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
            let going = if random.below(3) > 0 { Going::On } else { Going::Alone };
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

/// What a destructor does: nothing that panics, even if it is caught, since it may run in a panic.
fn harmless(random: &mut Random, depth: usize) -> Vec<Step> {
    (0..=random.below(2))
        .map(|_| match random.below(4) {
            0 => Step::Tag,
            1 | 24 => Step::Inject,
            _ => {
                let site = site(random);
                Step::Span(
                    How::Run,
                    site,
                    message(random, site),
                    if depth > 6 { Vec::new() } else { harmless(random, depth + 1) },
                )
            }
        })
        .collect()
}

/// Often enough of them that there is no room for more.
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
            [Says::Tag, Says::Failed, Says::Finish, Says::Drop][random.below(4)],
        ),
        22 if random.one_in(8) => Step::Outgrow,
        21 if random.one_in(2) => Step::GrowOld,
        5 if random.one_in(3) => Step::Sample(random.below(3) > 0),
        at @ (8..=10 | 13 | 14) => {
            let site = site(random);
            Step::Span(
                if at < 11 { How::Run } else { How::Steps },
                site,
                message(random, site),
                steps(random, depth + 1),
            )
        }
        23 => put(random),
        11 | 12 => Step::Span(How::Guard, guard(random), None, steps(random, depth + 1)),
        15 => Step::Span(How::Ignored, site(random), None, steps(random, depth + 1)),
        16 if random.one_in(6) => Step::Thread(steps(random, depth + 1)),
        17 if random.one_in(6) => Step::Aside(steps(random, depth + 1)),
        18 | 19 => Step::GoOn(random.below(8), steps(random, depth + 1)),
        20 => {
            let mut body = steps(random, depth + 1);
            if random.one_in(2) {
                body.push(Step::Span(How::Run, site(random), None, vec![Step::Panic]));
            }
            Step::Catch(body)
        }
        _ => Step::Tag,
    }
}

//! A program, drawn from a seed: what it does, and not yet what comes of it.

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
    Local,
}

/// By which call a span is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `Root::run`.
    Run,
    /// `child`, whose guard drops at the end of the body.
    Guard,
    /// `Resumable`, a step for each part of the body.
    Steps,
    /// `Root::ignored`.
    Ignored,
}

/// What code that never waits does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Span(How, Site, Vec<Step>),
    /// Guards of these sites, which drop in this order.
    Loose(Vec<Site>, Vec<usize>),
    /// Goes on in another thread.
    Thread(Vec<Step>),
    Tag,
    Fail,
    /// Catches what panics inside.
    Catch(Vec<Step>),
    Panic,
}

/// What a task does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Do(Step),
    Yield,
    /// A future with a span.
    Span(Site, Vec<Act>),
    /// The same, polled so often and then dropped.
    Cancel(Site, u8, Vec<Act>),
    /// `.traced` and awaited at once.
    InPlace(Vec<Act>),
    /// All at the same time.
    Join(Vec<Vec<Act>>),
    /// Another task, which goes on from here or knows nothing of it.
    Spawn(Going, Vec<Act>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Going {
    On,
    Alone,
}

/// Small numbers in a fixed order: xorshift64*.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0) % bound
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
    [Site::Entry, Site::EntryFallback, Site::Exit, Site::ExitFallback, Site::Local][random.below(5)]
}

fn acts(random: &mut Random, depth: usize) -> Vec<Act> {
    (0..=random.below(4)).map(|_| act(random, depth)).collect()
}

fn act(random: &mut Random, depth: usize) -> Act {
    let bound = if depth > 4 { 4 } else { 12 };
    match random.below(bound) {
        0 | 1 => Act::Yield,
        2 | 3 => Act::Do(step(random, depth)),
        4..=6 => Act::Span(site(random), acts(random, depth + 1)),
        7 => Act::Cancel(site(random), u8::try_from(random.below(4)).unwrap_or(0), acts(random, depth + 1)),
        8 => Act::InPlace(acts(random, depth + 1)),
        9 | 10 => Act::Join((0..2 + random.below(2)).map(|_| acts(random, depth + 1)).collect()),
        _ => Act::Spawn(if random.below(3) > 0 { Going::On } else { Going::Alone }, acts(random, depth + 1)),
    }
}

fn steps(random: &mut Random, depth: usize) -> Vec<Step> {
    (0..random.below(4)).map(|_| step(random, depth)).collect()
}

fn step(random: &mut Random, depth: usize) -> Step {
    let bound = if depth > 6 { 5 } else { 16 };
    match random.below(bound) {
        3 => Step::Fail,
        4 => {
            let sites: Vec<Site> = (0..2 + random.below(3)).map(|_| site(random)).collect();
            let mut order: Vec<usize> = (0..sites.len()).collect();
            for at in (1..order.len()).rev() {
                order.swap(at, random.below(at + 1));
            }
            Step::Loose(sites, order)
        }
        5..=7 => Step::Span(How::Run, site(random), steps(random, depth + 1)),
        8 | 9 => Step::Span(How::Guard, site(random), steps(random, depth + 1)),
        10 | 11 => Step::Span(How::Steps, site(random), steps(random, depth + 1)),
        12 => Step::Span(How::Ignored, site(random), steps(random, depth + 1)),
        13 if random.below(8) == 0 => Step::Thread(steps(random, depth + 1)),
        14 => {
            let mut body = steps(random, depth + 1);
            if random.below(2) == 0 {
                body.push(Step::Span(How::Run, site(random), vec![Step::Panic]));
            }
            Step::Catch(body)
        }
        _ => Step::Tag,
    }
}

//! The steps of code that never waits: each is done to the tracer, and told to the model.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::thread;
use std::time::Duration;

use skywalking_runtime::testing::grow_old;
use skywalking_runtime::{
    Callsite, DetachedSpan, OpeningSpan, ResumableSpan, SpanBuilder, callsite, current,
    propagation::{Snapshot, capture},
    span,
};

use super::executor::{Headers, World};
use super::headers;
use super::plan::{How, Planned, Says, Site, Step, Which};
use super::reference::{Kept, Model, Own, Place};
use super::resumable::Turns;

/// No program runs for so long.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(3_600);

static ENTRY: Callsite = callsite!(entry, "entry");
static ENTRY_FALLBACK: Callsite = callsite!(entry, "entry of an integration").fallback();
static EXIT: Callsite = callsite!(exit, "exit", peer = "peer:1");
static EXIT_FALLBACK: Callsite =
    callsite!(exit, "exit of an integration", peer = "peer:2").fallback();
static EXIT_AT: Callsite = callsite!(exit, "exit that says where", peer = "peer:4");
static LOCAL: Callsite = callsite!(local, "local");

fn callsite(site: Site) -> &'static Callsite {
    match site {
        Site::Entry => &ENTRY,
        Site::EntryFallback => &ENTRY_FALLBACK,
        Site::Exit => &EXIT,
        Site::ExitFallback => &EXIT_FALLBACK,
        Site::ExitAt => &EXIT_AT,
        Site::Local => &LOCAL,
    }
}

/// A span of this name that will open.
pub(crate) fn root(site: Site, name: &str) -> SpanBuilder {
    let root = span(callsite(site)).name(name);
    if site == Site::ExitAt { root.peer(site.peer()) } else { root }
}

/// Goes on with a panic unless the program planned it.
pub(crate) fn caught(work: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => false,
        Err(payload) if payload.is::<Planned>() => true,
        Err(payload) => resume_unwind(payload),
    }
}

/// Code that never waits.
pub(crate) struct Still<'a>(pub(crate) &'a World);

impl Still<'_> {
    pub(crate) fn steps(&self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    pub(crate) fn step(&self, step: &Step) {
        let world = self.0;
        match step {
            Step::Span(how, site, read, steps) => self.span(*how, *site, *read, steps),
            Step::Loose(sites, order) => self.loose(sites, order),
            Step::Thread(steps) => {
                let (snapshot, kept) = (capture(), world.model().keep());
                self.elsewhere(|| self.go_on(&snapshot, &kept, "thread", steps));
            }
            Step::Aside(steps) => self.elsewhere(|| self.steps(steps)),
            Step::Capture => world.keep(capture()),
            Step::GoOn(which, steps) => {
                if let Some((snapshot, kept)) = world.kept(*which) {
                    self.go_on(&snapshot, &kept, "again", steps);
                }
            }
            Step::Inject => headers::inject(world),
            Step::Put(pairs) => {
                for (key, value) in pairs {
                    headers::put(world, key, *value);
                }
            }
            Step::Sample(samples) => world.sample(*samples),
            Step::Detach => {
                let handle = current().detach();
                let is_recording = world.model().detach();
                if handle.is_recording() != is_recording {
                    world.fault(format!("a handle records: {}", handle.is_recording()));
                }
                if is_recording {
                    world.keep(handle.snapshot());
                }
                world.put_handle(handle);
            }
            Step::Handle(which, says) => {
                if let Some((which, mut handle)) = world.take_handle(*which) {
                    self.say(which, *says, &mut handle);
                    match says {
                        Says::Tag | Says::Failed => world.return_handle(which, handle),
                        Says::Finish => handle.finish(),
                        Says::Drop => drop(handle),
                    }
                }
            }
            Step::Outgrow => {
                if world.model().may_outgrow() {
                    let much = "x".repeat(2_040);
                    for _ in 0..260 {
                        current().tag("much", &much);
                    }
                    let mut model = world.model();
                    model.tag("much", &much);
                    model.outgrow();
                }
            }
            Step::GrowOld => {
                // What waits for a handle would leave at some time from then on.
                if !world.waits_for_handles() {
                    grow_old(MAX_AGE + Duration::from_secs(1));
                    world.model().grow_old();
                }
            }
            Step::Tag => {
                let name = world.model().name();
                current().tag("tag", &name);
                world.model().tag("tag", &name);
                world.look_at_trace();
                headers::look(world);
            }
            Step::Fail => {
                current().set_error();
                world.model().fail();
            }
            Step::Catch(steps) => {
                caught(|| self.steps(steps));
            }
            Step::Panic => {
                world.model().panic();
                panic_any(Planned);
            }
        }
    }

    fn span(&self, how: How, site: Site, read: Option<Which>, steps: &[Step]) {
        let world = self.0;
        let name = world.model().name();
        let (read, headers) = world.message(read).unzip();
        let prepared = || {
            let root = root(site, &name);
            if let Some(headers) = &headers { root.extract(headers) } else { root }
        };
        let open = || world.model().open(site, &name, read);
        match how {
            How::Run => {
                let ending = Ending::before(world);
                prepared().run(|| ending.with(open(), || self.steps(steps)));
            }
            How::Guard => {
                let ending = Ending::before(world);
                let guard = span(callsite(site)).enter();
                if ending.before == Place::Nowhere {
                    world.model().orphan();
                    return self.steps(steps);
                }
                let own = open();
                // By a guard it has the callsite's name, which another span may have as well.
                current().set_name(&name);
                world.model().rename(&name);
                ending.with(own, || self.steps(steps));
                drop(guard);
            }
            How::Steps => {
                let mut stepped = Stepped::open(world, site, read, headers.as_ref());
                for step in steps {
                    stepped.step(step);
                }
                stepped.finish();
            }
            How::Ignored => {
                let ending = Ending::before(world);
                let ignore = || world.model().ignore();
                prepared().ignore().run(|| ending.with(ignore(), || self.steps(steps)));
            }
        }
    }

    /// What the handle is about to say, to the model.
    fn say(&self, which: Which, says: Says, handle: &mut DetachedSpan) {
        let name = self.0.model().name();
        match says {
            Says::Tag => _ = handle.tag("tag", &name),
            Says::Failed => _ = handle.set_error(),
            Says::Finish | Says::Drop => {}
        }
        self.0.model().handle(which, |handle| match says {
            Says::Tag => _ = handle.tags.insert("tag".to_owned(), name),
            Says::Failed => handle.is_error = true,
            Says::Finish => handle.is_finished = true,
            Says::Drop => {}
        });
    }

    fn loose(&self, sites: &[Site], order: &[usize]) {
        let world = self.0;
        if world.model().now == Place::Nowhere {
            return;
        }
        let mut guards: Vec<_> = Vec::new();
        for site in sites {
            let name = world.model().name();
            let guard = span(callsite(*site)).enter();
            let own = world.model().open(*site, &name, None);
            current().set_name(&name);
            world.model().rename(&name);
            guards.push(Some((guard, own)));
        }
        for at in order {
            if let Some((guard, own)) = guards.get_mut(*at).and_then(Option::take) {
                drop(guard);
                if let Some(own) = own {
                    world.model().drop_guard(&own);
                }
                self.step(&Step::Tag);
            }
        }
    }

    fn go_on(&self, snapshot: &Snapshot, kept: &Kept, name: &'static str, steps: &[Step]) {
        let ending = Ending::before(self.0);
        snapshot.run(name, || {
            let own = going_on(self.0, kept);
            ending.with(own, || self.steps(steps));
        });
    }

    /// Does it on a thread of its own, and waits.
    fn elsewhere(&self, work: impl FnOnce() + Send) {
        let world = self.0;
        let before = std::mem::replace(&mut world.model().now, Place::Nowhere);
        let done = thread::scope(|scope| scope.spawn(|| world.mark().run(|| caught(work))).join());
        world.model().now = before;
        match done {
            // A panic is handed from the one thread to the other.
            Ok(true) => self.step(&Step::Panic),
            Ok(false) => {}
            Err(payload) => resume_unwind(payload),
        }
    }
}

/// What a snapshot was taken of has gone on.
pub(crate) fn going_on(world: &World, kept: &Kept) -> Option<Own> {
    let name = world.model().name();
    let own = world.model().go_on(kept, &name);
    if own.is_some() {
        // It has the snapshot's name, which others have as well.
        current().set_name(&name);
    }
    own
}

/// The model's side of a span that is one scope.
struct Ending<'a> {
    world: &'a World,
    before: Place,
    own: Option<Own>,
    /// A panic that goes on already is none of the span's.
    was_panicking: bool,
}

impl<'a> Ending<'a> {
    /// A span is about to open here.
    fn before(world: &'a World) -> Self {
        let before = world.model().now;
        Self { world, before, own: None, was_panicking: thread::panicking() }
    }

    /// Runs what is inside of the span.
    fn with(mut self, own: Option<Own>, work: impl FnOnce()) {
        if let Some(own) = &own {
            self.before = own.around(self.before);
        }
        self.own = own;
        work();
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if let Some(mut own) = self.own.take() {
            let mut model = self.world.model();
            if thread::panicking() && !self.was_panicking {
                model.panicked(&mut own, self.before);
            } else {
                model.leave(&mut own, self.before, true);
            }
        }
    }
}

/// A span that is worked on in steps.
pub(crate) struct Stepped {
    turns: Turns,
    span: Option<ResumableSpan>,
}

impl Stepped {
    pub(crate) fn open(
        world: &World,
        site: Site,
        read: Option<Which>,
        headers: Option<&Headers>,
    ) -> Self {
        let turns = Turns::new(world);
        let name = world.model().name();
        let describe = |describe: &mut OpeningSpan<'_>| {
            if let Some(headers) = headers {
                describe.extract(headers);
            }
            describe.name(&name);
            if site == Site::ExitAt {
                describe.peer(site.peer());
            }
        };
        let work = || turns.opened(world.model().open(site, &name, read));
        let (span, ()) =
            turns.turn(|| ResumableSpan::open(callsite(site), describe, work), |_| false);
        Self { turns, span: Some(span) }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let (turns, Some(span)) = (&self.turns, &mut self.span) else { return };
        let work = || {
            turns.inside();
            Still(&turns.world).step(step);
        };
        turns.turn(|| span.run(work), |()| false);
    }

    pub(crate) fn finish(mut self) {
        // Where it goes on elsewhere with that, it needs a name first.
        self.step(&Step::Tag);
        if let Some(span) = self.span.take() {
            self.turns.turn(|| span.finish(), |()| true);
        }
    }

    /// Ends it as cancelled, with a destructor inside.
    pub(crate) fn cancel(mut self) {
        if let Some(span) = self.span.take() {
            let inside = || Still(&self.turns.world).step(&Step::Tag);
            self.turns.drop(|| span.cancel(inside), Model::cancelled);
        }
    }
}

impl Drop for Stepped {
    fn drop(&mut self) {
        let span = self.span.take();
        self.turns.drop(|| drop(span), Model::cancelled);
    }
}

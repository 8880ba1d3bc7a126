//! The steps of synchronous code. Each runs with the tracer and with the model.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::thread;
use std::time::Duration;

use skywalking_runtime::testing::advance_clock;
use skywalking_runtime::{
    Callsite, DetachedSpan, OpeningSpan, ResumableSpan, SpanBuilder, callsite, current,
    propagation::{Snapshot, capture},
    span,
};

use super::executor::{Executor, Headers};
use super::headers;
use super::plan::{HandleOperation, Index, OpenedBy, Planned, Site, Step};
use super::reference::{Model, OpenedSpan, Place, StoredSnapshot};
use super::resumable::ModelledSpan;

/// Longer than any program runs.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(3_600);

static ENTRY: Callsite = callsite!(entry, "entry");
static ENTRY_FALLBACK: Callsite = callsite!(entry, "entry of an integration").fallback();
static EXIT: Callsite = callsite!(exit, "exit", peer = "peer:1");
static EXIT_FALLBACK: Callsite =
    callsite!(exit, "exit of an integration", peer = "peer:2").fallback();
static EXIT_AT: Callsite = callsite!(exit, "exit that operation where", peer = "peer:4");
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

/// Returns a builder for a span of this name.
pub(crate) fn root(site: Site, name: &str) -> SpanBuilder {
    let root = span(callsite(site)).name(name);
    if site == Site::ExitAt { root.peer(site.peer()) } else { root }
}

/// Resumes a panic unless the program planned it.
pub(crate) fn caught(work: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => false,
        Err(payload) if payload.is::<Planned>() => true,
        Err(payload) => resume_unwind(payload),
    }
}

/// Runs the steps of synchronous code.
pub(crate) struct SyncSteps<'a>(pub(crate) &'a Executor);

impl SyncSteps<'_> {
    pub(crate) fn steps(&self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    pub(crate) fn step(&self, step: &Step) {
        let executor = self.0;
        match step {
            Step::Span(how, site, read, steps) => self.span(*how, *site, *read, steps),
            Step::Loose(sites, order) => self.loose(sites, order),
            Step::Thread(steps) => {
                let (snapshot, kept) = (capture(), executor.model().keep());
                self.elsewhere(|| self.continue_from(&snapshot, &kept, "thread", steps));
            }
            Step::Aside(steps) => self.elsewhere(|| self.steps(steps)),
            Step::Capture => executor.keep(capture()),
            Step::GoOn(which, steps) => {
                if let Some((snapshot, kept)) = executor.kept(*which) {
                    self.continue_from(&snapshot, &kept, "again", steps);
                }
            }
            Step::Inject => headers::inject(executor),
            Step::Put(pairs) => {
                for (key, value) in pairs {
                    headers::put(executor, key, *value);
                }
            }
            Step::Sample(samples) => executor.sample(*samples),
            Step::Detach => {
                let handle = current().detach();
                let is_recording = executor.model().detach();
                if handle.is_recording() != is_recording {
                    executor.fault(format!("a handle records: {}", handle.is_recording()));
                }
                if is_recording {
                    executor.keep(handle.snapshot());
                }
                executor.put_handle(handle);
            }
            Step::Handle(which, operation) => {
                if let Some((which, mut handle)) = executor.take_handle(*which) {
                    self.say(which, *operation, &mut handle);
                    match operation {
                        HandleOperation::Tag | HandleOperation::Failed => {
                            executor.return_handle(which, handle);
                        }
                        HandleOperation::Finish => handle.finish(),
                        HandleOperation::Drop => drop(handle),
                    }
                }
            }
            Step::Outgrow => {
                if executor.model().may_outgrow() {
                    let much = "x".repeat(2_040);
                    for _ in 0..260 {
                        current().tag("much", &much);
                    }
                    let mut model = executor.model();
                    model.tag("much", &much);
                    model.outgrow();
                }
            }
            Step::GrowOld => {
                // Segments that are pending for a handle would be sent at some time from then on.
                if !executor.has_open_handles() {
                    advance_clock(MAX_AGE + Duration::from_secs(1));
                    executor.model().grow_old();
                }
            }
            Step::Tag => {
                let name = executor.model().name();
                current().tag("tag", &name);
                executor.model().tag("tag", &name);
                executor.check_trace();
                headers::look(executor);
            }
            Step::Fail => {
                current().set_error();
                executor.model().fail();
            }
            Step::Catch(steps) => {
                caught(|| self.steps(steps));
            }
            Step::Panic => {
                executor.model().panic();
                panic_any(Planned);
            }
        }
    }

    fn span(&self, how: OpenedBy, site: Site, read: Option<Index>, steps: &[Step]) {
        let executor = self.0;
        let name = executor.model().name();
        let (read, headers) = executor.message(read).unzip();
        let prepared = || {
            let root = root(site, &name);
            if let Some(headers) = &headers { root.extract(headers) } else { root }
        };
        let open = || executor.model().open(site, &name, read);
        match how {
            OpenedBy::Run => {
                let ending = Ending::before(executor);
                prepared().run(|| ending.with(open(), || self.steps(steps)));
            }
            OpenedBy::Guard => {
                let ending = Ending::before(executor);
                let guard = span(callsite(site)).enter();
                if ending.before == Place::Nowhere {
                    executor.model().orphan();
                    return self.steps(steps);
                }
                let own = open();
                // A guard has the callsite's name, which other spans may have too.
                current().set_name(&name);
                executor.model().rename(&name);
                ending.with(own, || self.steps(steps));
                drop(guard);
            }
            OpenedBy::Steps => {
                let mut run_resumable =
                    ResumableSteps::open(executor, site, read, headers.as_ref());
                for step in steps {
                    run_resumable.step(step);
                }
                run_resumable.finish();
            }
            OpenedBy::Ignored => {
                let ending = Ending::before(executor);
                let ignore = || executor.model().ignore();
                prepared().ignore().run(|| ending.with(ignore(), || self.steps(steps)));
            }
        }
    }

    /// Applies the operation of a handle to the model.
    fn say(&self, which: Index, operation: HandleOperation, handle: &mut DetachedSpan) {
        let name = self.0.model().name();
        match operation {
            HandleOperation::Tag => _ = handle.tag("tag", &name),
            HandleOperation::Failed => _ = handle.set_error(),
            HandleOperation::Finish | HandleOperation::Drop => {}
        }
        self.0.model().handle(which, |handle| match operation {
            HandleOperation::Tag => _ = handle.tags.insert("tag".to_owned(), name),
            HandleOperation::Failed => handle.is_error = true,
            HandleOperation::Finish => handle.is_finished = true,
            HandleOperation::Drop => {}
        });
    }

    fn loose(&self, sites: &[Site], order: &[usize]) {
        let executor = self.0;
        if executor.model().now == Place::Nowhere {
            return;
        }
        let mut guards: Vec<_> = Vec::new();
        for site in sites {
            let name = executor.model().name();
            let guard = span(callsite(*site)).enter();
            let own = executor.model().open(*site, &name, None);
            current().set_name(&name);
            executor.model().rename(&name);
            guards.push(Some((guard, own)));
        }
        for at in order {
            if let Some((guard, own)) = guards.get_mut(*at).and_then(Option::take) {
                drop(guard);
                if let Some(own) = own {
                    executor.model().drop_guard(&own);
                }
                self.step(&Step::Tag);
            }
        }
    }

    fn continue_from(
        &self,
        snapshot: &Snapshot,
        kept: &StoredSnapshot,
        name: &'static str,
        steps: &[Step],
    ) {
        let ending = Ending::before(self.0);
        snapshot.run(name, || {
            let own = continued_here(self.0, kept);
            ending.with(own, || self.steps(steps));
        });
    }

    /// Runs work on a new thread, and waits.
    fn elsewhere(&self, work: impl FnOnce() + Send) {
        let executor = self.0;
        let before = std::mem::replace(&mut executor.model().now, Place::Nowhere);
        let done =
            thread::scope(|scope| scope.spawn(|| executor.mark().run(|| caught(work))).join());
        executor.model().now = before;
        match done {
            // Passes a panic from one thread to the other.
            Ok(true) => self.step(&Step::Panic),
            Ok(false) => {}
            Err(payload) => resume_unwind(payload),
        }
    }
}

/// A snapshot was continued.
pub(crate) fn continued_here(executor: &Executor, kept: &StoredSnapshot) -> Option<OpenedSpan> {
    let name = executor.model().name();
    let own = executor.model().continue_from(kept, &name);
    if own.is_some() {
        // It has the snapshot's name, which other spans may have too.
        current().set_name(&name);
    }
    own
}

/// The model's state of a span that is one scope.
struct Ending<'a> {
    executor: &'a Executor,
    before: Place,
    own: Option<OpenedSpan>,
    /// True if a panic was already unwinding, which does not affect the span.
    was_panicking: bool,
}

impl<'a> Ending<'a> {
    /// Runs before a span opens here.
    fn before(executor: &'a Executor) -> Self {
        let before = executor.model().now;
        Self { executor, before, own: None, was_panicking: thread::panicking() }
    }

    /// Runs work inside of the span.
    fn with(mut self, own: Option<OpenedSpan>, work: impl FnOnce()) {
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
            let mut model = self.executor.model();
            if thread::panicking() && !self.was_panicking {
                model.panicked(&mut own, self.before);
            } else {
                model.leave(&mut own, self.before, true);
            }
        }
    }
}

/// A resumable span.
pub(crate) struct ResumableSteps {
    modelled: ModelledSpan,
    span: Option<ResumableSpan>,
}

impl ResumableSteps {
    pub(crate) fn open(
        executor: &Executor,
        site: Site,
        read: Option<Index>,
        headers: Option<&Headers>,
    ) -> Self {
        let modelled = ModelledSpan::new(executor);
        let name = executor.model().name();
        let describe = |describe: &mut OpeningSpan<'_>| {
            if let Some(headers) = headers {
                describe.extract(headers);
            }
            describe.name(&name);
            if site == Site::ExitAt {
                describe.peer(site.peer());
            }
        };
        let work = || modelled.opened(executor.model().open(site, &name, read));
        let (span, ()) =
            modelled.turn(|| ResumableSpan::open(callsite(site), describe, work), |_| false);
        Self { modelled, span: Some(span) }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let (modelled, Some(span)) = (&self.modelled, &mut self.span) else { return };
        let work = || {
            modelled.inside();
            SyncSteps(&modelled.executor).step(step);
        };
        modelled.turn(|| span.run(work), |()| false);
    }

    pub(crate) fn finish(mut self) {
        // If it continues elsewhere in `finish`, it needs a name first.
        self.step(&Step::Tag);
        if let Some(span) = self.span.take() {
            self.modelled.turn(|| span.finish(), |()| true);
        }
    }

    /// Ends it as cancelled, with a destructor inside.
    pub(crate) fn cancel(mut self) {
        if let Some(span) = self.span.take() {
            let inside = || SyncSteps(&self.modelled.executor).step(&Step::Tag);
            self.modelled.drop(|| span.cancel(inside), Model::cancelled);
        }
    }
}

impl Drop for ResumableSteps {
    fn drop(&mut self) {
        let span = self.span.take();
        self.modelled.drop(|| drop(span), Model::cancelled);
    }
}

//! A program is run: each step is done to the tracer, and told to the model in words.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::thread;

use futures::future::join_all;
use skywalking_runtime::{Callsite, Resumable, Root, TracedFuture as _, callsite, capture, child, current};

use super::plain::{Flat, Model, Place};
use super::plan::{Act, Going, How, Planned, Random, Site, Step};

static ENTRY: Callsite = callsite!(entry, "entry");
static ENTRY_FALLBACK: Callsite = callsite!(entry, "entry of an integration").fallback();
static EXIT: Callsite = callsite!(exit, "exit", peer = "peer:1");
static EXIT_FALLBACK: Callsite = callsite!(exit, "exit of an integration", peer = "peer:2").fallback();
static LOCAL: Callsite = callsite!(local, "local");

fn callsite(site: Site) -> &'static Callsite {
    match site {
        Site::Entry => &ENTRY,
        Site::EntryFallback => &ENTRY_FALLBACK,
        Site::Exit => &EXIT,
        Site::ExitFallback => &EXIT_FALLBACK,
        Site::Local => &LOCAL,
    }
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A running program.
#[derive(Clone)]
struct World {
    model: Arc<Mutex<Model>>,
    tasks: Rc<RefCell<VecDeque<Task>>>,
}

/// Runs the program, its tasks in an order that the seed says; what must have been recorded.
pub(crate) fn run(seed: u64, program: &[Vec<Act>]) -> Flat {
    let world = World { model: Arc::default(), tasks: Rc::default() };
    for acts in program {
        let task = perform(world.clone(), acts.clone(), Place::Nowhere);
        world.tasks.borrow_mut().push_back(task);
    }
    let mut random = Random::new(!seed);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        let mut tasks = world.tasks.borrow_mut();
        if tasks.is_empty() {
            break;
        }
        let at = random.below(tasks.len());
        let Some(mut task) = tasks.remove(at) else { break };
        drop(tasks);
        if task.as_mut().poll(&mut cx).is_pending() {
            world.tasks.borrow_mut().push_back(task);
        }
    }
    let model = lock(&world.model);
    model.flat()
}

fn lock(model: &Mutex<Model>) -> MutexGuard<'_, Model> {
    model.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Pending once.
fn pause() -> impl Future<Output = ()> {
    let mut paused = false;
    poll_fn(move |_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending })
}

fn perform(world: World, acts: Vec<Act>, place: Place) -> Task {
    Box::pin(async move {
        for act in acts {
            match act {
                Act::Do(step) => Still { model: &world.model }.step(&step, place),
                Act::Yield => pause().await,
                Act::Span(site, acts) => spanned(&world, site, acts, place).await,
                Act::Cancel(site, polls, acts) => {
                    let mut future = Some(spanned(&world, site, acts, place));
                    let mut polled = 0;
                    poll_fn(|cx| {
                        let ready = polled < polls && future.as_mut().is_some_and(|future| future.as_mut().poll(cx).is_ready());
                        if ready || polled >= polls {
                            future = None;
                            return Poll::Ready(());
                        }
                        polled += 1;
                        Poll::Pending
                    })
                    .await;
                }
                Act::InPlace(acts) => {
                    if place == Place::Nowhere {
                        perform(world.clone(), acts, place).await;
                        continue;
                    }
                    let opened = Opened::new(&world.model);
                    let future = going_on(world.clone(), acts, place, true, Arc::clone(&opened.place)).traced("in place");
                    Told { opened, future: Some(Box::pin(future)) }.await;
                }
                Act::Join(all) => {
                    join_all(all.into_iter().map(|acts| perform(world.clone(), acts, place))).await;
                }
                Act::Spawn(going, acts) => {
                    let task: Task = if going == Going::On && matches!(place, Place::Span { .. }) {
                        let opened = Opened::new(&world.model);
                        let future = going_on(world.clone(), acts, place, false, Arc::clone(&opened.place)).traced("spawned");
                        Box::pin(Told { opened, future: Some(Box::pin(future)) })
                    } else {
                        perform(world.clone(), acts, Place::Nowhere)
                    };
                    world.tasks.borrow_mut().push_back(task);
                }
            }
        }
    })
}

fn spanned(world: &World, site: Site, acts: Vec<Act>, place: Place) -> Pin<Box<Told>> {
    let opened = Opened::new(&world.model);
    let name = lock(&world.model).name();
    let root = Root::new(callsite(site)).name(&name);
    let (world, noted) = (world.clone(), Arc::clone(&opened.place));
    let future = root.future(async move {
        let inside = lock(&world.model).open(place, site, &name);
        *noted.lock().expect("nobody panics here") = Some((inside, inside != place));
        perform(world.clone(), acts, inside).await;
        Opened::close(&world.model, &noted);
    });
    Box::pin(Told { opened, future: Some(Box::pin(future)) })
}

async fn going_on(world: World, acts: Vec<Act>, place: Place, in_place: bool, noted: Noted) {
    let (inside, name) = {
        let mut model = lock(&world.model);
        let name = model.name();
        (model.go_on(place, &name, in_place), name)
    };
    *noted.lock().expect("nobody panics here") = Some((inside, inside != place));
    current().set_name(&name);
    let model = Arc::clone(&world.model);
    perform(world, acts, inside).await;
    Opened::close(&model, &noted);
}

/// The place that a future's span has opened, and whether that was one of its own.
type Noted = Arc<Mutex<Option<(Place, bool)>>>;

struct Opened {
    model: Arc<Mutex<Model>>,
    place: Noted,
}

impl Opened {
    fn new(model: &Arc<Mutex<Model>>) -> Self {
        Self { model: Arc::clone(model), place: Arc::default() }
    }

    fn close(model: &Mutex<Model>, noted: &Noted) {
        if let Some((place, true)) = noted.lock().expect("nobody panics here").take() {
            lock(model).close(place);
        }
    }

    fn take(&self) -> Option<Place> {
        self.place.lock().expect("nobody panics here").take().and_then(|(place, own)| own.then_some(place))
    }
}

/// A future with a span, of which the model is told when it is dropped unfinished.
struct Told {
    opened: Opened,
    future: Option<Task>,
}

impl Future for Told {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(future) = self.future.as_mut() else { return Poll::Ready(()) };
        let polled = pin!(future).poll(cx);
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let place = self.opened.take();
        if let Some(place) = place {
            lock(&self.opened.model).begin_drop(place);
        }
        self.future = None;
        if let Some(place) = place {
            lock(&self.opened.model).cancelled(place);
        }
    }
}

/// Code that never waits.
struct Still<'a> {
    model: &'a Mutex<Model>,
}

impl Still<'_> {
    fn steps(&self, steps: &[Step], place: Place) {
        for step in steps {
            self.step(step, place);
        }
    }

    fn step(&self, step: &Step, place: Place) {
        match step {
            Step::Span(how, site, steps) => self.span(*how, *site, steps, place),
            Step::Loose(sites, order) => self.loose(sites, order, place),
            Step::Thread(steps) => {
                if !matches!(place, Place::Span { .. }) {
                    // A root of another thread would be none of this test's.
                    return;
                }
                let snapshot = capture();
                let model = self.model;
                thread::scope(|scope| {
                    scope.spawn(|| {
                        snapshot.run("thread", || {
                            let (inside, name) = {
                                let mut model = lock(model);
                                let name = model.name();
                                (model.go_on(place, &name, false), name)
                            };
                            current().set_name(&name);
                            let _ending = Ending { model, place: inside };
                            Still { model }.steps(steps, inside);
                        });
                    });
                });
            }
            Step::Tag => {
                let name = lock(self.model).name();
                current().tag("tag", &name);
                lock(self.model).tag(place, "tag", &name);
            }
            Step::Fail => {
                current().failed();
                lock(self.model).fail(place);
            }
            Step::Catch(steps) => {
                let _ = catch_unwind(AssertUnwindSafe(|| self.steps(steps, place)));
            }
            Step::Panic => {
                lock(self.model).panic(place);
                panic_any(Planned);
            }
        }
    }

    fn span(&self, how: How, site: Site, steps: &[Step], place: Place) {
        let name = lock(self.model).name();
        let root = Root::new(callsite(site)).name(&name);
        match how {
            How::Run => root.run(|| {
                let inside = lock(self.model).open(place, site, &name);
                let _ending = self.ending(place, inside);
                self.steps(steps, inside);
            }),
            How::Guard => {
                if place == Place::Nowhere {
                    return;
                }
                let _guard = child(callsite(site));
                let inside = lock(self.model).open(place, site, &name);
                // By a guard it has the callsite's name, which another span may have as well.
                current().set_name(&name);
                lock(self.model).rename(inside, &name);
                let _ending = self.ending(place, inside);
                self.steps(steps, inside);
            }
            How::Steps => {
                let open = |describe: &mut skywalking_runtime::Describe<'_>| {
                    describe.name(&name);
                };
                let (span, inside) = Resumable::open(callsite(site), open, || lock(self.model).open(place, site, &name));
                let mut span = Some(span);
                // Dropped by a panic between two steps it would be cancelled; inside of one the panic is its end.
                let ending = self.ending(place, inside);
                for step in steps {
                    if let Some(span) = &mut span {
                        span.run(|| self.step(step, inside));
                    }
                }
                if let Some(span) = span.take() {
                    span.finish();
                }
                drop(ending);
            }
            How::Ignored => root.ignored().run(|| {
                let inside = if place == Place::Nowhere { Place::Ignored } else { place };
                self.steps(steps, inside);
            }),
        }
    }

    fn loose(&self, sites: &[Site], order: &[usize], place: Place) {
        if place == Place::Nowhere {
            return;
        }
        let mut now = place;
        let mut guards: Vec<_> = Vec::new();
        for site in sites {
            let name = lock(self.model).name();
            let guard = child(callsite(*site));
            let inside = lock(self.model).open(now, *site, &name);
            current().set_name(&name);
            lock(self.model).rename(inside, &name);
            guards.push(Some((guard, inside)));
            now = inside;
        }
        for at in order {
            if let Some((guard, inside)) = guards.get_mut(*at).and_then(Option::take) {
                drop(guard);
                let mut model = lock(self.model);
                model.close(inside);
                now = model.left(now, inside);
                drop(model);
                self.step(&Step::Tag, now);
            }
        }
    }

    /// What ends the span at the end of a scope. A span that is none of its own has no end.
    fn ending(&self, before: Place, inside: Place) -> Option<Ending<'_>> {
        (before != inside).then_some(Ending { model: self.model, place: inside })
    }
}

struct Ending<'a> {
    model: &'a Mutex<Model>,
    place: Place,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let mut model = lock(self.model);
        if thread::panicking() { model.panicked(self.place) } else { model.close(self.place) }
    }
}

//! The requests. They use every operation in random order, and leave unfinished work for other
//! threads.

use std::future::{Future, pending};
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use skywalking_runtime::{
    Callsite, DetachedSpan, TracedFuture as _, callsite, current, entry_span, exit_span,
    propagation::{Snapshot, capture, correlation, inject},
    span,
};
use skywalking_tests::random::Random;

static ENTRY: Callsite = callsite!(entry, "/entry");
static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
pub(crate) static PART: Callsite = callsite!(local, "part");

/// The redaction of some settings panics on this text.
pub(crate) const PANIC: &str = "bomb";
const DEPTH: u32 = 6;

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Silences intended panics.
pub(crate) fn keep_quiet() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        if !panicked.to_string().contains(PANIC) {
            hook(panicked);
        }
    }));
}

/// Unfinished work of requests.
#[derive(Default)]
pub(crate) struct Unfinished {
    handles: Mutex<Vec<DetachedSpan>>,
    headers: Mutex<Vec<String>>,
    futures: Mutex<Vec<Boxed>>,
    snapshots: Mutex<Vec<Snapshot>>,
}

fn open<T>(list: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes a random element of a list. Releases the lock before the element is used.
fn take<T>(list: &Mutex<Vec<T>>, random: &mut Random) -> Option<T> {
    let mut list = open(list);
    let length = list.len();
    (length > 0).then(|| list.swap_remove(random.below(length)))
}

impl Unfinished {
    /// Ends some of the unfinished work.
    pub(crate) fn end_some(&self, random: &mut Random) {
        if random.one_in(2) {
            let handles = std::mem::take(&mut *open(&self.handles));
            handles.into_iter().for_each(DetachedSpan::finish);
        }
        if random.one_in(2) {
            drop(std::mem::take(&mut *open(&self.snapshots)));
        }
        if random.one_in(2) {
            drop(std::mem::take(&mut *open(&self.futures)));
        }
    }
}

#[entry_span(name = "batch", layer = mq, extract_each = messages)]
fn consume(messages: &[String]) {}

#[exit_span(name = name, peer = peer, layer = mq, tags("opens" = span(&PART).run(|| 1), "name" = name), inject = header)]
async fn produce(name: &str, peer: &str, header: &mut String) {
    if name.len() > 1 {
        pending::<()>().await;
    }
}

/// A future that opens spans in each of this number of polls.
struct Polls(u8);

impl Future for Polls {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        drop(span(&PART).enter());
        drop(span(&CALL).enter());
        Poll::Pending
    }
}

fn is_done<F: Future<Output = ()> + ?Sized>(future: &mut Pin<Box<F>>) -> bool {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// A request, or the work below one of its spans.
pub(crate) struct Work<'a> {
    random: &'a mut Random,
    left: &'a Unfinished,
    depth: u32,
}

impl<'a> Work<'a> {
    pub(crate) fn new(random: &'a mut Random, left: &'a Unfinished) -> Self {
        Self { random, left, depth: 0 }
    }

    pub(crate) fn request(&mut self) {
        span(&ENTRY).run(|| self.steps());
    }

    fn below(&mut self) {
        if self.depth < DEPTH {
            Work { random: &mut *self.random, left: self.left, depth: self.depth + 1 }.steps();
        }
    }

    fn steps(&mut self) {
        for _ in 0..=self.random.below(4) {
            match self.random.below(17) {
                0 => open(&self.left.handles).push(current().detach()),
                1 => self.end_a_handle(),
                2 => open(&self.left.snapshots).push(capture()),
                3 => self.continue_from_a_snapshot(),
                4 => self.serve_itself(),
                5 => self.panic_in_a_span(),
                6 if self.random.one_in(60) => span(&PART)
                    .run(|| (0..8_200).for_each(|number| _ = current().tag("number", number))),
                7 => {
                    _ = current()
                        .tag("text", if self.random.one_in(10) { PANIC } else { "harmless" });
                }
                8 => {
                    current().set_error();
                    correlation::put("tenant", "blue");
                }
                9 => self.work_in_steps(),
                10 => {
                    let (first, second) = (span(&PART).enter(), span(&CALL).enter());
                    drop(first);
                    self.below();
                    drop(second);
                }
                11 => self.cancel_a_request(),
                12 => self.send(),
                13 => self.consume_a_batch(),
                14 => self.start_a_future(),
                15 => self.poll_a_future(),
                16 => {
                    let name = " ".repeat(self.random.below(3));
                    current().set_name(&name).set_peer("").skip_analysis_of_trace().log("", 1);
                }
                _ => drop(span(&PART).enter()),
            }
        }
    }

    fn end_a_handle(&mut self) {
        let Some(mut handle) = take(&self.left.handles, self.random) else { return };
        handle.tag("late", "b").log("late", 1);
        if self.random.one_in(2) {
            handle.set_error();
        }
        if self.random.one_in(3) { drop(handle) } else { handle.finish() }
    }

    fn continue_from_a_snapshot(&mut self) {
        let Some(snapshot) = take(&self.left.snapshots, self.random) else { return };
        snapshot.run("elsewhere", || self.below());
        if self.random.one_in(2) {
            open(&self.left.snapshots).push(snapshot);
        }
    }

    fn serve_itself(&mut self) {
        let mut header = String::from("sw8:old");
        span(&CALL).run(|| inject(&mut header));
        span(&ENTRY).extract(&header).run(|| self.below());
    }

    fn panic_in_a_span(&mut self) {
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
            span(&PART).run(|| {
                self.below();
                panic!("{PANIC}");
            });
        }));
        assert!(panicked.is_err());
    }

    fn work_in_steps(&mut self) {
        let mut span = span(&ENTRY).resumable();
        for _ in 0..self.random.below(3) {
            span.run(|| self.below());
        }
        if self.random.one_in(3) { span.finish() } else { drop(span) }
    }

    fn cancel_a_request(&mut self) {
        let waits = self.random.one_in(2);
        let mut future = Box::pin(span(&ENTRY).future(span(&PART).future(async move {
            if waits {
                pending::<()>().await;
            }
        })));
        assert_eq!(is_done(&mut future), !waits);
    }

    fn send(&mut self) {
        let mut header = String::new();
        span(&CALL).run(|| {
            inject(&mut header);
            self.below();
        });
        open(&self.left.headers).push(header);
    }

    fn consume_a_batch(&mut self) {
        let count = self.random.below(20);
        let messages: Vec<_> = {
            let mut headers = open(&self.left.headers);
            if headers.len() > 100 {
                headers.drain(..50);
            }
            headers.iter().take(count).cloned().collect()
        };
        consume(&messages);
    }

    fn start_a_future(&mut self) {
        let polls = self.random.few(4);
        let mut future: Boxed = match self.random.below(4) {
            0 => Box::pin(span(&PART).future(Polls(polls))),
            1 => Box::pin(span(&CALL).future(Polls(polls))),
            2 => Box::pin(Polls(polls).traced("future")),
            _ => {
                let (name, peer) =
                    ("x".repeat(usize::from(polls) % 3), " ".repeat(usize::from(polls)));
                Box::pin(async move {
                    produce(&name, &peer, &mut String::new()).await;
                    Polls(2).await;
                })
            }
        };
        if !is_done(&mut future) {
            open(&self.left.futures).push(future);
        }
    }

    fn poll_a_future(&mut self) {
        let Some(mut future) = take(&self.left.futures, self.random) else { return };
        if !is_done(&mut future) && !self.random.one_in(3) {
            open(&self.left.futures).push(future);
        }
    }
}

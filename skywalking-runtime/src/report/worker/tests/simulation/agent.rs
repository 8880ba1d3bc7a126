//! An agent in the simulation: a worker over the gRPC transport, and a load of segments.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::super::generator::{Books, Generator};
use super::network;
use super::random::Random;
use crate::config::{Address, Belonging, Timing};
use crate::management::properties;
use crate::report::problem_log::Losses;
use crate::report::worker::{Command, Pace, Reply, Worker, keep_running};
use crate::tracer::Identity;
use crate::transports::dial::Dialler;
use crate::transports::grpc::Grpc;
use crate::transports::token::TokenSource;

/// The default ceiling of the backoff.
const MAX_BACKOFF: Duration = Duration::from_secs(4);

/// The load and the backends of an agent.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) backends: Vec<SocketAddr>,
    /// The longest pause between two bursts of segments, in milliseconds.
    pub(super) pause: u64,
    /// The most segments of a burst.
    pub(super) burst: u64,
}

/// How a shutdown ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// What the worker replied.
    pub(super) done: bool,
    pub(super) after: Duration,
}

/// Starts the shutdown of an agent, and shows how it ended.
#[derive(Debug)]
pub(super) struct Handle {
    order: Option<oneshot::Sender<Duration>>,
    ended: Rc<RefCell<Option<Ended>>>,
}

impl Handle {
    /// Shuts the agent down within this time.
    pub(super) fn shut_down(&mut self, within: Duration) {
        self.order.take().unwrap().send(within).unwrap();
    }

    pub(super) fn ended(&self) -> Option<Ended> {
        *self.ended.borrow()
    }
}

/// Creates an agent: its future, which ends after a shutdown, and its handle.
pub(super) fn agent(
    plan: Plan,
    books: Books,
) -> (impl Future<Output = turmoil::Result> + 'static, Handle) {
    let (order, ordered) = oneshot::channel();
    let ended = Rc::new(RefCell::new(None));
    let handle = Handle { order: Some(order), ended: Rc::clone(&ended) };
    let run = async move {
        let messages = properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
        let backends = plan.backends.iter().copied().map(Address::from).collect();
        let dialler = Dialler::with(network::open);
        let transport = Grpc::new(backends, dialler, TokenSource::None, messages)?;
        let (commands, receiver) = mpsc::channel(8);
        let wake = Arc::new(Notify::new());
        let pace = Pace {
            timing: Timing { max_backoff: MAX_BACKOFF, ..Timing::default() },
            seed: plan.seed,
            reached: Arc::default(),
            losses: Losses::default(),
        };
        let source = Generator::new(books.clone());
        let worker = Worker::new(transport, source, Arc::clone(&wake), receiver, pace);
        let worker = tokio::spawn(keep_running(worker));
        let load = tokio::spawn(load(plan, books.clone(), wake));
        let within = ordered.await?;
        load.abort();
        let began = Instant::now();
        let (reply, replied) = oneshot::channel();
        let deadline = began + within;
        commands.send(Command::Shutdown { deadline, reply: Reply::Task(reply) }).await?;
        let done = replied.await?;
        worker.await?;
        books.close();
        *ended.borrow_mut() = Some(Ended { done, after: began.elapsed() });
        Ok(())
    };
    (run, handle)
}

/// Finishes segments at random times.
async fn load(plan: Plan, books: Books, wake: Arc<Notify>) {
    let mut random = Random::new(plan.seed);
    loop {
        sleep(Duration::from_millis(random.within(1, plan.pause))).await;
        if books.finish(random.within(1, plan.burst)) {
            wake.notify_one();
        }
    }
}

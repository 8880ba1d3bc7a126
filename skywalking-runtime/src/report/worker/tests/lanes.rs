//! Tests two signals at the same time: each has a lane of its own.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::super::super::accounts::Counts;
use super::super::super::signal::Signal;
use super::super::super::transport::{Call, Messages, Outcome, Transport};
use super::super::{Command, Pace, Reply, Worker, keep_running};
use super::generator::{Books, Generator, signal_of};
use crate::config::Timing;
use crate::management::ManagementMessage;
use crate::report::problem_log::Losses;

/// The time until an answer.
const ANSWER: Duration = Duration::from_millis(200);
/// The segments of a full batch.
const BATCH: u64 = 1_000;
/// How many segments may wait in the queue of each signal.
const QUEUE: usize = 10_000;

#[derive(Debug, Default)]
struct State {
    /// The signal of which no batch is answered.
    silent: Option<Signal>,
    arrived: Vec<u64>,
}

/// A backend that answers after a while.
#[derive(Clone, Debug, Default)]
struct Backend(Arc<Mutex<State>>);

impl Backend {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Returns how many segments of a signal have arrived.
    fn arrived(&self, signal: Signal) -> usize {
        self.lock().arrived.iter().filter(|id| signal_of(**id) == signal).count()
    }
}

impl Transport for Backend {
    const WIDTH: usize = 8;

    fn addresses(&self) -> usize {
        1
    }

    fn address(&self) -> String {
        "backend".to_owned()
    }

    fn next_backend(&mut self) {}

    fn send_management(&mut self, _: ManagementMessage) -> Call {
        Box::pin(std::future::ready(Outcome::Taken))
    }

    fn send(&mut self, messages: Messages) -> Call {
        let backend = self.clone();
        Box::pin(async move {
            let flight = messages.flight();
            let id = |message: bytes::Bytes| u64::from_be_bytes(message[..8].try_into().unwrap());
            let ids: Vec<_> = messages.map(id).collect();
            flight.hand_over();
            let signal = signal_of(ids[0]);
            assert!(ids.iter().all(|id| signal_of(*id) == signal), "a batch has one signal");
            if backend.lock().silent == Some(signal) {
                return std::future::pending().await;
            }
            sleep(ANSWER).await;
            backend.lock().arrived.extend(ids);
            Outcome::Taken
        })
    }
}

struct Bench {
    backend: Backend,
    books: Books,
    commands: mpsc::Sender<Command>,
    wake: Arc<Notify>,
}

impl Bench {
    fn new(silent: Option<Signal>) -> Self {
        let backend = Backend::default();
        backend.lock().silent = silent;
        let (books, wake) = (Books::new(0, QUEUE), Arc::new(Notify::new()));
        let (commands, receiver) = mpsc::channel(8);
        let pace = Pace {
            timing: Timing::default(),
            seed: 1,
            reached: Arc::default(),
            losses: Losses::default(),
        };
        let source = Generator::new(books.clone());
        let worker = Worker::new(backend.clone(), source, Arc::clone(&wake), receiver, pace);
        tokio::spawn(keep_running(worker));
        Self { backend, books, commands, wake }
    }

    /// Finishes this many segments of each signal.
    fn finish(&self, segments: u64) {
        if self.books.finish(2 * segments) {
            self.wake.notify_one();
        }
    }

    async fn ask(&self, seconds: u64, command: fn(Instant, Reply) -> Command) -> bool {
        let (sender, receiver) = oneshot::channel();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        self.commands.send(command(deadline, Reply::Task(sender))).await.unwrap();
        receiver.await.unwrap()
    }

    async fn flush(&self, seconds: u64) -> bool {
        self.ask(seconds, |deadline, reply| Command::Flush { deadline, reply }).await
    }
}

#[tokio::test(start_paused = true)]
async fn lane_without_answers_does_not_stop_another() {
    for silent in [Signal::Segments, Signal::Logs] {
        let other = if silent == Signal::Logs { Signal::Segments } else { Signal::Logs };
        let bench = Bench::new(Some(silent));
        // The queue of the silent signal is full after half of them.
        for _ in 0..20 {
            bench.finish(BATCH);
            sleep(Duration::from_millis(500)).await;
        }
        let totals = bench.books.totals();
        assert_eq!(bench.backend.arrived(other), 20_000, "no segment of the other lane is lost");
        assert_eq!(bench.backend.arrived(silent), 0);
        assert_eq!((totals.counts.sent, totals.counts.in_flight), (20_000, BATCH));
        assert_eq!((totals.queued, totals.full), (10_000, 9_000));
        assert_eq!(totals.accounted(), totals.made);
    }
}

#[tokio::test(start_paused = true)]
async fn each_lane_has_its_own_width() {
    let bench = Bench::new(None);
    bench.finish(8 * BATCH);
    assert!(bench.flush(10).await);
    // 8 batches in rounds of 1, 2, 4 and 1, of both signals at the same time.
    bench.finish(8 * BATCH);
    let began = Instant::now();
    assert!(bench.flush(10).await);
    assert_eq!(began.elapsed(), ANSWER, "8 of each at the same time");
    assert_eq!(bench.books.totals().most_in_flight, 16 * BATCH);
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_every_lane() {
    for silent in [None, Some(Signal::Segments), Some(Signal::Logs)] {
        let bench = Bench::new(silent);
        bench.finish(1);
        assert_eq!(bench.flush(5).await, silent.is_none(), "{silent:?}");
        let expected = if silent.is_none() { 2 } else { 1 };
        assert_eq!(bench.books.totals().counts.sent, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn shutdown_with_a_silent_lane_ends_in_time() {
    let bench = Bench::new(Some(Signal::Logs));
    bench.finish(3 * BATCH);
    let asked = Instant::now();
    let shutdown = |deadline, reply| Command::Shutdown { deadline, reply };
    assert!(!bench.ask(3, shutdown).await);
    assert_eq!(asked.elapsed().as_secs(), 3);
    bench.books.close();
    let Counts { sent, unconfirmed, shutdown, in_flight, .. } = bench.books.totals().counts;
    assert_eq!((sent, unconfirmed, shutdown, in_flight), (3_000, 1_000, 2_000, 0));
}

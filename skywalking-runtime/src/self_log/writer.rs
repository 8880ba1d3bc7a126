//! Writes lines on the agent's threads: at most [`MOST`] at a time, each for the lines of one call.
//!
//! A subscriber that never returns blocks a thread forever. When all threads are blocked, further
//! lines are lost and counted. The next line that is written has the count.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Line;
use super::sink::Sink;
use crate::config::self_log::LogSettings;
use crate::sys;

/// How many threads may write at once.
const MOST: usize = 4;

/// What to do if no thread can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithoutThread {
    /// Write on the calling thread, which may block. For the agent's threads and for the start.
    WriteHere,
    /// Drop and count the lines.
    Drop,
}

/// Lines that are being written.
#[derive(Debug, Default)]
pub(crate) struct Delivery(Option<Mutex<Receiver<()>>>);

impl Delivery {
    /// Returns true if the lines were written or lost.
    pub(crate) fn is_over(&self) -> bool {
        self.0.as_ref().is_none_or(|receiver| {
            let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
            receiver.try_recv() == Err(TryRecvError::Disconnected)
        })
    }

    /// Waits until the lines are written or lost, at most for `timeout`.
    pub(crate) fn wait(self, timeout: Duration) {
        if let Some(receiver) = self.0 {
            let receiver = receiver.into_inner().unwrap_or_else(PoisonError::into_inner);
            // Nothing is ever sent: the sender is dropped once the lines are written.
            let _ = receiver.recv_timeout(timeout);
        }
    }
}

/// Counts the threads that write.
#[derive(Debug)]
pub(super) struct Writers {
    /// The number of running threads.
    writing: AtomicUsize,
    /// The number of lost lines.
    lost: AtomicU64,
}

/// The writers of the process.
pub(super) static WRITERS: Writers = Writers::new();

impl Writers {
    const fn new() -> Self {
        Self { writing: AtomicUsize::new(0), lost: AtomicU64::new(0) }
    }

    /// Writes the lines on a new thread.
    pub(super) fn write(
        &'static self,
        mut lines: Vec<Line>,
        settings: LogSettings,
        without_thread: WithoutThread,
    ) -> Delivery {
        lines.retain(|line| line.is_in(settings));
        if lines.is_empty() {
            return Delivery::default();
        }
        let Some(permit) = self.permit() else {
            self.lose(&lines);
            return Delivery::default();
        };
        let sink = Sink::of_this_thread(settings);
        let lines: Arc<[Line]> = lines.into();
        let (sender, receiver) = sync_channel::<()>(1);
        let work = {
            let (lines, sink) = (Arc::clone(&lines), sink.clone());
            move || {
                self.write_all(&lines, &sink);
                // Released before the caller is notified, since it may have the next line.
                drop(permit);
                drop(sender);
            }
        };
        if sys::spawn("skywalking-log", work).is_ok() {
            return Delivery(Some(Mutex::new(receiver)));
        }
        match without_thread {
            WithoutThread::WriteHere => self.write_all(&lines, &sink),
            WithoutThread::Drop => self.lose(&lines),
        }
        Delivery::default()
    }

    /// Resets the count in a forked child, which does not have the parent's threads. Only stores to
    /// an atomic.
    pub(super) fn forget_all(&self) {
        self.writing.store(0, Ordering::Relaxed);
    }

    fn permit(&'static self) -> Option<Permit> {
        let more = |writing| (writing < MOST).then_some(writing + 1);
        // Created only if granted, because dropping it releases the permit.
        self.writing
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
            .then(|| Permit(self))
    }

    fn write_all(&self, lines: &[Line], sink: &Sink) {
        for line in lines {
            sink.write(line);
        }
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            sink.write(&Line::warn(format!(
                "{lost} lines of the agent's log were lost: what takes them hangs, or no thread could be made"
            )));
        }
    }

    fn lose(&self, lines: &[Line]) {
        self.lost.fetch_add(lines.len() as u64, Ordering::Relaxed);
    }
}

/// Allows one thread to write.
struct Permit(&'static Writers);

impl Drop for Permit {
    fn drop(&mut self) {
        // A permit from before `forget_all` is not counted.
        let _ = self
            .0
            .writing
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |writing| writing.checked_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use super::*;
    use crate::config::self_log::{SelfLog, SelfLogLevel};

    const PROGRAM: LogSettings = LogSettings { place: SelfLog::Program, level: SelfLogLevel::Info };
    const LONG: Duration = Duration::from_secs(30);

    fn all_permits(writers: &'static Writers) -> Vec<Permit> {
        let permits: Vec<_> = std::iter::from_fn(|| writers.permit()).collect();
        assert_eq!(permits.len(), MOST);
        permits
    }

    #[test]
    fn lines_are_lost_and_counted_while_all_writers_hang() {
        static WRITERS: Writers = Writers::new();
        let mut permits = all_permits(&WRITERS);
        for _ in 0..3 {
            let asked = Instant::now();
            WRITERS.write(vec![Line::warn("lost")], PROGRAM, WithoutThread::Drop).wait(LONG);
            assert!(asked.elapsed() < LONG / 2);
        }
        assert_eq!(WRITERS.lost.load(Ordering::Relaxed), 3);
        permits.pop();
        WRITERS.write(vec![Line::warn("written")], PROGRAM, WithoutThread::Drop).wait(LONG);
        assert_eq!(WRITERS.lost.load(Ordering::Relaxed), 0, "the line after it has the count");
        assert_eq!(WRITERS.writing.load(Ordering::Relaxed), MOST - 1, "its permit is released");
    }

    #[test]
    fn off_writes_nothing_and_counts_no_loss() {
        static WRITERS: Writers = Writers::new();
        let _permits = all_permits(&WRITERS);
        for settings in [
            LogSettings { place: SelfLog::Off, ..PROGRAM },
            LogSettings { level: SelfLogLevel::Off, ..PROGRAM },
            LogSettings { level: SelfLogLevel::Error, ..PROGRAM },
        ] {
            WRITERS
                .write(vec![Line::warn("not to be written")], settings, WithoutThread::Drop)
                .wait(LONG);
        }
        assert_eq!(WRITERS.lost.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn wait_ends_with_the_writer_or_at_its_deadline() {
        let (sender, receiver) = sync_channel(1);
        let delivery = Delivery(Some(Mutex::new(receiver)));
        assert!(!delivery.is_over());
        let (started, starts) = channel();
        let waiter = std::thread::spawn(move || {
            started.send(()).unwrap();
            delivery.wait(LONG);
        });
        starts.recv().unwrap();
        drop(sender);
        waiter.join().unwrap();
        let (gone, receiver) = sync_channel(1);
        drop(gone);
        assert!(Delivery(Some(Mutex::new(receiver))).is_over());
        let (_sender, receiver) = sync_channel(1);
        let asked = Instant::now();
        Delivery(Some(Mutex::new(receiver))).wait(Duration::from_millis(20));
        assert!(asked.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn forked_child_has_all_writers_again() {
        static WRITERS: Writers = Writers::new();
        let permits = all_permits(&WRITERS);
        WRITERS.forget_all();
        assert!(WRITERS.permit().is_some());
        drop(permits);
        assert_eq!(
            WRITERS.writing.load(Ordering::Relaxed),
            0,
            "a forgotten permit is not released"
        );
    }
}

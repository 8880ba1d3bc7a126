//! Replies to waiting callers. Each gets exactly one, or sees its channel closed.

use std::collections::BTreeMap;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

/// Receives the reply: true if the command was done, false if it was not done in time.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A thread that waits until its deadline.
    Thread(SyncSender<bool>),
    /// A future, which may be dropped earlier.
    Task(oneshot::Sender<bool>),
}

impl Reply {
    pub(super) fn give(self, done: bool) {
        // A caller that does not wait any more needs no reply.
        match self {
            Self::Thread(sender) => drop(sender.try_send(done)),
            Self::Task(sender) => drop(sender.send(done)),
        }
    }

    /// Returns false if the caller does not wait any more.
    fn is_wanted(&self) -> bool {
        match self {
            Self::Thread(_) => true,
            Self::Task(sender) => !sender.is_closed(),
        }
    }
}

/// How many callers are listed before those that gave up are removed.
const FEW: usize = 64;
/// How often callers that gave up are removed.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Callers that wait for the same event, by deadline. Callers that gave up are removed within a
/// second, and before they are half of the list.
#[derive(Debug, Default)]
pub(super) struct Callers {
    waiting: BTreeMap<(Instant, u64), Reply>,
    /// Distinguishes callers with the same deadline.
    number: u64,
    /// The number of entries at which callers that gave up are removed.
    limit: usize,
    next_check: Option<Instant>,
}

impl Callers {
    pub(super) fn add(&mut self, deadline: Instant, reply: Reply) {
        if self.waiting.len() >= self.limit {
            self.drop_unwanted();
        }
        self.number += 1;
        self.waiting.insert((deadline, self.number), reply);
    }

    /// Returns the earliest deadline.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|((deadline, _), _)| *deadline)
    }

    /// Replies to callers whose deadline is over.
    pub(super) fn reply_late(&mut self, now: Instant) {
        while let Some(first) = self.waiting.first_entry().filter(|first| first.key().0 <= now) {
            first.remove().give(false);
        }
        if self.next_check.is_none_or(|next| next <= now) {
            self.next_check = Some(now + CHECK_INTERVAL);
            self.drop_unwanted();
        }
    }

    pub(super) fn reply_all(&mut self, done: bool) {
        for (_, reply) in std::mem::take(&mut self.waiting) {
            reply.give(done);
        }
    }

    fn drop_unwanted(&mut self) {
        self.waiting.retain(|_, reply| reply.is_wanted());
        self.limit = (2 * self.waiting.len()).max(FEW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn callers_that_gave_up_are_removed() {
        let (mut callers, now) = (Callers::default(), Instant::now());
        let hour = now + Duration::from_secs(3_600);
        let mut stays = Vec::new();
        for number in 0..100_000 {
            let (sender, receiver) = oneshot::channel();
            callers.add(hour, Reply::Task(sender));
            if number % 1_000 == 0 {
                stays.push(receiver);
            }
            assert!(
                callers.waiting.len() <= 2 * stays.len() + FEW,
                "{} of {number}",
                callers.waiting.len()
            );
        }
        callers.reply_late(now + CHECK_INTERVAL);
        assert_eq!(callers.waiting.len(), 100, "callers that gave up are removed a second later");
        callers.reply_all(true);
        assert!(stays.iter_mut().all(|receiver| receiver.try_recv() == Ok(true)));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_get_a_reply_at_their_deadline() {
        let (mut callers, now) = (Callers::default(), Instant::now());
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut receivers = Vec::new();
        for seconds in [5, 3, 3, 9] {
            let (sender, receiver) = oneshot::channel();
            callers.add(at(seconds), Reply::Task(sender));
            receivers.push(receiver);
        }
        assert_eq!(callers.next_deadline(), Some(at(3)));
        callers.reply_late(at(5));
        let answers: Vec<_> =
            receivers.iter_mut().map(|receiver| receiver.try_recv().ok()).collect();
        assert_eq!(answers, [Some(false), Some(false), Some(false), None]);
        assert_eq!(callers.next_deadline(), Some(at(9)));
    }
}

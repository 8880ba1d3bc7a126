//! A transport that follows a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use skywalking_proto::v3::SegmentObject;
use tokio::time::{Instant, sleep};

use super::super::super::accounts::Flight;
use super::super::super::signal::Signal;
use super::super::super::transport::{Call, Messages, Outcome, Transport};
use crate::management::ManagementMessage;

/// What the transport does with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    Take,
    /// Takes the messages and answers 200 ms later.
    Slow,
    Refuse,
    Overload,
    /// Fails before it takes a message.
    Absent,
    /// Takes the messages and closes the connection.
    Cut,
    /// Takes the messages and closes the connection 200 ms later.
    CutLater,
    /// Takes the messages and states that it has not processed them.
    Unprocess,
    /// The same, 200 ms later.
    UnprocessLater,
    /// Takes the messages and never answers.
    Stall,
    /// Takes the messages and refuses them because they are too large together.
    TooLarge,
    /// Takes no message and never answers.
    Hang,
    /// Takes one message and confirms the whole batch.
    Early,
}

/// The script and the recorded calls.
#[derive(Default)]
pub(super) struct State {
    /// The next calls. Further calls succeed.
    plan: VecDeque<Plan>,
    /// Replaces `plan` while it is set.
    pub(super) always: Option<Plan>,
    pub(super) heard: Vec<(u64, String)>,
    /// When the first span of each taken segment began, in milliseconds since 1970.
    pub(super) began: Vec<i64>,
    /// The messages of other signals that were taken.
    pub(super) taken: Vec<(Signal, Bytes)>,
    /// How many batches are in flight, and how many were at most.
    flying: usize,
    pub(super) most: usize,
    /// When each batch departed, and how many were in flight then.
    pub(super) departed: Vec<(Instant, usize)>,
}

/// The answer time of a slow backend.
const SLOW: Duration = Duration::from_millis(200);

/// Counts a batch in flight until it is dropped.
struct Flying(Arc<Mutex<State>>);

impl Flying {
    fn begin(state: &Arc<Mutex<State>>) -> Self {
        let mut locked = state.lock().unwrap();
        locked.flying += 1;
        locked.most = locked.most.max(locked.flying);
        let departed = (Instant::now(), locked.flying);
        locked.departed.push(departed);
        Self(Arc::clone(state))
    }
}

impl Drop for Flying {
    fn drop(&mut self) {
        self.0.lock().unwrap().flying -= 1;
    }
}

/// A scripted transport. It records each call with the second at which it happened.
#[derive(Clone)]
pub(super) struct Script {
    state: Arc<Mutex<State>>,
    start: Instant,
    addresses: usize,
    at: usize,
}

impl Script {
    pub(super) fn new(addresses: usize, plan: &[Plan]) -> Self {
        let state = State { plan: plan.iter().copied().collect(), ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), start: Instant::now(), addresses, at: 0 }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn next(&self, what: &str) -> Plan {
        let mut state = self.lock();
        let place = if self.addresses > 1 { format!(" to {}", self.at) } else { String::new() };
        let plan = state.always.or_else(|| state.plan.pop_front()).unwrap_or(Plan::Take);
        let result = if plan == Plan::Take { String::new() } else { format!(": {plan:?}") };
        state.heard.push((self.start.elapsed().as_secs(), format!("{what}{place}{result}")));
        plan
    }

    fn answer(state: Arc<Mutex<State>>, plan: Plan, messages: Messages) -> Call {
        let text = String::from("as planned");
        Box::pin(async move {
            let flight = messages.flight();
            match plan {
                Plan::Absent | Plan::Hang => {}
                Plan::Early => messages.take(1).for_each(drop),
                _ => {
                    let signal = messages.signal();
                    let messages: Vec<_> = messages.collect();
                    let mut state = state.lock().unwrap();
                    for message in messages {
                        if signal == Signal::Segments {
                            let segment = SegmentObject::decode(message).unwrap();
                            state.began.push(segment.spans[0].start_time);
                        } else {
                            state.taken.push((signal, message));
                        }
                    }
                    drop(state);
                    flight.hand_over();
                }
            }
            let _flying = Flying::begin(&state);
            if matches!(plan, Plan::Slow | Plan::CutLater | Plan::UnprocessLater) {
                sleep(SLOW).await;
            }
            match plan {
                Plan::Take | Plan::Slow | Plan::Early => Outcome::Taken,
                Plan::TooLarge => Outcome::TooLarge(text),
                Plan::Unprocess | Plan::UnprocessLater => Outcome::Unprocessed(text),
                Plan::Refuse => Outcome::Refused(text),
                Plan::Overload => Outcome::Overloaded(text),
                Plan::Absent | Plan::Cut | Plan::CutLater => Outcome::Failed(text),
                Plan::Stall | Plan::Hang => std::future::pending().await,
            }
        })
    }
}

impl Transport for Script {
    const WIDTH: usize = 8;

    fn addresses(&self) -> usize {
        self.addresses
    }

    fn address(&self) -> String {
        self.at.to_string()
    }

    fn next_backend(&mut self) {
        self.at = (self.at + 1) % self.addresses;
    }

    fn send_management(&mut self, message: ManagementMessage) -> Call {
        Self::answer(
            Arc::clone(&self.state),
            self.next(&format!("{message:?}")),
            Messages::new(Signal::Segments, Vec::new(), Flight::default()),
        )
    }

    fn send(&mut self, messages: Messages) -> Call {
        // Named without taking a message, which would mark the batch as sent.
        Self::answer(Arc::clone(&self.state), self.next("batch"), messages)
    }
}

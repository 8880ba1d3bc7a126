//! Runs a worker, and runs it again after a panic.
//!
//! The worker keeps its segments, its callers and its transport. A batch that may have left is
//! unconfirmed, and the others are sent again. Nothing is caught in a program that is built with
//! `panic = "abort"`.

use std::time::Duration;

use tokio::time::Instant;

use super::super::signal::PerSignal;
use super::super::source::Source;
use super::super::transport::Transport;
use super::super::vitals::Change;
use super::lane::Lane;
use super::{Link, Worker};
use crate::self_log::Line;
use crate::util::catch_panic::{catch_in, catch_message, catch_panic};

/// How often a worker is started again within [`WITHIN`].
const RESTARTS: usize = 5;
const WITHIN: Duration = Duration::from_secs(600);
/// The delay before the first try after a panic. It doubles with each further one within
/// [`WITHIN`]. A flush and a shutdown try at once.
const DELAY: Duration = Duration::from_secs(1);

/// Runs a worker until it ends, or until it has panicked too often.
pub(crate) async fn keep_running<T: Transport, S: Source>(mut worker: Worker<T, S>) {
    let mut panics: Vec<Instant> = Vec::new();
    loop {
        let Err(problem) = catch_in(Box::pin(worker.run())).await else { return };
        let now = Instant::now();
        panics.retain(|panic| now.duration_since(*panic) < WITHIN);
        let earlier = u32::try_from(panics.len()).unwrap_or(u32::MAX);
        panics.push(now);
        worker.source.change(Change::Died(&problem));
        let recovered =
            catch_message(|| worker.recover(now + DELAY * 2_u32.saturating_pow(earlier)));
        let starts_again = panics.len() <= RESTARTS && recovered.is_ok();
        let line = if starts_again {
            worker.source.change(Change::Restarted);
            Line::error("the reporter panicked and starts again; please report this bug")
        } else {
            Line::error(
                "the reporter panicked and does not start again; segments are dropped until the \
                 program starts a new agent; please report this bug",
            )
        };
        worker.source.log(vec![line.problem(problem)]);
        if !starts_again {
            return;
        }
    }
}

impl<T: Transport, S: Source> Worker<T, S> {
    /// Prepares for another run, which tries to reach the backend at `until`.
    fn recover(&mut self, until: Instant) {
        let managing = self.managing.take();
        catch_panic(move || drop(managing));
        let mut kept = PerSignal::all(0);
        for lane in self.lanes.iter_mut() {
            *kept.of_mut(lane.signal) += lane.recover();
        }
        self.source.settle(kept);
        catch_panic(|| self.transport.next_backend());
        self.link = Link::Down { until };
        self.link_number += 1;
        self.failed = 0;
        self.lanes.iter_mut().for_each(Lane::narrow);
        self.fill_at(Instant::now());
    }
}

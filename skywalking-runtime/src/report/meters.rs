//! Reads all meters each period, and once more when the agent ends. A report is one batch, since
//! the backend evaluates a stream as a whole.

mod agent;
mod message;
mod process;

use std::time::SystemTime;

use tokio::time::Instant;

use self::process::ProcessMeters;
use super::accounts::Ledger;
use super::drain::{Batch, Filled};
use super::signal::Signal;
use super::stats::Stats;
use super::transport::Form;
use crate::config::MeterSettings;
use crate::meter;
use crate::queue::Budget;
use crate::tracer::Identity;
use crate::util::clock::epoch_milliseconds;
use crate::util::diagnostics::{self, Diagnostic};

#[cfg(feature = "report-custom")]
pub(crate) use self::message::collection;

/// The meters of a report are never divided.
const WHOLE: Budget = Budget { bytes: usize::MAX, segments: usize::MAX };

/// Whether a transport can send meters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeterForm {
    /// It can, with the agent's own meters if the settings include them.
    All,
    /// It can, and there is no backend that would show the agent's own.
    OfProgram,
    /// It has no form for them.
    None,
}

impl MeterForm {
    /// Returns what a transport with this format can send.
    pub(crate) fn of(form: Form, has_backend: bool) -> Self {
        match form {
            Form::Protobuf if has_backend => Self::All,
            Form::Protobuf => Self::OfProgram,
            #[cfg(feature = "report-http")]
            Form::Json => Self::None,
        }
    }
}

/// The meters of the process.
#[derive(Debug)]
pub(crate) struct Meters {
    ledger: Ledger,
    identity: Identity,
    settings: MeterSettings,
    form: MeterForm,
    process: ProcessMeters,
    /// When the next report is due.
    next: Instant,
    /// The number of reports.
    passes: u64,
    ending: Ending,
    /// Whether a warning was returned that meters are not sent.
    warned: bool,
}

/// The last report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    No,
    Due,
    /// It was made, or meters are off.
    Done,
}

impl Meters {
    /// Creates a source whose first report is due after a period. Needs the worker's runtime.
    pub(crate) fn new(
        ledger: Ledger,
        identity: Identity,
        settings: MeterSettings,
        form: MeterForm,
    ) -> Self {
        Self {
            ledger,
            identity,
            settings,
            form,
            process: ProcessMeters::new(),
            next: Instant::now() + settings.meter_period,
            passes: 0,
            ending: if settings.meters { Ending::No } else { Ending::Done },
            warned: false,
        }
    }

    /// Makes a last report due, because the agent ends.
    pub(crate) fn release(&mut self) {
        if self.ending == Ending::No {
            self.ending = Ending::Due;
        }
    }

    /// Returns the number of reports.
    pub(crate) fn passes(&self) -> u64 {
        self.passes
    }

    /// Returns when the next report is due.
    pub(crate) fn due(&self) -> Instant {
        self.next
    }

    /// Returns the number of reports that a caller waits for: a flush for none but those that were
    /// made, a shutdown for one more.
    pub(crate) fn goal(&self) -> u64 {
        self.passes + u64::from(self.ending == Ending::Due)
    }

    /// Fills a batch with a report if one is due. `spans` is the number of encoded spans.
    pub(crate) fn fill(&mut self, spans: u64) -> (Batch, Filled) {
        let mut batch = Batch::new(self.passes, WHOLE);
        let now = Instant::now();
        let is_last = self.ending == Ending::Due;
        if is_last || self.next <= now {
            // Before code of the program runs: after a panic the next report is due in a period.
            // Also without a report, since the worker asks again at this time.
            self.next = now + self.settings.meter_period;
            if self.ending == Ending::Done {
                return (batch, Filled::Dry);
            }
            if is_last {
                self.ending = Ending::Done;
            }
            self.passes += 1;
            self.read(spans).into_iter().for_each(|message| batch.push(message));
            self.ledger.make(Signal::Meters, batch.messages.len());
        }
        (batch, Filled::Dry)
    }

    /// Returns true once, if the program has meters that the transport can't send.
    pub(crate) fn is_first_unsupported(&mut self) -> bool {
        let is_first = !self.warned && self.form == MeterForm::None && meter::count() > 0;
        self.warned |= is_first;
        is_first && self.settings.meters
    }

    /// Returns the encoded meters.
    fn read(&mut self, spans: u64) -> Vec<bytes::Bytes> {
        if self.form == MeterForm::None {
            diagnostics::count_many(Diagnostic::MeterUnsupported, meter::count() as u64);
            return Vec::new();
        }
        let mut readings = meter::read();
        if self.settings.runtime_meters && self.form == MeterForm::All {
            readings.extend(self.process.read());
            readings.extend(agent::read(&Stats::read(), spans));
        }
        let milliseconds = epoch_milliseconds(SystemTime::now());
        let Identity { service, instance, .. } = &self.identity;
        let encode = |reading| message::encode(reading, service, instance, milliseconds);
        readings.into_iter().map(encode).collect()
    }
}

#[cfg(test)]
mod tests;

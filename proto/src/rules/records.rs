//! Checks logs, meters and events against the rules of the protocol.
//!
//! ```
//! use skywalking_proto::rules;
//! use skywalking_proto::v3::LogData;
//!
//! const NOW: i64 = 1_800_000_000_000;
//! let record = LogData { service: "RTS_Test".to_owned(), timestamp: NOW, ..LogData::default() };
//!
//! let found = rules::log_violations(&record, None, NOW);
//! let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
//! assert_eq!(texts, ["the log has no body, so the OAP drops it: set a text, JSON or YAML"]);
//! assert!(found[0].loses_record());
//! ```

mod advice;
mod event;
mod log;
mod meter;
mod rule;
#[cfg(test)]
mod tests;

pub use event::event_violations;
pub use log::log_violations;
pub use meter::meter_violations;
pub use rule::RecordRule;

use super::lengths::{ID_CHARACTERS, characters, is_blank, quoted};
use crate::storage;

/// Times further away from the clock than this are on a day without a table.
const DAYS_AWAY_MS: i64 = 2 * 24 * 3600 * 1000;
/// The largest number of violations of a record or a batch. More come from the same bug.
const MAX_VIOLATIONS: usize = 100;

/// The violations of a record or a batch.
struct Found {
    what: &'static str,
    now: i64,
    rules: Vec<RecordRule>,
}

impl Found {
    fn new(what: &'static str, now: i64) -> Self {
        Self { what, now, rules: Vec::new() }
    }

    /// Adds a violation. At the limit, one that loses the record replaces the last one.
    fn add(&mut self, rule: RecordRule) {
        if self.rules.len() < MAX_VIOLATIONS {
            self.rules.push(rule);
        } else if rule.loses_record() && !self.rules.iter().any(RecordRule::loses_record) {
            self.rules.pop();
            self.rules.push(rule);
        }
    }

    /// Checks an id that may be absent.
    fn id(&mut self, name: &'static str, id: &str) {
        let characters = characters(id);
        if characters > ID_CHARACTERS {
            let (what, value) = (self.what, quoted(id));
            self.add(RecordRule::IdLength { what, name, value, characters });
        }
    }

    /// Checks a text for U+0000 and for its length in characters.
    fn text(&mut self, name: &'static str, text: &str, most: usize) {
        let what = self.what;
        if !storage::is_storable(text) {
            self.add(RecordRule::Nul { what, name, value: quoted(text) });
        }
        // A text never has fewer bytes than characters.
        if text.len() > most && characters(text) > most {
            let (value, characters) = (quoted(text), characters(text));
            self.add(RecordRule::Column { what, name, value, characters, most });
        }
    }

    /// Checks a time that is not 0.
    fn time(&mut self, time: i64) {
        if time.saturating_sub(self.now).saturating_abs() > DAYS_AWAY_MS {
            self.add(RecordRule::Time { what: self.what, time, now: self.now });
        }
    }

    fn service(&mut self, service: &str) {
        if is_blank(service) {
            self.add(RecordRule::NoService { what: self.what });
        }
    }
}

//! The meters of the process: a list without a lock that only grows.
//!
//! A meter stands in the first free place of an array. Each thread looks at all places before it,
//! and the last one is taken by an exchange. So of two threads that register the same meter, the
//! second finds the first one's.

use std::fmt;
use std::sync::atomic::AtomicU64;

use once_cell::race::OnceBox;

use super::error::MeterError;
use super::histogram::Buckets;
use super::name::Name;

/// The most meters of a process, without the agent's own.
pub const LIMIT: usize = 500;

type Places = [OnceBox<Meter>; LIMIT];

static METERS: Places = [const { OnceBox::new() }; LIMIT];

/// A registered meter.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) name: Name,
    /// Sorted by name.
    pub(super) labels: Vec<(String, String)>,
    pub(super) kind: Kind,
}

/// The value of a meter.
pub(super) enum Kind {
    Counter(AtomicU64),
    Gauge(Box<dyn Fn() -> f64 + Send + Sync>),
    Histogram(Buckets),
}

impl Kind {
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Counter(_) => "counter",
            Self::Gauge(_) => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns all registered meters, in the order of their registration.
pub(super) fn all() -> impl Iterator<Item = &'static Meter> {
    METERS.iter().map_while(OnceBox::get)
}

/// Returns the number of registered meters.
#[cfg(feature = "agent")]
pub(crate) fn count() -> usize {
    all().count()
}

/// Adds a meter, or returns the one with the same name and labels.
pub(super) fn register(meter: Meter) -> Result<&'static Meter, MeterError> {
    register_in(&METERS, meter)
}

fn register_in(places: &'static Places, meter: Meter) -> Result<&'static Meter, MeterError> {
    let too_many = MeterError::TooMany { name: meter.name.given.clone() };
    let mut meter = Box::new(meter);
    for place in places {
        // The exchange fails if another thread took the place meanwhile.
        if place.get().is_none() {
            match place.set(meter) {
                Ok(()) => return place.get().ok_or(too_many),
                Err(back) => meter = back,
            }
        }
        let Some(registered) = place.get() else { continue };
        if compare(registered, &meter)? {
            return Ok(registered);
        }
    }
    Err(too_many)
}

/// Returns true if both are the same meter, and an error if they can't exist side by side.
fn compare(registered: &Meter, meter: &Meter) -> Result<bool, MeterError> {
    let (old, new) = (&registered.name, &meter.name);
    if old.reported != new.reported {
        return Ok(false);
    }
    let name = new.given.clone();
    if old.given != new.given {
        let (reported, other) = (new.reported.clone(), old.given.clone());
        return Err(MeterError::Clash { name, reported, other });
    }
    let is_same = registered.labels == meter.labels;
    match (&registered.kind, &meter.kind) {
        (Kind::Counter(_), Kind::Counter(_)) => Ok(is_same),
        (Kind::Gauge(_), Kind::Gauge(_)) if is_same => Err(MeterError::GaugeTwice { name }),
        (Kind::Gauge(_), Kind::Gauge(_)) => Ok(false),
        (Kind::Histogram(old), Kind::Histogram(new)) if old.matches(new) => Ok(is_same),
        (Kind::Histogram(_), Kind::Histogram(_)) => {
            Err(MeterError::OtherKind { name, registered: "histogram with other bounds" })
        }
        (kind, _) => Err(MeterError::OtherKind { name, registered: kind.as_str() }),
    }
}

#[cfg(test)]
mod tests;

//! The units of metrics, as factors to the reported unit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use metrics::Unit;

/// The most names whose unit is kept. The unit of a further one is not converted.
const MOST: usize = 2_000;

/// The factor to the reported unit. A later description changes it.
#[derive(Clone, Debug)]
pub(crate) struct Factor(Arc<AtomicU64>);

impl Factor {
    fn new(factor: f64) -> Self {
        Self(Arc::new(AtomicU64::new(factor.to_bits())))
    }

    pub(crate) fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    fn set(&self, factor: f64) {
        self.0.store(factor.to_bits(), Ordering::Relaxed);
    }
}

/// The units by name.
#[derive(Debug, Default)]
pub(crate) struct Units(RwLock<HashMap<String, Factor>>);

impl Units {
    /// Sets the unit of a metric.
    pub(crate) fn describe(&self, name: &str, unit: Unit) {
        self.find(name, 1.0).set(factor(unit));
    }

    /// Returns the factor of a metric that has `otherwise` without a description.
    pub(crate) fn find(&self, name: &str, otherwise: f64) -> Factor {
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return found.clone();
        }
        let mut units = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if units.len() >= MOST && !units.contains_key(name) {
            return Factor::new(otherwise);
        }
        units.entry(name.to_owned()).or_insert_with(|| Factor::new(otherwise)).clone()
    }
}

/// Returns the factor to milliseconds, or 1 for other units than those of time.
fn factor(unit: Unit) -> f64 {
    match unit {
        Unit::Seconds => 1_000.0,
        Unit::Microseconds => 1e-3,
        Unit::Nanoseconds => 1e-6,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_changes_the_factor_before_and_after_registration() {
        let units = Units::default();
        units.describe("a", Unit::Seconds);
        let (a, b) = (units.find("a", 1.0), units.find("b", 7.0));
        let bits = |factor: &Factor| factor.get().to_bits();
        assert_eq!((bits(&a), bits(&b)), (1_000.0_f64.to_bits(), 7.0_f64.to_bits()));
        units.describe("b", Unit::Nanoseconds);
        units.describe("a", Unit::Bytes);
        assert_eq!((bits(&a), bits(&b)), (1.0_f64.to_bits(), 1e-6_f64.to_bits()));
    }

    #[test]
    fn number_of_kept_names_is_bounded() {
        let units = Units::default();
        for number in 0..MOST + 50 {
            units.describe(&number.to_string(), Unit::Seconds);
        }
        assert_eq!(units.0.read().unwrap().len(), MOST);
        assert_eq!(units.find("7", 1.0).get().to_bits(), 1_000.0_f64.to_bits());
        assert_eq!(units.find("another", 1.0).get().to_bits(), 1.0_f64.to_bits());
    }
}

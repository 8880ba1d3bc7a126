//! Meters that an integration could not register on behalf of the program.

use once_cell::race::OnceBox;

use super::error::MeterError;
use crate::self_log;
use crate::util::diagnostics::{self, Diagnostic};

/// The most names that are logged.
const MOST: usize = 50;

static LOGGED: [OnceBox<String>; MOST] = [const { OnceBox::new() }; MOST];

impl MeterError {
    /// Logs the error as a line of the agent, once for each name and for at most 50 names. For
    /// integrations, which cannot return it.
    ///
    /// ```
    /// use skywalking_runtime::meter;
    ///
    /// if let Err(error) = meter::counter("").register() {
    ///     error.log();
    /// }
    /// ```
    pub fn log(&self) {
        if is_new(&LOGGED, self.name()) {
            self_log::warn(format!("a meter is not reported: {self}"));
        }
    }
}

/// Counts the use of a meter that was not registered, as
/// [`Diagnostic::MeterRefused`](crate::stats::Diagnostic::MeterRefused). For integrations.
pub fn count_refused() {
    diagnostics::count(Diagnostic::MeterRefused);
}

/// Returns true if the name is not in the list, and adds it if there is space.
fn is_new(logged: &[OnceBox<String>], name: &str) -> bool {
    for place in logged {
        if place.get().is_none() && place.set(Box::new(name.to_owned())).is_ok() {
            return true;
        }
        if place.get().is_some_and(|other| other == name) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_logged_once_and_their_number_is_bounded() {
        let logged = [const { OnceBox::new() }; 2];
        let new = ["a", "b", "a", "b", "c"].map(|name| is_new(&logged, name));
        assert_eq!(new, [true, true, false, false, false]);
    }
}

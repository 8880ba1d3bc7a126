//! Detects `SW_*` variables without effect, so that a typo in a name is noticed.
//!
//! Only names are checked, never values. Names that Kubernetes sets for a service called `sw-agent`
//! and names of other agents ([`table`]) are not typos.

mod aliases;
mod table;
mod unused;
mod used;

use std::fmt::Write as _;

pub use self::table::{FileValue, OtherAgent, Usage, Variable, variables};
pub(super) use self::table::{aliases, find};
use super::settings_file::SettingsFile;
use crate::util::text;

/// How many names are listed, and how long each may be in UTF-16 units.
const LISTED: usize = 20;
const NAME: usize = 100;

/// A name within this edit distance of another is considered a typo of it.
const EDITS: usize = 2;

/// An unknown name, and the name that may be meant.
type Unknown = (String, Option<&'static str>);

/// Variables without effect, and keys of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ignored {
    unknown: Vec<Unknown>,
    /// The path of a file, and its unknown keys with their lines.
    in_file: Option<(String, Vec<(usize, Unknown)>)>,
    /// Names of other agents.
    others: Vec<String>,
}

impl Ignored {
    /// Adds those of the variables that are set, by their names.
    pub(super) fn add_variables(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            let upper = name.to_ascii_uppercase();
            if !upper.starts_with("SW_") || is_of_kubernetes(&upper) {
                continue;
            }
            match find(&name) {
                Some(variable) if variable.is_read() => {}
                Some(_) => self.others.push(name),
                None => {
                    let meant = meant(&upper);
                    if meant.is_some() || upper.starts_with("SW_AGENT_") {
                        self.unknown.push((name, meant));
                    }
                }
            }
        }
        self.unknown.sort_unstable();
        self.others.sort_unstable();
        self.others.dedup();
    }

    /// Adds the keys of a file.
    pub(super) fn add_file(&mut self, file: &SettingsFile) {
        let mut unknown = Vec::new();
        for (name, line) in file.keys() {
            match find(name) {
                Some(variable) if variable.is_read() => {}
                Some(_) => self.others.push(name.clone()),
                None => unknown.push((*line, (name.clone(), meant(&name.to_ascii_uppercase())))),
            }
        }
        unknown.sort_unstable();
        self.in_file = Some((file.path().to_owned(), unknown));
    }

    /// Returns the path of the file with settings.
    pub(crate) fn file(&self) -> Option<&str> {
        self.in_file.as_ref().map(|(path, _)| path.as_str())
    }

    /// Returns the texts of the warnings about unknown names.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.unknown.is_empty() {
            let names = self.unknown.iter().map(|(name, meant)| shown(name) + &hint(*meant));
            warnings.push(format!("unknown variables have no effect: {}", list(names)));
        }
        if let Some((path, keys)) = self.in_file.as_ref().filter(|(_, keys)| !keys.is_empty()) {
            let names = keys.iter().map(|(line, (name, meant))| {
                format!("{} in line {line}{}", shown(name), hint(*meant))
            });
            warnings.push(format!("unknown keys of {path} have no effect: {}", list(names)));
        }
        warnings
    }

    /// Returns the list of the names of other agents.
    pub(crate) fn of_others(&self) -> Option<String> {
        (!self.others.is_empty()).then(|| list(self.others.iter().map(|name| shown(name))))
    }
}

/// Returns the known name of which this one, in upper case, seems to be a typo.
fn meant(upper: &str) -> Option<&'static str> {
    let known = variables().map(|known| (edits(upper, known.name), known.name));
    known.filter(|(edits, _)| *edits <= EDITS).min().map(|(_, known)| known)
}

fn hint(meant: Option<&str>) -> String {
    meant.map(|meant| format!(" (is {meant} meant?)")).unwrap_or_default()
}

fn shown(name: &str) -> String {
    let mut shown = String::new();
    text::push_name(&mut shown, name, NAME);
    shown
}

fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let mut list = names.take(LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(list, " and {more} more");
    }
    list
}

/// Returns true for variables that Kubernetes sets for each service of the namespace.
fn is_of_kubernetes(name: &str) -> bool {
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.ends_with("_PORT")
        || name.contains("_PORT_")
}

/// Returns the edit distance: how many characters must be added, removed or replaced.
fn edits(from: &str, to: &str) -> usize {
    // The table is not needed if the lengths alone differ too much.
    if from.len().abs_diff(to.len()) > EDITS {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.bytes().enumerate() {
        let (mut diagonal, mut left) = (line, line + 1);
        let mut cells = row.iter_mut();
        cells.next().into_iter().for_each(|first| *first = left);
        for (b, cell) in to.bytes().zip(cells) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

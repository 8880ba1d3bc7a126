//! The file with settings: TOML whose keys are the names of the variables.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::file::{File, read_at_start};
use super::interned::interned;
use crate::error::Error;
use crate::util::text;

#[cfg(feature = "config-file")]
mod parse;

pub(super) const PATH: &str = "SW_AGENT_CONFIG_PATH";

/// How much of the path a message has, in UTF-16 units.
const SHOWN: usize = 200;

/// The settings of a file. They may be secrets, so there is no `Debug`.
pub(super) struct SettingsFile {
    /// The path, for messages.
    path: String,
    /// The values of known names, as texts of variables, with their lines.
    values: BTreeMap<String, (String, usize)>,
    /// The keys, with their lines.
    keys: Vec<(String, usize)>,
}

impl SettingsFile {
    /// Reads a file. Waits at most 3 s.
    ///
    /// # Errors
    /// If the file cannot be read, is not TOML, or has a value of a wrong type.
    pub(super) fn read(file: &File) -> Result<Self, Error> {
        if cfg!(not(feature = "config-file")) {
            return Err(file.error(
                "is not read by this build; turn on the feature config-file of skywalking-runtime, or unset the variable",
            ));
        }
        let reading = file.clone();
        let bytes = read_at_start(move || reading.read(), |problem| file.error(problem))??;
        let content = String::from_utf8(bytes)
            .map_err(|_| file.error("is not UTF-8; save it as UTF-8 without another encoding"))?;
        Self::parse(file, &content)
    }

    #[cfg(not(feature = "config-file"))]
    fn parse(file: &File, _: &str) -> Result<Self, Error> {
        let path = shown_path(file);
        Ok(Self { path, values: BTreeMap::new(), keys: Vec::new() })
    }

    /// Returns a value as the text of a variable.
    pub(super) fn value(&self, name: &str) -> Option<OsString> {
        self.values.get(name).map(|(value, _)| value.into())
    }

    /// Returns the name of a setting with its place, for messages.
    pub(super) fn setting(&self, name: &str) -> &'static str {
        let line = self.values.get(name).map_or(0, |(_, line)| *line);
        setting(name, line, &self.path)
    }

    /// Returns the path, for messages.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the keys with their lines.
    pub(super) fn keys(&self) -> &[(String, usize)] {
        &self.keys
    }
}

fn setting(name: &str, line: usize, path: &str) -> &'static str {
    interned(&format!("{name} (line {line} of {path})"))
}

fn shown_path(file: &File) -> String {
    text::clean(&file.shown(), SHOWN).into_owned()
}

#[cfg(test)]
mod tests;

//! Parses the file, and checks the types of its values.

use std::collections::BTreeMap;

use toml::de::{DeArray, DeInteger, DeTable, DeValue};

use super::super::env::without_secret;
use super::super::variables::{FileValue, Usage, Variable, find};
use super::{PATH, SettingsFile, setting, shown_path};
use crate::config::File;
use crate::error::Error;
use crate::util::text;

/// How much of a key a message has, in UTF-16 units.
const KEY: usize = 100;

impl SettingsFile {
    /// Parses the content of a file.
    ///
    /// # Errors
    /// If it is not TOML, or a value has a wrong type.
    pub(super) fn parse(file: &File, content: &str) -> Result<Self, Error> {
        // Editors of Windows write a byte order mark.
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        let lines = Lines::of(content);
        let table = DeTable::parse(content).map_err(|error| {
            // The text of the line is not shown, since it may be a secret.
            let line = error.span().map_or(1, |span| lines.number(span.start));
            file.error(format!("is not TOML in line {line}: {}; correct the line", error.message()))
        })?;
        let mut parsed = Self { path: shown_path(file), values: BTreeMap::new(), keys: Vec::new() };
        for (key, value) in table.into_inner() {
            let line = lines.number(key.span().start);
            let (key, value) = (key.into_inner(), value.into_inner());
            let key = text::clean(&key, KEY).into_owned();
            if matches!(value, DeValue::Table(_)) && find(&key).is_none() {
                return Err(file.error(format!(
                    "has a table {key:?} in line {line}; write each setting by the name of its variable, outside of tables"
                )));
            }
            if key == PATH {
                return Err(file.error(format!("sets {PATH} in line {line}; remove this line")));
            }
            if let Some(known) = find(&key).filter(|known| known.is_read()) {
                let setting = setting(&key, line, &parsed.path);
                parsed.values.insert(key.clone(), (text_of(known, setting, value)?, line));
            }
            parsed.keys.push((key, line));
        }
        Ok(parsed)
    }
}

/// Returns the text that the variable would have.
fn text_of(known: &Variable, setting: &'static str, value: DeValue<'_>) -> Result<String, Error> {
    let expected = type_of(known);
    let name = match known.usage {
        Usage::Alias { of } => of,
        _ => known.name,
    };
    let wrong =
        |found: String| Err(Error::FileValue { setting, expected: description(expected), found });
    match (expected, value) {
        (FileValue::Text | FileValue::List, DeValue::String(text)) => Ok(text.into_owned()),
        (FileValue::Switch, DeValue::Boolean(switch)) => Ok(switch.to_string()),
        (FileValue::Integer | FileValue::Number, DeValue::Integer(number)) => Ok(decimal(&number)),
        // As it is written, because a point tells a rate from a number.
        (FileValue::Number, DeValue::Float(number)) => Ok(number.as_str().to_owned()),
        (FileValue::List, DeValue::Array(items)) => match list(items) {
            Some(list) => Ok(list),
            None => wrong("a list with something else, or with a comma in an item".to_owned()),
        },
        (_, DeValue::String(text)) => wrong(format!("{:?}", without_secret(name, &text))),
        (_, DeValue::Boolean(switch)) => wrong(switch.to_string()),
        (_, DeValue::Integer(number)) => wrong(without_secret(name, number.as_str())),
        (_, DeValue::Float(number)) => wrong(without_secret(name, number.as_str())),
        (_, DeValue::Datetime(_)) => wrong("a date or time".to_owned()),
        (_, DeValue::Array(_)) => wrong("a list".to_owned()),
        (_, DeValue::Table(_)) => wrong("a table".to_owned()),
    }
}

/// Returns the type of a variable's value.
fn type_of(variable: &Variable) -> FileValue {
    match variable.usage {
        Usage::Used { in_file, .. } => in_file,
        Usage::Alias { of } => find(of).map_or(FileValue::Text, type_of),
        Usage::Refused { .. } => FileValue::Switch,
        Usage::Ignored { .. } => FileValue::Text,
    }
}

/// Returns the name of a type, with its form.
fn description(expected: FileValue) -> &'static str {
    match expected {
        FileValue::Text => "a string in quotation marks",
        FileValue::Integer => "an integer without quotation marks",
        FileValue::Number => "a number without quotation marks",
        FileValue::Switch => "true or false without quotation marks",
        FileValue::List => "a list of strings, such as [\"a\", \"b\"]",
    }
}

/// Returns an integer in decimal digits.
fn decimal(number: &DeInteger<'_>) -> String {
    match number.radix() {
        10 => number.as_str().to_owned(),
        radix => i128::from_str_radix(number.as_str(), radix)
            .map_or_else(|_| number.to_string(), |number| number.to_string()),
    }
}

/// Returns the items with commas between them, unless an item has a comma itself. An empty list is
/// a comma, which a variable has for it.
fn list(items: DeArray<'_>) -> Option<String> {
    let texts: Option<Vec<_>> = items
        .into_iter()
        .map(|item| match item.into_inner() {
            DeValue::String(text) if !text.contains(',') => Some(text),
            _ => None,
        })
        .collect();
    texts.map(|texts| if texts.is_empty() { ",".to_owned() } else { texts.join(",") })
}

/// The places of line ends.
struct Lines(Vec<usize>);

impl Lines {
    fn of(content: &str) -> Self {
        Self(content.match_indices('\n').map(|(place, _)| place).collect())
    }

    /// Returns the number of the line, from 1.
    fn number(&self, place: usize) -> usize {
        self.0.partition_point(|end| *end < place) + 1
    }
}

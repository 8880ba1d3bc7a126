//! The settings of correlation: limits of the pairs, and keys that become tags.

use super::Config;
use super::env::Source;
use super::interned::interned;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::headers::correlation::Limits;

const PAIRS: &str = "SW_CORRELATION_ELEMENT_MAX_NUMBER";
const VALUE_LENGTH: &str = "SW_CORRELATION_VALUE_MAX_LENGTH";
const TAGS: &str = "SW_CORRELATION_AUTO_TAG_KEYS";
const MAX_PAIRS: &str = "Config::max_correlation_pairs";
const MAX_VALUE_LENGTH: &str = "Config::max_correlation_value_length";

/// The settings as they were given, each limit with the name of its setting.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pairs: (usize, &'static str),
    value_length: (usize, &'static str),
    tags: Vec<String>,
}

impl Default for Given {
    fn default() -> Self {
        let Limits { pairs, value_length } = Limits::DEFAULT;
        Self {
            pairs: (pairs, MAX_PAIRS),
            value_length: (value_length, MAX_VALUE_LENGTH),
            tags: Vec::new(),
        }
    }
}

impl Config {
    /// Sets how many [`correlation`](crate::propagation::correlation) pairs travel with a trace. Default: 3, at
    /// most 64; with 0, none travel.
    ///
    /// The limit also holds for incoming pairs. Every call sends all pairs in its headers, and other
    /// agents have limits of their own: usually 3.
    ///
    /// ```
    /// use skywalking_runtime::{Config, config::Reporter};
    ///
    /// let _agent = Config::new("orders")
    ///     .reporter(Reporter::Discard)
    ///     .max_correlation_pairs(5)
    ///     .max_correlation_value_length(200)
    ///     .start()?;
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn max_correlation_pairs(mut self, pairs: usize) -> Self {
        self.correlation.pairs = (pairs, MAX_PAIRS);
        self
    }

    /// Sets how long the value of a [`correlation`](crate::propagation::correlation) pair may be, in UTF-16
    /// units. Default: 128, at most 4096.
    ///
    /// The limit also holds for incoming pairs; other agents usually take 128.
    pub fn max_correlation_value_length(mut self, length: usize) -> Self {
        self.correlation.value_length = (length, MAX_VALUE_LENGTH);
        self
    }

    /// Sets the keys of [`correlation`](crate::propagation::correlation) whose values become tags. Default:
    /// none.
    ///
    /// The tag is set on the span that puts the value, on the span that receives it with a request,
    /// and on each exit span that sends it.
    ///
    /// ```
    /// use skywalking_runtime::{
    ///     Callsite, Config, callsite, config::Reporter, propagation::{correlation, inject}, span,
    ///     testing,
    /// };
    ///
    /// static ENTRY: Callsite = callsite!(entry, "/orders");
    /// static CALL: Callsite = callsite!(exit, "/stock", peer = "stock:8080");
    ///
    /// let _agent = Config::new("orders").reporter(Reporter::Discard).correlation_tags(["tenant"]).start()?;
    /// let trees = testing::run(|| span(&ENTRY).run(|| {
    ///     correlation::put("tenant", "blue");
    ///     let _call = span(&CALL).enter();
    ///     inject(&mut String::new());
    /// }));
    /// assert_eq!(testing::text(&trees), "Entry /orders {tenant=blue}\n  Exit /stock peer=stock:8080 {tenant=blue}\n");
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn correlation_tags(mut self, keys: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.correlation.tags = keys.into_iter().map(|key| key.as_ref().to_owned()).collect();
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    let number = |name| match source.text(name)? {
        Some(super::Given { text: value, setting }) => value
            .trim()
            .parse()
            .map(|number: usize| Some((number, setting)))
            .map_err(|_| Error::NotANumber { setting, value }),
        None => Ok(None),
    };
    let given = &mut config.correlation;
    given.pairs = number(PAIRS)?.unwrap_or(given.pairs);
    given.value_length = number(VALUE_LENGTH)?.unwrap_or(given.value_length);
    if let Some(keys) = source.text(TAGS)? {
        given.tags = keys.text.split(',').map(str::trim).map(str::to_owned).collect();
    }
    Ok(())
}

impl Given {
    /// Checks the settings and applies them.
    pub(super) fn check(&self, settings: &mut Settings) -> Result<(), Error> {
        let Self { pairs, value_length, tags } = self;
        for ((value, setting), most) in
            [(*pairs, Limits::MOST.pairs), (*value_length, Limits::MOST.value_length)]
        {
            if value > most {
                return Err(Error::LimitTooLarge { setting, value, most });
            }
        }
        if value_length.0 == 0 {
            return Err(Error::ZeroLimit { setting: value_length.1 });
        }
        settings.correlation = Limits { pairs: pairs.0, value_length: value_length.0 };
        settings.correlation_tags =
            tags.iter().filter(|key| !key.is_empty()).map(|key| interned(key)).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&'static str, &str)]) -> Result<Settings, Error> {
        let mut config = Config::new("svc")
            .max_correlation_pairs(5)
            .max_correlation_value_length(6)
            .correlation_tags(["built"]);
        let lookup = |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        };
        apply(&mut config, &Source::new(&lookup))?;
        config.check().map(|checked| checked.settings)
    }

    #[test]
    fn variables_override_the_builder_one_by_one() {
        let settings = from(&[]).unwrap();
        assert_eq!(
            (settings.correlation, &settings.correlation_tags[..]),
            (Limits { pairs: 5, value_length: 6 }, &["built"][..])
        );
        let settings = from(&[(PAIRS, " 0 "), (TAGS, "a, b,,c ")]).unwrap();
        assert_eq!(
            (settings.correlation, &settings.correlation_tags[..]),
            (Limits { pairs: 0, value_length: 6 }, &["a", "b", "c"][..])
        );
    }

    #[test]
    fn invalid_limit_is_an_error_that_names_it() {
        let text = |variable, value| from(&[(variable, value)]).unwrap_err().to_string();
        assert_eq!(
            text(PAIRS, "many"),
            "SW_CORRELATION_ELEMENT_MAX_NUMBER: expected an integer, found \"many\""
        );
        assert_eq!(
            text(PAIRS, "65"),
            "SW_CORRELATION_ELEMENT_MAX_NUMBER: the limit 65 is too large; give at most 64"
        );
        assert_eq!(
            text(VALUE_LENGTH, "0"),
            "SW_CORRELATION_VALUE_MAX_LENGTH: the limit is 0; set at least 1"
        );
        let built = Config::new("svc").max_correlation_value_length(4_097).check().unwrap_err();
        assert_eq!(
            built,
            Error::LimitTooLarge { setting: MAX_VALUE_LENGTH, value: 4_097, most: 4_096 }
        );
    }
}

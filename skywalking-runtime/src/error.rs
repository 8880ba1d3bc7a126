//! What can be wrong with the settings of an agent, and nothing else: once an agent runs, no call
//! of it fails.

use std::fmt;

use crate::util::text::cut;

/// Why an agent did not start. Each variant names the setting, its value and the remedy.
///
/// `Debug` says the same as `Display`: it is what a `main` prints that returns the error, and its
/// user needs the remedy.
///
/// A setting is named as it was given: the builder's method or the variable. The token's value is
/// in none of them.
///
/// ```
/// use skywalking_runtime::{Config, Error};
///
/// let error = Config::new("").start().unwrap_err();
/// assert!(matches!(error, Error::ServiceMissing { .. }));
/// assert_eq!(error.to_string(), "Config::new: the service has no name; give it one of 1 to 50 characters");
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No service name, or one of blanks.
    #[error("{setting}: the service has no name; give it one of 1 to 50 characters")]
    ServiceMissing {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// A service name over the limit, counted as the backend counts, in UTF-16 units.
    #[error(
        "{setting}: the service name {} has {units} characters (UTF-16 units); shorten it to at most 50",
        shown(value)
    )]
    ServiceTooLong {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The name.
        value: String,
        /// Its length.
        units: usize,
    },
    /// A service name that a backend with SQL storage can't store.
    #[error(
        "{setting}: the service name {} has {bytes} bytes of UTF-8, and SQL storage takes 147; shorten it, or set Storage::Any (the \
         variable: SW_AGENT_STORAGE=any) if the backend has Elasticsearch or BanyanDB",
        shown(value)
    )]
    ServiceNotStorable {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The name.
        value: String,
        /// Its length.
        bytes: usize,
    },
    /// A kind of storage that is none.
    #[error(
        "{setting}: the storage {} is unknown; give sql, or any for Elasticsearch and BanyanDB, or unset the variable",
        shown(value)
    )]
    Storage {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// A service or instance name with line ends, escapes or other control characters.
    #[error("{setting}: the name {} has control characters; remove them", shown(value))]
    ControlCharacter {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The name.
        value: String,
    },
    /// No backend in the list.
    #[error(
        "{setting}: the list of backends {} is empty; give host:port, or host:port,host:port",
        shown(value)
    )]
    BackendMissing {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The list.
        value: String,
    },
    /// A backend that is no `host:port`.
    #[error("{setting}: the backend {} {problem}", shown(value))]
    Backend {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The one address of the list.
        value: String,
        /// What is wrong with it, and the remedy.
        problem: &'static str,
    },
    /// An `https` backend, which this build can't speak to.
    #[error(
        "{setting}: the backend {} asks for TLS, which this build has no support for; give host:port of a port without TLS",
        shown(value)
    )]
    TlsUnsupported {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The one address of the list.
        value: String,
    },
    /// TLS is asked for, and this build can't speak it.
    #[error(
        "{setting}: TLS is asked for, and this build has no support for it; unset the variable, and report to a port without TLS"
    )]
    TlsForced {
        /// The variable.
        setting: &'static str,
    },
    /// A token that a header can't hold. Its value is not shown.
    #[error(
        "{setting}: the token <hidden> has blanks, control or non-ASCII characters; give visible ASCII alone"
    )]
    Token {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// A switch that is neither on nor off.
    #[error(
        "{setting}: {} is neither true nor false; give one of the two, or unset the variable",
        shown(value)
    )]
    Switch {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// A protocol that nobody speaks.
    #[error(
        "{setting}: {} is no protocol; give grpc, http, log or discard, or unset the variable",
        shown(value)
    )]
    Protocol {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// A place for the agent's own log that doesn't exist.
    #[error(
        "{setting}: {} is not a place to log to; give auto, program or off, or unset the variable",
        shown(value)
    )]
    SelfLog {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// What orphans do is neither of the two.
    #[error(
        "{setting}: {} is neither `trace` nor `skip`; give one of them, or unset the variable",
        shown(value)
    )]
    Orphans {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// A protocol that this build leaves out.
    #[error(
        "{setting}: this build can't report by {}; turn on the feature {feature} of skywalking-runtime, or give another protocol",
        shown(value)
    )]
    FeatureOff {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
        /// The feature that it takes.
        feature: &'static str,
    },
    /// A variable that is no text.
    #[error(
        "{setting}: the value {} is not valid Unicode; set the variable to UTF-8 text, or unset it",
        shown(value)
    )]
    NotUnicode {
        /// The variable.
        setting: &'static str,
        /// Its value with what is no text replaced, or `<hidden>`.
        value: String,
    },
    /// A limit of 0, under which nothing could be traced.
    #[error("{setting}: the limit 0 leaves no room for anything; give at least 1")]
    ZeroLimit {
        /// The builder's method.
        setting: &'static str,
    },
    /// A rate of sampling that is none.
    #[error("{setting}: {} is no rate of sampling; give a number from 0 (none) to 1 (all){}", cut(value, SHOWN).escape_debug(), as_percentage(value))]
    SampleRate {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The rate.
        value: String,
    },
    /// No request in 3 seconds, of which nobody can say what is meant.
    #[error(
        "{setting}: 0 requests per 3 seconds are none by the words and all of them to the Java agent; give Sampling::All (the variable: -1), or \
         Sampling::rate(0.0) (the variable SW_AGENT_SAMPLE_RATE: 0)"
    )]
    SampleNone {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// The variable `SW_AGENT_SAMPLE`, which means something else to each of the other agents. The
    /// message names what the value means to them, and the variable that says it without doubt.
    #[error("{setting}: {} {}", shown(value), readings(value))]
    SampleAmbiguous {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// Two variables that say which requests are recorded.
    #[error("{setting}: {first} says already which requests are recorded; unset one of the two")]
    SampleTwice {
        /// The variable.
        setting: &'static str,
        /// The other one.
        first: &'static str,
    },
    /// A limit that is no whole number.
    #[error("{setting}: {} is no whole number; give one, or unset the variable", shown(value))]
    NotANumber {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// A limit beyond what can be.
    #[error("{setting}: the limit {value} is too large; give at most {most}")]
    LimitTooLarge {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The limit.
        value: usize,
        /// The largest one.
        most: usize,
    },
    /// A second agent in one process.
    #[error(
        "start: the agent of service {service:?} is running in this process; shut it down first, or use that one"
    )]
    AlreadyStarted {
        /// The service for which the second agent was to start.
        service: String,
    },
    /// The operating system did not give what the reporter needs.
    #[error(
        "start: the reporter's thread could not be started: {problem}; raise the process's limits on threads and files"
    )]
    Reporter {
        /// The operating system's words.
        problem: String,
    },
}

/// What is shown of a value, in UTF-16 units.
const SHOWN: usize = 300;

/// A value as an error quotes it: the beginning of one that is long.
fn shown(value: &str) -> String {
    let beginning = cut(value, SHOWN);
    if beginning.len() == value.len() {
        return format!("{value:?}");
    }
    format!("{beginning:?}.. ({} bytes)", value.len())
}

/// What a value of `SW_AGENT_SAMPLE` means, and how to say it.
fn readings(value: &str) -> String {
    let text = value.trim();
    let number = text.parse::<f64>().ok().filter(|number| *number >= 0.0);
    let percentage = text
        .strip_suffix('%')
        .map_or(number, |text| text.trim().parse().ok())
        .filter(|share| (0.0..=100.0).contains(share));
    let mut readings = Vec::new();
    if let Some(rate) = number.filter(|rate| *rate <= 1.0) {
        readings.push(format!("a rate to the Go agents (SW_AGENT_SAMPLE_RATE={rate})"));
    }
    if let Some(share) = percentage {
        readings.push(format!("a percentage to others (SW_AGENT_SAMPLE_RATE={})", share / 100.0));
    }
    match text.parse::<i64>() {
        Ok(0) => {
            readings
                .push("no limit to the Java agent (SW_AGENT_SAMPLE_N_PER_3_SECS=-1)".to_owned());
        }
        Ok(number) if number > 0 => {
            readings.push(format!("a number of requests per 3 seconds to the Java agent (SW_AGENT_SAMPLE_N_PER_3_SECS={number})"));
        }
        _ => {}
    }
    match &readings[..] {
        [] => "has no meaning; set SW_AGENT_SAMPLE_RATE (0 to 1) or SW_AGENT_SAMPLE_N_PER_3_SECS instead".to_owned(),
        [one] => format!("is {one} alone; set that variable instead"),
        [first @ .., last] => format!("is {} and {last}; set the variable that you mean instead", first.join(", ")),
    }
}

/// What is no rate may be a percentage.
fn as_percentage(value: &str) -> String {
    match value.trim().trim_end_matches('%').trim_end().parse::<f64>() {
        Ok(share) if (0.0..=100.0).contains(&share) => {
            format!("; as a percentage it is the rate {}", share / 100.0)
        }
        _ => String::new(),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_main_prints_names_the_remedy() {
        let error = Error::ServiceMissing { setting: "SW_AGENT_NAME" };
        assert_eq!(format!("{error:?}"), error.to_string());
        assert_eq!(
            error.to_string(),
            "SW_AGENT_NAME: the service has no name; give it one of 1 to 50 characters"
        );
    }

    #[test]
    fn error_quotes_a_value_on_one_line_and_bounded() {
        let value = format!("1\n2\u{1b}\"{}", "键".repeat(500_000));
        let setting = "SW_AGENT_X";
        for error in [
            Error::ServiceTooLong { setting, value: value.clone(), units: 500_005 },
            Error::ControlCharacter { setting, value: value.clone() },
            Error::Backend { setting, value: value.clone(), problem: "is wrong" },
            Error::Switch { setting, value: value.clone() },
            Error::Protocol { setting, value: value.clone() },
            Error::NotUnicode { setting, value: value.clone() },
            Error::SampleRate { setting, value: value.clone() },
            Error::SampleAmbiguous { setting, value: value.clone() },
            Error::NotANumber { setting, value: value.clone() },
        ] {
            let text = error.to_string();
            assert!(text.len() < 1_500 && !text.contains(char::is_control), "{text}");
        }
        assert_eq!(shown("a b"), "\"a b\"");
    }
}

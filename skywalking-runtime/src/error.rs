//! The errors of starting an agent. Once an agent runs, none of its calls fails.

mod values;

use std::fmt;
use std::time::Duration;

use self::values::{SHOWN, as_percentage, readings, shown};
use crate::util::text::cut;

/// An error that kept an agent from starting. Each message names the setting, its value and the fix.
///
/// `Debug` prints the same as `Display`, because a `main` that returns the error prints that.
///
/// The setting is the builder's method or the variable by which it was set. No message contains the
/// value of the token.
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
    /// The service name is missing or blank.
    #[error("{setting}: the service has no name; give it one of 1 to 50 characters")]
    #[non_exhaustive]
    ServiceMissing {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// The service name is too long: the backend counts UTF-16 units.
    #[error(
        "{setting}: the service name {} has {units} characters (UTF-16 units); shorten it to at most 50",
        shown(value)
    )]
    #[non_exhaustive]
    ServiceTooLong {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The name.
        value: String,
        /// Its length.
        units: usize,
    },
    /// A backend with SQL storage can't store the service name.
    #[error(
        "{setting}: the service name {} has {bytes} bytes of UTF-8, and SQL storage takes 147; shorten it, or set Storage::Any (the \
         variable: SW_AGENT_STORAGE=any) if the backend has Elasticsearch or BanyanDB",
        shown(value)
    )]
    #[non_exhaustive]
    ServiceNotStorable {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The name.
        value: String,
        /// Its length.
        bytes: usize,
    },
    /// The kind of storage is unknown.
    #[error(
        "{setting}: unknown storage {}: expected sql, or any for Elasticsearch and BanyanDB",
        shown(value)
    )]
    #[non_exhaustive]
    Storage {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// A service or instance name has control characters, such as line ends or escapes.
    #[error("{setting}: the name {} has control characters; remove them", shown(value))]
    #[non_exhaustive]
    ControlCharacter {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The name.
        value: String,
    },
    /// The list of backends is empty.
    #[error(
        "{setting}: the list of backends {} is empty; give host:port, or host:port,host:port",
        shown(value)
    )]
    #[non_exhaustive]
    BackendMissing {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The list.
        value: String,
    },
    /// A backend is not `host:port`.
    #[error("{setting}: the backend {} {problem}", shown(value))]
    #[non_exhaustive]
    Backend {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The one address of the list.
        value: String,
        /// What is wrong with it, and the fix.
        problem: &'static str,
    },
    /// A backend is an `https` URL, and this build has no TLS.
    #[error(
        "{setting}: the backend {} requires TLS, which this build does not include; turn on the feature tls-ring or tls-aws-lc of \
         skywalking-runtime, or give host:port of a port without TLS",
        shown(value)
    )]
    #[non_exhaustive]
    TlsUnsupported {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The one address of the list.
        value: String,
    },
    /// TLS is required, and this build has none.
    #[error(
        "{setting}: TLS is required, but this build does not include it; turn on the feature tls-ring or tls-aws-lc of skywalking-runtime, \
         or unset it and report to a port without TLS"
    )]
    #[non_exhaustive]
    TlsForced {
        /// The variable.
        setting: &'static str,
    },
    /// A backend is an `http` URL, and another setting turns TLS on.
    #[error(
        "{setting}: the backend {} is without TLS, but {other} turns TLS on; write host:port or https://, or unset {other}",
        shown(value)
    )]
    #[non_exhaustive]
    TlsContradiction {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The one address of the list.
        value: String,
        /// The setting that turns TLS on.
        other: &'static str,
    },
    /// A client certificate and its key are set by two settings, and one of them is missing.
    #[error(
        "{setting}: a client certificate needs its key, and a key its certificate; set {other} too"
    )]
    #[non_exhaustive]
    ClientCertificate {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The variable that is missing.
        other: &'static str,
    },
    /// A file of certificates, a key or a token cannot be used.
    #[error("{setting}: the file {} {problem}", shown(path))]
    #[non_exhaustive]
    File {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The path.
        path: String,
        /// What is wrong with the file, and the fix.
        problem: String,
    },
    /// A value in a file with settings has a wrong type.
    #[error("{setting}: expected {expected}, found {}", cut(found, SHOWN))]
    #[non_exhaustive]
    FileValue {
        /// The name of the variable, with the line and the file.
        setting: &'static str,
        /// The type, and how it is written.
        expected: &'static str,
        /// The value, quoted if it is a string, or its type.
        found: String,
    },
    /// The system has no certificates of trusted authorities.
    #[error(
        "{setting}: this system has no certificates of trusted authorities ({problem}); set SW_AGENT_SSL_TRUSTED_CA_PATH or \
         Config::trusted_ca, or install the system's package of certificates"
    )]
    #[non_exhaustive]
    NoTrustedCa {
        /// The setting that turns TLS on.
        setting: &'static str,
        /// What the system reports.
        problem: String,
    },
    /// A variable of another agent is set that must not be ignored.
    #[error("{setting}: this setting is refused: {reason}")]
    #[non_exhaustive]
    Refused {
        /// The variable.
        setting: &'static str,
        /// Why, and the fix.
        reason: &'static str,
    },
    /// The time is not a number of seconds, or it is too long.
    #[error(
        "{setting}: expected a number of seconds above 0, at most 86400, found {}",
        shown(value)
    )]
    #[non_exhaustive]
    Seconds {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The value.
        value: String,
    },
    /// The period of keep-alives is too short.
    #[error("{setting}: the period of keep-alives is below 1 s; give at least 1 s")]
    #[non_exhaustive]
    Heartbeat {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// The period of meters is too short.
    #[error("{setting}: the period of meters is below 1 s; give at least 1 s")]
    #[non_exhaustive]
    MeterPeriod {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// A connect may take longer than the first call, whose time includes it.
    #[error(
        "{setting}: a connect of {} s does not fit into the first call of {} s; lower it, or raise SW_AGENT_MANAGEMENT_TIMEOUT \
         (Config::management_timeout)",
        connect.as_secs_f64(),
        management.as_secs_f64()
    )]
    #[non_exhaustive]
    ConnectTimeout {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The longest time of a connect.
        connect: Duration,
        /// The longest time of the first call.
        management: Duration,
    },
    /// A namespace or cluster has a separator or a control character.
    #[error(
        "{setting}: the part {} of the service name has `|` or control characters; remove them",
        shown(value)
    )]
    #[non_exhaustive]
    NamePart {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The part.
        value: String,
    },
    /// The layer is unknown.
    #[error("{setting}: unknown layer {}: expected one of {known}", shown(value))]
    #[non_exhaustive]
    Layer {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The layer.
        value: String,
        /// The known layers.
        known: String,
    },
    /// The properties of the instance are not a flat JSON object.
    #[error(
        "{setting}: at byte {place} the value is not a flat JSON object; give texts, numbers, true or false, such as {{\"team\": \"blue\"}}"
    )]
    #[non_exhaustive]
    PropertiesJson {
        /// The variable.
        setting: &'static str,
        /// The byte offset of the mistake.
        place: usize,
    },
    /// Both a token and a file with a token are set.
    #[error("{setting}: {other} sets the token too; unset one of the two")]
    #[non_exhaustive]
    TokenTwice {
        /// The setting of the file.
        setting: &'static str,
        /// The setting of the token.
        other: &'static str,
    },
    /// The address of a proxy is not valid.
    #[error("{setting}: the proxy {} {problem}", shown(value))]
    #[non_exhaustive]
    Proxy {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The address without the user and password.
        value: String,
        /// What is wrong with it, and the fix.
        problem: &'static str,
    },
    /// A header can't contain the token. The value is not shown.
    #[error(
        "{setting}: the token <hidden> has blanks, control or non-ASCII characters; give visible ASCII alone"
    )]
    #[non_exhaustive]
    Token {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// The value is neither `true` nor `false`.
    #[error("{setting}: expected true or false, found {}", shown(value))]
    #[non_exhaustive]
    Switch {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The protocol is unknown.
    #[error("{setting}: unknown protocol {}: expected grpc, http, log or discard", shown(value))]
    #[non_exhaustive]
    Protocol {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The place for the agent's own log is unknown.
    #[error("{setting}: expected auto, program or off, found {}", shown(value))]
    #[non_exhaustive]
    SelfLog {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The level of the agent's own log is unknown.
    #[error("{setting}: expected off, error, warn or info, found {}", shown(value))]
    #[non_exhaustive]
    SelfLogLevel {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The value is neither `trace` nor `skip`.
    #[error("{setting}: expected trace or skip, found {}", shown(value))]
    #[non_exhaustive]
    Orphans {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The value is neither `none` nor `gzip`.
    #[error("{setting}: expected none or gzip, found {}", shown(value))]
    #[non_exhaustive]
    Compression {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// Batches are to be compressed, and this build cannot do it.
    #[error(
        "{setting}: this build does not include gzip; turn on the feature gzip of skywalking-runtime, or set none"
    )]
    #[non_exhaustive]
    GzipOff {
        /// The setting.
        setting: &'static str,
    },
    /// The value is neither `newest` nor `oldest`.
    #[error("{setting}: expected newest or oldest, found {}", shown(value))]
    #[non_exhaustive]
    Overflow {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// This build does not include the protocol.
    #[error(
        "{setting}: this build does not include the protocol {}; turn on the feature {feature} of skywalking-runtime, or set another protocol",
        shown(value)
    )]
    #[non_exhaustive]
    FeatureOff {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
        /// The feature that includes it.
        feature: &'static str,
    },
    /// The variable is not valid Unicode.
    #[error(
        "{setting}: the value {} is not valid Unicode; set the variable to UTF-8 text, or unset it",
        shown(value)
    )]
    #[non_exhaustive]
    NotUnicode {
        /// The variable.
        setting: &'static str,
        /// Its value with replacement characters, or `<hidden>`.
        value: String,
    },
    /// The limit is 0.
    #[error("{setting}: the limit is 0; set at least 1")]
    #[non_exhaustive]
    ZeroLimit {
        /// The builder's method.
        setting: &'static str,
    },
    /// The sampling rate is not a number from 0 to 1.
    #[error("{setting}: expected a sampling rate from 0 (none) to 1 (all), found {}{}", cut(value, SHOWN).escape_debug(), as_percentage(value))]
    #[non_exhaustive]
    SampleRate {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The rate.
        value: String,
    },
    /// The number of requests per 3 seconds is 0, which is ambiguous.
    #[error(
        "{setting}: 0 requests per 3 seconds are ambiguous (the Java agent samples all then); use Sampling::all() (variable: -1) or \
         Sampling::rate(0.0) (SW_AGENT_SAMPLE_RATE=0)"
    )]
    #[non_exhaustive]
    SampleNone {
        /// The builder's method or the variable.
        setting: &'static str,
    },
    /// The value of `SW_AGENT_SAMPLE` is ambiguous, because the other agents read it differently. The
    /// message lists what it means to them, and the variables without that ambiguity.
    #[error("{setting}: {} {}", shown(value), readings(value))]
    #[non_exhaustive]
    SampleAmbiguous {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// Two variables set the sampling.
    #[error("{setting}: {first} sets the sampling too; unset one of the two")]
    #[non_exhaustive]
    SampleTwice {
        /// The variable.
        setting: &'static str,
        /// The other one.
        first: &'static str,
    },
    /// The limit is not an integer.
    #[error("{setting}: expected an integer, found {}", shown(value))]
    #[non_exhaustive]
    NotANumber {
        /// The variable.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The limit is too large.
    #[error("{setting}: the limit {value} is too large; give at most {most}")]
    #[non_exhaustive]
    LimitTooLarge {
        /// The builder's method or the variable.
        setting: &'static str,
        /// The limit.
        value: usize,
        /// The largest one.
        most: usize,
    },
    /// Another agent runs in this process.
    #[error(
        "start: the agent of service {service:?} is running in this process; shut it down first, or use that one"
    )]
    #[non_exhaustive]
    AlreadyStarted {
        /// The service of the agent that was not started.
        service: String,
    },
    /// The operating system refused a thread, memory or descriptors.
    #[error(
        "start: the reporter's thread could not be started: {problem}; raise the process's limits on threads and files"
    )]
    #[non_exhaustive]
    Reporter {
        /// The error of the operating system.
        problem: String,
    },
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
    fn debug_text_names_the_fix() {
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

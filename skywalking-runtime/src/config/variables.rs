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
mod tests {
    use super::*;

    fn among(names: &[&str]) -> Ignored {
        let mut ignored = Ignored::default();
        ignored.add_variables(names.iter().map(|name| (*name).to_owned()));
        ignored
    }

    #[test]
    fn unknown_variables_and_typos_are_in_one_warning() {
        let warning = among(&[
            "SW_AGENT_SERVICE_NAME",
            "SW_AGENT_NAMES",
            "SW_AGENT_COLECTOR_BACKEND_SERVICE",
            "SW_CORELATION_AUTO_TAG_KEYS",
            "SW_BUFFER_CHANEL_SIZE",
            "sw_agent_name",
            "PATH",
        ])
        .warnings();
        assert_eq!(
            warning,
            [concat!(
                "unknown variables have no effect: ",
                "SW_AGENT_COLECTOR_BACKEND_SERVICE (is SW_AGENT_COLLECTOR_BACKEND_SERVICES meant?), ",
                "SW_AGENT_NAMES (is SW_AGENT_NAME meant?), SW_AGENT_SERVICE_NAME, ",
                "SW_BUFFER_CHANEL_SIZE (is SW_BUFFER_CHANNEL_SIZE meant?), ",
                "SW_CORELATION_AUTO_TAG_KEYS (is SW_CORRELATION_AUTO_TAG_KEYS meant?), sw_agent_name (is SW_AGENT_NAME meant?)"
            )]
        );
    }

    #[test]
    fn typo_of_one_or_two_letters_is_found_with_the_right_name() {
        for name in variables().filter(|known| known.is_read()).map(|known| known.name) {
            let mut typos = vec![format!("{name}S"), format!("{name}_X")];
            for place in 4..name.len() - 1 {
                typos.push(format!("{}{}", &name[..place], &name[place + 1..]));
                typos.push(format!(
                    "{}{}{}{}",
                    &name[..place],
                    &name[place + 1..place + 2],
                    &name[place..=place],
                    &name[place + 2..]
                ));
            }
            for typo in typos.iter().filter(|typo| find(typo).is_none()) {
                let warning = among(&[typo]).warnings();
                assert!(
                    warning.first().is_some_and(|warning| warning.contains("meant?")),
                    "{typo}: {warning:?}"
                );
            }
        }
    }

    #[test]
    fn names_of_kubernetes_and_other_agents_are_not_typos() {
        let known = among(&[
            "SW_AGENT_SERVICE_HOST",
            "SW_AGENT_SERVICE_PORT",
            "SW_AGENT_SERVICE_PORT_GRPC",
            "SW_AGENT_PORT",
            "SW_AGENT_PORT_11800_TCP_ADDR",
            "SW_AGENT_NAME",
            "SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE",
            "SW_AGENT_KEEP_TRACING",
            "SW_BUFFER_BUFFER_SIZE",
            "SW_KAFKA_REPORTER_CONFIG_ACKS",
            "SW_STORAGE",
            "SW_CORE_REST_HOST",
            "SWITCH",
            "SW",
        ]);
        assert_eq!(known.warnings(), [""; 0]);
        assert_eq!(
            known.of_others().as_deref(),
            Some("SW_AGENT_KEEP_TRACING, SW_BUFFER_BUFFER_SIZE, SW_KAFKA_REPORTER_CONFIG_ACKS")
        );
    }

    #[test]
    fn warning_is_one_line_of_bounded_length() {
        let names: Vec<String> = (0..1_000)
            .map(|number| format!("SW_AGENT_{number:04}\n{}", "x".repeat(1_000)))
            .collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let warning = among(&names).warnings().remove(0);
        assert!(
            warning.len() < 3_000 && !warning.contains('\n') && warning.ends_with(" and 980 more"),
            "{warning}"
        );
    }

    #[test]
    fn edits_equal_the_levenshtein_distance() {
        for (from, to, expected) in [
            ("", "", 0),
            ("ab", "ab", 0),
            ("ab", "b", 1),
            ("ab", "ba", 2),
            ("abc", "axc", 1),
            ("a", "abc", 2),
        ] {
            assert_eq!((edits(from, to), edits(to, from)), (expected, expected), "{from} {to}");
        }
        assert!(edits("abcd", "wxyz") > EDITS);
    }

    #[test]
    fn names_of_the_table_are_unique_and_aliases_have_a_setting() {
        let mut names: Vec<_> = variables().map(|variable| variable.name).collect();
        let number = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), number);
        for variable in variables() {
            if let Usage::Alias { of } = variable.usage {
                let of = find(of).unwrap();
                assert!(matches!(of.usage, Usage::Used { .. }), "{}", variable.name);
            }
        }
    }

    /// The names that the settings of the other agents have, from their own files.
    #[test]
    fn table_has_every_variable_of_the_other_agents() {
        for name in [
            "SW_AGENT_AUTHENTICATION",
            "SW_AGENT_CAUSE_EXCEPTION_DEPTH",
            "SW_AGENT_CLUSTER",
            "SW_AGENT_COLLECTOR_BACKEND_SERVICES",
            "SW_AGENT_COLLECTOR_GET_AGENT_DYNAMIC_CONFIG_INTERVAL",
            "SW_AGENT_COLLECTOR_GET_PROFILE_TASK_INTERVAL",
            "SW_AGENT_COLLECTOR_GRPC_UPSTREAM_TIMEOUT",
            "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD",
            "SW_AGENT_COLLECTOR_IS_RESOLVE_DNS_PERIODICALLY",
            "SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE",
            "SW_AGENT_COLLECTOR_PROPERTIES_REPORT_PERIOD_FACTOR",
            "SW_AGENT_CORRELATION_MAX_KEY_COUNT",
            "SW_AGENT_CORRELATION_MAX_VALUE_SIZE",
            "SW_AGENT_ENABLE",
            "SW_AGENT_FORCE_TLS",
            "SW_AGENT_IGNORE_SUFFIX",
            "SW_AGENT_INSTANCE_NAME",
            "SW_AGENT_INSTANCE_PROPERTIES_JSON",
            "SW_AGENT_KEEP_TRACING",
            "SW_AGENT_LAYER",
            "SW_AGENT_LOGGING_LEVEL",
            "SW_AGENT_LOG_REPORTER_ENABLE",
            "SW_AGENT_LOG_REPORTER_FORMATTED",
            "SW_AGENT_LOG_REPORTER_IGNORE_FILTER",
            "SW_AGENT_LOG_REPORTER_LABEL_KEYS",
            "SW_AGENT_LOG_REPORTER_LAYOUT",
            "SW_AGENT_LOG_REPORTER_LEVEL",
            "SW_AGENT_LOG_REPORTER_MAX_BUFFER_SIZE",
            "SW_AGENT_LOG_REPORTER_SAFE_MODE",
            "SW_AGENT_LOG_TRACING_KEY",
            "SW_AGENT_LOG_TYPE",
            "SW_AGENT_METER_COLLECT_INTERVAL",
            "SW_AGENT_METER_REPORTER_ACTIVE",
            "SW_AGENT_METER_REPORTER_MAX_BUFFER_SIZE",
            "SW_AGENT_METER_REPORTER_PERIOD",
            "SW_AGENT_NAME",
            "SW_AGENT_NAMESPACE",
            "SW_AGENT_OPERATION_NAME_THRESHOLD",
            "SW_AGENT_PROCESS_LABELS",
            "SW_AGENT_PROCESS_STATUS_HOOK_ENABLE",
            "SW_AGENT_PROFILE_ACTIVE",
            "SW_AGENT_PROTOCOL",
            "SW_AGENT_PVM_METER_REPORTER_ACTIVE",
            "SW_AGENT_QUEUE_TIMEOUT",
            "SW_AGENT_REPORTER_CHECK_INTERVAL",
            "SW_AGENT_REPORTER_DISCARD",
            "SW_AGENT_REPORTER_GRPC_AUTHENTICATION",
            "SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE",
            "SW_AGENT_REPORTER_GRPC_CDS_FETCH_INTERVAL",
            "SW_AGENT_REPORTER_GRPC_MAX_SEND_QUEUE",
            "SW_AGENT_REPORTER_GRPC_PPROF_TASK_FETCH_INTERVAL",
            "SW_AGENT_REPORTER_GRPC_PROFILE_FETCH_INTERVAL",
            "SW_AGENT_REPORTER_GRPC_TLS_CA_PATH",
            "SW_AGENT_REPORTER_GRPC_TLS_CLIENT_CERT_CHAIN_PATH",
            "SW_AGENT_REPORTER_GRPC_TLS_CLIENT_KEY_PATH",
            "SW_AGENT_REPORTER_GRPC_TLS_ENABLE",
            "SW_AGENT_REPORTER_GRPC_TLS_INSECURE_SKIP_VERIFY",
            "SW_AGENT_REPORTER_KAFKA_BROKERS",
            "SW_AGENT_REPORTER_KAFKA_MAX_SEND_QUEUE",
            "SW_AGENT_REPORTER_TYPE",
            "SW_AGENT_SAMPLE",
            "SW_AGENT_SAMPLER",
            "SW_AGENT_SPAN_LIMIT",
            "SW_AGENT_SSL_CERT_CHAIN_PATH",
            "SW_AGENT_SSL_KEY_PATH",
            "SW_AGENT_SSL_TRUSTED_CA_PATH",
            "SW_AGENT_SW_PYTHON_CLI_DEBUG_ENABLED",
            "SW_AGENT_TRACE_IGNORE_PATH",
            "SW_AGENT_TRACE_REPORTER_MAX_BUFFER_SIZE",
            "SW_BUFFER_BUFFER_SIZE",
            "SW_BUFFER_CHANNEL_SIZE",
            "SW_CORRELATION_AUTO_TAG_KEYS",
            "SW_CORRELATION_ELEMENT_MAX_NUMBER",
            "SW_CORRELATION_VALUE_MAX_LENGTH",
            "SW_GET_TOPIC_TIMEOUT",
            "SW_GRPC_LOG_MAX_MESSAGE_SIZE",
            "SW_INSTANCE_PROPERTIES_JSON",
            "SW_KAFKA_BOOTSTRAP_SERVERS",
            "SW_KAFKA_NAMESPACE",
            "SW_KAFKA_REPORTER_CONFIG_ACKS",
            "SW_LOGGING_DIR",
            "SW_LOGGING_LEVEL",
            "SW_LOG_LIMIT_PER_SPAN",
            "SW_METER_ACTIVE",
            "SW_METER_MAX_METER_SIZE",
            "SW_METER_REPORT_INTERVAL",
            "SW_PLUGIN_HTTP_IGNORE_METHOD",
            "SW_PLUGIN_PEER_MAX_LENGTH",
            "SW_PLUGIN_TOOLKIT_LOG_TRANSMIT_FORMATTED",
            "SW_SAMPLE_CPU_USAGE_PERCENT_LIMIT",
            "SW_SAMPLE_N_PER_3_SECS",
            "SW_SPRINGANNOTATION_CLASSNAME_MATCH_REGEX",
            "SW_STATUSCHECK_MAX_RECURSIVE_DEPTH",
            "SW_TRACE_SEGMENT_LIMIT",
        ] {
            let variable = find(name).unwrap_or_else(|| panic!("{name}"));
            assert!(!variable.agents.is_empty(), "{name}");
        }
    }
}

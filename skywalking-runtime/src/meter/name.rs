//! Names and labels of meters: how they are reported, and which are refused.

use super::error::{LabelProblem, MeterError, NameProblem};
use crate::util::text::{NAME_LIMIT, PEER_LIMIT, clean, units};

/// The most labels of a meter.
const MOST_LABELS: usize = 20;
/// Labels that the OAP adds. A meter that has one loses its whole batch.
const OF_THE_OAP: [&str; 3] = ["service", "instance", "le"];
/// The beginnings of the names of the agent's own meters.
pub(crate) const PROCESS_PREFIX: &str = "instance_rust_process_";
pub(crate) const AGENT_PREFIX: &str = "instance_rust_agent_";

/// A name as it was given, and as it is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) given: String,
    pub(super) reported: String,
}

impl Name {
    pub(super) fn new(given: &str) -> Result<Self, MeterError> {
        let wrong = |problem| MeterError::Name { name: given.to_owned(), problem };
        let name = Self { given: given.to_owned(), reported: identifier(given) };
        if given.is_empty() {
            Err(wrong(NameProblem::Empty))
        } else if units(given) > NAME_LIMIT {
            Err(wrong(NameProblem::TooLong))
        } else if [PROCESS_PREFIX, AGENT_PREFIX].iter().any(|own| name.reported.starts_with(own)) {
            Err(wrong(NameProblem::Reserved))
        } else {
            Ok(name)
        }
    }
}

/// Returns the labels as they are reported, sorted by name.
pub(super) fn labels(
    meter: &str,
    given: &[(String, String)],
) -> Result<Vec<(String, String)>, MeterError> {
    let wrong = |label: &str, problem| {
        Err(MeterError::Label { name: meter.to_owned(), label: label.to_owned(), problem })
    };
    let mut labels: Vec<(String, String)> = Vec::with_capacity(given.len());
    for (name, value) in given {
        let reported = identifier(name);
        if name.is_empty() || units(name) > NAME_LIMIT {
            return wrong(name, LabelProblem::Length);
        }
        if OF_THE_OAP.contains(&reported.as_str()) {
            return wrong(name, LabelProblem::Reserved);
        }
        if labels.iter().any(|(other, _)| *other == reported) {
            return wrong(name, LabelProblem::Twice);
        }
        if labels.len() == MOST_LABELS {
            return wrong(name, LabelProblem::TooMany(MOST_LABELS));
        }
        labels.push((reported, clean(value, PEER_LIMIT).into_owned()));
    }
    labels.sort();
    Ok(labels)
}

/// Returns a text as an identifier: with `_` for each character that is not an ASCII letter, a
/// digit or `_`, and before a leading digit.
fn identifier(text: &str) -> String {
    let first = text.starts_with(|c: char| c.is_ascii_digit()).then_some('_');
    let rest = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    first.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(labels_of: &[(&str, &str)]) -> String {
        let given: Vec<_> =
            labels_of.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        labels("m", &given).unwrap_err().to_string()
    }

    #[test]
    fn names_become_identifiers() {
        for (given, reported) in [
            ("http_requests", "http_requests"),
            ("http.server-requests/s", "http_server_requests_s"),
            ("5xx", "_5xx"),
            ("größe", "gr__e"),
        ] {
            assert_eq!(Name::new(given).unwrap().reported, reported);
        }
    }

    #[test]
    fn unusable_names_are_refused() {
        for (name, expected) in [
            ("", "has no name"),
            (&*"x".repeat(151), "longer than 150 characters"),
            ("instance_rust_process_threads", "agent's own meters"),
            ("instance.rust.agent.x", "agent's own meters"),
        ] {
            let text = Name::new(name).unwrap_err().to_string();
            assert!(text.contains(expected), "{text}");
        }
        assert!(Name::new(&"x".repeat(150)).is_ok());
    }

    #[test]
    fn labels_that_lose_a_batch_are_refused() {
        for name in ["service", "instance", "le"] {
            assert!(problem(&[(name, "x")]).contains("the OAP sets this label"));
        }
        assert!(problem(&[("a", "1"), ("a", "2")]).contains("more than once"));
        assert!(problem(&[("http.route", "1"), ("http_route", "2")]).contains("more than once"));
        assert!(problem(&[("", "1")]).contains("1 to 150 characters"));
        let names: Vec<String> = (0..21).map(|number| format!("l{number}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert!(problem(&many).contains("at most 20 labels"));
    }

    #[test]
    fn labels_are_sorted_and_values_are_cleaned() {
        let given = [("b".into(), "x\ny".into()), ("a".into(), "z".repeat(300))];
        let expected = [("a".into(), "z".repeat(200)), ("b".into(), "x_y".into())];
        assert_eq!(labels("m", &given).unwrap(), expected);
    }
}

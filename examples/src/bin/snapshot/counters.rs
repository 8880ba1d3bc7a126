//! The counters of the runtime as lines of JSON: one for each role, and the sums of both.

use serde::Serialize;
use serde_json::Value;

/// A line: a role and its counters.
#[derive(Serialize)]
struct Line<'a> {
    role: &'a str,
    #[serde(flatten)]
    counters: &'a Value,
}

/// Returns the counters of a role as a line.
pub(crate) fn line(role: &str, counters: &str) -> String {
    let parsed = serde_json::from_str(counters).unwrap_or(Value::Null);
    to_line(role, &parsed)
}

/// Parses a line of a role. Returns `None` if it is not a JSON object.
pub(crate) fn parse(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok().filter(Value::is_object)
}

/// Returns the sums of the counters of all roles as a line.
pub(crate) fn sums(roles: &[Value]) -> String {
    let mut sum = roles.iter().fold(Value::Null, add);
    if let Some(sum) = sum.as_object_mut() {
        sum.remove("role");
    }
    to_line("both", &sum)
}

fn to_line(role: &str, counters: &Value) -> String {
    // `Null` can't be flattened. The line then has only the role.
    let line = serde_json::to_string(&Line { role, counters });
    line.unwrap_or_else(|_| format!("{{\"role\":\"{role}\"}}"))
}

/// Adds numbers, and objects field by field. Keeps the first of any other values.
fn add(sum: Value, other: &Value) -> Value {
    match (sum, other) {
        (Value::Null, other) => other.clone(),
        (Value::Object(mut sum), Value::Object(other)) => {
            for (key, value) in other {
                let before = sum.remove(key).unwrap_or(Value::Null);
                sum.insert(key.clone(), add(before, value));
            }
            Value::Object(sum)
        }
        (Value::Number(sum), Value::Number(other)) => {
            let (sum, other) = (sum.as_u64().unwrap_or(0), other.as_u64().unwrap_or(0));
            Value::from(sum.saturating_add(other))
        }
        (sum, _) => sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_add_counters_by_name() {
        let client = parse(&line("client", r#"{"sent":3,"dropped":{"off":1}}"#)).unwrap();
        let server =
            parse(&line("server", r#"{"sent":4,"dropped":{"off":0,"refused":2}}"#)).unwrap();
        assert_eq!(
            sums(&[client, server]),
            r#"{"role":"both","dropped":{"off":1,"refused":2},"sent":7}"#
        );
    }

    #[test]
    fn other_lines_are_not_counters() {
        assert_eq!(parse("trace 1"), None);
        assert_eq!(parse("7"), None);
        assert_eq!(sums(&[]), r#"{"role":"both"}"#);
    }
}

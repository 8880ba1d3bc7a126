//! The runtime's counters as lines of JSON: one a role, and the sums of both.

use serde::Serialize;
use serde_json::Value;

/// One line: whose counters, and all of them.
#[derive(Serialize)]
struct Line<'a> {
    role: &'a str,
    #[serde(flatten)]
    counters: &'a Value,
}

/// The counters of a role, as the runtime writes them, with the role in front.
pub(crate) fn line(role: &str, counters: &str) -> String {
    let read = serde_json::from_str(counters).unwrap_or(Value::Null);
    shown(role, &read)
}

/// What a role printed; `None` for a line that is no JSON object.
pub(crate) fn read(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok().filter(Value::is_object)
}

/// The sums of all roles' counters.
pub(crate) fn sums(roles: &[Value]) -> String {
    let mut sum = roles.iter().fold(Value::Null, add);
    if let Some(sum) = sum.as_object_mut() {
        sum.remove("role");
    }
    shown("both", &sum)
}

fn shown(role: &str, counters: &Value) -> String {
    // Null has no fields to flatten, which is an error: then there is at least the role.
    let line = serde_json::to_string(&Line { role, counters });
    line.unwrap_or_else(|_| format!("{{\"role\":\"{role}\"}}"))
}

/// Numbers are added, objects field by field; of all else the first stays.
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
    fn the_sums_add_each_counter_by_its_name() {
        let client = read(&line("client", r#"{"sent":3,"dropped":{"off":1}}"#)).unwrap();
        let server =
            read(&line("server", r#"{"sent":4,"dropped":{"off":0,"refused":2}}"#)).unwrap();
        assert_eq!(
            sums(&[client, server]),
            r#"{"role":"both","dropped":{"off":1,"refused":2},"sent":7}"#
        );
    }

    #[test]
    fn other_lines_are_no_counters() {
        assert_eq!(read("trace 1"), None);
        assert_eq!(read("7"), None);
        assert_eq!(sums(&[]), r#"{"role":"both"}"#);
    }
}

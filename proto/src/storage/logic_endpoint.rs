//! The value of the tag `x-le`: a JSON object that may contain the name of an endpoint.

use std::borrow::Cow;

use crate::json::{Reader, escape, unescape};

/// The maximum nesting that is read.
const DEPTH: usize = 128;

/// The value of the tag `x-le`, which marks a Local span as a logic endpoint.
///
/// ```
/// use skywalking_proto::storage::LogicEndpoint;
///
/// let value = LogicEndpoint::parse(r#"{"name":"caf\u00e9","status":true}"#).unwrap();
/// assert_eq!(value.name(), Some("café"));
/// assert_eq!(value.renamed("tea \"cups\""), r#"{"name":"tea \"cups\"","status":true}"#);
/// assert!(LogicEndpoint::parse("yes").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct LogicEndpoint<'a> {
    value: &'a str,
    /// The last member `name`, if its value is a string.
    name: Option<Name<'a>>,
}

/// The value of a member `name`, and what surrounds it.
#[derive(Clone, Debug)]
struct Name<'a> {
    before: &'a str,
    text: Cow<'a, str>,
    after: &'a str,
}

impl<'a> LogicEndpoint<'a> {
    /// Reads a value. Returns `None` if it is not a single JSON object, or if its nesting exceeds
    /// 128.
    ///
    /// Stores only the name, so a value of megabytes needs no additional memory.
    pub fn parse(value: &'a str) -> Option<Self> {
        let mut reader = Reader::new(value);
        reader.skip_blanks();
        let mut name = None;
        reader.object(DEPTH, |reader, key| {
            if key != "name" {
                return reader.value(DEPTH - 1);
            }
            let before = value.get(..reader.at)?;
            if reader.peek() == Some(b'"') {
                let text = unescape(reader.string()?);
                let after = value.get(reader.at..)?;
                name = text.map(|text| Name { before, text, after });
            } else {
                reader.value(DEPTH - 1)?;
                name = None;
            }
            Some(())
        })?;
        reader.skip_blanks();
        (reader.at == value.len()).then_some(Self { value, name })
    }

    /// Returns the name of the endpoint if the object has one that is a string.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| &*name.text)
    }

    /// Replaces the name in the value.
    pub fn renamed(&self, name: &str) -> String {
        match &self.name {
            Some(Name { before, after, .. }) => {
                [*before, "\"", &escape(name), "\"", *after].concat()
            }
            None => self.value.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn name(value: &str) -> Option<String> {
        LogicEndpoint::parse(value).expect("an object").name().map(str::to_owned)
    }

    #[test]
    fn accepts_the_same_objects_as_serde_json() {
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let (fits, too_deep) = (deep(126), deep(128));
        for text in [
            "{}",
            " { } ",
            "{\"a\":1}",
            "{\"a\":[1,-2.5e+3,0.1E-2,true,false,null,\"x\",{}]}",
            "{\"a\":{\"name\":\"x\"}}",
            "{\"\\u00e9\\n\\/\":\"\\ud83d\\ude00\"}",
            "{\"键\":\"键\"}",
            "",
            " ",
            "null",
            "[]",
            "1",
            "{",
            "}",
            "{}{}",
            "{} x",
            "{'a':1}",
            "{\"a\":}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":-}",
            "{\"a\":+1}",
            "{\"a\":1e}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{\"a\":[1}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"",
            "{\"a\" 1}",
            "\u{feff}{}",
            "{\"a\":\"\\",
            "{\"a\":NaN}",
            "{\"a\":\u{a0}1}",
            &fits,
            &too_deep,
        ] {
            let expected = serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
            assert_eq!(LogicEndpoint::parse(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn name_is_the_last_string_of_that_key_at_top_level() {
        assert_eq!(name("{}"), None);
        assert_eq!(name(r#"{"name":1}"#), None);
        assert_eq!(name(r#"{"a":{"name":"inner"}}"#), None);
        assert_eq!(name(r#"{"name":"first","name":"last"}"#).as_deref(), Some("last"));
        assert_eq!(name(r#"{"\u006eame":"\ud83d\ude00\t\u0000"}"#).as_deref(), Some("😀\t\0"));
        assert_eq!(name(r#"{"name":"\ud83d"}"#), None);
    }

    #[test]
    fn renamed_value_changes_only_the_name() {
        for new in ["tea", "a \"b\" \\ c", "\u{1}\n\u{7f}", "键", ""] {
            let value =
                LogicEndpoint::parse(r#"{ "b" : [1, 2], "name" : "old", "a" : 0 }"#).unwrap();
            let mut expected = serde_json::json!({ "b": [1, 2], "a": 0 });
            expected["name"] = new.into();
            let renamed = value.renamed(new);
            assert_eq!(serde_json::from_str::<Value>(&renamed).unwrap(), expected, "{renamed}");
        }
        assert_eq!(LogicEndpoint::parse(r#"{"a":1}"#).unwrap().renamed("x"), r#"{"a":1}"#);
    }

    #[test]
    fn renamed_value_keeps_text_of_several_bytes_around_the_name() {
        let value = "{\"键\":\"é\",\"name\":\"\\u952e😀\",\"é\":\"😀\"}";
        let endpoint = LogicEndpoint::parse(value).unwrap();
        assert_eq!(endpoint.name(), Some("键😀"));
        assert_eq!(endpoint.renamed("é\""), "{\"键\":\"é\",\"name\":\"é\\\"\",\"é\":\"😀\"}");
    }

    #[test]
    fn each_prefix_of_a_value_is_refused() {
        let value = "{\"name\":\"a\\u952eé\\\"\"}";
        for (end, _) in value.char_indices() {
            assert!(LogicEndpoint::parse(&value[..end]).is_none(), "{end}");
        }
        assert_eq!(name(value).as_deref(), Some("a键é\""));
    }
}

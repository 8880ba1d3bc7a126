use std::ffi::OsString;
use std::path::PathBuf;

use super::PATH;
use crate::config::Config;
use crate::error::Error;

/// Applies the variables, one of which names the file.
fn from(path: &str, variables: &[(&str, &str)]) -> Result<Config, Error> {
    let lookup = |name: &str| {
        let value = variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        value.or((name == PATH).then_some(path)).map(OsString::from)
    };
    Config::from_lookup(&lookup)
}

/// A file that is removed at the end of the test.
struct Written(PathBuf);

impl Written {
    fn new(content: impl AsRef<[u8]>) -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static FILES: AtomicUsize = AtomicUsize::new(0);
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let name = format!("skywalking-settings-{}-{number}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn disabled_agent_reads_no_file() {
    assert!(from("/does/not/exist.toml", &[("SW_AGENT_ENABLE", "false")]).is_ok());
}

#[cfg(not(feature = "config-file"))]
#[test]
fn build_without_the_feature_names_it() {
    let text = from("/x.toml", &[]).unwrap_err().to_string();
    assert!(text.contains("\"/x.toml\"") && text.contains("config-file"), "{text}");
}

#[cfg(feature = "config-file")]
mod with_feature {
    use super::*;
    use crate::config::env::apply;
    use crate::config::variables::{FileValue, Usage, variables};
    use crate::config::{Reporter, Token};

    fn error(content: impl AsRef<[u8]>) -> (String, String) {
        let file = Written::new(content);
        let path = file.path().to_owned();
        let error = from(&path, &[]).and_then(|config| config.check().map(drop)).unwrap_err();
        (error.to_string(), path)
    }

    #[test]
    fn file_lies_between_code_and_environment() {
        let file = Written::new(
            r#"
            SW_AGENT_INSTANCE_NAME = "of file"
            SW_AGENT_NAMESPACE = "of file"
            SW_AGENT_SPAN_LIMIT = 0x4D
            "#,
        );
        let lookup = |name: &str| match name {
            PATH => Some(file.path().into()),
            "SW_AGENT_NAMESPACE" => Some("of variable".into()),
            _ => None,
        };
        let built = Config::new("built").instance("built").reporter(Reporter::Discard);
        let checked = apply(built.max_spans_per_segment(7), &lookup).unwrap().check().unwrap();
        assert_eq!(checked.identity.service, "built|of variable|");
        assert_eq!(checked.identity.instance, "of file");
        assert_eq!(checked.settings.max_spans_per_segment, 77);
    }

    #[test]
    fn values_have_the_types_of_toml_and_the_names_of_other_agents() {
        let file = Written::new(
            r#"
            SW_AGENT_NAME = "shop" # comment
            SW_AGENT_SAMPLE = 0.5
            SW_AGENT_REPORTER_DISCARD = true
            SW_AGENT_REPORTER_GRPC_AUTHENTICATION = "s3cret"
            SW_AGENT_HEARTBEAT_PERIOD = 7
            SW_AGENT_MAX_QUEUE_BYTES = 1_000_000
            SW_CORRELATION_AUTO_TAG_KEYS = [
                "a",
                "b",
            ]
            SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE = "a:1,b:2"
            SW_AGENT_IGNORE_SUFFIX = []
            SW_INSTANCE_PROPERTIES_JSON = '{"team": "blue"}'
            "#,
        );
        let checked = from(file.path(), &[]).unwrap().check().unwrap();
        assert_eq!(checked.identity.service, "shop");
        assert_eq!((checked.sampling.as_str(), checked.reporter), ("rate 0.5", Reporter::Discard));
        assert_eq!(checked.token, Token::new("s3cret".to_owned()));
        assert_eq!(checked.timing.heartbeat.as_secs(), 7);
        assert_eq!(checked.settings.queue.bytes, 1_000_000);
        assert_eq!(&checked.settings.correlation_tags[..], ["a", "b"]);
        assert_eq!(checked.backends.len(), 2);
        assert_eq!(checked.belonging.properties, [("team".to_owned(), "blue".to_owned())]);
        assert!(checked.choice.ignored.reason("GET:/logo.svg").is_none());
    }

    #[test]
    fn variable_wins_over_another_setting_of_the_file_for_the_same() {
        let file = Written::new(
            r#"
            SW_AGENT_NAME = "shop"
            SW_AGENT_SAMPLE_N_PER_3_SECS = 10
            SW_AGENT_REPORTER_DISCARD = true
            SW_AGENT_COLLECTOR_BACKEND_SERVICES = ["file:1"]
            SW_AGENT_AUTHENTICATION_FILE = "/token"
            "#,
        );
        let config = from(
            file.path(),
            &[
                ("SW_AGENT_SAMPLE_RATE", "0.5"),
                ("SW_AGENT_PROTOCOL", "log"),
                ("SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE", "variable:1"),
                ("SW_AGENT_AUTHENTICATION", "s3cret"),
            ],
        );
        let checked = config.unwrap().check().unwrap();
        assert_eq!((checked.sampling.as_str(), checked.reporter), ("rate 0.5", Reporter::Log));
        assert_eq!(checked.backends[0].to_string(), "variable:1");
        assert_eq!((checked.token_file, checked.token.is_some()), (None, true));
    }

    #[test]
    fn switch_of_the_environment_wins_over_that_of_the_file() {
        let off = Written::new("SW_AGENT_ENABLE = false\nSW_AGENT_ORPHANS = \"no\"");
        let is_on = |path: &str, variables: &[(&str, &str)]| {
            from(path, variables).map(|config| config.is_enabled())
        };
        assert_eq!(is_on(off.path(), &[]), Ok(false));
        assert!(is_on(off.path(), &[("SW_AGENT_ENABLE", "true")]).is_err(), "it is checked");
        let on = Written::new("SW_AGENT_ENABLE = true");
        assert_eq!(is_on(on.path(), &[("SW_AGENT_ENABLE", "false")]), Ok(false));
        let lookup = |name: &str| (name == PATH).then(|| on.path().into());
        assert!(apply(Config::new("s").enabled(false), &lookup).unwrap().is_enabled());
        let lookup = |name: &str| (name == PATH).then(|| "/does/not/exist".into());
        assert!(!apply(Config::new("s").enabled(false), &lookup).unwrap().is_enabled());
    }

    #[test]
    fn error_names_key_line_file_value_and_fix() {
        let (text, path) = error("# settings\nSW_AGENT_ORPHANS = \"no\"");
        assert_eq!(
            text,
            format!("SW_AGENT_ORPHANS (line 2 of {path}): expected trace or skip, found \"no\"")
        );
        let (text, path) =
            error("SW_AGENT_NAME = \"s\"\nSW_AGENT_COLLECTOR_BACKEND_SERVICES = \"x\"");
        let start =
            format!("SW_AGENT_COLLECTOR_BACKEND_SERVICES (line 2 of {path}): the backend \"x\"");
        assert!(text.starts_with(&start), "{text}");
        let (text, _) = error("SW_AGENT_SAMPLE_RATE = 0.5\r\nSW_AGENT_SAMPLE_N_PER_3_SECS = 5\r\n");
        assert!(text.contains("(line 1 of ") && text.contains("(line 2 of "), "{text}");
    }

    /// A value of each type, and the types that accept it.
    #[test]
    fn value_of_another_type_is_an_error() {
        use FileValue::{Integer, List, Number, Switch, Text};
        for (value, accepted) in [
            ("\"x\"", &[Text, List][..]),
            ("7", &[Integer, Number]),
            ("0.5", &[Number]),
            ("true", &[Switch]),
            ("[\"x\"]", &[List]),
            ("[7]", &[]),
            ("[\"a,b\"]", &[]),
            ("1979-05-27", &[]),
            ("{ a = 1 }", &[]),
        ] {
            for variable in variables() {
                let Usage::Used { in_file, .. } = variable.usage else { continue };
                if accepted.contains(&in_file) || variable.name == PATH {
                    continue;
                }
                let (text, path) = error(format!("\n{} = {value}", variable.name));
                let start = format!("{} (line 2 of {path}): expected ", variable.name);
                assert!(text.starts_with(&start), "{value}: {text}");
            }
        }
        let (text, path) = error("SW_AGENT_SPAN_LIMIT = \"77\"");
        assert_eq!(
            text,
            format!(
                "SW_AGENT_SPAN_LIMIT (line 1 of {path}): expected an integer without quotation marks, found \"77\""
            )
        );
    }

    #[test]
    fn integers_out_of_range_are_errors_of_the_setting() {
        for value in
            ["0", "-1", "65536", "99999999999999999999", "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"]
        {
            let (text, _) = error(format!("SW_AGENT_SPAN_LIMIT = {value}"));
            assert!(text.starts_with("SW_AGENT_SPAN_LIMIT (line 1 of "), "{value}: {text}");
        }
        for value in ["inf", "nan", "-0.5", "1e99"] {
            for name in ["SW_AGENT_SAMPLE_RATE", "SW_AGENT_MAX_BACKOFF"] {
                let (text, _) = error(format!("{name} = {value}"));
                assert!(text.starts_with(&format!("{name} (line 1 of ")), "{value}: {text}");
            }
        }
    }

    #[test]
    fn secrets_are_in_no_error() {
        for content in [
            "SW_AGENT_AUTHENTICATION = \"s3cret",
            "SW_AGENT_AUTHENTICATION = 's3cret' x",
            "SW_AGENT_AUTHENTICATION = s3cret",
            "SW_AGENT_AUTHENTICATION = [\"s3cret\"]",
            "SW_AGENT_AUTHENTICATION = { s3cret = 1 }",
            "SW_AGENT_NAME = \"s\"\nSW_AGENT_AUTHENTICATION = \"s3cret token\"",
            "SW_AGENT_AUTHENTICATION = \"\\s3cret\"",
            "SW_AGENT_PROXY = [\"http://u:s3cret@proxy\"]",
            "SW_AGENT_NAME = \"s\"\nSW_AGENT_COLLECTOR_BACKEND_SERVICES = \"https://u:s3cret@oap\"",
        ] {
            let (text, _) = error(content);
            assert!(!text.contains("s3cret") && !text.contains('\n'), "{content}: {text}");
        }
        let (text, _) = error("SW_AGENT_AUTHENTICATION = 5003");
        assert!(text.ends_with("expected a string in quotation marks, found <hidden>"), "{text}");
    }

    #[test]
    fn unusable_file_is_an_error_with_its_path_and_the_fix() {
        let large = vec![b'#'; 1024 * 1024 + 1];
        let nested = "a = ".to_owned() + &"[".repeat(1_000_000);
        for (content, problem) in [
            (&b"SW_AGENT_NAME = \"s\"\nSW_AGENT_SPAN_LIMIT\n"[..], "is not TOML in line 2: "),
            (b"A = 1\nA = 2\n", "is not TOML in line 2: duplicate key"),
            (b"agent.service_name=shop\n", "is not TOML in line 1: "),
            (b"[agent]\nname = \"shop\"\n", "has a table \"agent\" in line 1; "),
            (b"agent.name = \"shop\"\n", "has a table \"agent\" in line 1; "),
            (b"\nSW_AGENT_CONFIG_PATH = \"/a\"", "sets SW_AGENT_CONFIG_PATH in line 2; "),
            (b"A = \"\xff\"", "is not UTF-8; "),
            (b"A = \"\0\"", "is not TOML in line 1: "),
            (&large, "is larger than 1 MiB; "),
            (nested.as_bytes(), "is not TOML in line 1: "),
        ] {
            let (text, path) = error(content);
            let start = format!("{PATH}: the file {path:?} {problem}");
            assert!(text.starts_with(&start) && text.len() < 500, "{text}");
        }
        for path in ["/does/not/exist.toml", "/"] {
            let text = from(path, &[]).unwrap_err().to_string();
            assert!(text.starts_with(&format!("{PATH}: the file {path:?} ")), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn pipe_and_device_do_not_hang_the_start() {
        let path = std::env::temp_dir().join(format!("skywalking-pipe-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        for path in [path.to_str().unwrap(), "/dev/zero"] {
            let text = from(path, &[]).unwrap_err().to_string();
            assert!(text.contains("is not a regular file; give the path of a file"), "{text}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn file_of_a_windows_editor_is_read() {
        let file =
            Written::new("\u{feff}SW_AGENT_NAME = \"shop\"\r\n\r\nSW_AGENT_LAYER = \"FAAS\"\r\n");
        let checked = from(file.path(), &[]).unwrap().check().unwrap();
        assert_eq!(
            (checked.identity.service.as_str(), &*checked.belonging.layer),
            ("shop", "FAAS")
        );
    }

    #[test]
    fn unknown_keys_are_in_one_warning_with_near_names() {
        let file = Written::new(
            "SW_AGENT_NAMES = \"s3cret\"\nport = 1\nHTTPS_PROXY = \"http://proxy\"\nSW_AGENT_KEEP_TRACING = true\nSW_AGENT_NAME = \"s\"\n",
        );
        let config = from(file.path(), &[]).unwrap();
        assert_eq!(
            config.warnings(),
            [format!(
                "unknown keys of {} have no effect: SW_AGENT_NAMES in line 1 (is SW_AGENT_NAME meant?), port in line 2, HTTPS_PROXY in line 3",
                file.path()
            )]
        );
        assert_eq!(config.ignored.of_others().as_deref(), Some("SW_AGENT_KEEP_TRACING"));
        let many: Vec<_> = (0..10_000).map(|key| format!("\"a\\n{key}\" = 1\n")).collect();
        let warning = from(Written::new(many.concat()).path(), &[]).unwrap().warnings().remove(0);
        assert!(warning.len() < 3_000 && !warning.contains('\n'), "{warning}");
        assert!(warning.ends_with(" and 9980 more"), "{warning}");
    }

    #[test]
    fn type_in_a_file_fits_the_default() {
        for variable in variables() {
            let Usage::Used { default, in_file, .. } = variable.usage else { continue };
            let number = default.trim_matches('`').parse::<f64>().is_ok();
            let switch = ["`true`", "`false`"].contains(&default);
            let (is_number, is_switch) = (
                matches!(in_file, FileValue::Integer | FileValue::Number),
                in_file == FileValue::Switch,
            );
            assert_eq!((switch, number && !is_number), (is_switch, false), "{}", variable.name);
        }
    }

    #[test]
    fn token_by_another_name_is_in_no_error() {
        for name in [
            "SW_AGENT_AUTHENTICATION",
            "SW_AGENT_REPORTER_GRPC_AUTHENTICATION",
            "SW_AGENT_AUTHENTICATION_FILE",
        ] {
            let (text, _) = error(format!("SW_AGENT_NAME = \"s\"\n{name} = 31415926"));
            assert!(text.contains(name) && !text.contains("31415926"), "{text}");
        }
    }
}

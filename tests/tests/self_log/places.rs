//! The targets of the log lines.

use std::time::Duration;

use skywalking_runtime::{
    Config,
    config::{Reporter, SelfLog},
};

use crate::{NOBODY, child, requests, watchdog};

const DEADLINE: Duration = Duration::from_secs(20);

/// A program with an agent that reads the variables, without a subscriber and a logger.
#[test]
#[ignore = "the child process of a test"]
fn program() {
    watchdog();
    let agent = Config::new("built").env_overrides().start_or_off();
    requests(3);
    // The shutdown waits until the reporter's lines are written.
    drop(agent);
}

/// A program whose name would come from the variables, which set none.
#[test]
#[ignore = "the child process of a test"]
fn program_without_a_name() {
    watchdog();
    let error = skywalking_runtime::init().unwrap_err().to_string();

    assert!(error.contains("SW_AGENT_NAME"), "{error}");
}

const GOOD: [(&str, &str); 3] = [
    ("SW_AGENT_NAME", "shop"),
    ("SW_AGENT_INSTANCE_NAME", "one"),
    ("SW_AGENT_PROTOCOL", "discard"),
];

fn program_with(variables: &[(&str, &str)]) -> crate::Ended {
    child("places::program", &[&GOOD, variables].concat())
}

#[test]
fn start_line_has_service_instance_and_settings() {
    let ended =
        program_with(&[("SW_AGENT_SAMPLE_RATE", "0.5"), ("SW_AGENT_AUTHENTICATION", "s3cret")]);

    assert_eq!(
        ended.agent_lines(),
        [concat!(
            "skywalking_runtime INFO the agent runs: service=\"shop\" instance=\"one\" reports=\"nowhere\" token=on ",
            "sampling=\"rate 0.5\" tail_sampling=off redaction=off"
        )]
    );

    for (protocol, to) in
        [("grpc", "gRPC to 127.0.0.1:1,[::1]:1"), ("http", "HTTP to 127.0.0.1:1,[::1]:1")]
    {
        let backends = ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "127.0.0.1:1,[::1]:1");
        let ended = program_with(&[("SW_AGENT_PROTOCOL", protocol), backends]);
        // The reporter's first failure may be logged before it.
        let lines = ended.agent_lines();
        let start = lines
            .iter()
            .find(|line| line.contains("the agent runs"))
            .unwrap_or_else(|| panic!("{lines:?}"));
        assert!(start.contains(&format!("reports={to:?} token=off sampling=\"all\"")), "{start}");
    }
}

#[test]
fn invalid_setting_is_one_line_and_the_program_runs() {
    for (variable, value) in [
        ("SW_AGENT_PROTOCOL", "kafka"),
        ("SW_AGENT_SAMPLE", "100"),
        ("SW_AGENT_SELF_LOG", "loud"),
        ("SW_AGENT_FORCE_TLS", "yes"),
    ] {
        let ended = program_with(&[(variable, value)]);
        let lines = ended.agent_lines();
        let [line] = lines[..] else { panic!("{lines:?}") };
        assert!(line.starts_with("skywalking_runtime ERROR the agent is off"), "{line}");
        assert!(line.contains(variable) && line.contains(value), "{line}");
    }
}

#[test]
fn variables_without_effect_are_one_warning() {
    let typos = [
        ("SW_AGENT_SPAN_LIMITS", "s3cret"),
        ("SW_CORELATION_AUTO_TAG_KEYS", "s3cret"),
        ("SW_AGENT_ANYTHING", "s3cret"),
    ];
    let known = [
        ("SW_KAFKA_BOOTSTRAP_SERVERS", "s3cret"),
        ("SW_AGENT_SERVICE_HOST", "10.0.0.1"),
        ("SW_STORAGE", "h2"),
    ];
    let ended = program_with(&[&typos[..], &known].concat());
    let lines = ended.agent_lines();
    let [started, warning] = lines[..] else { panic!("{lines:?}") };

    assert!(started.ends_with(" not_used=\"SW_KAFKA_BOOTSTRAP_SERVERS\""), "{started}");
    assert_eq!(
        warning,
        concat!(
            "skywalking_runtime WARN unknown variables have no effect: SW_AGENT_ANYTHING, ",
            "SW_AGENT_SPAN_LIMITS (is SW_AGENT_SPAN_LIMIT meant?), ",
            "SW_CORELATION_AUTO_TAG_KEYS (is SW_CORRELATION_AUTO_TAG_KEYS meant?)"
        )
    );
    assert!(!ended.err.contains("s3cret"), "{}", ended.err);

    // A blank name does not replace the name of the program. Another variable with a typo has a
    // name.
    let typo = ("SW_AGNET_NAME", "shop");
    let hint = "SW_AGNET_NAME (is SW_AGENT_NAME meant?)";
    for blank in ["", " \u{200b}", "\"\""] {
        let ended = program_with(&[("SW_AGENT_NAME", blank), typo]);
        let lines = ended.agent_lines();
        let [started, warning] = lines[..] else { panic!("{blank:?}: {lines:?}") };
        assert!(started.contains("the agent runs: service=\"built\""), "{blank:?}: {started}");
        assert!(warning.ends_with(hint), "{blank:?}: {warning}");
    }
    // Without a name of the program the agent does not start, and the warning is logged.
    let ended = child("places::program_without_a_name", &[("SW_AGENT_NAME", " \u{200b}"), typo]);
    let lines = ended.agent_lines();
    let [warning] = lines[..] else { panic!("{lines:?}") };

    assert!(warning.ends_with(hint), "{warning}");
}

// Feature: level of the agent's log
#[test]
fn level_selects_the_lines() {
    let lines = |level: &str, wrong: (&str, &str)| {
        let ended = program_with(&[("SW_LOGGING_LEVEL", level), wrong]);
        let words = ended.agent_lines().into_iter();
        let words = words.map(|line| line.split(' ').nth(1).unwrap().to_owned());
        words.collect::<Vec<_>>()
    };
    let typo = ("SW_AGENT_NAMES", "shop");
    let wrong = ("SW_AGENT_PROTOCOL", "kafka");
    assert_eq!(lines("INFO", typo), ["INFO", "WARN"]);
    assert_eq!(lines("WARN", typo), ["WARN"]);
    assert_eq!(lines("ERROR", typo), [""; 0]);
    assert_eq!(lines("ERROR", wrong), ["ERROR"]);
    assert_eq!(lines("OFF", wrong), [""; 0]);
    // An invalid level is an error itself, and does not hide it.
    assert_eq!(lines("loud", typo), ["ERROR"]);
}

/// A file that is removed at the end of the test.
struct Written(std::path::PathBuf);

impl Written {
    fn new(name: &str, content: &str) -> Self {
        let name = format!("skywalking-self-log-{}-{name}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn variable(&self) -> (&str, &str) {
        ("SW_AGENT_CONFIG_PATH", self.0.to_str().unwrap())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

// Feature: settings in a file
#[test]
fn file_with_settings_is_in_the_start_line_and_its_unknown_keys_in_a_warning() {
    let file = Written::new(
        "good",
        "SW_AGENT_NAME = \"of file\"\nSW_AGENT_SAMPLE_RATE = 0.5\nSW_AGENT_NAMES = \"s3cret\"\n",
    );
    let ended = child(
        "places::program",
        &[("SW_AGENT_PROTOCOL", "discard"), ("SW_AGENT_NAMESPACE", "eu"), file.variable()],
    );
    let lines = ended.agent_lines();
    let [started, warning] = lines[..] else { panic!("{lines:?}") };
    assert!(started.contains("service=\"of file|eu|\""), "{started}");
    assert!(started.contains("sampling=\"rate 0.5\""), "{started}");
    let path = file.0.display();
    assert!(started.ends_with(&format!(" config_file=\"{path}\"")), "{started}");
    assert_eq!(
        warning,
        format!(
            "skywalking_runtime WARN unknown keys of {path} have no effect: SW_AGENT_NAMES in line 3 (is SW_AGENT_NAME meant?)"
        )
    );
}

#[test]
fn invalid_file_is_one_line_and_the_level_of_the_file_holds() {
    let broken = Written::new("broken", "SW_AGENT_AUTHENTICATION = \"s3cret\nb = 1");
    let ended = program_with(&[broken.variable()]);
    let lines = ended.agent_lines();
    let [line] = lines[..] else { panic!("{lines:?}") };
    assert!(line.starts_with("skywalking_runtime ERROR the agent is off"), "{line}");
    assert!(line.contains("SW_AGENT_CONFIG_PATH") && line.contains("line 1"), "{line}");
    assert!(!ended.err.contains("s3cret"), "{}", ended.err);

    let silent = Written::new("silent", "SW_LOGGING_LEVEL = \"off\"\nSW_AGENT_ORPHANS = \"no\"");
    assert_eq!(program_with(&[silent.variable()]).agent_lines(), [""; 0]);
    let lines = program_with(&[silent.variable(), ("SW_LOGGING_LEVEL", "info")]);
    assert_eq!(lines.agent_lines().len(), 1, "a variable wins over the file");
}

#[test]
fn unreachable_backend_and_its_losses_are_logged() {
    for protocol in ["grpc", "http"] {
        let ended = program_with(&[
            ("SW_AGENT_PROTOCOL", protocol),
            ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", NOBODY),
        ]);
        let lines = ended.agent_lines();
        let has = |start: &str, part: &str| {
            lines.iter().any(|line| line.starts_with(start) && line.contains(part))
        };
        assert!(
            has("skywalking_runtime WARN the backend can't be reached", "refused"),
            "{lines:?}"
        );
        assert!(
            has(
                "skywalking_runtime WARN the agent has ended and never reached a backend: 3 segments were lost",
                "shutdown: 3"
            ),
            "{lines:?}"
        );
    }
}

#[test]
fn variable_silences_standard_error() {
    for mode in ["off", "program", " Off "] {
        for wrong in [
            &[][..],
            &[("SW_AGENT_PROTOCOL", "kafka")],
            &[("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "nonsense")],
        ] {
            let ended = program_with(&[&[("SW_AGENT_SELF_LOG", mode)], wrong].concat());
            assert_eq!(ended.agent_lines(), [""; 0], "{mode} {wrong:?}");
        }
    }
}

#[test]
#[ignore = "the child process of a test"]
fn silenced_in_code() {
    watchdog();
    for mode in [SelfLog::Off, SelfLog::Program] {
        let silent =
            || Config::new("shop").backend(NOBODY).self_log(mode).shutdown_timeout(DEADLINE);
        let agent = silent().start_or_off();
        requests(3);
        assert!(silent().start_or_off().error().is_some(), "one runs");
        drop(agent);
        assert!(silent().backend("nonsense").start_or_off().error().is_some());
    }
}

#[test]
fn setting_silences_standard_error() {
    assert_eq!(child("places::silenced_in_code", &[]).agent_lines(), [""; 0]);
}

/// A logger that writes to standard output.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        println!("logged: {} {} {}", record.target(), record.level(), record.args());
    }
    fn flush(&self) {}
}

fn with_logger() {
    log::set_logger(&Logger).expect("the first");
    log::set_max_level(log::LevelFilter::Info);
}

#[test]
#[ignore = "the child process of a test"]
fn program_with_a_logger() {
    with_logger();
    program();
}

#[test]
#[ignore = "the child process of a test"]
fn program_with_both() {
    with_logger();
    tracing_subscriber::fmt().with_ansi(false).init();
    program();
}

#[test]
#[ignore = "the child process of a test"]
fn program_with_a_subscriber_of_its_thread() {
    let subscriber = tracing_subscriber::fmt().with_ansi(false).finish();
    let agent = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    program();
    drop(agent);
}

#[test]
fn subscriber_precedes_logger_precedes_standard_error() {
    let absent = [&GOOD[..2], &[("SW_AGENT_COLLECTOR_BACKEND_SERVICES", NOBODY)]].concat();
    let ended = child("places::program_with_a_logger", &absent);
    assert!(ended.out.contains("logged: skywalking_runtime INFO the agent runs"), "{}", ended.out);
    assert!(
        ended.out.contains(
            "logged: skywalking_runtime WARN the agent has ended and never reached a backend: 3 "
        ),
        "{}",
        ended.out
    );
    assert_eq!(ended.agent_lines(), [""; 0]);
    for name in ["places::program_with_both", "places::program_with_a_subscriber_of_its_thread"] {
        let ended = child(name, &GOOD);
        assert!(ended.out.contains("INFO skywalking_runtime: the agent runs"), "{}", ended.out);
        assert!(!ended.out.contains("logged: "), "{}", ended.out);
        assert_eq!(ended.agent_lines(), [""; 0]);
    }
}

/// As `Logger`, but slow for one line of the reporter.
struct SlowLogger;

impl log::Log for SlowLogger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        if record.args().to_string().starts_with("the backend can't be reached") {
            std::thread::sleep(Duration::from_millis(700));
        }
        Logger.log(record);
    }
    fn flush(&self) {}
}

#[test]
#[ignore = "the child process of a test"]
fn program_with_a_slow_logger() {
    log::set_logger(&SlowLogger).expect("the first");
    log::set_max_level(log::LevelFilter::Info);
    program();
}

#[test]
fn end_waits_until_the_reporters_lines_are_written() {
    let absent = [&GOOD[..2], &[("SW_AGENT_COLLECTOR_BACKEND_SERVICES", NOBODY)]].concat();
    let ended = child("places::program_with_a_slow_logger", &absent);
    assert!(
        ended.out.contains("logged: skywalking_runtime WARN the backend can't be reached"),
        "{}",
        ended.out
    );
}

#[test]
#[ignore = "the child process of a test"]
fn agent_that_logs_as_json() {
    watchdog();
    let agent = Config::new("shop").reporter(Reporter::Log).start_or_off();
    requests(3);
    drop(agent);
}

#[test]
fn log_reporter_writes_only_json_to_standard_error() {
    let ended = child("places::agent_that_logs_as_json", &[]);
    let (json, others): (Vec<_>, Vec<_>) =
        ended.err.lines().partition(|line| line.starts_with('{') && line.ends_with('}'));

    assert_eq!((json.len(), others), (3, vec![]), "{}", ended.err);
}

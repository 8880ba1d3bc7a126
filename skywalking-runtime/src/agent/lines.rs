//! The lines that an agent logs at its start and at its end.

use std::time::Duration;

#[cfg(any(feature = "report-grpc", feature = "report-http"))]
use crate::config::{Address, Security};
use crate::config::{Checked, Reporter};
use crate::report::stats::{Report, Stats};
use crate::self_log::Line;

/// Returns the lines for the start: the identity, the settings, and the variables without effect.
pub(super) fn at_start(config: &Checked, address: &str) -> Vec<Line> {
    let Checked { identity, reporter, token, token_file, sampling, settings, redaction, .. } =
        config;
    let to = match reporter {
        #[cfg(feature = "report-grpc")]
        Reporter::Grpc => format!("gRPC to {}", list(&config.backends)),
        #[cfg(feature = "report-http")]
        Reporter::Http => format!("HTTP to {}", list(&config.backends)),
        Reporter::Log | Reporter::Discard => address.to_owned(),
    };
    let on = |on: bool| if on { "on" } else { "off" };
    // Variables of other agents are often set for a whole fleet.
    let others =
        config.ignored.of_others().map(|names| format!(" not_used={names:?}")).unwrap_or_default();
    let file =
        config.ignored.file().map(|path| format!(" config_file={path:?}")).unwrap_or_default();
    // The log reporter writes only JSON to standard error, so that a program can read it.
    let started = Line::info(format!(
        "the agent runs: service={:?} instance={:?} reports={to:?} token={} sampling={sampling:?} tail_sampling={} redaction={}{file}{others}",
        identity.service,
        identity.instance,
        on(token.is_some() || token_file.is_some()),
        on(settings.tail_sampling.is_some()),
        on(redaction.is_set()),
    ))
    .for_loggers(matches!(reporter, Reporter::Log));
    let mut lines = vec![started];
    lines.extend(config.ignored.warnings().into_iter().map(Line::warn));
    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    lines.extend(plain_token(config).map(Line::warn));
    lines
}

/// Returns a warning if the token is sent to another host without TLS.
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
fn plain_token(config: &Checked) -> Option<String> {
    let has_token = config.token.is_some() || config.token_file.is_some();
    let is_plain =
        |address: &&Address| address.security() == Security::Plain && !address.is_local();
    let plain: Vec<_> = config.backends.iter().filter(is_plain).cloned().collect();
    (has_token && config.reporter.has_backend() && !plain.is_empty()).then(|| {
        format!(
            "the token is sent without TLS to {}, so that others in the network can read it; use an https:// address \
             (SW_AGENT_COLLECTOR_BACKEND_SERVICES), SW_AGENT_FORCE_TLS=true, or a Unix socket of a sidecar",
            list(&plain)
        )
    })
}

#[cfg(any(feature = "report-grpc", feature = "report-http"))]
fn list(backends: &[Address]) -> String {
    backends.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// An agent that ends sooner was most likely dropped by the statement that started it.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Returns a warning that the guard was dropped at once, if the agent recorded nothing since
/// `before`, its start.
pub(super) fn dropped_at_once(
    report: &Report,
    before: &Stats,
    lived: Duration,
) -> Option<Vec<Line>> {
    let is_idle =
        report.stats.opened == before.opened && report.stats.diagnostics().eq(before.diagnostics());
    let text = "the agent ended as soon as it had started and traced nothing: keep its guard, as in `let _agent = init()?;`. `let _ = init()?;` drops \
                it at once";
    (is_idle && lived < AT_ONCE).then(|| vec![Line::warn(text)])
}

/// Returns a line about the losses of an agent, or about a backend that it never reached.
pub(super) fn at_end(report: &Report, reached: bool) -> Vec<Line> {
    let Report { sent, dropped, .. } = report;
    // Segments that tail sampling drops are not losses.
    let lost = dropped.total() - dropped.not_kept;
    if lost == 0 {
        return Vec::new();
    }
    let how = if reached { "" } else { " and never reached a backend" };
    vec![Line::warn(format!(
        "the agent has ended{how}: {lost} segments were lost and {sent} were sent; {dropped:?}"
    ))]
}

#[cfg(all(test, feature = "report-grpc"))]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn token_without_tls_to_another_host_is_a_warning() {
        let warning =
            |config: Config| plain_token(&config.reporter(Reporter::Grpc).check().unwrap());
        let config = |list: &str| Config::new("s").backend(list);
        let list = "oap:11800,localhost:11800,[::1]:11800,127.1.2.3:11800,unix:///run/oap";
        let text = warning(config(list).token("s3cret")).unwrap();
        assert!(text.starts_with("the token is sent without TLS to oap:11800, so"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
        assert!(warning(config(list).token_file("/token")).is_some());
        assert_eq!(warning(config(list)), None);
        assert_eq!(warning(config("localhost:11800,unix:///run/oap").token("s3cret")), None);
        #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
        assert_eq!(warning(config("https://oap:11800").token("s3cret")), None);
    }
}

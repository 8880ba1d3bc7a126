//! The lines that an agent logs at its start and at its end.

use std::time::Duration;

use crate::config::{Checked, Reporter};
use crate::report::stats::{Report, Stats};
use crate::self_log::Line;

/// Returns the lines for the start: the identity, the settings, and the variables without effect.
pub(super) fn at_start(config: &Checked, address: &str) -> Vec<Line> {
    let Checked { identity, reporter, token, sampling, settings, redaction, .. } = config;
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
    // The log reporter writes only JSON to standard error, so that a program can read it.
    let started = Line::info(format!(
        "the agent runs: service={:?} instance={:?} reports={to:?} token={} sampling={sampling:?} tail_sampling={} redaction={}{others}",
        identity.service,
        identity.instance,
        on(token.is_some()),
        on(settings.tail_sampling.is_some()),
        on(redaction.is_set()),
    ))
    .for_loggers(matches!(reporter, Reporter::Log));
    std::iter::once(started).chain(config.ignored.warning().map(Line::warn)).collect()
}

#[cfg(any(feature = "report-grpc", feature = "report-http"))]
fn list(backends: &[crate::config::Address]) -> String {
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

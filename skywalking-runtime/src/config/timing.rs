//! Settings of time: how often the agent reports itself, and how long it waits for the backend.

use std::time::Duration;

use super::env::Source;
use super::{Config, Given};
use crate::error::Error;

const HEARTBEAT: &str = "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD";
const FACTOR: &str = "SW_AGENT_COLLECTOR_PROPERTIES_REPORT_PERIOD_FACTOR";
const BATCH: &str = "SW_AGENT_COLLECTOR_GRPC_UPSTREAM_TIMEOUT";
const MANAGEMENT: &str = "SW_AGENT_MANAGEMENT_TIMEOUT";
const CONNECT: &str = "SW_AGENT_CONNECT_TIMEOUT";
const SHUTDOWN: &str = "SW_AGENT_SHUTDOWN_TIMEOUT";
const BACKOFF: &str = "SW_AGENT_MAX_BACKOFF";

/// The shortest period of keep-alives. A shorter one could keep segments from being sent: the
/// answer to a keep-alive can take as long.
const LEAST_HEARTBEAT: Duration = Duration::from_secs(1);
/// The longest time of a setting.
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// The settings of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// The time between two keep-alives.
    pub(crate) heartbeat: Duration,
    /// After how many keep-alives the properties are sent again.
    pub(crate) properties_every: u32,
    /// The longest wait for the answer to a batch.
    pub(crate) batch_deadline: Duration,
    /// The longest wait for the answer to a keep-alive or properties.
    pub(crate) management_deadline: Duration,
    /// The longest time of a connect, in all.
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(dead_code, reason = "nothing connects to a backend")
    )]
    pub(crate) connect_deadline: Duration,
    /// What set it.
    pub(crate) connect_setting: Option<&'static str>,
    /// The longest wait between two tries to reach the backend.
    pub(crate) max_backoff: Duration,
    /// The longest time that dropping the agent takes.
    pub(crate) shutdown: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(30),
            properties_every: 10,
            batch_deadline: Duration::from_secs(30),
            management_deadline: Duration::from_secs(10),
            connect_deadline: Duration::from_secs(3),
            connect_setting: None,
            max_backoff: Duration::from_secs(4),
            shutdown: Duration::from_secs(5),
        }
    }
}

impl Timing {
    /// Checks the settings. The numbers of variables were checked when they were parsed.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        let times = [
            ("Config::heartbeat_period", self.heartbeat),
            ("Config::batch_timeout", self.batch_deadline),
            ("Config::management_timeout", self.management_deadline),
            ("Config::connect_timeout", self.connect_deadline),
        ];
        for (setting, time) in times {
            if time.is_zero() {
                return Err(Error::ZeroLimit { setting });
            }
            if time > DAY {
                return Err(Error::Seconds { setting, value: time.as_secs_f64().to_string() });
            }
        }
        if self.properties_every == 0 {
            return Err(Error::ZeroLimit { setting: "Config::properties_every" });
        }
        if self.heartbeat < LEAST_HEARTBEAT {
            return Err(Error::Heartbeat { setting: "Config::heartbeat_period" });
        }
        if let Some(setting) = self.connect_setting
            && self.connect_deadline > self.management_deadline
        {
            return Err(Error::ConnectTimeout {
                setting,
                connect: self.connect_deadline,
                management: self.management_deadline,
            });
        }
        // The first call is of management, and its time includes the connect.
        self.connect_deadline = self.connect_deadline.min(self.management_deadline);
        Ok(())
    }
}

impl Config {
    /// Sets the time between two keep-alives. Default: 30 s, at least 1 s, at most a day.
    ///
    /// The backend shows an instance as inactive if it has received nothing for some minutes.
    pub fn heartbeat_period(mut self, period: Duration) -> Self {
        self.timing.heartbeat = period;
        self
    }

    /// Sets how often the properties of the instance are sent again: in place of every n-th
    /// keep-alive. Default: 10.
    pub fn properties_every(mut self, keep_alives: u32) -> Self {
        self.timing.properties_every = keep_alives;
        self
    }

    /// Sets how long the reporter waits for the answer to a batch. Default: 30 s, at most a day.
    ///
    /// The segments of a batch without an answer count as unconfirmed, and are not sent again.
    pub fn batch_timeout(mut self, deadline: Duration) -> Self {
        self.timing.batch_deadline = deadline;
        self
    }

    /// Sets how long the reporter waits for the answer to a keep-alive or to the properties.
    /// Default: 10 s, at most a day. The time of the first answer includes the connect.
    pub fn management_timeout(mut self, deadline: Duration) -> Self {
        self.timing.management_deadline = deadline;
        self
    }

    /// Sets how long a connect can take, with the look-up of the name, the proxy and TLS. Default:
    /// 3 s, or [`management_timeout`](Config::management_timeout) if that is shorter. A longer time
    /// than that is an error.
    pub fn connect_timeout(mut self, deadline: Duration) -> Self {
        self.timing.connect_deadline = deadline;
        self.timing.connect_setting = Some("Config::connect_timeout");
        self
    }

    /// Sets how long dropping the agent can take. Default: 5 s.
    pub fn shutdown_timeout(mut self, deadline: Duration) -> Self {
        self.timing.shutdown = deadline;
        self
    }

    /// Sets the longest wait between two tries to reach the backend. Default: 4 s.
    ///
    /// Each wait is random: up to 1 s after the first failure, up to twice as much after each
    /// further one, and at most this. So the agent notices a backend that returns within this time
    /// and the duration of a call. For a backend that reports that it is overloaded the longest
    /// wait is 60 s, or this if it is longer.
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.timing.max_backoff = wait;
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    let timing = &mut config.timing;
    for (name, time) in [
        (HEARTBEAT, &mut timing.heartbeat),
        (BATCH, &mut timing.batch_deadline),
        (MANAGEMENT, &mut timing.management_deadline),
        (CONNECT, &mut timing.connect_deadline),
        (SHUTDOWN, &mut timing.shutdown),
        (BACKOFF, &mut timing.max_backoff),
    ] {
        if let Some(given) = source.text(name)? {
            let setting = given.setting;
            *time = seconds(given)?;
            match name {
                HEARTBEAT if *time < LEAST_HEARTBEAT => return Err(Error::Heartbeat { setting }),
                CONNECT => timing.connect_setting = Some(setting),
                _ => {}
            }
        }
    }
    if let Some(given) = source.text(FACTOR)? {
        timing.properties_every = super::limits::number(given)?;
    }
    Ok(())
}

/// Parses a number of seconds above 0 and of at most a day.
pub(super) fn seconds(Given { text: value, setting }: Given) -> Result<Duration, Error> {
    let seconds = value.trim().parse().ok().filter(|seconds: &f64| *seconds > 0.0);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| !time.is_zero() && *time <= DAY).ok_or(Error::Seconds { setting, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_positive_and_at_most_a_day() {
        let seconds = |text: &str| seconds(Given::new("S", text));
        assert_eq!(seconds(" 30 "), Ok(Duration::from_secs(30)));
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("86400"), Ok(DAY));
        for wrong in ["0", "-1", "86401", "1e300", "inf", "NaN", "1e-12", "30s", "a"] {
            let error = Error::Seconds { setting: "S", value: wrong.to_owned() };
            assert_eq!(seconds(wrong), Err(error), "{wrong}");
        }
    }

    const SHORT: Duration = Duration::from_secs(10);

    #[test]
    fn heartbeat_is_at_least_a_second() {
        let check = |millis| {
            Config::new("s").heartbeat_period(Duration::from_millis(millis)).check().map(drop)
        };
        let error = Error::Heartbeat { setting: "Config::heartbeat_period" };
        assert_eq!((check(999), check(1)), (Err(error.clone()), Err(error)));
        assert_eq!(check(1_000), Ok(()));
        let of_variable = |name: &'static str, value: &str| {
            Config::from_lookup(&|asked| (asked == name).then(|| value.into())).map(drop)
        };
        for name in [HEARTBEAT, "SW_AGENT_REPORTER_CHECK_INTERVAL"] {
            let error = of_variable(name, "0.2").unwrap_err();
            assert_eq!(error, Error::Heartbeat { setting: name });
            assert_eq!(
                error.to_string(),
                format!("{name}: the period of keep-alives is below 1 s; give at least 1 s")
            );
            assert_eq!(of_variable(name, "1"), Ok(()));
        }
    }

    #[test]
    fn connect_takes_at_most_as_long_as_the_first_call() {
        let seconds = Duration::from_secs;
        let both = |connect, management| {
            Config::new("s")
                .connect_timeout(seconds(connect))
                .management_timeout(seconds(management))
                .check()
                .map(|checked| checked.timing.connect_deadline)
        };
        assert_eq!((both(5, 5), both(4, 5)), (Ok(seconds(5)), Ok(seconds(4))));
        assert_eq!(
            both(6, 5).unwrap_err().to_string(),
            "Config::connect_timeout: a connect of 6 s does not fit into the first call of 5 s; \
             lower it, or raise SW_AGENT_MANAGEMENT_TIMEOUT (Config::management_timeout)"
        );
        // The default does not count as set.
        let short = Config::new("s").management_timeout(seconds(1)).check().unwrap();
        assert_eq!(short.timing.connect_deadline, seconds(1));
        let lookup = |name: &str| match name {
            "SW_AGENT_NAME" => Some("s".into()),
            CONNECT => Some("20".into()),
            _ => None,
        };
        let error = Config::from_lookup(&lookup).and_then(Config::check).unwrap_err();
        assert!(matches!(error, Error::ConnectTimeout { setting: CONNECT, .. }), "{error}");
    }

    #[test]
    fn zero_and_long_times_of_the_builder_are_errors() {
        type Setter = fn(Config, Duration) -> Config;
        let setters: [(&str, Setter); 4] = [
            ("Config::heartbeat_period", Config::heartbeat_period),
            ("Config::batch_timeout", Config::batch_timeout),
            ("Config::management_timeout", Config::management_timeout),
            ("Config::connect_timeout", Config::connect_timeout),
        ];
        for (setting, setter) in setters {
            let check = |time| setter(Config::new("s"), time).check().map(drop);
            assert_eq!(check(Duration::ZERO), Err(Error::ZeroLimit { setting }));
            assert!(
                matches!(check(Duration::MAX), Err(Error::Seconds { setting: named, .. }) if named == setting)
            );
            let longest = if setting == "Config::connect_timeout" { SHORT } else { DAY };
            assert_eq!(check(longest), Ok(()));
        }
        let error = Config::new("s").properties_every(0).check().unwrap_err();
        assert_eq!(error, Error::ZeroLimit { setting: "Config::properties_every" });
    }
}

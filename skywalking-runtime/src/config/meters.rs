//! Settings of meters.

use std::time::Duration;

use super::env::{Source, switch};
use super::{Config, timing};
use crate::error::Error;

const ACTIVE: &str = "SW_AGENT_METER_REPORTER_ACTIVE";
const PERIOD: &str = "SW_AGENT_METER_REPORTER_PERIOD";
const OWN: &str = "SW_AGENT_RUNTIME_METERS";

const LEAST_PERIOD: Duration = Duration::from_secs(1);

/// The settings of meters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MeterSettings {
    /// Whether meters are reported.
    pub(crate) meters: bool,
    /// The time between two reports.
    pub(crate) meter_period: Duration,
    /// Whether the agent's own meters and those of the process are reported.
    pub(crate) runtime_meters: bool,
}

impl Default for MeterSettings {
    fn default() -> Self {
        Self { meters: true, meter_period: Duration::from_secs(20), runtime_meters: true }
    }
}

impl MeterSettings {
    /// Checks the settings. The numbers of variables were checked when they were parsed.
    pub(super) fn check(self) -> Result<Self, Error> {
        check_period(self.meter_period, "Config::meter_period").map(|()| self)
    }
}

impl Config {
    /// Switches the report of meters on or off. Default: on.
    ///
    /// The [module `meter`](crate::meter) registers them. They have no HTTP form: an agent that
    /// reports by HTTP counts them as dropped, and logs one line.
    pub fn meters(mut self, on: bool) -> Self {
        self.meters.meters = on;
        self
    }

    /// Sets the time between two reports of meters. Default: 20 s, at least 1 s, at most a day.
    pub fn meter_period(mut self, period: Duration) -> Self {
        self.meters.meter_period = period;
        self
    }

    /// Switches the agent's own meters on or off: those of the process, such as CPU and memory, and
    /// the counts of segments. Default: on.
    pub fn runtime_meters(mut self, on: bool) -> Self {
        self.meters.runtime_meters = on;
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    for (name, on) in
        [(ACTIVE, &mut config.meters.meters), (OWN, &mut config.meters.runtime_meters)]
    {
        if let Some(given) = source.text(name)? {
            *on = switch(given)?;
        }
    }
    if let Some(given) = source.text(PERIOD)? {
        let setting = given.setting;
        let period = timing::seconds(given)?;
        check_period(period, setting)?;
        config.meters.meter_period = period;
    }
    Ok(())
}

fn check_period(period: Duration, setting: &'static str) -> Result<(), Error> {
    if period < LEAST_PERIOD {
        return Err(Error::MeterPeriod { setting });
    }
    if period > timing::DAY {
        return Err(Error::Seconds { setting, value: period.as_secs_f64().to_string() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn period_is_from_a_second_to_a_day() {
        let check = |period| Config::new("s").meter_period(period).check().map(drop);
        let setting = "Config::meter_period";
        assert_eq!(check(Duration::from_millis(999)), Err(Error::MeterPeriod { setting }));
        assert_eq!((check(LEAST_PERIOD), check(timing::DAY)), (Ok(()), Ok(())));
        assert!(matches!(check(Duration::MAX), Err(Error::Seconds { .. })));
        for name in [PERIOD, "SW_AGENT_METER_COLLECT_INTERVAL", "SW_METER_REPORT_INTERVAL"] {
            let of_variable = |value: &'static str| {
                Config::from_lookup(&|asked| (asked == name).then(|| value.into()))
            };
            let error = of_variable("0.5").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("{name}: the period of meters is below 1 s; give at least 1 s")
            );
            let period = of_variable("7").unwrap().meters.meter_period;
            assert_eq!(period, Duration::from_secs(7));
        }
    }
}

//! The settings of sampling and of the ignore lists.

use super::env::Source;
use super::{Config, Given};
use crate::error::Error;
use crate::sampling::{Choice, Custom, Ignored, PerWindow, Rate, Rule, SUFFIXES, Sampler};

const PER_3_SECS: &str = "SW_AGENT_SAMPLE_N_PER_3_SECS";
const RATE: &str = "SW_AGENT_SAMPLE_RATE";
const EITHER: &str = "SW_AGENT_SAMPLE";
const IGNORE_SUFFIX: &str = "SW_AGENT_IGNORE_SUFFIX";
const IGNORE_PATH: &str = "SW_AGENT_TRACE_IGNORE_PATH";

/// Which requests are recorded: [`Config::sampling`](crate::Config::sampling).
///
/// The sampler decides once per trace, when its first span starts. A request with a valid context
/// (`sw8`) is always recorded, since other processes record their part of the trace. Set
/// [`Inbound::Ignore`](crate::config::Inbound::Ignore) to ignore the context. [Which requests are
/// recorded](crate::docs::concepts#which-requests-are-recorded) describes the whole order.
///
/// ```
/// use skywalking_runtime::{Config, config::{Reporter, Sampling}};
///
/// let _agent = Config::new("shop").reporter(Reporter::Discard).sampling(Sampling::rate(0.001)).start()?;
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "pass it to `Config::sampling`"]
pub struct Sampling(Kind);

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    All,
    Per3Secs(u32),
    Rate(f64),
    Custom(Custom),
}

impl Sampling {
    /// Records all requests. The default.
    pub const fn all() -> Self {
        Self(Kind::All)
    }

    /// Records the first `requests` of every three seconds in the whole process.
    ///
    /// Requests that come with a context use the budget too, as in the Java agent, but are never
    /// rejected. 0 is an error at the start.
    pub const fn per_3_secs(requests: u32) -> Self {
        Self(Kind::Per3Secs(requests))
    }

    /// Records a random share of all requests: 0 records none, 0.001 one of a thousand, 1 all.
    /// Other values are an error at the start.
    pub const fn rate(share: f64) -> Self {
        Self(Kind::Rate(share))
    }

    /// Records the requests that the program's own sampler accepts: a [`Sampler`] or a closure.
    ///
    /// ```
    /// use skywalking_runtime::{Config, config::{Reporter, Sampling}};
    ///
    /// let sampling = Sampling::custom(|operation: &str| !operation.starts_with("/internal/"));
    /// let _agent = Config::new("shop").reporter(Reporter::Discard).sampling(sampling).start()?;
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn custom(sampler: impl Sampler + 'static) -> Self {
        Self(Kind::Custom(Custom::new(sampler)))
    }
}

impl Config {
    /// Sets which requests are recorded. Default: [`Sampling::all`].
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.requests.sampling = sampling;
        self.requests.setting = "Config::sampling";
        self
    }

    /// Sets suffixes of operation names to ignore. Default: those of the Java agent.
    ///
    /// A request whose first span's name has such a suffix is not recorded, including all spans
    /// below, and is counted. The default is `.jpg`, `.jpeg`, `.js`, `.css`, `.png`, `.bmp`,
    /// `.gif`, `.ico`, `.mp3`, `.mp4`, `.html` and `.svg`. Suffixes are case-sensitive.
    ///
    /// An ignore list takes precedence over a context in the request and over the sampler.
    pub fn ignore_suffixes(mut self, suffixes: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.requests.ignore_suffixes =
            suffixes.into_iter().map(|suffix| suffix.as_ref().to_owned()).collect();
        self
    }

    /// Sets patterns of operation names to ignore. Default: none.
    ///
    /// A request whose first span's name matches one of the patterns is not recorded, including all
    /// spans below, and is counted.
    ///
    /// | in a pattern | stands for |
    /// | --- | --- |
    /// | `?` | one character other than `/` |
    /// | `*` | any number of these; at the end of the pattern also one `/` behind them |
    /// | `**` | any number of any characters |
    /// | `/` at the beginning | the pattern is also compared with the path in names such as `GET:/users` |
    ///
    /// These are the patterns of the Java agent's trace-ignore plugin. The layers' `ignore_paths`
    /// takes the same patterns, but compares the path of the request. This setting compares the
    /// name, which contains the route's template: `GET:/users/{id}`. A request that matches no
    /// route of axum is compared by its path here too.
    ///
    /// An ignore list takes precedence over a context in the request and over the sampler.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, Config, callsite, config::Reporter, span, testing};
    ///
    /// static HEALTH: Callsite = callsite!(entry, "GET:/health/live", layer = http);
    /// static USERS: Callsite = callsite!(entry, "GET:/users", layer = http);
    ///
    /// let _agent = Config::new("shop").reporter(Reporter::Discard).ignore_paths(["/health/**", "/metrics"]).start()?;
    /// let trees = testing::run(|| {
    ///     span(&HEALTH).run(|| ());
    ///     span(&USERS).run(|| ());
    /// });
    /// assert_eq!(testing::text(&trees), "Entry GET:/users layer=Http\n");
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn ignore_paths(mut self, patterns: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.requests.ignore_paths =
            patterns.into_iter().map(|pattern| pattern.as_ref().to_owned()).collect();
        self
    }
}

/// All settings that decide which requests are recorded.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    sampling: Sampling,
    /// The name of the setting that contained the sampling.
    setting: &'static str,
    ignore_suffixes: Vec<String>,
    ignore_paths: Vec<String>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            sampling: Sampling::all(),
            setting: "Config::sampling",
            ignore_suffixes: SUFFIXES.map(str::to_owned).into(),
            ignore_paths: Vec::new(),
        }
    }
}

impl Requests {
    /// Returns the sampling as a short text.
    pub(super) fn summary(&self) -> String {
        match &self.sampling.0 {
            Kind::All => "all".to_owned(),
            Kind::Per3Secs(most) => format!("{most} per 3 s"),
            Kind::Rate(rate) => format!("rate {rate}"),
            Kind::Custom(_) => "custom".to_owned(),
        }
    }

    /// Checks the settings, and returns what decides about requests.
    pub(super) fn check(self) -> Result<Choice, Error> {
        let rule = match self.sampling.0 {
            Kind::All | Kind::Rate(1.0) => Rule::All,
            Kind::Per3Secs(0) => return Err(Error::SampleNone { setting: self.setting }),
            Kind::Per3Secs(most) => Rule::PerWindow(PerWindow::new(most)),
            Kind::Rate(rate) if (0.0..1.0).contains(&rate) => Rule::Rate(Rate::new(rate)),
            Kind::Rate(rate) => {
                return Err(Error::SampleRate { setting: self.setting, value: rate.to_string() });
            }
            Kind::Custom(custom) => Rule::Custom(custom),
        };
        Ok(Choice { ignored: Ignored::new(&self.ignore_suffixes, &self.ignore_paths), rule })
    }
}

/// Parses the value of one variable.
type Reader = fn(Given) -> Result<Sampling, Error>;

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    let requests = &mut config.requests;
    let mut found = None;
    let variables: [(&str, Reader); 3] = [(PER_3_SECS, per_3_secs), (RATE, rate), (EITHER, either)];
    for (name, reader) in variables {
        let Some(given) = source.text(name)? else { continue };
        let setting = given.setting;
        if let Some(first) = found.replace(setting) {
            return Err(Error::SampleTwice { setting, first });
        }
        (requests.sampling, requests.setting) = (reader(given)?, setting);
    }
    let list = |given: Given| given.text.split(',').map(str::to_owned).collect();
    if let Some(given) = source.text(IGNORE_SUFFIX)? {
        requests.ignore_suffixes = list(given);
    }
    if let Some(given) = source.text(IGNORE_PATH)? {
        requests.ignore_paths = list(given);
    }
    Ok(())
}

fn per_3_secs(Given { text: value, setting }: Given) -> Result<Sampling, Error> {
    let Ok(number) = value.trim().parse::<i64>() else {
        return Err(Error::NotANumber { setting, value });
    };
    match u32::try_from(number) {
        Ok(requests) => Ok(Sampling::per_3_secs(requests)),
        Err(_) if number < 0 => Ok(Sampling::all()),
        Err(_) => {
            let value = usize::try_from(number).unwrap_or(usize::MAX);
            Err(Error::LimitTooLarge { setting, value, most: u32::MAX as usize })
        }
    }
}

fn rate(Given { text: value, setting }: Given) -> Result<Sampling, Error> {
    match value.trim().parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(Sampling::rate(rate)),
        _ => Err(Error::SampleRate { setting, value }),
    }
}

/// Parses the variable that the other agents read differently. Accepts only values with one
/// possible meaning: a value with a point is a rate, since the Java agent reads only integers. A
/// negative value cannot be a rate, and means all requests to the Java agent.
fn either(Given { text: value, setting }: Given) -> Result<Sampling, Error> {
    let text = value.trim();
    if text.parse::<i64>().is_ok_and(|number| number < 0) {
        return Ok(Sampling::all());
    }
    match text.parse::<f64>() {
        Ok(rate) if text.contains('.') && (0.0..=1.0).contains(&rate) => Ok(Sampling::rate(rate)),
        _ => Err(Error::SampleAmbiguous { setting, value }),
    }
}

#[cfg(test)]
mod tests;

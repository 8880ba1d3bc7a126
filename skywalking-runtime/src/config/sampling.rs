//! What the user says about which requests are recorded, and what it means.

use super::Config;
use crate::error::Error;
use crate::sampling::{Choice, Custom, Ignored, PerWindow, Rate, Rule, SUFFIXES, Sampler};

const PER_3_SECS: &str = "SW_AGENT_SAMPLE_N_PER_3_SECS";
const RATE: &str = "SW_AGENT_SAMPLE_RATE";
const EITHER: &str = "SW_AGENT_SAMPLE";
const IGNORE_SUFFIX: &str = "SW_AGENT_IGNORE_SUFFIX";
const IGNORE_PATH: &str = "SW_AGENT_TRACE_IGNORE_PATH";

/// Which requests are recorded: [`Config::sampling`](crate::Config::sampling).
///
/// It is decided once for each trace, when its first span opens. A request that comes with a valid
/// context (`sw8`) is recorded whatever is set here, since others record their part of that trace;
/// [`Inbound::Ignore`](crate::config::Inbound::Ignore) doesn't look at it. [Which requests are
/// recorded](crate::docs::concepts#which-requests-are-recorded) has the whole order.
///
/// ```
/// use skywalking_runtime::{Config, config::{Reporter, Sampling}};
///
/// let _agent = Config::new("shop").reporter(Reporter::Discard).sampling(Sampling::rate(0.001)).start()?;
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
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
    /// All of them: the default.
    #[expect(
        non_upper_case_globals,
        reason = "one of several choices, and to be read like the words of the other settings"
    )]
    pub const All: Self = Self(Kind::All);

    /// The first `requests` of each three seconds, however many threads ask at once. Those that are
    /// recorded because they came with a context use the budget up as well, as in the Java
    /// agent, and are never refused. 0 is an error at the start.
    pub const fn per_3_secs(requests: u32) -> Self {
        Self(Kind::Per3Secs(requests))
    }

    /// This share of all requests, chosen by chance: 0 is none of them, 0.001 one of a thousand, 1
    /// all. Anything else is an error at the start.
    pub const fn rate(share: f64) -> Self {
        Self(Kind::Rate(share))
    }

    /// As the program's own sampler says: a [`Sampler`], or a closure.
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
    /// Which requests are recorded: all of them, unless set.
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.requests.sampling = sampling;
        self.requests.setting = "Config::sampling";
        self
    }

    /// Requests whose first span's operation name ends in one of these are left out, and counted;
    /// so is all that happens below. In place of the default, which is the Java agent's:
    /// `.jpg`, `.jpeg`, `.js`, `.css`, `.png`, `.bmp`, `.gif`, `.ico`, `.mp3`, `.mp4`, `.html`,
    /// `.svg`. Upper and lower case differ.
    ///
    /// A list wins over a context that came with the request, and over the sampler.
    pub fn ignore_suffix(mut self, suffixes: impl IntoIterator<Item: Into<String>>) -> Self {
        self.requests.ignore_suffix = suffixes.into_iter().map(Into::into).collect();
        self
    }

    /// Leaves out, and counts, requests whose first span's operation name matches one of these
    /// patterns, with all that happens below. Default: none.
    ///
    /// | in a pattern | stands for |
    /// | --- | --- |
    /// | `?` | one character other than `/` |
    /// | `*` | any number of these; at the end of the pattern also one `/` behind them |
    /// | `**` | any number of any characters |
    /// | `/` at the beginning | the pattern is also compared with the path in names such as `GET:/users` |
    ///
    /// These are the patterns of the Java agent's trace-ignore plugin. The layers' `ignore_paths`
    /// takes the same; it looks at the path that was sent, where this setting looks at the
    /// name, which holds the route's template: `GET:/users/{id}`. A request that no route of axum
    /// takes is compared by its path here too.
    ///
    /// A list wins over a context that came with the request, and over the sampler.
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
    pub fn ignore_paths(mut self, patterns: impl IntoIterator<Item: Into<String>>) -> Self {
        self.requests.ignore_paths = patterns.into_iter().map(Into::into).collect();
        self
    }
}

/// All that is set about which requests are recorded.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    sampling: Sampling,
    /// The name of the setting that it came by.
    setting: &'static str,
    ignore_suffix: Vec<String>,
    ignore_paths: Vec<String>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            sampling: Sampling::All,
            setting: "Config::sampling",
            ignore_suffix: SUFFIXES.map(str::to_owned).into(),
            ignore_paths: Vec::new(),
        }
    }
}

impl Requests {
    /// The sampling in a few words.
    pub(super) fn summary(&self) -> String {
        match &self.sampling.0 {
            Kind::All => "all".to_owned(),
            Kind::Per3Secs(most) => format!("{most} per 3 s"),
            Kind::Rate(rate) => format!("rate {rate}"),
            Kind::Custom(_) => "custom".to_owned(),
        }
    }

    /// What decides about requests from now on.
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
        Ok(Choice { ignored: Ignored::new(&self.ignore_suffix, &self.ignore_paths), rule })
    }
}

/// Reads the value of one variable.
type Reader = fn(String) -> Result<Sampling, Error>;

/// The settings with those overridden for which a variable is set.
pub(super) fn apply(
    config: &mut Config,
    read: &dyn Fn(&'static str) -> Result<Option<String>, Error>,
) -> Result<(), Error> {
    let requests = &mut config.requests;
    let mut found = None;
    let variables: [(&str, Reader); 3] = [(PER_3_SECS, per_3_secs), (RATE, rate), (EITHER, either)];
    for (setting, reader) in variables {
        let Some(value) = read(setting)? else { continue };
        if let Some(first) = found.replace(setting) {
            return Err(Error::SampleTwice { setting, first });
        }
        (requests.sampling, requests.setting) = (reader(value)?, setting);
    }
    let list = |value: String| value.split(',').map(str::to_owned).collect();
    if let Some(value) = read(IGNORE_SUFFIX)? {
        requests.ignore_suffix = list(value);
    }
    if let Some(value) = read(IGNORE_PATH)? {
        requests.ignore_paths = list(value);
    }
    Ok(())
}

fn per_3_secs(value: String) -> Result<Sampling, Error> {
    let Ok(number) = value.trim().parse::<i64>() else {
        return Err(Error::NotANumber { setting: PER_3_SECS, value });
    };
    match u32::try_from(number) {
        Ok(requests) => Ok(Sampling::per_3_secs(requests)),
        Err(_) if number < 0 => Ok(Sampling::All),
        Err(_) => {
            let value = usize::try_from(number).unwrap_or(usize::MAX);
            Err(Error::LimitTooLarge { setting: PER_3_SECS, value, most: u32::MAX as usize })
        }
    }
}

fn rate(value: String) -> Result<Sampling, Error> {
    match value.trim().parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(Sampling::rate(rate)),
        _ => Err(Error::SampleRate { setting: RATE, value }),
    }
}

/// Of the variable that the other agents don't agree on: what only one of them can mean. A point
/// makes it a rate, as the Java agent reads whole numbers alone; below 0 it is no rate, and all of
/// them to the Java agent.
fn either(value: String) -> Result<Sampling, Error> {
    let text = value.trim();
    if text.parse::<i64>().is_ok_and(|number| number < 0) {
        return Ok(Sampling::All);
    }
    match text.parse::<f64>() {
        Ok(rate) if text.contains('.') && (0.0..=1.0).contains(&rate) => Ok(Sampling::rate(rate)),
        _ => Err(Error::SampleAmbiguous { setting: EITHER, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sampling: Sampling) -> Result<Choice, Error> {
        Requests { sampling, ..Requests::default() }.check()
    }

    #[test]
    fn a_rate_is_from_0_to_1_and_an_error_names_it() {
        for rate in [-0.1, 1.000_001, f64::NAN, f64::INFINITY] {
            let error = check(Sampling::rate(rate)).unwrap_err();
            assert_eq!(
                error,
                Error::SampleRate { setting: "Config::sampling", value: rate.to_string() }
            );
        }
        assert!(matches!(check(Sampling::rate(1.0)).unwrap().rule, Rule::All));
        for rate in [0.0, -0.0, 0.001, f64::MIN_POSITIVE] {
            assert!(matches!(check(Sampling::rate(rate)).unwrap().rule, Rule::Rate(_)), "{rate}");
        }
    }

    #[test]
    fn no_request_in_3_seconds_is_an_error_that_names_both_remedies() {
        assert_eq!(
            check(Sampling::per_3_secs(0)).unwrap_err().to_string(),
            "Config::sampling: 0 requests per 3 seconds are ambiguous (the Java agent samples all then); use Sampling::All (variable: -1) or \
             Sampling::rate(0.0) (SW_AGENT_SAMPLE_RATE=0)"
        );
    }

    #[test]
    fn unless_told_all_is_recorded_but_files_of_pages() {
        let choice = Requests::default().check().unwrap();
        assert!(matches!(choice.rule, Rule::All));
        assert!(
            choice.ignored.reason("GET:/logo.svg").is_some()
                && choice.ignored.reason("GET:/logo").is_none()
        );
    }

    /// The settings with such variables.
    fn from(variables: &[(&'static str, &str)]) -> Result<Requests, Error> {
        let mut config = Config::new("svc").ignore_suffix([".built"]).ignore_paths(["/built"]);
        apply(&mut config, &|name| {
            Ok(variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        })?;
        Ok(config.requests)
    }

    #[test]
    fn variables_say_which_requests_are_recorded() {
        for (variable, value, sampling) in [
            (PER_3_SECS, " 5 ", Sampling::per_3_secs(5)),
            (PER_3_SECS, "-1", Sampling::All),
            (RATE, "0.001", Sampling::rate(0.001)),
            (RATE, "1", Sampling::rate(1.0)),
            (EITHER, "0.5", Sampling::rate(0.5)),
            (EITHER, "-1", Sampling::All),
        ] {
            let requests = from(&[(variable, value)]).unwrap();
            assert_eq!(
                (format!("{:?}", requests.sampling), requests.setting),
                (format!("{sampling:?}"), variable)
            );
        }
    }

    #[test]
    fn variables_override_the_lists_one_by_one() {
        let ignores = |variables: &[(&'static str, &str)]| {
            let choice = from(variables).unwrap().check().unwrap();
            ["/a.built", "/a.md", "/built", "/b/c"]
                .map(|name| choice.ignored.reason(name).is_some())
        };
        assert_eq!(ignores(&[]), [true, false, true, false]);
        assert_eq!(ignores(&[(IGNORE_SUFFIX, ".txt, .md")]), [false, true, true, false]);
        assert_eq!(ignores(&[(IGNORE_PATH, "/a,/b/*")]), [true, false, false, true]);
        assert_eq!(ignores(&[(IGNORE_SUFFIX, ","), (IGNORE_PATH, ",")]), [false; 4]);
    }

    #[test]
    fn a_variable_that_can_not_be_is_an_error_that_names_it() {
        for (variable, value) in [
            (PER_3_SECS, "0"),
            (PER_3_SECS, "1.5"),
            (PER_3_SECS, "4294967296"),
            (RATE, "1.01"),
            (RATE, "NaN"),
            (RATE, "-1"),
        ] {
            let error =
                from(&[(variable, value)]).and_then(Requests::check).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{variable}: ")), "{error}");
        }
        assert_eq!(
            from(&[(RATE, "0.5"), (PER_3_SECS, "5")]).unwrap_err().to_string(),
            "SW_AGENT_SAMPLE_RATE: SW_AGENT_SAMPLE_N_PER_3_SECS sets the sampling too; unset one of the two"
        );
    }

    #[test]
    fn the_variable_that_means_two_things_is_refused_with_those_that_mean_one() {
        let rate = |rate: &str| format!("a rate to the Go agents (SW_AGENT_SAMPLE_RATE={rate})");
        let share = |rate: &str| format!("a percentage to others (SW_AGENT_SAMPLE_RATE={rate})");
        let number = |number: &str| {
            format!(
                "a number of requests per 3 seconds to the Java agent (SW_AGENT_SAMPLE_N_PER_3_SECS={number})"
            )
        };
        let chosen = "set the variable that you mean instead";
        for (value, meaning) in [
            ("100", format!("is {} and {}; {chosen}", share("1"), number("100"))),
            ("50", format!("is {} and {}; {chosen}", share("0.5"), number("50"))),
            ("+3", format!("is {} and {}; {chosen}", share("0.03"), number("3"))),
            ("1", format!("is {}, {} and {}; {chosen}", rate("1"), share("0.01"), number("1"))),
            ("0", format!("is {}, {} and no limit to the Java agent (SW_AGENT_SAMPLE_N_PER_3_SECS=-1); {chosen}", rate("0"), share("0"))),
            ("1.5", format!("is {} alone; set that variable instead", share("0.015"))),
            ("20%", format!("is {} alone; set that variable instead", share("0.2"))),
            ("101", format!("is {} alone; set that variable instead", number("101"))),
            ("x", "has no meaning; set SW_AGENT_SAMPLE_RATE (0 to 1) or SW_AGENT_SAMPLE_N_PER_3_SECS instead".to_owned()),
            ("NaN", "has no meaning; set SW_AGENT_SAMPLE_RATE (0 to 1) or SW_AGENT_SAMPLE_N_PER_3_SECS instead".to_owned()),
        ] {
            assert_eq!(from(&[(EITHER, value)]).unwrap_err().to_string(), format!("SW_AGENT_SAMPLE: {value:?} {meaning}"));
        }
    }

    #[test]
    fn a_rate_that_is_a_percentage_is_an_error_that_names_the_rate() {
        for (value, rate) in [("50", "0.5"), (" 100 ", "1"), ("1.5", "0.015"), ("20 %", "0.2")] {
            let error = from(&[(RATE, value)]).unwrap_err().to_string();
            assert!(
                error.ends_with(&format!("; as a percentage it is the rate {rate}")),
                "{error}"
            );
        }
        for value in ["101", "-1", "x"] {
            let error = from(&[(RATE, value)]).unwrap_err().to_string();
            assert!(error.ends_with(&format!("(none) to 1 (all), found {value}")), "{error}");
        }
    }
}

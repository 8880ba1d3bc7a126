use super::*;

fn check(sampling: Sampling) -> Result<Choice, Error> {
    Requests { sampling, ..Requests::default() }.check()
}

#[test]
fn rate_is_from_0_to_1_and_an_error_names_it() {
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
fn zero_requests_in_3_seconds_is_an_error_with_both_fixes() {
    assert_eq!(
        check(Sampling::per_3_secs(0)).unwrap_err().to_string(),
        "Config::sampling: 0 requests per 3 seconds are ambiguous (the Java agent samples all then); use Sampling::all() (variable: -1) or \
         Sampling::rate(0.0) (SW_AGENT_SAMPLE_RATE=0)"
    );
}

#[test]
fn default_records_all_but_static_files() {
    let choice = Requests::default().check().unwrap();
    assert!(matches!(choice.rule, Rule::All));
    assert!(
        choice.ignored.reason("GET:/logo.svg").is_some()
            && choice.ignored.reason("GET:/logo").is_none()
    );
}

/// Returns the settings with such variables.
fn from(variables: &[(&'static str, &str)]) -> Result<Requests, Error> {
    let mut config = Config::new("svc").ignore_suffixes([".built"]).ignore_paths(["/built"]);
    let lookup = |name: &str| {
        variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
    };
    apply(&mut config, &Source::new(&lookup))?;
    Ok(config.requests)
}

#[test]
fn variables_set_the_sampling() {
    for (variable, value, sampling) in [
        (PER_3_SECS, " 5 ", Sampling::per_3_secs(5)),
        (PER_3_SECS, "-1", Sampling::all()),
        (RATE, "0.001", Sampling::rate(0.001)),
        (RATE, "1", Sampling::rate(1.0)),
        (EITHER, "0.5", Sampling::rate(0.5)),
        (EITHER, "-1", Sampling::all()),
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
        ["/a.built", "/a.md", "/built", "/b/c"].map(|name| choice.ignored.reason(name).is_some())
    };
    assert_eq!(ignores(&[]), [true, false, true, false]);
    assert_eq!(ignores(&[(IGNORE_SUFFIX, ".txt, .md")]), [false, true, true, false]);
    assert_eq!(ignores(&[(IGNORE_PATH, "/a,/b/*")]), [true, false, false, true]);
    assert_eq!(ignores(&[(IGNORE_SUFFIX, ","), (IGNORE_PATH, ",")]), [false; 4]);
}

#[test]
fn invalid_variable_is_an_error_that_names_it() {
    for (variable, value) in [
        (PER_3_SECS, "0"),
        (PER_3_SECS, "1.5"),
        (PER_3_SECS, "4294967296"),
        (RATE, "1.01"),
        (RATE, "NaN"),
        (RATE, "-1"),
    ] {
        let error = from(&[(variable, value)]).and_then(Requests::check).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{variable}: ")), "{error}");
    }
    assert_eq!(
        from(&[(RATE, "0.5"), (PER_3_SECS, "5")]).unwrap_err().to_string(),
        "SW_AGENT_SAMPLE_RATE: SW_AGENT_SAMPLE_N_PER_3_SECS sets the sampling too; unset one of the two"
    );
}

#[test]
fn ambiguous_variable_is_rejected_with_the_alternatives() {
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
fn percentage_is_an_error_that_names_the_rate() {
    for (value, rate) in [("50", "0.5"), (" 100 ", "1"), ("1.5", "0.015"), ("20 %", "0.2")] {
        let error = from(&[(RATE, value)]).unwrap_err().to_string();
        assert!(error.ends_with(&format!("; as a percentage it is the rate {rate}")), "{error}");
    }
    for value in ["101", "-1", "x"] {
        let error = from(&[(RATE, value)]).unwrap_err().to_string();
        assert!(error.ends_with(&format!("(none) to 1 (all), found {value}")), "{error}");
    }
}

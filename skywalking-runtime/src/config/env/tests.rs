use super::*;

const SPAN_LIMIT: &str = "SW_AGENT_SPAN_LIMIT";

fn from(variables: &[(&str, &str)]) -> Result<Config, Error> {
    let all: Vec<_> =
        variables.iter().map(|(name, value)| (*name, OsString::from(*value))).collect();
    Config::from_lookup(&|name| {
        all.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
    })
}

#[test]
fn each_variable_sets_its_setting() {
    let all = [
        (NAME, "svc"),
        (INSTANCE, "one"),
        (BACKEND, "a:1,b:2"),
        (TOKEN, "s3cret"),
        (ENABLE, "TRUE"),
    ];
    let checked = from(&all).unwrap().check().unwrap();
    assert_eq!(
        (checked.identity.service.as_str(), checked.identity.instance.as_str()),
        ("svc", "one")
    );
    assert_eq!(
        checked.backends.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["a:1", "b:2"]
    );
    assert_eq!(checked.token, Token::new("s3cret".to_owned()));
}

#[test]
fn all_read_variables_are_known() {
    let read = std::cell::RefCell::new(Vec::new());
    let _ = Config::from_lookup(&|name| {
        read.borrow_mut().push(name.to_owned());
        None
    })
    .unwrap();
    let mut read = read.into_inner();
    read.sort_unstable();
    read.dedup();
    // `HTTPS_PROXY` and `NO_PROXY` are not ours alone.
    read.retain(|name| name.starts_with("SW_"));
    let is_ignored = |variable: &&Variable| matches!(variable.usage, Usage::Ignored { .. });
    let known = variables().filter(|variable| !is_ignored(variable));
    let mut known: Vec<_> = known.map(|variable| variable.name).collect();
    known.sort_unstable();
    assert_eq!(read, known);
}

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
#[test]
fn forced_tls_is_an_error_for_reporters_with_a_backend() {
    let check = |protocol: &str, force: &str| {
        from(&[(NAME, "s"), (PROTOCOL, protocol), (tls::FORCE, force)]).and_then(Config::check)
    };
    for protocol in
        ["grpc", "http"].into_iter().filter(|protocol| from(&[(PROTOCOL, protocol)]).is_ok())
    {
        for yes in ["true", " TRUE "] {
            let error = check(protocol, yes).unwrap_err();
            assert_eq!(error, Error::TlsForced { setting: tls::FORCE });
            assert!(error.to_string().starts_with("SW_AGENT_FORCE_TLS: "), "{error}");
        }
        assert!(check(protocol, "false").is_ok());
    }
    assert!(check("log", "true").is_ok() && check("discard", "true").is_ok());
    assert!(matches!(check("log", "yes"), Err(Error::Switch { setting: tls::FORCE, .. })));
    let built = apply(Config::new("s").reporter(Reporter::Discard), &|name| {
        (name == tls::FORCE).then(|| "true".into())
    })
    .unwrap();
    assert!(built.check().is_ok());
}

#[test]
fn empty_variable_counts_as_not_set() {
    let checked = from(&[
        (NAME, "svc"),
        (INSTANCE, ""),
        (BACKEND, ""),
        (TOKEN, ""),
        (PROTOCOL, ""),
        (ENABLE, ""),
    ])
    .unwrap()
    .check()
    .unwrap();
    assert_eq!(checked.backends.len(), 1);
    assert!(checked.token.is_none() && checked.identity.instance.contains('@'));
}

#[test]
fn blank_variable_counts_as_not_set() {
    for blank in ["", " ", " \t\r\n", "\u{a0}", "\u{200b}", "\u{feff} ", "\"\"", "' '"] {
        let config = Config::from_lookup(&|name| {
            Some(OsString::from(if name == NAME { "svc" } else { blank }))
        });
        let (with, without) = (config.unwrap(), from(&[(NAME, "svc")]).unwrap());
        assert_eq!(format!("{with:?}"), format!("{without:?}"), "{blank:?}");
    }
}

#[test]
fn blank_service_variable_leaves_the_builder() {
    for blank in [" ", "\u{200b}", "\"\""] {
        let lookup = |name: &str| (name == NAME).then(|| OsString::from(blank));
        let checked = apply(Config::new("built"), &lookup).unwrap().check().unwrap();
        assert_eq!(checked.identity.service, "built", "{blank:?}");
    }
}

#[test]
fn blanks_around_the_token_are_removed() {
    for token in ["s3cret\n", " s3cret", "\u{a0}s3cret\r\n"] {
        let checked = from(&[(NAME, "s"), (TOKEN, token)]).and_then(Config::check).unwrap();
        assert_eq!(checked.token, Token::new("s3cret".to_owned()), "{token:?}");
    }
}

#[test]
fn error_names_the_variable() {
    let fail = |variables: &[(&str, &str)]| {
        from(variables).and_then(Config::check).unwrap_err().to_string()
    };
    let long = "x".repeat(51);
    for (variable, error) in [
        (NAME, fail(&[])),
        (NAME, fail(&[(NAME, &long)])),
        (INSTANCE, fail(&[(NAME, "s"), (INSTANCE, "a\nb")])),
        (BACKEND, fail(&[(NAME, "s"), (BACKEND, "nonsense")])),
        (TOKEN, fail(&[(NAME, "s"), (TOKEN, "s3cret token")])),
        (ENABLE, fail(&[(NAME, "s"), (ENABLE, "maybe")])),
        (PROTOCOL, fail(&[(NAME, "s"), (PROTOCOL, "kafka")])),
        (NAME, fail(&[(NAME, &"键".repeat(50))])),
        (STORAGE, fail(&[(NAME, "s"), (STORAGE, "mysql")])),
        (SPAN_LIMIT, fail(&[(NAME, "s"), (SPAN_LIMIT, "0")])),
        (SPAN_LIMIT, fail(&[(NAME, "s"), (SPAN_LIMIT, "65536")])),
        (ORPHANS, fail(&[(NAME, "s"), (ORPHANS, "false")])),
    ] {
        assert!(error.starts_with(&format!("{variable}: ")), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn protocol_sets_the_reporter_and_an_error_lists_the_values() {
    let reporter =
        |protocol: &str| from(&[(NAME, "s"), (PROTOCOL, protocol)]).map(|config| config.reporter);
    assert_eq!(
        (reporter("log"), reporter(" Discard ")),
        (Ok(Reporter::Log), Ok(Reporter::Discard))
    );
    assert_eq!(
        reporter("https").unwrap_err().to_string(),
        "SW_AGENT_PROTOCOL: unknown protocol \"https\": expected grpc, http, log or discard"
    );
    #[cfg(feature = "report-grpc")]
    assert_eq!(reporter("grpc"), Ok(Reporter::Grpc));
    #[cfg(not(feature = "report-grpc"))]
    assert!(
        reporter("grpc")
            .unwrap_err()
            .to_string()
            .contains("turn on the feature report-grpc of skywalking-runtime")
    );
    #[cfg(feature = "report-http")]
    assert_eq!(reporter("HTTP"), Ok(Reporter::Http));
    #[cfg(not(feature = "report-http"))]
    assert!(
        reporter("http")
            .unwrap_err()
            .to_string()
            .contains("turn on the feature report-http of skywalking-runtime")
    );
}

#[test]
fn storage_defaults_to_sql() {
    let storage = |value: &str| from(&[(NAME, "s"), (STORAGE, value)]).map(|config| config.storage);
    assert_eq!(
        (storage(""), storage(" SQL "), storage("any")),
        (Ok(Storage::Sql), Ok(Storage::Sql), Ok(Storage::Any))
    );
    assert_eq!(
        storage("elasticsearch").unwrap_err().to_string(),
        "SW_AGENT_STORAGE: unknown storage \"elasticsearch\": expected sql, or any for Elasticsearch and BanyanDB"
    );
}

#[test]
fn orphans_variable_is_trace_or_skip() {
    let orphans =
        |value: &str| from(&[(NAME, "s"), (ORPHANS, value)]).map(|config| config.settings.orphans);
    assert_eq!(
        (orphans("skip"), orphans(" Trace "), orphans("")),
        (Ok(Orphans::Skip), Ok(Orphans::Trace), Ok(Orphans::Trace))
    );
    assert_eq!(
        orphans("no").unwrap_err().to_string(),
        "SW_AGENT_ORPHANS: expected trace or skip, found \"no\""
    );
}

#[test]
fn disabled_agent_ignores_other_variables() {
    let config =
        from(&[(ENABLE, "False"), (BACKEND, "nonsense"), (TOKEN, "a b"), (PROTOCOL, "kafka")])
            .unwrap();
    assert!(config.start().unwrap().error().is_none());
}

#[test]
fn variables_override_the_builder() {
    let lookup = |name: &str| (name == NAME).then(|| OsString::from("from variable"));
    let config =
        apply(Config::new("from builder").instance("i"), &lookup).unwrap().check().unwrap();
    assert_eq!(
        (config.identity.service.as_str(), config.identity.instance.as_str()),
        ("from variable", "i")
    );
}

#[cfg(unix)]
#[test]
fn variable_that_is_not_unicode_is_named() {
    use std::os::unix::ffi::OsStringExt;
    for variable in [NAME, INSTANCE, BACKEND, TOKEN, PROTOCOL, ENABLE, STORAGE, SPAN_LIMIT] {
        let error = Config::from_lookup(&|name| {
            (name == variable).then(|| OsString::from_vec(b"s3cret\xff".to_vec()))
        })
        .unwrap_err();
        assert!(
            matches!(&error, Error::NotUnicode { setting, .. } if *setting == variable),
            "{error:?}"
        );
        assert_eq!(error.to_string().contains("s3cret"), variable != TOKEN);
    }
}

#[test]
fn name_of_another_agent_sets_the_setting_unless_ours_is_set() {
    let other = "SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE";
    let backend = |variables: &[(&str, &str)]| from(variables).unwrap().backend.unwrap();
    let given = backend(&[(other, "a:1")]);
    assert_eq!((given.text.as_str(), given.setting), ("a:1", other));
    let given = backend(&[(other, "a:1"), (BACKEND, "b:2")]);
    assert_eq!((given.text.as_str(), given.setting), ("b:2", BACKEND));
    assert_eq!(backend(&[(other, "a:1"), (BACKEND, " ")]).text, "a:1");
    let error = from(&[(NAME, "s"), (other, "nonsense")]).and_then(Config::check).unwrap_err();
    assert!(error.to_string().starts_with(&format!("{other}: ")), "{error}");
}

#[test]
fn refused_variable_is_an_error_unless_it_is_false() {
    let skip = "SW_AGENT_REPORTER_GRPC_TLS_INSECURE_SKIP_VERIFY";
    let error = from(&[(skip, "true")]).unwrap_err();
    assert!(matches!(&error, Error::Refused { setting, .. } if *setting == skip), "{error}");
    assert!(error.to_string().contains("SW_AGENT_SSL_TRUSTED_CA_PATH"), "{error}");
    for harmless in ["", "false", " FALSE "] {
        assert!(from(&[(skip, harmless)]).is_ok(), "{harmless:?}");
    }
}

#[test]
fn discard_of_the_go_agent_wins_over_the_protocol() {
    let reporter = |discard: &str| {
        from(&[(PROTOCOL, "log"), (DISCARD, discard)]).map(|config| config.reporter)
    };
    assert_eq!((reporter("true"), reporter("false")), (Ok(Reporter::Discard), Ok(Reporter::Log)));
    assert!(matches!(reporter("1"), Err(Error::Switch { setting: DISCARD, .. })));
}

use super::*;

fn list(text: &str) -> Result<Vec<String>, Error> {
    parse_list("backend", text, Port::Needed)
        .map(|all| all.iter().map(ToString::to_string).collect())
}

#[test]
fn names_and_addresses_keep_their_order() {
    assert_eq!(list("127.0.0.1:11800"), Ok(vec!["127.0.0.1:11800".to_owned()]));
    assert_eq!(
        list("oap-0.oap_svc.local.:1, [::1]:65535,http://h:80"),
        Ok(vec!["oap-0.oap_svc.local.:1".to_owned(), "[::1]:65535".to_owned(), "h:80".to_owned()])
    );
}

#[test]
fn password_that_contains_a_scheme_is_hidden() {
    for (text, shown) in [
        ("user:s3cr://et@h:1", "<hidden>@h:1"),
        ("http://user:s3cr://et@h:1", "http://<hidden>@h:1"),
        ("a:1,user:s3cr://et@h:1", "<hidden>@h:1"),
        ("grpc+tls://s3cret@h:1", "grpc+tls://<hidden>@h:1"),
        ("h:1/?user=a@b&key=s3cret", "<hidden>@b&<hidden>"),
        ("h:1;key=s3cret", "h:1;key=<hidden>"),
    ] {
        assert_eq!(without_secrets(text), shown, "{text}");
    }
}

#[test]
fn error_names_the_bad_address_and_the_fix() {
    for bad in [
        "h",
        "h:",
        "h:0",
        "h:65536",
        "h:+1",
        "h:1x",
        ":1",
        "256.0.0.1:1",
        "1.2.3:1",
        "::1:80",
        "[::1]",
        "[x]:1",
        "a b:1",
        "é:1",
        "h:1/p",
        "u@h:1",
        "ftp://h:1",
        "a..b:1",
        "-",
    ] {
        let error = list(&format!("ok:1,{bad}")).unwrap_err();
        let Error::Backend { setting: "backend", value, problem } = &error else {
            panic!("{bad}: {error:?}")
        };
        assert_eq!(*value, without_secrets(bad));
        assert!(problem.contains("give"), "{problem}");
    }
    assert!(list("a:1,").unwrap_err().to_string().contains("comma"));
}

#[cfg(feature = "report-http")]
#[test]
fn port_is_optional_with_a_default_port() {
    let list = |text: &str| {
        parse_list("backend", text, Port::Default(12_800))
            .map(|all| all.iter().map(ToString::to_string).collect())
    };
    let expected: Vec<String> = ["oap:12800", "10.0.0.1:12800", "[::1]:12800", "[::1]:80", "h:1"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(list("oap,http://10.0.0.1,[::1],[::1]:80,h:1"), Ok(expected));
    for bad in ["h:", "h:0", "::1", "", "[x]", ":1", "http://", "a b"] {
        assert!(list(bad).is_err(), "{bad}");
    }
}

#[test]
fn errors_contain_no_secret() {
    for bad in [
        "http://user:s3cret@oap:11800",
        "https://user:s3cret@oap:11800",
        "user:s3cret@oap:11800",
        "s3cret@oap:11800",
        "http://user:a@s3cret@oap:11800",
        "http://user:s3cret%40oap:11800",
        "http://user:s3/cret@oap:11800",
        "http://user:s3cret,s3cret@oap:11800",
        "a:1,user:s3cret,x,y@oap:11800",
        "http://oap:11800/v1/s3cret",
        "http://oap:11800?token=s3cret",
        "oap:11800#s3cret",
        "ftp://user:s3cret@oap",
        "ok:1, http://user:s3cret@oap:11800 ,ok:2",
    ] {
        let error = list(bad).unwrap_err();
        let config = crate::Config::new("s").backend(bad);
        for text in
            [error.to_string(), format!("{error:?}"), format!("{config:?}"), format!("{config:#?}")]
        {
            assert!(!text.contains("s3cret") && !text.contains("cret@"), "{bad}: {text}");
            assert!(text.contains("<hidden>"), "{bad}: {text}");
        }
    }
    // Other parts are shown.
    assert_eq!(
        list("http://u:p@oap:11800").unwrap_err().to_string().split('"').nth(1),
        Some("http://<hidden>@oap:11800")
    );
    assert_eq!(without_secrets("oap-1:11800,oap-2:11800"), "oap-1:11800,oap-2:11800");
}

#[test]
fn empty_list_is_an_error() {
    assert!(matches!(list(" "), Err(Error::BackendMissing { .. })));
}

#[test]
fn https_is_rejected_and_never_becomes_plain_http() {
    let error = list("HTTPS://oap:11800").unwrap_err();
    assert!(matches!(error, Error::TlsUnsupported { .. }), "{error:?}");
    assert!(error.to_string().contains("TLS"));
}

use super::*;
use crate::error::Error;
use crate::secrets::without_secrets;

fn list(text: &str) -> Result<Vec<String>, Error> {
    parse_list("backend", text, Port::Needed, None)
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
        "[fe80::1%]:1",
        "[fe80::1%a/b]:1",
        "[fe80::1%0123456789abcdef]:1",
        "[127.0.0.1%eth0]:1",
        "unix://run/sock",
        "unix:/run/sock",
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
        parse_list("backend", text, Port::Default(12_800), None)
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
fn ipv6_address_keeps_its_zone_except_in_headers() {
    let parsed = |text| parse_list("backend", text, Port::Needed, None).unwrap();
    for text in ["[fe80::1%eth0]:11800", "[fe80::1%25eth0]:11800", "http://[fe80::1%eth0]:11800"] {
        let [address] = &parsed(text)[..] else { panic!("one address") };
        let host = Host::Zoned("fe80::1".parse().unwrap(), "eth0".to_owned());
        assert_eq!(*address.target(), Target::Tcp { host, port: 11_800 }, "{text}");
        assert_eq!(
            (address.to_string(), address.authority()),
            ("[fe80::1%eth0]:11800".to_owned(), "[fe80::1]:11800".to_owned())
        );
    }
}

#[cfg(unix)]
#[test]
fn unix_socket_stands_beside_other_addresses() {
    assert_eq!(
        list("unix:///run/a.sock, h:1 ,UNIX:///run/b"),
        Ok(["unix:///run/a.sock", "h:1", "unix:///run/b"].map(str::to_owned).to_vec())
    );
    let error = list(&format!("unix:///{}", "x".repeat(200))).unwrap_err();
    assert!(error.to_string().contains("at most 100 bytes"), "{error}");
}

#[test]
fn http_is_an_error_beside_a_setting_that_turns_tls_on() {
    let list = |text| parse_list("backend", text, Port::Needed, Some("SW_AGENT_FORCE_TLS"));
    let error = list("a:1,http://u:s3cret@b:1").unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    let error = list("a:1,http://b:1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "backend: the backend \"http://b:1\" is without TLS, but SW_AGENT_FORCE_TLS turns TLS on; \
         write host:port or https://, or unset SW_AGENT_FORCE_TLS"
    );
    assert!(list("a:1").unwrap().iter().all(|address| address.security == Security::Tls));
}

#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
#[test]
fn https_turns_tls_on_for_its_address() {
    assert_eq!(
        list("HTTPS://oap:11800,oap:1"),
        Ok(vec!["https://oap:11800".to_owned(), "oap:1".to_owned()])
    );
    #[cfg(feature = "report-http")]
    assert_eq!(
        parse_list("backend", "https://oap,oap", Port::Default(12_800), None)
            .unwrap()
            .iter()
            .map(Address::authority)
            .collect::<Vec<_>>(),
        ["oap:443", "oap:12800"]
    );
}

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
#[test]
fn https_is_rejected_and_never_becomes_plain_http() {
    let error = list("HTTPS://oap:11800").unwrap_err();
    assert!(matches!(error, Error::TlsUnsupported { .. }), "{error:?}");
    assert!(error.to_string().contains("turn on the feature tls-ring or tls-aws-lc"), "{error}");
}

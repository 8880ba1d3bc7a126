use std::ffi::OsString;

use super::*;

/// Returns the proxies of a list of addresses, as debug texts.
fn proxies(list: &str, variables: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    let lookup = |name: &str| {
        variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    };
    let mut config = Config::new("s").backend(list);
    config = super::super::env::apply(config, &lookup)?;
    let checked = config.check()?;
    let text = |proxy: &Option<Proxy>| proxy.as_ref().map_or("-".to_owned(), |p| format!("{p:?}"));
    Ok(checked.proxies.iter().map(text).collect())
}

#[test]
fn own_proxy_is_used_for_all_but_local_addresses_and_exceptions() {
    let list = "oap:1,localhost:1,127.0.0.1:1,[::1]:1,10.1.2.3:1,a.corp:1,unix:///run/oap";
    for no_proxy in ["no_proxy", "NO_PROXY"] {
        let variables = [(OURS, "proxy:3128"), (no_proxy, "10.0.0.0/8, .corp")];
        assert_eq!(
            proxies(list, &variables).unwrap(),
            ["proxy:3128 (SW_AGENT_PROXY)", "-", "-", "-", "-", "-", "-"]
        );
    }
    assert_eq!(proxies("oap:1", &[(OURS, "p"), ("NO_PROXY", "*")]).unwrap(), ["-"]);
}

#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
#[test]
fn https_proxy_is_used_for_addresses_with_tls() {
    let list = "https://oap:1,oap:1,https://localhost:1";
    for variable in OF_TLS {
        assert_eq!(
            proxies(list, &[(variable, "http://p:8080/")]).unwrap(),
            [format!("p:8080 ({variable})"), "-".to_owned(), "-".to_owned()]
        );
    }
    assert_eq!(
        proxies(list, &[("HTTPS_PROXY", "http://p"), (OURS, "q")]).unwrap(),
        ["q:80 (SW_AGENT_PROXY)", "q:80 (SW_AGENT_PROXY)", "-"]
    );
}

#[test]
fn user_and_password_are_sent_and_never_shown() {
    let given = |text: &str| Given::new(OURS, text);
    for (text, header) in [
        ("http://user:s3cret@proxy:1", "user:s3cret"),
        ("user:s3%40cret@proxy:1", "user:s3@cret"),
        ("http://s3cret@proxy:1", "s3cret:"),
        ("http://user:s3@cret@proxy:1", "user:s3@cret"),
        ("http://user:s3%cret@proxy:1", "user:s3%cret"),
    ] {
        let proxy = parse(&given(text)).unwrap();
        let expected = format!("Basic {}", STANDARD.encode(header));
        assert_eq!(proxy.reveal_authorization(), Some(expected.as_str()), "{text}");
        assert_eq!(format!("{proxy:?}"), "<hidden>@proxy:1 (SW_AGENT_PROXY)");
        let config = format!("{:?}", Config::new("s").proxy(text));
        assert!(!config.contains("cret"), "{config}");
    }
}

#[test]
fn unusable_proxy_is_an_error_without_its_password() {
    for bad in
        ["socks5://user:s3cret@p:1", "https://u:s3cret@p:1", "http://u:s3cret@p:0", "http://"]
    {
        let error = proxies("oap:1", &[(OURS, bad)]).unwrap_err().to_string();
        assert!(error.starts_with("SW_AGENT_PROXY: the proxy "), "{error}");
        assert!(error.contains("give http://host:port") && !error.contains("s3cret"), "{error}");
    }
    // No address uses it.
    for list in ["localhost:1", "unix:///run/oap"] {
        assert_eq!(proxies(list, &[(OURS, "socks5://p:1")]).unwrap(), ["-"]);
    }
    assert_eq!(proxies("oap:1", &[("HTTPS_PROXY", "socks5://p:1")]).unwrap(), ["-"]);
}

#[cfg(all(unix, any(feature = "tls-ring", feature = "tls-aws-lc")))]
#[test]
fn value_that_is_not_unicode_is_an_error_where_it_is_used() {
    use std::os::unix::ffi::OsStringExt as _;

    let check = |list: &str, broken: &str, others: &[(&str, &str)]| {
        let named = [("SW_AGENT_NAME", "s"), ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", list)];
        let lookup = |name: &str| {
            let mut all = named.iter().chain(others);
            let text = all.find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
            text.or((name == broken).then(|| OsString::from_vec(b"p\xff".to_vec())))
        };
        Config::from_lookup(&lookup).and_then(Config::check).map(drop)
    };
    for broken in OF_TLS.into_iter().chain(EXCEPTIONS) {
        for list in ["oap:1", "https://localhost:1", "https://127.0.0.1:1"] {
            assert_eq!(check(list, broken, &[]), Ok(()), "{broken} {list}");
        }
    }
    let is_broken = |checked, broken: &str| match checked {
        Err(Error::NotUnicode { setting, .. }) => setting == broken,
        _ => false,
    };
    for broken in OF_TLS {
        assert!(is_broken(check("oap:1,https://oap:1", broken, &[]), broken), "{broken}");
        assert_eq!(check("https://oap:1", broken, &[(OURS, "p:1")]), Ok(()), "{broken}");
        assert_eq!(check("https://oap:1", broken, &[("NO_PROXY", "*")]), Ok(()), "{broken}");
    }
    for broken in EXCEPTIONS {
        assert!(is_broken(check("oap:1", broken, &[(OURS, "p:1")]), broken), "{broken}");
        assert_eq!(check("https://oap:1", broken, &[]), Ok(()), "{broken}");
    }
}

#[test]
fn exceptions_are_names_networks_and_ports() {
    let contains = |list: &str, host: &str, port: u16| {
        let Ok(Target::Tcp { host, port }) = parse_host_and_port(host, Some(port)) else {
            panic!("{host}")
        };
        Exceptions::parse(list).contain(&host, port)
    };
    for (list, host) in [
        ("*", "oap"),
        ("oap", "OAP."),
        (".corp", "a.corp"),
        ("*.corp", "a.b.corp"),
        ("corp", "corp"),
        ("x, corp:11800", "corp"),
        ("10.0.0.0/8", "10.255.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("[2001:db8::1]:11800", "[2001:db8::1]"),
        ("2001:db8::/32", "[2001:db8:1::1]"),
        ("0.0.0.0/0", "192.0.2.1"),
    ] {
        assert!(contains(list, host, 11_800), "{list} {host}");
    }
    for (list, host) in [
        ("", "oap"),
        (",", "oap"),
        ("corp", "acorp"),
        ("corp:80", "corp"),
        ("10.0.0.0/8", "11.0.0.1"),
        ("10.1.2.3", "10.1.2.4"),
        ("0.0.0.0/0", "[2001:db8::1]"),
        (".", "oap"),
        ("10.0.0.0/x", "10.0.0.1"),
    ] {
        assert!(!contains(list, host, 11_800), "{list} {host}");
    }
}

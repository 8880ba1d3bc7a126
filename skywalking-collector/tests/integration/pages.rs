//! The pages over HTTP: their paths and headers.

use crate::support::{Response, builder, exchange, get, start};

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let values = response.headers.iter().filter_map(|line| line.split_once(": "));
    values.filter(|(known, _)| *known == name).map(|(_, value)| value).next()
}

#[tokio::test]
async fn addresses_of_pages_return_the_index() {
    let collector = start().await;
    let index = get(collector.http_addr(), "/").await;
    assert!(index.body.contains("<script type=\"module\" src=\"/assets/js/main.js\">"));

    for path in [
        "/traces?error=true",
        "/traces/a%2Fb",
        "/map",
        "/logs?level=ERROR",
        "/services",
        "/services/%F0%9F%A6%80",
    ] {
        let page = get(collector.http_addr(), path).await;
        assert_eq!((page.status, &page.body), (200, &index.body), "{path}");
        assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"), "{path}");
    }
    for path in [
        "/trace",
        "/traces/a/b",
        "/logs/1",
        "/assets/js/missing.js",
        "/assets/../Cargo.toml",
        "/assets/",
    ] {
        let missing = get(collector.http_addr(), path).await;
        assert_eq!(missing.status, 404, "{path}");
        assert!(missing.json()["error"].is_string(), "{path}");
    }
    collector.shutdown().await;
}

#[tokio::test]
async fn pages_have_a_policy_and_no_cors_headers() {
    let collector = start().await;
    for path in ["/", "/assets/js/main.js"] {
        let page = get(collector.http_addr(), path).await;
        assert_eq!(page.status, 200, "{page:?}");
        let policy = header(&page, "content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'sha256-"), "{policy}");
        for part in ["; style-src 'self' 'sha256-", "connect-src 'self';", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{policy}");
        }
        for (name, value) in [
            ("cache-control", "no-cache"),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("vary", "accept-encoding"),
        ] {
            assert_eq!(header(&page, name), Some(value), "{path}");
        }
        assert_eq!(header(&page, "access-control-allow-origin"), None);
    }
    collector.shutdown().await;
}

#[tokio::test]
async fn unchanged_pages_return_304() {
    let collector = start().await;
    let address = collector.http_addr();
    let etag = get(address, "/assets/js/main.js").await;
    let etag = header(&etag, "etag").expect("a tag").to_owned().replacen('w', "W", 1);
    let conditional = async |known: &str| {
        let request = format!(
            "GET /assets/js/main.js HTTP/1.1\r\nHost: {address}\r\nIf-None-Match: {known}\r\nConnection: close\r\n\r\n"
        );
        exchange(address, &request).await
    };

    let unchanged = conditional(&format!("\"other\", {etag}")).await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
    assert!(header(&unchanged, "content-security-policy").is_some());
    assert_eq!(conditional("\"other\"").await.status, 200);
    collector.shutdown().await;
}

#[tokio::test]
async fn pages_need_no_token_but_a_valid_host() {
    let collector = builder().token("s3cret").start().await.expect("free ports");
    let address = collector.http_addr();
    for path in ["/", "/traces/a", "/assets/js/main.js"] {
        assert_eq!(get(address, path).await.status, 200, "{path}");
        let foreign =
            format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        assert_eq!(exchange(address, &foreign).await.status, 403, "{path}");
    }
    assert_eq!(get(address, "/api/traces").await.status, 401);
    collector.shutdown().await;
}

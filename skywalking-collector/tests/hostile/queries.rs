//! Hostile query parameters, of every query.

use crate::case::Case;

/// Every query that needs no parameter.
pub(crate) const PATHS: [&str; 14] = [
    "/api/about",
    "/api/endpoints",
    "/api/statements",
    "/api/histogram",
    "/api/tags/keys",
    "/api/services",
    "/api/instances",
    "/api/traces",
    "/api/topology",
    "/api/violations",
    "/api/stats",
    "/api/logs",
    "/api/meters",
    "/api/events",
];

/// Values that are no positive number.
const NUMBERS: [&str; 18] = [
    "",
    "0",
    "-1",
    "%2B5",
    "+5",
    "5+",
    "1.5",
    "1e3",
    "0x10",
    "NaN",
    "Infinity",
    "9223372036854775808",
    "-9223372036854775809",
    "99999999999999999999999999",
    "%D9%A1",
    "1%00",
    "%E2%80%AE1",
    "1,000",
];

/// Values that are no name of a choice.
const CHOICES: [&str; 8] =
    ["", "START", "start%00", "none", "1", "start,duration", "%E2%80%AE", "%3Cscript%3E"];
/// Values that are no cursor.
const CURSORS: [&str; 9] = [
    "",
    "0",
    "1.2.3",
    ".",
    "1.-2",
    "%2B1.2",
    "01.2",
    "9223372036854775808.1",
    "1.18446744073709551616",
];

/// Values that are no number of an arrival.
const ARRIVALS: [&str; 5] = ["", "-1", "1.2", "x", "18446744073709551616"];

/// A parameter, with invalid values.
type Invalid = (&'static str, &'static [&'static str]);

/// The range of time.
const RANGE: &[Invalid] = &[("from", &NUMBERS), ("to", &NUMBERS)];

/// The parameters of each query.
const PARAMETERS: [(&str, &[Invalid]); 23] = [
    ("/api/services", RANGE),
    ("/api/instances", RANGE),
    ("/api/topology", RANGE),
    ("/api/endpoints", RANGE),
    ("/api/endpoints", &[("limit", &NUMBERS)]),
    ("/api/series?service=a", RANGE),
    ("/api/series?source=a.1&target=b.1", &[("points", &NUMBERS)]),
    ("/api/statements", RANGE),
    ("/api/statements?service=a", &[("limit", &NUMBERS), ("kind", &CHOICES)]),
    ("/api/histogram", &[("buckets", &NUMBERS), ("from", &NUMBERS), ("to", &NUMBERS)]),
    ("/api/tags/values?key=a&service=b", &[("limit", &NUMBERS)]),
    ("/api/find?q=a", &[("limit", &NUMBERS)]),
    (
        "/api/traces",
        &[
            ("limit", &NUMBERS),
            ("from", &NUMBERS),
            ("to", &NUMBERS),
            ("minDuration", &NUMBERS),
            ("maxDuration", &NUMBERS),
            ("sort", &CHOICES),
            ("order", &CHOICES),
            ("error", &CHOICES),
            ("violations", &CHOICES),
            ("cursor", &CURSORS),
        ],
    ),
    (
        "/api/logs",
        &[("limit", &NUMBERS), ("from", &NUMBERS), ("to", &NUMBERS), ("order", &CHOICES)],
    ),
    ("/api/logs?level=a", &[("cursor", &CURSORS), ("service", &[""]), ("trace", &[""])]),
    ("/api/live/logs", &[("from", &NUMBERS), ("to", &NUMBERS), ("cursor", &ARRIVALS)]),
    ("/api/meters?service=a", &[("limit", &NUMBERS), ("from", &NUMBERS), ("to", &NUMBERS)]),
    ("/api/events?service=a", &[("limit", &NUMBERS), ("from", &NUMBERS), ("to", &NUMBERS)]),
    ("/api/events", &[("instance", &[""]), ("name", &[""])]),
    ("/api/live", &[("from", &NUMBERS), ("to", &NUMBERS), ("cursor", &ARRIVALS)]),
    ("/api/violations", &[("limit", &NUMBERS), ("group", &CHOICES)]),
    ("/api/violations?group=rule", &[("limit", &["1", "0", "-1", "10000"])]),
    ("/api/traces/t/search", &[("text", &["", "%20&text=a"])]),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in PATHS.into_iter().chain([
        "/api/live",
        "/api/live/logs",
        "/api/traces/t/skeleton",
        "/api/traces/t/logs",
    ]) {
        for query in [
            "unknown=1",
            "=",
            "%00=1",
            "%E2%80%AE=1",
            "__proto__=1",
            "Limit=5",
            "limit%00=5",
            "%6cimit%20=5",
            "%3Cscript%3E=1",
            "a[]=1",
            "%ff=1",
        ] {
            cases.push(Case::get(&format!("{path}?{query}"), 400, "unknown parameter"));
        }
        let many = "x=1&".repeat(10_000);
        cases.push(Case::get(&format!("{path}?{many}"), 400, "unknown parameter"));
    }
    for (path, parameters) in PARAMETERS {
        for (parameter, values) in parameters {
            // 0 is the beginning of time, and the shortest duration.
            let has_zero = matches!(*parameter, "from" | "to" | "minDuration" | "maxDuration");
            let is_long = parameter.ends_with("Duration"); // up to 2^64 - 1
            let is_valid = |value: &str| {
                (has_zero && value == "0") || (is_long && value == "9223372036854775808")
            };
            for value in values.iter().filter(|value| !is_valid(value)) {
                let separator = if path.contains('?') { '&' } else { '?' };
                let path = format!("{path}{separator}{parameter}={value}");
                cases.push(Case::get(&path, 400, *parameter));
            }
        }
    }
    cases.extend(services());
    cases.extend(metrics());
    let text = "a".repeat(60_000);
    cases.extend([
        Case::get(&format!("/api/traces/t/search?text={text}"), 400, "text="),
        Case::get(&format!("/api/traces?service={text}"), 200, r#""matched":0"#),
        Case::get("/api/traces?from=9&to=1", 200, r#""matched":0"#),
        Case::get("/api/traces?from=9223372036854775807", 200, r#""matched":"#),
        Case::get("/api/traces?to=0", 200, r#""matched":0"#),
        Case::get("/api/traces?cursor=-9223372036854775808.18446744073709551615", 200, "[]"),
        Case::get("/api/traces?sort=duration&cursor=0.0", 200, "[]"),
        Case::get("/api/histogram?buckets=501", 400, "buckets"),
        Case::get("/api/histogram?from=9&to=1", 200, r#""buckets":[]"#),
        Case::get("/api/histogram?from=0&to=9223372036854775807&buckets=500", 200, "width"),
        Case::get("/api/histogram?from=0&to=1&buckets=500", 200, r#""width":1"#),
        Case::get("/api/tags/values", 400, "key"),
        Case::get("/api/tags/values?key=", 400, "key"),
        Case::get("/api/tags/values?key=%00", 200, r#""values":[]"#),
        Case::get("/api/find", 400, "q="),
        Case::get("/api/find?q=", 400, "q="),
        Case::get("/api/find?q=a&q=b", 400, "duplicate parameter q"),
        Case::get("/api/find?limit=5", 400, "q="),
        Case::get("/api/find?q=%00", 200, r#""traces":[]"#),
        Case::get("/api/find?q=%E2%80%AE", 200, r#""services":["#),
        Case::get("/api/find?q=%ff&limit=100", 200, r#""traces":[]"#),
        Case::get("/api/find?q=..%2F..%2Fetc%2Fpasswd", 200, r#""traces":[]"#),
        Case::get("/api/find?q=%3Cscript%3E&limit=1", 200, r#""traces":["#),
        Case::get("/api/find?q=%F0%9F%98&limit=1", 200, r#""traces":[]"#),
        Case::get("/api/find?q=%25_*%5C", 200, r#""traces":[]"#),
        Case::get(&format!("/api/find?q={}", "%F0%9F%A6%80".repeat(200)), 200, r#""traces":[]"#),
        Case::get(&format!("/api/find?q={}", "%F0%9F%A6%80".repeat(201)), 400, "q="),
        Case::get(&format!("/api/find?q=a{}", "&q=a".repeat(10_000)), 400, "duplicate"),
        Case::get(&format!("/api/find?q={text}"), 400, "q="),
        Case::get("/api/traces?tag=", 400, "tag"),
        Case::get("/api/traces?tag=%3Dvalue", 400, "tag"),
        Case::get("/api/traces?text=", 400, "text"),
        Case::get("/api/traces?endpoint=", 400, "endpoint"),
        Case::get("/api/traces?text=a&text=b", 400, "duplicate parameter text"),
        Case::get("/api/traces?source=", 400, "source"),
        Case::get("/api/traces?target=a&target=b", 400, "duplicate parameter target"),
        Case::get("/api/traces?source=%00&target=..%2F", 200, r#""matched":0"#),
        Case::get(&format!("/api/traces?target={text}"), 200, r#""matched":0"#),
        Case::get("/api/traces?minDuration=9&maxDuration=1", 200, r#""matched":0"#),
        Case::get(&format!("/api/traces?tag=a{}", "&tag=a".repeat(9_000)), 400, "tag"),
        Case::get(&format!("/api/traces?text={text}"), 400, "text"),
        Case::get("/api/traces/t/spans/s/x", 400, "span"),
        Case::get("/api/traces/t/spans/s/2147483648", 400, "span"),
        Case::get("/api/traces/t/spans/s/-99999999999", 400, "span"),
        Case::get("/api/traces/t/spans/%ff/0", 400, "UTF-8"),
        Case::get("/api/traces/nowhere/spans/%00/-1", 404, "not stored"),
        Case::get("/api/traces/%00/skeleton", 404, "not stored"),
        Case::get("/api/traces/%ff/skeleton", 400, "UTF-8"),
        Case::get("/api/traces/%e2%80%ae/search?text=a", 404, "not stored"),
    ]);
    cases
}

/// Services of each query that selects by one.
fn services() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in [
        "/api/instances",
        "/api/traces",
        "/api/violations",
        "/api/endpoints",
        "/api/series",
        "/api/statements",
        "/api/tags/keys",
    ] {
        cases.push(Case::get(&format!("{path}?service="), 400, "service= is empty"));
        let twice = format!("{path}?service=a&service=b");
        cases.push(Case::get(&twice, 400, "duplicate parameter service"));
    }
    cases
}

/// Ranges, subjects and names of metrics.
fn metrics() -> Vec<Case> {
    let mut cases = Vec::new();
    let ranges = [
        "from=9&to=1",
        "from=9223372036854775807",
        "to=0",
        "from=9223372036854775807&to=0",
        "from=0&to=9223372036854775807",
        "from=9223372036854775806&to=9223372036854775807",
        "from=5&to=5",
    ];
    for (path, part) in [
        ("/api/services?", "["),
        ("/api/instances?", "["),
        ("/api/endpoints?limit=10000&", "["),
        ("/api/statements?limit=10000&", "["),
        ("/api/topology?", r#""nodes":["#),
        ("/api/series?service=a&points=500&", r#""points":["#),
        ("/api/series?source=a.1&target=b.1&points=500&", r#""points":["#),
    ] {
        for range in ranges {
            cases.push(Case::get(&format!("{path}{range}"), 200, part));
        }
        let duplicates = format!("{path}{}", "from=1&".repeat(8_000));
        cases.push(Case::get(&duplicates, 400, "duplicate parameter from"));
        cases.push(Case::get(&format!("{path}to=1&to=1"), 400, "duplicate parameter to"));
    }
    let text = "a".repeat(60_000);
    let control = "%00%1b%5b2J%E2%80%AE%3Cscript%3E";
    for query in [
        "",
        "service=a&source=b&target=c",
        "service=a&instance=b&endpoint=c",
        "source=a",
        "target=a",
        "instance=a",
        "endpoint=a&from=1",
        "source=a&target=b&endpoint=c",
    ] {
        cases.push(Case::get(&format!("/api/series?{query}"), 400, "a series is of one"));
    }
    for (query, part) in [
        ("service=a&endpoint=", "endpoint"),
        ("service=a&instance=", "instance"),
        ("source=&target=b", "source"),
        ("source=a&target=", "target"),
        ("service=a&points=5&points=5", "duplicate parameter points"),
        ("source=a&source=a&target=b", "duplicate parameter source"),
    ] {
        cases.push(Case::get(&format!("/api/series?{query}"), 400, part));
    }
    for name in [control, &text] {
        for (path, part) in [
            ("/api/series?service=", r#""points":[]"#),
            ("/api/series?service=a&endpoint=", r#""points":[]"#),
            ("/api/series?service=a&instance=", r#""points":[]"#),
            ("/api/series?source=a&target=", r#""points":["#),
            ("/api/series?target=a&source=", r#""points":["#),
            ("/api/endpoints?service=", "[]"),
            ("/api/statements?service=", "[]"),
            ("/api/instances?service=", "[]"),
            ("/api/violations?service=", "[]"),
            ("/api/violations?group=rule&service=", "[]"),
        ] {
            cases.push(Case::get(&format!("{path}{name}"), 200, part));
        }
    }
    cases.extend([
        Case::get("/api/violations?group=rule&group=rule", 400, "duplicate parameter group"),
        Case::get("/api/statements?kind=database&kind=cache", 400, "duplicate parameter kind"),
        Case::get("/api/statements?kind=cache&service=%00", 200, "[]"),
    ]);
    cases
}

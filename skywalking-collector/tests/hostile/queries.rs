//! Hostile query parameters, of every query.

use crate::case::Case;

/// Every query that needs no parameter.
pub(crate) const PATHS: [&str; 9] = [
    "/api/about",
    "/api/histogram",
    "/api/tags/keys",
    "/api/services",
    "/api/instances",
    "/api/traces",
    "/api/topology",
    "/api/violations",
    "/api/stats",
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
const CHOICES: [&str; 6] = ["", "START", "start%00", "none", "1", "start,duration"];
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

/// The parameters of each query.
const PARAMETERS: [(&str, &[Invalid]); 7] = [
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
    ("/api/live", &[("from", &NUMBERS), ("to", &NUMBERS), ("cursor", &ARRIVALS)]),
    ("/api/violations", &[("limit", &NUMBERS)]),
    ("/api/traces/t/search", &[("text", &["", "%20&text=a"])]),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in PATHS.into_iter().chain(["/api/live", "/api/traces/t/skeleton"]) {
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
    for path in ["/api/instances", "/api/traces", "/api/violations"] {
        cases.push(Case::get(&format!("{path}?service="), 400, "service= is empty"));
        let twice = format!("{path}?service=a&service=b");
        cases.push(Case::get(&twice, 400, "duplicate parameter service"));
    }
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
        Case::get(&format!("/api/find?q={text}"), 400, "q="),
        Case::get("/api/traces?tag=", 400, "tag"),
        Case::get("/api/traces?tag=%3Dvalue", 400, "tag"),
        Case::get("/api/traces?text=", 400, "text"),
        Case::get("/api/traces?endpoint=", 400, "endpoint"),
        Case::get("/api/traces?text=a&text=b", 400, "duplicate parameter text"),
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

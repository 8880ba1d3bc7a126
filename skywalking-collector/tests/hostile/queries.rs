//! Hostile query parameters, of every query.

use crate::case::Case;

/// Every query that needs no parameter.
pub(crate) const PATHS: [&str; 6] = [
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

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in PATHS {
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
    for (path, parameter) in [("/api/traces", "limit"), ("/api/violations", "limit")] {
        for number in NUMBERS {
            cases.push(Case::get(&format!("{path}?{parameter}={number}"), 400, parameter));
        }
    }
    for path in ["/api/instances", "/api/traces", "/api/violations"] {
        cases.push(Case::get(&format!("{path}?service="), 400, "service= is empty"));
        let twice = format!("{path}?service=a&service=b");
        cases.push(Case::get(&twice, 400, "duplicate parameter service"));
    }
    cases
}

//! Texts that a page must show as they are, or cut: markup, right-to-left, control characters, and
//! 10 000 characters.

use skywalking_proto::components::{HTTP, POSTGRESQL_JDBC_DRIVER};
use skywalking_proto::v3::{SegmentObject, SpanLayer};

use crate::random::Random;
use crate::trace::{Span, Trace};

/// The texts. The first ones would load an image or run a script if they became markup.
const TEXTS: [&str; 10] = [
    "<img src=/hostile-image onerror=\"window.hostile = 1\">",
    "<script>window.hostile = 1</script>",
    "\"><svg onload=window.hostile=1><a href=javascript:window.hostile=1>x</a>",
    "javascript:window.hostile=1",
    "${window.hostile = 1} {{window.hostile = 1}} %3Cscript%3E",
    "\u{202e}right to left override\u{202c} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627}",
    "nul \u{0} bell \u{7} escape \u{1b}[31mred\u{1b}[0m line\nfeed\ttab\u{2028}separator",
    "\u{1f469}\u{200d}\u{1f680} \u{6f22}\u{5b57} e\u{301}\u{301}\u{301} \u{feff}\u{200b}",
    "__proto__",
    "../../?x=1#y&z=%00",
];

/// Returns a trace for each text, with the text in every place.
pub(crate) fn traces(random: &mut Random, start: i64) -> Vec<Vec<SegmentObject>> {
    let long = ["long ".repeat(2_000), "\u{6f22}".repeat(10_000)];
    let texts: Vec<String> = TEXTS.into_iter().map(str::to_owned).chain(long).collect();
    texts.iter().zip(0..).map(|(text, at)| trace(random, start + 500 * at, text)).collect()
}

fn trace(random: &mut Random, start: i64, text: &str) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let tags = [("url", text), (text, "a key"), ("http.status_code", text), ("http.method", text)];
    let entry = Span::entry(text, 0, 100).kind(SpanLayer::Http, HTTP).tags(&tags);
    let entry = entry.log(50, &[("event", text), (text, text)]).failed(&[(text, text)]);
    let root = trace.segment(random, text, entry);
    let exit = Span::exit(text, text, 10, 90).kind(SpanLayer::Http, HTTP).tags(&[("url", text)]);
    let call = trace.child(root, exit.failed(&[("error", text)]));
    let called = Span::entry(text, 20, 80).kind(SpanLayer::Http, HTTP).tags(&[("url", text)]);
    let called = trace.called(random, call, &format!("called by {text}"), called);
    let query = Span::exit(text, text, 30, 70).kind(SpanLayer::Database, POSTGRESQL_JDBC_DRIVER);
    trace.child(called, query.tags(&[("db.type", text), ("db.statement", text)]));
    trace.finish()
}

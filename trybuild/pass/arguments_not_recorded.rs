//! Traced functions that an argument calls are not recorded: neither as a trace of their own nor in
//! the current one.

use std::fmt;
use std::pin::Pin;

use futures::stream::{self, Stream, StreamExt as _};
use skywalking_runtime::{
    Callsite, callsite, entry_span, exit_span, local_span, propagation::capture, span, trace_id,
};

use skywalking_trybuild::{block_on, quietly, spans};

#[local_span(name = "label")]
fn label(n: u8) -> String {
    nested();
    format!("label {n}")
}

#[entry_span(name = "nested")]
fn nested() {}

#[local_span(name = "later")]
async fn later(n: u8) -> u8 {
    n
}

#[exit_span(name = "fails", peer = "a:1")]
fn fails() -> u8 {
    panic!("an argument's own panic")
}

#[local_span(name = "headers")]
fn headers() -> String {
    String::new()
}

#[local_span(name = "carriers")]
fn carriers() -> Vec<String> {
    vec![String::new()]
}

#[local_span(name = "reason")]
fn reason(n: &u8) -> Option<String> {
    (*n == 0).then(|| label(*n))
}

/// Starts a span while it is formatted.
struct Loud(u8);

impl fmt::Display for Loud {
    #[local_span(name = "fmt")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loud {}", self.0)
    }
}

#[local_span(name = label(n), tags("n" = label(n + 1), "later" = block_on(later(n)), "loud" = %Loud(n)))]
fn computed(n: u8) {
    nested();
}

#[local_span(name = label(n), tags("debug" = ?label(n)))]
async fn computed_later(n: u8) {
    later(n).await;
}

#[entry_span(name = "/entry", extract = headers(), peer = label(7))]
fn extracted() {}

#[entry_span(name = "/batch", extract_each = carriers().into_iter().map(|carrier| { label(8); carrier }))]
fn batch() {}

#[exit_span(name = "exit", peer = label(1), inject = place(headers))]
fn injected(headers: &mut String) {}

#[local_span(name = "place")]
fn place(headers: &mut String) -> &mut String {
    headers
}

#[local_span(name = "returned", err(reason), ret_tags("label" = |n| label(*n), "function" = Loud::of))]
fn returned(n: u8) -> u8 {
    n
}

impl Loud {
    #[local_span(name = "of")]
    fn of(n: &u8) -> String {
        n.to_string()
    }
}

#[local_span(name = "shown", ret_tags("plain" = |n| Loud(*n), "display" = %|n| Loud(*n), "debug" = ?|n| Louder(*n)))]
fn shown(n: u8) -> u8 {
    nested();
    n
}

#[local_span(name = "shown later", ret_tags("plain" = |n| Loud(*n), "debug" = ?|n| Louder(*n)))]
async fn shown_later(n: u8) -> u8 {
    later(n).await
}

/// Starts a request while it is formatted.
struct Louder(u8);

impl fmt::Debug for Louder {
    #[entry_span(name = "debug")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "louder {}", self.0)
    }
}

#[local_span(name = label(n), tags("n" = label(n)), covers = future)]
fn covered(n: u8) -> Pin<Box<dyn Future<Output = ()>>> {
    nested();
    Box::pin(async {})
}

#[local_span(name = "rows", tags("n" = label(n)), covers = stream)]
fn rows(n: u8) -> impl Stream<Item = u8> {
    stream::iter(0..n)
}

#[local_span(name = "panics", tags("n" = fails()))]
fn panics() {}

#[entry_span(name = "/id", tags("has" = trace_id().is_some()))]
fn id() {}

#[local_span(name = "captures", tags("open" = captured()))]
fn captures() {
    let snapshot = capture();
    std::thread::scope(|scope| scope.spawn(|| snapshot.run("other thread", nested)).join())
        .expect("no panic");
}

/// Takes a snapshot where nothing is recorded, and continues from it.
fn captured() -> bool {
    capture().run("captured", || label(1)).is_empty()
}

/// Opens spans while it is shown and asked for its source.
struct LoudError;

impl fmt::Display for LoudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&label(1))
    }
}

impl fmt::Debug for LoudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&label(2))
    }
}

impl std::error::Error for LoudError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        nested();
        None
    }
}

#[local_span(name = "richest")]
fn richest() -> Result<(), LoudError> {
    Err(LoudError)
}

#[local_span(name = "debug", err(Debug))]
async fn debug() -> Result<(), LoudError> {
    Err(LoudError)
}

#[local_span(name = "ignored", err_ignore(LoudError))]
fn ignored() -> Result<(), LoudError> {
    Err(LoudError)
}

#[local_span(name = "by hand")]
fn by_hand() {
    skywalking_runtime::current().record_error(&LoudError);
}

#[test]
fn returned_error_is_shown_without_spans() {
    spans(|| {
        drop(richest());
        drop(block_on(debug()));
        drop(ignored());
        by_hand();
    })
    .are(
        "
        Local richest ERROR [event=error error.kind=pass::arguments_not_recorded::LoudError message=label 1]
        Local debug ERROR [event=error error.kind=pass::arguments_not_recorded::LoudError message=label 2]
        Local ignored [event=error error.kind=pass::arguments_not_recorded::LoudError message=label 1]
        Local by hand ERROR [event=error error.kind=pass::arguments_not_recorded::LoudError message=label 1]
        ",
    );
}

#[test]
fn snapshot_in_an_argument_is_not_recorded() {
    static REQUEST: Callsite = callsite!(local, "request");
    spans(|| {
        captures();
        span(&REQUEST).run(captures);
    })
    .are(
        "
        Local captures {open=false}
          Local other thread ref=CrossThread
            Entry nested
        Local request
          Local captures {open=false}
            Local other thread ref=CrossThread
              Entry nested
        ",
    );
}

#[test]
fn without_context_no_trace_starts() {
    spans(|| {
        computed(1);
        block_on(computed_later(2));
        extracted();
        batch();
        injected(&mut String::new());
        returned(0);
        id();
    })
    .are(
        r#"
        Local label 1 {n=label 2, later=1, loud=loud 1}
          Entry nested
        Local label 2 {debug=\"label 2\"}
          Local later
        Entry /entry peer=label 7
        Entry /batch
        Exit exit peer=label 1
        Local returned ERROR {label=label 0, function=0} [event=error error.kind=u8 message=label 0]
        Entry /id {has=false}
        "#,
    );
}

#[test]
fn in_a_request_no_span_starts() {
    static REQUEST: Callsite = callsite!(entry, "/request");
    spans(|| {
        span(&REQUEST).run(|| {
            computed(1);
            block_on(computed_later(2));
            extracted();
            injected(&mut String::new());
            returned(1);
            nested();
        });
    })
    .are(
        r#"
        Entry nested peer=label 7
          Local label 1 {n=label 2, later=1, loud=loud 1}
            Entry nested
          Local label 2 {debug=\"label 2\"}
            Local later
          Exit exit peer=label 1
          Local returned {label=label 1, function=1}
        "#,
    );
}

#[test]
fn return_tag_is_shown_without_spans() {
    static REQUEST: Callsite = callsite!(entry, "/request");
    spans(|| {
        shown(1);
        span(&REQUEST).run(|| block_on(shown_later(2)));
    })
    .are(
        "
        Local shown {plain=loud 1, display=loud 1, debug=louder 1}
          Entry nested
        Entry /request
          Local shown later {plain=loud 2, debug=louder 2}
            Local later
        ",
    );
}

#[test]
fn with_covers_no_span_starts() {
    static REQUEST: Callsite = callsite!(local, "request");
    spans(|| {
        block_on(covered(1));
        assert_eq!(block_on(rows(2).count()), 2);
        span(&REQUEST).run(|| block_on(covered(3)));
    })
    .are(
        "
        Entry nested
        Local label 1 {n=label 1}
        Local rows {n=label 2, items=2}
        Local request
          Entry nested
          Local label 3 {n=label 3}
        ",
    );
}

#[test]
fn recording_resumes_after_a_panic() {
    static REQUEST: Callsite = callsite!(local, "request");
    spans(|| {
        quietly(|| assert!(std::panic::catch_unwind(panics).is_err()));
        nested();
        span(&REQUEST).run(|| {
            quietly(|| assert!(std::panic::catch_unwind(panics).is_err()));
            nested();
        });
    })
    .are(
        "
        Entry nested
        Local request
          Entry nested
        ",
    );
}

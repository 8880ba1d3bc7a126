//! Parameters that are used only in a format string.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(name = format!("{name} of {width}"))]
async fn later(name: &str, width: usize) -> String {
    format!("{name:>width$}")
}

#[local_span(name = format_args!("{name} at once"), tags("text" = format_args!("{name:?}")))]
fn sync(name: &str, precision: usize) -> Result<String, String> {
    Ok(format!("{name:.precision$}"))
}

#[test]
fn move_into_the_body() {
    spans(|| {
        assert_eq!(block_on(later("a", 3)), "  a");
        assert_eq!(sync("abc", 2), Ok("ab".to_owned()));
    })
    .are(
        "
        Local a of 3
        Local abc at once {text=\\\"abc\\\"}
        ",
    );
}

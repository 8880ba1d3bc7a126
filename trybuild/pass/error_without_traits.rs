//! A `Result` whose error implements neither `Display` nor `Debug`: the log has its type's name.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

struct Opaque;

#[local_span]
fn sync() -> Result<u8, Opaque> {
    Err(Opaque)
}

#[local_span]
async fn later() -> Result<u8, Opaque> {
    Err(Opaque)
}

#[local_span(no_err)]
fn not_marked() -> Result<u8, Opaque> {
    Err(Opaque)
}

#[test]
fn marks_the_span() {
    spans(|| assert!(sync().is_err() && block_on(later()).is_err() && not_marked().is_err())).are(
        "
        Local pass::error_without_traits::sync ERROR [event=error error.kind=pass::error_without_traits::Opaque]
        Local pass::error_without_traits::later ERROR [event=error error.kind=pass::error_without_traits::Opaque]
        Local pass::error_without_traits::not_marked
        ",
    );
}

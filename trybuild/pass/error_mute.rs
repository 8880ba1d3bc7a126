//! A `Result` whose error is neither `Display` nor `Debug`: it is logged by its type's name.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

struct Mute;

#[local_span]
fn sync() -> Result<u8, Mute> {
    Err(Mute)
}

#[local_span]
async fn later() -> Result<u8, Mute> {
    Err(Mute)
}

#[local_span(no_err)]
fn not_marked() -> Result<u8, Mute> {
    Err(Mute)
}

#[test]
fn marks_the_span() {
    spans(|| assert!(sync().is_err() && block_on(later()).is_err() && not_marked().is_err())).are(
        "
        Local pass::error_mute::sync ERROR [event=error error.kind=pass::error_mute::Mute]
        Local pass::error_mute::later ERROR [event=error error.kind=pass::error_mute::Mute]
        Local pass::error_mute::not_marked
        ",
    );
}

//! A `mut` parameter may be assigned a reference with a shorter lifetime than the argument's
//! (tokio-rs/tracing#2717).

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn failing(mut text: &str) -> Result<usize, String> {
    let longer = format!("{text}{text}");
    text = &longer;
    Ok(text.len())
}

#[local_span]
async fn later(mut text: &str, own: bool) -> Result<usize, String> {
    let longer = format!("{text}{text}");
    if own {
        text = &longer;
    }
    Ok(text.len())
}

#[test]
fn compiles_in_each_kind_of_function() {
    spans(|| {
        assert_eq!(failing("ab"), Ok(4));
        assert_eq!(block_on(later("abc", true)), Ok(6));
    })
    .are(
        "
        Local pass::shortened_parameter::failing
        Local pass::shortened_parameter::later
        ",
    );
}

//! `_`, and parameters whose name begins with `_`.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn sync(_: String, _kept: String, __kept: String) -> Result<u8, String> {
    Ok(1)
}

#[local_span]
async fn later(_: String, _kept: &str, _: [u8; 3], mut _n: u8) -> u8 {
    2
}

#[local_span(tags("kept" = _kept))]
async fn only_in_a_tag(_kept: &str) {}

#[test]
fn stay_outside() {
    spans(|| {
        assert_eq!(sync(String::new(), String::new(), String::new()), Ok(1));
        assert_eq!(block_on(later(String::new(), "", [1, 2, 3], 4)), 2);
        block_on(only_in_a_tag("x"));
    })
    .are(
        "
        Local pass::unused_parameters::sync
        Local pass::unused_parameters::later
        Local pass::unused_parameters::only_in_a_tag {kept=x}
        ",
    );
}

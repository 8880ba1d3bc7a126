//! Other attributes, above and below the span attribute, keep their effect.

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[must_use]
#[inline]
#[local_span]
#[doc = "Says two."]
#[allow(clippy::unused_async)]
async fn later() -> u8 {
    2
}

/// Documented.
#[entry_span(name = "/old")]
#[deprecated(note = "under test")]
#[cold]
#[inline(never)]
#[expect(unused_variables)]
fn old(n: u8) -> Result<u8, String> {
    let unused = 1;
    Ok(3)
}

#[test]
#[local_span(name = "a test")]
fn below_test() {}

#[local_span(name = "another test")]
#[test]
fn above_test() {}

#[test]
fn keep_their_effect() {
    spans(|| {
        assert_eq!(block_on(later()), 2);
        #[expect(deprecated, reason = "the attribute is kept")]
        let three = old(1);
        assert_eq!(three, Ok(3));
        below_test();
        above_test();
    })
    .are(
        "
        Local pass::other_attributes::later
        Entry /old
        Local a test
        Local another test
        ",
    );
}

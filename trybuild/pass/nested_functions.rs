//! Functions, items and closures inside a body.

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/outer")]
fn outer(n: u8) -> Result<u8, String> {
    const STEP: u8 = 2;
    struct Counter(u8);
    impl Counter {
        #[local_span(tags("counted" = self.0))]
        fn count(&self) -> u8 {
            self.0
        }
    }
    #[local_span]
    fn inner(n: u8) -> u8 {
        #[local_span]
        fn innermost(n: u8) -> u8 {
            n + STEP
        }
        innermost(n)
    }
    let closure = |n| inner(n);
    Ok(closure(n) + Counter(1).count())
}

#[local_span]
async fn outer_later() -> u8 {
    #[local_span]
    async fn inner(n: u8) -> u8 {
        n
    }
    let closure = async |n: u8| inner(n).await;
    closure(1).await + async { inner(2).await }.await
}

#[test]
fn are_traced_by_their_own_attribute() {
    spans(|| assert_eq!((outer(1), block_on(outer_later())), (Ok(4), 3))).are(
        "
        Entry /outer
          Local pass::nested_functions::inner
            Local pass::nested_functions::innermost
          Local pass::nested_functions::count {counted=1}
        Local pass::nested_functions::outer_later
          Local pass::nested_functions::inner
          Local pass::nested_functions::inner
        ",
    );
}

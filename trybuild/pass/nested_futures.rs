//! Many traced futures inside each other, each by value: within the compiler's recursion limit,
//! also for the proof that they are `Send`.

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

macro_rules! nest {
    ($last:ident) => {
        #[local_span(name = stringify!($last))]
        async fn $last(n: u8) -> Result<u8, String> {
            Ok(n)
        }
    };
    ($outer:ident $inner:ident $($rest:ident)*) => {
        #[local_span(name = stringify!($outer))]
        async fn $outer(n: u8) -> Result<u8, String> {
            $inner(n + 1).await
        }
        nest!($inner $($rest)*);
    };
}

nest!(a1 a2 a3 a4 a5 a6 a7 a8 b1 b2 b3 b4 b5 b6);

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn compile_within_the_recursion_limit() {
    spans(|| assert_eq!(block_on(is_send(a1(0))), Ok(13))).are(
        "
        Local a1
          Local a2
            Local a3
              Local a4
                Local a5
                  Local a6
                    Local a7
                      Local a8
                        Local b1
                          Local b2
                            Local b3
                              Local b4
                                Local b5
                                  Local b6
        ",
    );
}

//! A type of the user's own that is called `Result`: its values are never errors.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

mod own {
    pub(crate) struct Result;
    pub(crate) mod generic {
        pub(crate) struct Result<T>(pub(crate) T);
    }
}

#[local_span]
fn sync() -> own::Result {
    own::Result
}

#[local_span]
async fn later() -> own::Result {
    own::Result
}

#[local_span]
fn generic<T>(value: T) -> own::generic::Result<T> {
    own::generic::Result(value)
}

#[test]
fn is_never_an_error() {
    spans(|| {
        let (_, _) = (sync(), block_on(later()));
        assert_eq!(generic(1).0, 1);
    })
    .are(
        "
        Local pass::result_of_the_user::sync
        Local pass::result_of_the_user::later
        Local pass::result_of_the_user::generic
        ",
    );
}

//! `where` clauses: empty, with bounds on types that only occur there, with associated types.

use std::fmt::Debug;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn empty() -> u8
where
{
    1
}

#[local_span]
async fn bound<T>(value: T) -> T
where
    T: Send + 'static,
{
    value
}

#[local_span(tags("items" = ?items))]
fn associated<I>(items: I) -> Result<usize, String>
where
    I: IntoIterator + Debug + Clone,
    I::Item: Debug,
    [u8; 1]: Sized,
{
    Ok(items.into_iter().count())
}

#[local_span]
fn never_sized<T: ?Sized + Debug>(value: &T) -> String {
    format!("{value:?}")
}

#[test]
fn are_traced() {
    spans(|| {
        assert_eq!((empty(), block_on(bound("x")), associated([1, 2])), (1, "x", Ok(2)));
        assert_eq!(never_sized("a"), "\"a\"");
    })
    .are(
        "
        Local pass::where_clauses::empty
        Local pass::where_clauses::bound
        Local pass::where_clauses::associated {items=[1, 2]}
        Local pass::where_clauses::never_sized
        ",
    );
}

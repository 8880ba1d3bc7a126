//! Bounds with `for<'a>`, in generics, in where clauses and in types.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
async fn later<F>(f: F) -> Result<usize, ()>
where
    F: for<'a> Fn(&'a str) -> &'a str,
{
    Ok(f("abc").len())
}

#[local_span]
fn pointer(f: for<'a> fn(&'a str) -> &'a str) -> Result<usize, ()> {
    Ok(f("abc").len())
}

#[local_span]
fn object(f: &dyn for<'a> Fn(&'a str) -> &'a str) -> usize {
    f("abc").len()
}

#[local_span]
async fn async_closure<F: AsyncFn(&str) -> usize>(f: F) -> usize {
    f("abc").await
}

#[test]
fn are_traced() {
    fn rest(text: &str) -> &str {
        &text[1..]
    }
    spans(|| {
        assert_eq!((block_on(later(rest)), pointer(rest), object(&rest)), (Ok(2), Ok(2), 2));
        assert_eq!(block_on(async_closure(async |text: &str| text.len())), 3);
    })
    .are(
        "
        Local pass::higher_ranked::later
        Local pass::higher_ranked::pointer
        Local pass::higher_ranked::object
        Local pass::higher_ranked::async_closure
        ",
    );
}

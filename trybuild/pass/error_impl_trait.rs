//! A `Result` whose types are `impl Trait`.

use std::fmt::Debug;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[derive(Debug)]
struct Hidden;

#[local_span(err)]
fn sync(fails: bool) -> Result<impl Debug, impl Sized> {
    if fails { Err(Hidden) } else { Ok(1) }
}

#[local_span(err)]
async fn later(fails: bool) -> Result<impl Debug, impl Sized> {
    if fails { Err(Hidden) } else { Ok(1) }
}

#[local_span]
fn nested(items: &[u8]) -> Result<Box<impl Iterator<Item = &u8>>, Box<impl Debug>> {
    if items.is_empty() { Err(Box::new(Hidden)) } else { Ok(Box::new(items.iter())) }
}

#[test]
fn marks_the_span() {
    spans(|| {
        assert!(sync(true).is_err() && sync(false).is_ok());
        assert!(block_on(later(true)).is_err() && block_on(later(false)).is_ok());
        assert!(nested(&[1]).is_ok() && nested(&[]).is_err());
    })
    .are(
        "
        Local pass::error_impl_trait::sync ERROR [event=error error.kind=pass::error_impl_trait::Hidden message=Hidden]
        Local pass::error_impl_trait::sync
        Local pass::error_impl_trait::later ERROR [event=error error.kind=pass::error_impl_trait::Hidden message=Hidden]
        Local pass::error_impl_trait::later
        Local pass::error_impl_trait::nested
        Local pass::error_impl_trait::nested ERROR [event=error error.kind=alloc::boxed::Box<pass::error_impl_trait::Hidden> message=Hidden]
        ",
    );
}

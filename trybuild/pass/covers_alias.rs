//! `covers` with a boxed future or stream under another name.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::{self, Stream, StreamExt as _};
use skywalking_runtime::{exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalLater<T> = Pin<Box<dyn Future<Output = T>>>;
type SharedLater<T> = Pin<Box<dyn Future<Output = T> + Send + Sync>>;
type UnpinLater<T> = Box<dyn Future<Output = T> + Send + Unpin>;
type Answer = Result<u8, String>;
type Rows<'a> = Pin<Box<dyn Stream<Item = u8> + 'a>>;
type UnpinRows = Box<dyn Stream<Item = u8> + Unpin>;

#[local_span(covers = future, tags(n))]
fn alias(n: u8) -> Later<'static, u8> {
    Box::pin(wait(n))
}

#[local_span(covers = future)]
fn borrowing(n: &u8) -> Later<'_, Answer> {
    Box::pin(async move { if *n == 0 { Err("zero".to_owned()) } else { Ok(wait(*n).await) } })
}

#[local_span(covers = future, ret_tags("n" = |n| n))]
fn local(n: u8) -> LocalLater<u8> {
    Box::pin(wait(n))
}

#[local_span(covers = future)]
fn shared(n: u8) -> SharedLater<Answer> {
    Box::pin(std::future::ready(if n == 0 { Err("zero".to_owned()) } else { Ok(n) }))
}

#[local_span(covers = future)]
fn unpin(n: u8) -> UnpinLater<u8> {
    Box::new(Box::pin(wait(n)))
}

#[local_span(covers = stream)]
fn rows(list: &[u8]) -> Rows<'_> {
    Box::pin(stream::iter(list.iter().copied()))
}

#[local_span(covers = stream)]
fn unpin_rows(n: u8) -> UnpinRows {
    Box::new(stream::iter(0..n))
}

trait Service {
    type Response;
    type Future: Future<Output = Self::Response>;

    fn call(&self, n: u8) -> Self::Future;
}

struct Client;

impl Service for Client {
    type Response = Answer;
    type Future = Later<'static, Answer>;

    #[exit_span(peer = "users:1", covers = future)]
    fn call(&self, n: u8) -> Self::Future {
        Box::pin(async move { if n == 0 { Err("zero".to_owned()) } else { Ok(wait(n).await) } })
    }
}

/// The type parameter has no lifetime bound.
type BoxFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

struct Layered<F, U> {
    make: Arc<F>,
    made: PhantomData<fn() -> U>,
}

impl<F, U> Layered<F, U>
where
    F: Fn(u8) -> BoxFuture<U, String>,
{
    #[local_span(name = "by alias", covers = future)]
    fn by_alias(&self, n: u8) -> BoxFuture<U, String> {
        (self.make)(n)
    }

    #[local_span(name = "written out", covers = future)]
    fn written_out(&self, n: u8) -> Pin<Box<dyn Future<Output = Result<U, String>> + Send>> {
        (self.make)(n)
    }

    #[expect(clippy::let_and_return, reason = "a body with a statement")]
    #[local_span(name = "in place", covers = future, err(Debug), ret_tags("size" = |_value| size_of::<U>()))]
    fn in_place(&self, n: u8) -> BoxFuture<U, String> {
        let later = (self.make)(n);
        later
    }
}

/// Called with a type that is not `'static`.
fn layered(text: &str, n: u8) -> [Result<&str, String>; 3] {
    fn make<'a>(text: &'a str) -> impl Fn(u8) -> BoxFuture<&'a str, String> {
        let owned = text.to_owned();
        let _: &'a str = text;
        move |n| {
            let owned = owned.clone();
            Box::pin(async move { if n == 0 { Err(owned) } else { Ok("found") } })
        }
    }
    let layered = Layered { make: Arc::new(make(text)), made: PhantomData };
    [block_on(layered.by_alias(n)), block_on(layered.written_out(n)), block_on(layered.in_place(n))]
}

#[test]
fn boxed_future_is_covered() {
    spans(|| {
        assert_eq!((block_on(alias(1)), block_on(borrowing(&0)), block_on(borrowing(&2))), (1, Err("zero".to_owned()), Ok(2)));
        assert_eq!((block_on(local(3)), block_on(shared(0)), block_on(unpin(4))), (3, Err("zero".to_owned()), 4));
        assert_eq!((block_on(Client.call(1)), block_on(Client.call(0))), (Ok(1), Err("zero".to_owned())));
    })
    .are(
        "
        Local pass::covers_alias::alias {n=1}
        Local pass::covers_alias::borrowing ERROR [event=error error.kind=alloc::string::String message=zero]
        Local pass::covers_alias::borrowing
        Local pass::covers_alias::local {n=3}
        Local pass::covers_alias::shared ERROR [event=error error.kind=alloc::string::String message=zero]
        Local pass::covers_alias::unpin
        Exit pass::covers_alias::call peer=users:1
        Exit pass::covers_alias::call peer=users:1 ERROR [event=error error.kind=alloc::string::String message=zero]
        ",
    );
}

#[test]
fn boxed_stream_is_covered() {
    spans(|| {
        assert_eq!((block_on(rows(&[1, 2]).count()), block_on(unpin_rows(3).count())), (2, 3))
    })
    .are(
        "
        Local pass::covers_alias::rows {items=2}
        Local pass::covers_alias::unpin_rows {items=3}
        ",
    );
}

#[test]
fn output_may_borrow() {
    spans(|| {
        assert_eq!(layered("a", 1), [Ok("found"), Ok("found"), Ok("found")]);
        assert!(layered("a", 0).iter().all(Result::is_err));
    })
    .are(
        "
        Local by alias
        Local written out
        Local in place {size=16}
        Local by alias ERROR [event=error error.kind=alloc::string::String message=a]
        Local written out ERROR [event=error error.kind=alloc::string::String message=a]
        Local in place ERROR [event=error error.kind=alloc::string::String message=\\\"a\\\"]
        ",
    );
}

//! `covers = future`: the span starts at the future's first poll and ends with the future.

use std::future::ready;
use std::pin::Pin;

use futures::FutureExt as _;
use futures::future::{BoxFuture, LocalBoxFuture};
use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/opaque", extract = headers, tags("user" = user, "len" = headers.len()), covers = future)]
fn opaque(headers: String, user: u8) -> impl Future<Output = u8> + Send {
    at_the_call();
    drop(headers);
    async move { wait(user).await }
}

#[local_span(covers = future)]
fn boxed(user: &u8) -> BoxFuture<'_, u8> {
    let user = *user;
    async move { wait(user).await }.boxed()
}

#[local_span(covers = future)]
fn boxed_here(user: u8) -> LocalBoxFuture<'static, Result<u8, String>> {
    async move { if user == 0 { Err("zero".to_owned()) } else { Ok(wait(user).await) } }
        .boxed_local()
}

#[exit_span(name = format!("pinned {user}"), peer = format!("users:{user}"), covers = future)]
fn pinned<'a>(
    user: &'a mut u8,
) -> Pin<std::boxed::Box<dyn Future<Output = Result<&'a u8, std::fmt::Error>> + Send + 'a>> {
    *user += 1;
    if *user > 10 {
        return std::boxed::Box::pin(ready(Err(std::fmt::Error)));
    }
    std::boxed::Box::pin(async move {
        wait(1).await;
        Ok(&*user)
    })
}

#[local_span(covers = future)]
fn nested(user: u8) -> impl Future<Output = Result<impl Sized, impl std::fmt::Debug>> {
    let inner = boxed_here(user);
    async move { inner.await.map(|n| n + 1) }
}

#[local_span(tags(n), covers = future)]
fn recursive(n: u8) -> Pin<std::boxed::Box<dyn Future<Output = u8>>> {
    std::boxed::Box::pin(async move { if n == 0 { 0 } else { recursive(n - 1).await + 1 } })
}

#[local_span(covers = future)]
fn by_question_mark(text: &str) -> impl Future<Output = Option<usize>> + use<'_> {
    async move { text.find('x') }
}

/// A type named `Box` that is not std's.
struct Box;

impl Box {
    fn pin<F: Future + Send + 'static>(
        future: F,
    ) -> Pin<std::boxed::Box<dyn Future<Output = F::Output> + Send>> {
        at_the_call();
        std::boxed::Box::pin(future)
    }
}

#[local_span(covers = future)]
fn own_box(n: u8) -> Pin<std::boxed::Box<dyn Future<Output = u8> + Send>> {
    drop(Box::pin(async move { wait(n).await }));
    Box::pin(async move { wait(n + 1).await })
}

#[local_span]
fn at_the_call() {}

#[test]
fn statements_before_the_future_run() {
    spans(|| assert_eq!(block_on(own_box(1)), 2)).are(
        "
        Local pass::covers_future::at_the_call
        Local pass::covers_future::at_the_call
        Local pass::covers_future::own_box
        ",
    );
}

#[test]
fn arguments_are_evaluated_at_the_call() {
    spans(|| {
        let future = opaque("no header".to_owned(), 7);
        assert_eq!(block_on(future), 7);
        drop(opaque(String::new(), 8));
    })
    .are(
        "
        Local pass::covers_future::at_the_call
        Entry /opaque {user=7, len=9}
        Local pass::covers_future::at_the_call
        ",
    );
}

#[test]
fn any_box_is_covered() {
    spans(|| {
        assert_eq!((block_on(boxed(&1)), block_on(boxed_here(2)), block_on(boxed_here(0))), (1, Ok(2), Err("zero".to_owned())));
        assert_eq!((block_on(pinned(&mut 1)), block_on(pinned(&mut 10))), (Ok(&2), Err(std::fmt::Error)));
        assert!(block_on(nested(1)).is_ok());
        assert_eq!((block_on(recursive(1)), block_on(by_question_mark("ax"))), (1, Some(1)));
    })
    .are(
        "
        Local pass::covers_future::boxed
        Local pass::covers_future::boxed_here
        Local pass::covers_future::boxed_here ERROR [event=error error.kind=alloc::string::String message=zero]
        Exit pinned 1 peer=users:1
        Exit pinned 10 peer=users:10 ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local pass::covers_future::nested
          Local pass::covers_future::boxed_here
        Local pass::covers_future::recursive {n=1}
          Local pass::covers_future::recursive {n=0}
        Local pass::covers_future::by_question_mark
        ",
    );
}

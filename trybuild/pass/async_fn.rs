//! An async function is a span from its first poll to its end, as a child of the span that is
//! current at the first poll.

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/orders", layer = http)]
async fn orders(user: u8) -> u8 {
    let later = count(user);
    look_up(user).await + later.await
}

#[exit_span(name = "find", peer = "users:3306", layer = database)]
async fn look_up(user: u8) -> u8 {
    nothing().await;
    user
}

#[local_span(tags("user" = user, "fixed" = "a"))]
async fn count(user: u8) -> u8 {
    user
}

#[local_span]
async fn nothing() {}

#[test]
fn span_starts_at_the_first_poll() {
    spans(|| assert_eq!(block_on(orders(7)), 14)).are(
        "
        Entry /orders layer=Http
          Exit find layer=Database peer=users:3306
            Local pass::async_fn::nothing
          Local pass::async_fn::count {fixed=a, user=7}
        ",
    );
}

#[test]
fn unpolled_future_has_no_span() {
    spans(|| drop(orders(7))).are("");
}

#[test]
fn parent_is_current_at_the_first_poll() {
    #[local_span(covers = call)]
    async fn caller() -> impl Future<Output = u8> {
        count(1)
    }
    #[local_span]
    async fn poller(work: impl Future<Output = u8>) {
        work.await;
    }
    spans(|| block_on(async { poller(caller().await).await })).are(
        "
        Local pass::async_fn::caller
        Local pass::async_fn::poller
          Local pass::async_fn::count {fixed=a, user=1}
        ",
    );
}

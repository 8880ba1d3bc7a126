//! Traced futures that are polled in turns on one thread: each has its own current span. The loser
//! of a race is cancelled.

use std::pin::pin;

use futures::future::{Either, join, join_all, select};
use skywalking_runtime::{current, entry_span, exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/all")]
async fn all() -> u8 {
    let (a, b) = join(part(1), part(2)).await;
    a + b + join_all([called(3), called(4)]).await.iter().sum::<u8>()
}

#[local_span(tags(n))]
async fn part(n: u8) -> u8 {
    let first = wait(n).await;
    current().tag("inside", n);
    called(first).await
}

#[exit_span(peer = format!("a:{n}"))]
async fn called(n: u8) -> u8 {
    wait(n).await
}

#[local_span]
async fn slow() -> u8 {
    called(1).await + called(2).await
}

#[local_span]
async fn race() -> u8 {
    let (slow, fast) = (pin!(slow()), pin!(called(3)));
    match select(slow, fast).await {
        Either::Left((n, _)) | Either::Right((n, _)) => n,
    }
}

#[test]
fn each_future_has_its_own_context() {
    spans(|| assert_eq!(block_on(all()), 10)).are(
        "
        Entry /all
          Local pass::concurrent::part {n=1, inside=1}
            Exit pass::concurrent::called peer=a:1
          Local pass::concurrent::part {n=2, inside=2}
            Exit pass::concurrent::called peer=a:2
          Exit pass::concurrent::called peer=a:3
          Exit pass::concurrent::called peer=a:4
        ",
    );
}

#[test]
fn loser_of_a_race_is_cancelled() {
    spans(|| assert_eq!(block_on(race()), 3)).are(
        "
        Local pass::concurrent::race
          Local pass::concurrent::slow [event=cancelled]
            Exit pass::concurrent::called peer=a:1
            Exit pass::concurrent::called peer=a:2 [event=cancelled]
          Exit pass::concurrent::called peer=a:3
        ",
    );
}

//! Native `async fn` in traits: default bodies, implementations, and `impl Future` refined to
//! `async fn`.

use std::fmt::Display;

use skywalking_runtime::{exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

trait Shape {
    type Unit: Display;

    #[local_span(tags("unit" = %self.unit()))]
    fn area(&self) -> i32 {
        self.side() * self.side()
    }

    #[local_span]
    async fn area_later(&self) -> Result<i32, String>
    where
        Self: Sized,
    {
        Ok(self.later().await + self.side_later().await)
    }

    fn side(&self) -> i32;

    fn unit(&self) -> Self::Unit;

    async fn side_later(&self) -> i32;

    fn later(&self) -> impl Future<Output = i32> + Send;
}

struct Square;

impl Shape for Square {
    type Unit = &'static str;

    #[local_span]
    fn side(&self) -> i32 {
        2
    }

    fn unit(&self) -> Self::Unit {
        "cm"
    }

    #[exit_span(peer = self.unit())]
    async fn side_later(&self) -> i32 {
        self.side()
    }

    #[local_span]
    async fn later(&self) -> i32 {
        self.area()
    }
}

#[test]
fn span_starts_at_the_first_poll() {
    spans(|| assert_eq!(block_on(Square.area_later()), Ok(6))).are(
        "
        Local pass::async_fn_in_trait::area_later
          Local pass::async_fn_in_trait::later
            Local pass::async_fn_in_trait::area {unit=cm}
              Local pass::async_fn_in_trait::side
              Local pass::async_fn_in_trait::side
          Exit pass::async_fn_in_trait::side_later peer=cm
            Local pass::async_fn_in_trait::side
        ",
    );
}

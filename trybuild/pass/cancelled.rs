//! A future that is dropped before it completes ends its span. Its state drops inside the span.

use std::future::pending;
use std::pin::pin;
use std::task::{Context, Waker};

use skywalking_runtime::local_span;
use skywalking_trybuild::spans;

struct Connection;

impl Drop for Connection {
    #[local_span(name = "close")]
    fn drop(&mut self) {}
}

#[local_span]
async fn waits(connection: Connection) -> Result<(), String> {
    let _ = &connection;
    inner().await;
    Ok(())
}

#[local_span]
async fn inner() {
    let _kept = Connection;
    pending().await
}

#[test]
fn state_drops_inside_the_span() {
    spans(|| {
        let waiting = pin!(waits(Connection));
        assert!(waiting.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    })
    .are(
        "
        Local pass::cancelled::waits [event=cancelled]
          Local pass::cancelled::inner [event=cancelled]
            Local close
          Local close
        ",
    );
}

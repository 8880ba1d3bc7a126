//! Methods that return futures, in traits and implementations: as `impl Future` and boxed, called
//! on generics and on `dyn`.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;

use skywalking_runtime::{exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

trait Service {
    fn call(&self, n: u8) -> impl Future<Output = Result<u8, String>> + Send;

    #[local_span(tags(n), covers = future)]
    fn twice(&self, n: u8) -> impl Future<Output = Result<u8, String>> + Send
    where
        Self: Sync,
    {
        async move { Ok(self.call(n).await? + self.call(n).await?) }
    }
}

trait Dynamic {
    fn call(&self, n: u8) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send + '_>>;
}

struct Client<A>(A);

impl<A: Display + Sync> Service for Client<A> {
    #[exit_span(peer = self.0, covers = future)]
    fn call(&self, n: u8) -> impl Future<Output = Result<u8, String>> + Send {
        async move { if n == 0 { Err(self.0.to_string()) } else { Ok(wait(n).await) } }
    }
}

impl<A: Display + Sync> Dynamic for Client<A> {
    #[exit_span(peer = self.0, tags("fixed" = 1), covers = future)]
    fn call(&self, n: u8) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send + '_>> {
        let text = self.0.to_string();
        Box::pin(async move { if n == 0 { Err(text) } else { Ok(wait(n).await) } })
    }
}

impl<A: Display + Send + Sync + 'static> Client<A> {
    #[local_span(name = self.0, covers = future)]
    fn shared(self: Arc<Self>) -> Pin<Box<dyn Future<Output = usize> + Send>> {
        Box::pin(async move { Arc::strong_count(&self) })
    }
}

#[test]
fn span_covers_the_future() {
    spans(|| {
        let client = Client("users:1");
        assert_eq!((block_on(client.twice(2)), block_on(client.twice(0))), (Ok(4), Err("users:1".to_owned())));
        let services: [&dyn Dynamic; 1] = [&client];
        assert_eq!((block_on(services[0].call(1)), block_on(services[0].call(0))), (Ok(1), Err("users:1".to_owned())));
        assert_eq!(block_on(Arc::new(client).shared()), 1);
    })
    .are(
        "
        Local pass::covers_future_in_traits::twice {n=2}
          Exit pass::covers_future_in_traits::call peer=users:1
          Exit pass::covers_future_in_traits::call peer=users:1
        Local pass::covers_future_in_traits::twice ERROR {n=0} [event=error error.kind=alloc::string::String message=users:1]
          Exit pass::covers_future_in_traits::call peer=users:1 ERROR [event=error error.kind=alloc::string::String message=users:1]
        Exit pass::covers_future_in_traits::call peer=users:1 {fixed=1}
        Exit pass::covers_future_in_traits::call peer=users:1 ERROR {fixed=1} [event=error error.kind=alloc::string::String message=users:1]
        Local users:1
        ",
    );
}

//! The output of `#[async_trait]`, written by hand: the one boxed future that needs no `covers`.

use std::pin::Pin;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

struct Store {
    name: &'static str,
}

impl Store {
    #[local_span(name = self.name(), tags(key))]
    fn load<'life0, 'life1, 'async_trait>(
        &'life0 self,
        key: &'life1 str,
    ) -> Pin<Box<dyn Future<Output = Result<usize, String>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            if let Some(__ret) = None::<Result<usize, String>> {
                return __ret;
            }
            let __self = self;
            let key = key;
            let __ret: Result<usize, String> = {
                if key.is_empty() {
                    Err(String::new())
                } else {
                    Ok(key.len() + __self.name().len())
                }
            };
            __ret
        })
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

#[local_span]
fn rooted() -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = u8>>> {
    ::std::boxed::Box::pin(async move { 1 })
}

#[test]
fn span_covers_the_future() {
    spans(|| {
        assert_eq!(block_on(Store { name: "store" }.load("key")), Ok(8));
        assert!(block_on(Store { name: "store" }.load("")).is_err());
        assert_eq!(block_on(rooted()), 1);
        drop(rooted());
    })
    .are(
        "
        Local store {key=key}
        Local store ERROR {key=} [event=error error.kind=alloc::string::String message=]
        Local pass::async_trait_expanded::rooted
        ",
    );
}

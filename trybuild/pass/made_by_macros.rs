//! Functions and arguments that come out of `macro_rules!`, and what `#[async_trait]` makes of an `async fn`.

use std::future::Future;
use std::pin::Pin;

use futures::executor::block_on;
use skywalking_runtime::local_span;

const COMPONENT: i32 = 11000;

macro_rules! make {
    ($name:ident, $text:literal, $key:literal, $value:expr, $component:path, $arg:ident: $ty:ty, $ret:ty, $body:block) => {
        #[local_span(name = $text, component = $component, tags($key = $value, "two" = $arg, $arg))]
        fn $name($arg: $ty, inner: u8) -> $ret {
            let _ = inner;
            $body
        }
    };
}

make!(made, "made", "k", 1.0, COMPONENT, n: u8, Result<u8, String>, { Ok(n + 1) });

macro_rules! whole {
    ($($item:item)*) => { $(#[local_span] $item)* };
}

whole! {
    fn one(n: u8) -> Result<u8, String> { Ok(n) }
    pub(crate) async fn two(mut n: u8) -> u8 { n += 1; n }
}

macro_rules! with_body {
    ($name:ident, $n:ident, $body:block) => {
        #[local_span]
        fn $name($n: u8) -> Result<u8, String> $body
    };
}

with_body!(three, n, { Ok(n) });

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
            let __ret: Result<usize, String> = { Ok(key.len() + __self.name().len()) };
            __ret
        })
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

fn main() {
    assert_eq!(made(1, 2), Ok(2));
    assert_eq!((one(1), block_on(two(1)), three(3)), (Ok(1), 2, Ok(3)));
    assert_eq!(block_on(Store { name: "store" }.load("key")), Ok(8));
}

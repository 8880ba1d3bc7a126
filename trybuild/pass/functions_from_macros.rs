//! Functions that `macro_rules!` generates: whole, from parts, or around a body that is passed in.

use skywalking_runtime::{exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

const COMPONENT: i32 = 4;

macro_rules! from_parts {
    ($name:ident, $text:literal, $key:literal, $value:expr, $component:path, $arg:ident: $ty:ty, $ret:ty, $body:block) => {
        #[local_span(name = $text, component = $component, tags($key = $value, "two" = $arg, $arg))]
        fn $name($arg: $ty, inner: u8) -> $ret {
            let _ = inner;
            $body
        }
    };
}

from_parts!(made, "made", "k", 1.0, COMPONENT, n: u8, Result<u8, String>, { Ok(n + 1) });

macro_rules! whole {
    ($($item:item)*) => { $(#[local_span] $item)* };
}

whole! {
    fn one(n: u8) -> Result<u8, String> { Ok(n) }
    pub(crate) async fn two(mut n: u8) -> u8 { n += 1; n }
}

macro_rules! with_body {
    ($name:ident, $n:ident, $body:block) => {
        #[local_span(tags($n))]
        fn $name($n: u8) -> Result<u8, String> $body
    };
}

with_body!(three, n, { Ok(n) });

macro_rules! with_attributes {
    ($vis:vis $name:ident($($param:pat_param in $ty:ty),*) $(-> $ret:ty)? = $value:expr; $($meta:meta)*) => {
        $(#[$meta])*
        $vis fn $name($($param: $ty),*) $(-> $ret)? {
            $value
        }
    };
}

with_attributes!(pub(crate) four((a, b) in (u8, u8), _ in u8) -> u8 = a + b; local_span(name = "four", tags(a)) inline);
with_attributes!(five() = (); exit_span(peer = "a:1"));

macro_rules! hygienic {
    ($($name:ident)*) => {
        $(#[local_span(name = stringify!($name), tags("n" = n))]
        async fn $name(n: u8) -> Result<u8, String> {
            let double = n * 2;
            Ok(double)
        })*
    };
}

hygienic!(six seven);

macro_rules! methods {
    ($self:ident $ty:ty { $($name:ident => $value:expr),* }) => {
        impl $ty {
            $(#[local_span(tags("value" = $value))]
            fn $name(&$self) -> Result<u8, String> {
                Ok($value)
            })*
        }
    };
}

struct Pair(u8, u8);

methods!(self Pair { left => self.0, right => self.1 });

#[test]
fn are_traced() {
    spans(|| {
        assert_eq!(made(1, 2), Ok(2));
        assert_eq!((one(1), block_on(two(1)), three(3)), (Ok(1), 2, Ok(3)));
        assert_eq!((four((1, 2), 3), five()), (3, ()));
        assert_eq!((block_on(six(1)), block_on(seven(1))), (Ok(2), Ok(2)));
        assert_eq!((Pair(1, 2).left(), Pair(1, 2).right()), (Ok(1), Ok(2)));
    })
    .are(
        "
        Local made component=4 {k=1, two=1, n=1}
        Local pass::functions_from_macros::one
        Local pass::functions_from_macros::two
        Local pass::functions_from_macros::three {n=3}
        Local four {a=1}
        Exit pass::functions_from_macros::five peer=a:1
        Local six {n=1}
        Local seven {n=1}
        Local pass::functions_from_macros::left {value=1}
        Local pass::functions_from_macros::right {value=2}
        ",
    );
}

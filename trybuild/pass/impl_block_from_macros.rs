//! Blocks that `macro_rules!` generates, and blocks with macros inside.

use skywalking_runtime::{local_span, skip_span};

use skywalking_trybuild::{block_on, spans};

struct One;
struct Two;

macro_rules! service {
    ($ty:ident, $names:literal { $($(#[$attr:meta])* $vis:vis fn $name:ident($($params:tt)*) $(-> $ret:ty)? $body:block)* }) => {
        #[local_span(names = $names)]
        impl $ty {
            $($(#[$attr])* $vis fn $name($($params)*) $(-> $ret)? $body)*
        }
    };
}

service!(One, "one.{fn}" {
    fn get(&self, n: u8) -> Result<u8, String> { Ok(n + self.step()) }
    #[skip_span]
    pub(crate) fn step(&self) -> u8 { 1 }
});

macro_rules! whole {
    ($block:item) => {
        #[local_span]
        $block
    };
}

whole! {
    impl Two {
        async fn get(&self, mut n: u8) -> u8 {
            n += 1;
            n
        }
    }
}

struct Items;

macro_rules! items {
    ($ty:ty; $($item:item)*) => {
        #[local_span]
        impl $ty {
            $($item)*
        }
    };
}

items! {
    Items;
    /// Traced.
    fn get(&self) -> u8 { self.skipped() }
    #[skip_span]
    fn skipped(&self) -> u8 { 1 }
    #[local_span(name = "own")]
    async fn own(&self) -> Result<u8, String> { Ok(2) }
}

macro_rules! method {
    ($name:ident) => {
        fn $name(&self) -> u8 {
            3
        }
    };
}

trait Three {
    fn three(&self) -> u8;
    fn four(&self) -> u8;
}

#[local_span]
impl Three for Two {
    // The macro call is not expanded yet when the block is traced.
    method!(three);

    fn four(&self) -> u8 {
        self.three() + 1
    }
}

#[test]
fn are_traced() {
    spans(|| {
        assert_eq!((Items.get(), block_on(Items.own())), (1, Ok(2)));
        assert_eq!((One.get(1), block_on(Two.get(1)), Two.four()), (Ok(2), 2, 4));
    })
    .are(
        "
        Local pass::impl_block_from_macros::Items::get
        Local own
        Local one.get
        Local pass::impl_block_from_macros::Two::get
        Local pass::impl_block_from_macros::Two::four
        ",
    );
}

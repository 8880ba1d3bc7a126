//! Values drop in the order of the plain function, whatever the shape.
#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the functions are there for what they drop"
)]

use std::cell::RefCell;

use futures::executor::block_on;
use skywalking_runtime::local_span;

thread_local!(static DROPPED: RefCell<String> = const { RefCell::new(String::new()) });

struct Loud(char);

impl Drop for Loud {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

impl Loud {
    fn touch(&self) {}
}

struct Pair {
    left: Loud,
    right: Loud,
}

macro_rules! each_shape {
    ($traced:ident, $plain:ident, ($($params:tt)*), ($($args:expr),*), $body:block) => {
        fn $plain() -> String {
            fn sync($($params)*) -> Result<(), ()> $body
            async fn later($($params)*) -> Result<(), ()> $body
            let _ = sync($($args),*);
            let _ = block_on(later($($args),*));
            DROPPED.take()
        }
        fn $traced() -> [String; 2] {
            #[local_span]
            fn sync($($params)*) -> Result<(), ()> $body
            #[local_span(no_err)]
            fn unclosed($($params)*) -> Result<(), ()> $body
            #[local_span]
            async fn later($($params)*) -> Result<(), ()> $body
            let _ = sync($($args),*);
            let _ = block_on(later($($args),*));
            let first = DROPPED.take();
            let _ = unclosed($($args),*);
            let _ = block_on(later($($args),*));
            [first, DROPPED.take()]
        }
    };
}

each_shape!(all_used, all_used_plain, (a: Loud, b: Loud, c: Loud), (Loud('a'), Loud('b'), Loud('c')), {
    let _local = Loud('l');
    c.touch();
    a.touch();
    b.touch();
    Ok(())
});

each_shape!(one_moved, one_moved_plain, (a: Loud, b: Loud, c: Loud), (Loud('a'), Loud('b'), Loud('c')), {
    a.touch();
    drop(b);
    let _c = &c;
    Ok(())
});

each_shape!(one_mut, one_mut_plain, (a: Loud, mut b: Loud, c: Loud, _d: Loud), (Loud('a'), Loud('b'), Loud('c'), Loud('d')), {
    b.0 = 'B';
    a.touch();
    c.touch();
    Ok(())
});

each_shape!(one_field, one_field_plain, (a: Loud, b: Pair, _c: Loud), (Loud('a'), Pair { left: Loud('l'), right: Loud('r') }, Loud('c')), {
    a.touch();
    drop(b.right);
    b.left.touch();
    Err(())
});

fn main() {
    for (traced, plain) in
        [(all_used(), all_used_plain()), (one_moved(), one_moved_plain()), (one_mut(), one_mut_plain()), (one_field(), one_field_plain())]
    {
        assert_eq!(traced, [plain.clone(), plain]);
    }
}

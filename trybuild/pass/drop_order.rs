//! Values drop in the order of the plain function, in each kind of function.

use std::cell::RefCell;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

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
    ($test:ident, ($($params:tt)*), ($($args:expr),*), $body:block) => {
        #[test]
        fn $test() {
            let plain = {
                fn sync($($params)*) -> Result<(), ()> $body
                async fn later($($params)*) -> Result<(), ()> $body
                let _ = sync($($args),*);
                let _ = block_on(later($($args),*));
                DROPPED.take()
            };
            let traced = || {
                #[local_span(name = "sync")]
                fn sync($($params)*) -> Result<(), ()> $body
                #[local_span(name = "unclosed", no_err)]
                fn unclosed($($params)*) -> Result<(), ()> $body
                #[local_span(name = "later", no_err)]
                async fn later($($params)*) -> Result<(), ()> $body
                let _ = sync($($args),*);
                let _ = block_on(later($($args),*));
                let first = DROPPED.take();
                let _ = unclosed($($args),*);
                let _ = block_on(later($($args),*));
                [first, DROPPED.take()]
            };
            // With and without a running tracer.
            spans(|| assert_eq!(traced(), [plain.clone(), plain.clone()])).are(
                "
                Local sync
                Local later
                Local unclosed
                Local later
                ",
            );
            assert_eq!(traced(), [plain.clone(), plain]);
        }
    };
}

each_shape!(all_used, (a: Loud, b: Loud, c: Loud), (Loud('a'), Loud('b'), Loud('c')), {
    let _local = Loud('l');
    c.touch();
    a.touch();
    b.touch();
    Ok(())
});

each_shape!(one_moved, (a: Loud, b: Loud, c: Loud), (Loud('a'), Loud('b'), Loud('c')), {
    a.touch();
    drop(b);
    let _c = &c;
    Ok(())
});

each_shape!(one_mut, (a: Loud, mut b: Loud, c: Loud, _d: Loud), (Loud('a'), Loud('b'), Loud('c'), Loud('d')), {
    b.0 = 'B';
    a.touch();
    c.touch();
    Ok(())
});

each_shape!(one_field, (a: Loud, b: Pair, _c: Loud), (Loud('a'), Pair { left: Loud('l'), right: Loud('r') }, Loud('c')), {
    a.touch();
    drop(b.right);
    b.left.touch();
    Ok(())
});

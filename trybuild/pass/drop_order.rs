//! Values drop in the order of the plain function, in each kind of function.

use std::cell::RefCell;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

thread_local!(static DROPPED: RefCell<String> = const { RefCell::new(String::new()) });

/// Logs its drop.
struct Logged(char);

impl Drop for Logged {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

impl Logged {
    fn touch(&self) {}
}

struct Pair {
    left: Logged,
    right: Logged,
}

macro_rules! each_kind {
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

each_kind!(all_used, (a: Logged, b: Logged, c: Logged), (Logged('a'), Logged('b'), Logged('c')), {
    let _local = Logged('l');
    c.touch();
    a.touch();
    b.touch();
    Ok(())
});

each_kind!(one_moved, (a: Logged, b: Logged, c: Logged), (Logged('a'), Logged('b'), Logged('c')), {
    a.touch();
    drop(b);
    let _c = &c;
    Ok(())
});

each_kind!(one_mut, (a: Logged, mut b: Logged, c: Logged, _d: Logged), (Logged('a'), Logged('b'), Logged('c'), Logged('d')), {
    b.0 = 'B';
    a.touch();
    c.touch();
    Ok(())
});

each_kind!(one_field, (a: Logged, b: Pair, _c: Logged), (Logged('a'), Pair { left: Logged('l'), right: Logged('r') }, Logged('c')), {
    a.touch();
    drop(b.right);
    b.left.touch();
    Ok(())
});

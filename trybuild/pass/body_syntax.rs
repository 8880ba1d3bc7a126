//! A body is never parsed: every kind of control flow passes through.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn control_flow(items: &[Option<u8>]) -> Result<u8, String> {
    let mut sum = 0;
    'items: for item in items {
        let Some(n) = item else { continue 'items };
        sum += match n {
            0 => break 'items,
            1..=9 if sum < 100 => *n,
            _ => return Err(format!("{n} is too much")),
        };
    }
    let sum = 'block: {
        if sum > 5 {
            break 'block 5;
        }
        sum
    };
    let mut tries = 0;
    loop {
        tries += 1;
        if tries == 2 {
            break Ok(sum);
        }
    }
}

#[local_span]
async fn let_chains(a: Option<u8>, b: Option<u8>) -> u8 {
    if let Some(a) = a
        && let Some(b) = b
        && a < b
    {
        return b - a;
    }
    let add = |x: u8| async move { x + 1 };
    add(const { 1 + 1 }).await
}

#[local_span]
fn looks_like_a_struct() -> std::ops::Range<u8> {
    std::ops::Range { start: 1, end: 2 }
}

#[local_span]
fn a_statement_macro(n: u8) -> u8 {
    macro_rules! add {
        ($to:ident) => {
            let $to = $to + 1;
        };
    }
    add!(n);
    n
}

#[test]
fn is_unchanged() {
    spans(|| {
        assert_eq!(control_flow(&[None, Some(1), Some(2), Some(0), Some(99)]), Ok(3));
        assert_eq!(control_flow(&[Some(10)]), Err("10 is too much".to_owned()));
        assert_eq!((block_on(let_chains(Some(1), Some(4))), block_on(let_chains(None, None))), (3, 3));
        assert_eq!((looks_like_a_struct().start, a_statement_macro(1)), (1, 2));
    })
    .are(
        "
        Local pass::body_syntax::control_flow
        Local pass::body_syntax::control_flow ERROR [event=error error.kind=alloc::string::String message=10 is too much]
        Local pass::body_syntax::let_chains
        Local pass::body_syntax::let_chains
        Local pass::body_syntax::looks_like_a_struct
        Local pass::body_syntax::a_statement_macro
        ",
    );
}

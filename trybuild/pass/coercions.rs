//! The body's value coerces to the return type as in the plain function, also with a return hook
//! (tokio-rs/tracing#2796, #2857).

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(name = "closure")]
fn closure(by: i32) -> Result<Box<dyn Fn(i32) -> i32>, String> {
    if by == 0 {
        return Ok(Box::new(|x| x));
    }
    Ok(Box::new(move |x| x * by))
}

#[local_span(name = "pointer")]
fn pointer() -> Result<fn(u8) -> u8, String> {
    Ok(|n| n + 1)
}

#[local_span(name = "unsized slice")]
fn slice(items: &[u8; 2]) -> Result<&[u8], String> {
    Ok(items)
}

#[allow(clippy::unnecessary_mut_passed)]
#[local_span(name = "reborrow")]
fn reborrow(n: &mut u8) -> Result<&u8, String> {
    Ok(n)
}

#[local_span(name = "later")]
async fn later(n: &mut u8) -> Result<&u8, Box<dyn std::error::Error + Send + Sync>> {
    if *n > 9 {
        Err("big")?
    }
    Ok(n)
}

#[local_span(name = "object")]
async fn object() -> Result<Box<dyn std::fmt::Debug>, ()> {
    Ok(Box::new(1))
}

#[test]
fn compile_in_each_kind_of_function() {
    spans(|| {
        assert_eq!(closure(0).unwrap()(5) + closure(3).unwrap()(5) + i32::from(pointer().unwrap()(1)), 22);
        assert_eq!((slice(&[1, 2]), reborrow(&mut 3)), (Ok(&[1, 2][..]), Ok(&3)));
        assert_eq!(block_on(later(&mut 4)).unwrap(), &4);
        assert_eq!(block_on(later(&mut 10)).unwrap_err().to_string(), "big");
        assert_eq!(format!("{:?}", block_on(object())), "Ok(1)");
    })
    .are(
        "
        Local closure
        Local closure
        Local pointer
        Local unsized slice
        Local reborrow
        Local later
        Local later ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync> message=big]
        Local object
        ",
    );
}

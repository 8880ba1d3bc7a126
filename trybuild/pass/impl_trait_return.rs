//! `impl Trait` as the return type, alone and inside of other types.

use std::fmt::Display;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn iterates<'a>(items: &'a [u8], by: u8) -> impl Iterator<Item = u8> + use<'a> {
    items.iter().map(move |item| item * by)
}

#[local_span]
async fn iterates_later(items: Vec<u8>) -> impl Iterator<Item = impl Display> {
    items.into_iter().map(|item| item * 2)
}

#[local_span]
fn pair(n: u8) -> (impl Display, Option<impl Fn(u8) -> u8>) {
    (n, Some(move |m| m + n))
}

#[local_span]
async fn in_a_result(n: u8) -> Result<[impl Display; 1], String> {
    if n == 0 {
        return Err("zero".to_owned());
    }
    Ok([n])
}

#[test]
fn stays_opaque() {
    spans(|| {
        assert_eq!(iterates(&[1, 2], 3).sum::<u8>(), 9);
        assert_eq!(block_on(iterates_later(vec![1])).next().unwrap().to_string(), "2");
        let (shown, add) = pair(1);
        assert_eq!((shown.to_string(), add.unwrap()(1)), ("1".to_owned(), 2));
        assert!(block_on(in_a_result(1)).is_ok_and(|[one]| one.to_string() == "1") && block_on(in_a_result(0)).is_err());
    })
    .are(
        "
        Local pass::impl_trait_return::iterates
        Local pass::impl_trait_return::iterates_later
        Local pass::impl_trait_return::pair
        Local pass::impl_trait_return::in_a_result
        Local pass::impl_trait_return::in_a_result ERROR [event=error error.kind=alloc::string::String message=zero]
        ",
    );
}

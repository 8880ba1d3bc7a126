//! `impl Trait` as a parameter.

use std::fmt::Display;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(name = format_args!("show {shown}"), tags(shown))]
async fn later(shown: impl Display, again: &impl Display) -> String {
    format!("{shown}{again}")
}

#[local_span(tags("shown" = %shown))]
fn sync(shown: impl Display, call: impl FnOnce(String) -> u8) -> Result<u8, String> {
    Ok(call(shown.to_string()))
}

#[local_span]
async fn awaits(work: impl Future<Output = u8>) -> u8 {
    work.await
}

#[test]
fn can_be_used_in_arguments() {
    spans(|| {
        assert_eq!(block_on(later(1, &2)), "12");
        assert_eq!(sync("abc", |text| text.len() as u8), Ok(3));
        assert_eq!(block_on(awaits(awaits(async { 4 }))), 4);
    })
    .are(
        "
        Local show 1 {shown=1}
        Local pass::impl_trait_parameter::sync {shown=abc}
        Local pass::impl_trait_parameter::awaits
          Local pass::impl_trait_parameter::awaits
        ",
    );
}

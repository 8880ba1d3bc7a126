//! Raw identifiers: of the function, of parameters, of tags and of the module.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

mod r#match {
    #[super::local_span(tags(r#type, "f" = r#fn))]
    pub(super) async fn r#loop(r#type: u8, r#fn: u8) -> u8 {
        r#type + r#fn
    }
}

#[local_span(tags("größe" = größe))]
fn straße(größe: u8) -> u8 {
    größe
}

#[test]
fn are_recorded_without_the_prefix() {
    spans(|| {
        assert_eq!(block_on(r#match::r#loop(1, 2)), 3);
        assert_eq!(straße(4), 4);
    })
    .are(
        "
        Local pass::raw_names::r#match::loop {type=1, f=2}
        Local pass::raw_names::straße {größe=4}
        ",
    );
}

//! Const parameters, in the signature and in the arguments.

use std::fmt::Debug;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(tags("n" = N, "first" = ?items[0]))]
fn sync<const N: usize, T>(items: [T; N]) -> Result<[T; N], String>
where
    T: Debug + Clone,
{
    Ok(items)
}

#[local_span(name = format_args!("later {N}"))]
async fn later<const N: usize>(items: &[u8; N]) -> usize {
    items.len()
}

#[local_span(tags("loud" = LOUD))]
fn by_a_bool<const LOUD: bool>() -> bool {
    LOUD
}

#[test]
fn can_be_used_in_arguments() {
    spans(|| {
        assert_eq!(sync([1, 2]), Ok([1, 2]));
        assert_eq!(block_on(later(&[1, 2, 3])), 3);
        assert!(by_a_bool::<true>());
    })
    .are(
        "
        Local pass::const_generics::sync {n=2, first=1}
        Local later 3
        Local pass::const_generics::by_a_bool {loud=true}
        ",
    );
}

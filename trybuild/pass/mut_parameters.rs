//! `mut` parameters that the body changes, by value and by reference.

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(tags(n))]
fn plain(mut n: u8) -> u8 {
    n += 1;
    n
}

#[local_span(tags(n))]
fn failing(mut n: u8, items: &mut Vec<u8>, mut last: u8) -> Result<u8, String> {
    n += 1;
    last += n;
    items.push(last);
    Ok(last)
}

#[local_span(tags(n))]
async fn later(mut n: u8, items: &mut Vec<u8>, mut last: u8) -> Result<u8, String> {
    n += 1;
    last += n;
    items.push(last);
    Ok(last)
}

#[test]
fn tags_have_the_values_at_the_call() {
    let mut items = Vec::new();
    spans(|| {
        assert_eq!(plain(1), 2);
        assert_eq!(failing(2, &mut items, 1), Ok(4));
        assert_eq!(block_on(later(3, &mut items, 1)), Ok(5));
    })
    .are(
        "
        Local pass::mut_parameters::plain {n=1}
        Local pass::mut_parameters::failing {n=2}
        Local pass::mut_parameters::later {n=3}
        ",
    );
    assert_eq!(items, [4, 5]);
}

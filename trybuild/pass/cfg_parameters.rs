//! `#[cfg]` and other attributes on parameters (tokio-rs/tracing#3320).

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(tags(b))]
fn sync(#[cfg(any())] a: Missing, b: u8, #[cfg(not(any()))] mut c: u8) -> Result<u8, String> {
    #[cfg(any())]
    drop(a);
    c += 1;
    Ok(b + c)
}

#[local_span(tags(b))]
async fn later(
    #[cfg(any())] a: Missing,
    b: u8,
    #[cfg(not(any()))] mut c: u8,
    #[cfg(any())] mut d: Missing,
    #[cfg_attr(all(), allow(unused_variables))] e: u8,
    #[allow(unused_variables)] f: u8,
) -> u8 {
    #[cfg(any())]
    drop((a, &mut d));
    c += 1;
    b + c
}

#[local_span]
fn with_two_bodies(n: u8) -> Result<u8, String> {
    #[cfg(any())]
    {
        missing(n)
    }
    #[cfg(not(any()))]
    {
        Ok(n)
    }
}

#[cfg(any())]
#[local_span(name = missing)]
fn left_out(missing: Missing) -> Missing {}

#[cfg_attr(all(), local_span(name = "by cfg_attr"))]
async fn attributed_by_cfg_attr() {}

#[test]
fn each_use_has_the_same_cfg() {
    spans(|| {
        assert_eq!(sync(1, 2), Ok(4));
        assert_eq!(block_on(later(1, 2, 3, 4)), 4);
        assert_eq!(with_two_bodies(1), Ok(1));
        block_on(attributed_by_cfg_attr());
    })
    .are(
        "
        Local pass::cfg_parameters::sync {b=1}
        Local pass::cfg_parameters::later {b=1}
        Local pass::cfg_parameters::with_two_bodies
        Local by cfg_attr
        ",
    );
}

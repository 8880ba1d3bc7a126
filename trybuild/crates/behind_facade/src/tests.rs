//! Each kind of expansion through the facade's paths, and the facade's macro.

use skywalking_trybuild_facade::prelude::Request;

expansions!(near: skywalking_trybuild_facade::tracing, far: skywalking_trybuild_facade::prelude);

skywalking_trybuild_facade::handler!("/made", fn made(request) -> Result<usize, String> {
    local();
    Ok(request.headers.len())
});

#[test]
fn facade_macro() {
    spans(|| assert_eq!(made(&Request::default()), Ok(0))).are(
        "
        Entry /made layer=Http
          Local skywalking_trybuild_behind_facade::tests::local
        ",
    );
}

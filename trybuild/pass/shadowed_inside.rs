//! Names to which a body, a type parameter or a parameter gives another meaning.
#![allow(non_camel_case_types, non_upper_case_globals, reason = "under test")]

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

/// The return type's name means another type inside the body (tokio-rs/tracing#3306).
#[local_span]
fn by_the_body() -> Result<u8, String> {
    #[expect(dead_code)]
    type String = u8;
    #[expect(dead_code)]
    struct Result;
    Ok(1)
}

#[local_span]
async fn by_the_body_later() -> Result<u8, String> {
    use std::fmt::Result as Other;
    let _: Other = Ok(());
    #[expect(dead_code)]
    struct String;
    Ok(2)
}

#[local_span(tags("n" = n))]
fn by_a_type_parameter<skywalking_runtime, core, Option: Copy + std::fmt::Display>(
    n: Option,
    _: (skywalking_runtime, core),
) -> Option {
    n
}

#[local_span(tags(result, core, skywalking_runtime))]
async fn by_a_parameter(result: u8, core: u8, skywalking_runtime: u8) -> u8 {
    result + core + skywalking_runtime
}

#[local_span]
fn by_constants_of_the_body() -> Result<u8, String> {
    const __ret: u8 = 5;
    const __span: u8 = 6;
    Ok(__ret + __span)
}

#[test]
fn do_not_affect_the_expansion() {
    spans(|| {
        assert_eq!((by_the_body(), block_on(by_the_body_later())), (Ok(1), Ok(2)));
        assert_eq!(
            (
                by_a_type_parameter(3, ((), ())),
                block_on(by_a_parameter(1, 2, 3)),
                by_constants_of_the_body()
            ),
            (3, 6, Ok(11))
        );
    })
    .are(
        "
        Local pass::shadowed_inside::by_the_body
        Local pass::shadowed_inside::by_the_body_later
        Local pass::shadowed_inside::by_a_type_parameter {n=3}
        Local pass::shadowed_inside::by_a_parameter {result=1, core=2, skywalking_runtime=3}
        Local pass::shadowed_inside::by_constants_of_the_body
        ",
    );
}

//! Return types of every kind, with and without a `Result` inside.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::task::Poll;

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

macro_rules! returns {
    ($($name:ident, $later:ident: $ret:ty = $value:expr;)*) => {
        $(#[local_span]
        fn $name() -> $ret {
            $value
        }
        #[local_span]
        async fn $later() -> $ret {
            $value
        })*
        fn all() {
            $(let _: $ret = $name();
            let _: $ret = block_on($later());)*
        }
    };
}

returns! {
    tuple, tuple_later: (u8, &'static str) = (1, "a");
    array, array_later: [Option<u8>; 2] = [None; 2];
    function, function_later: fn(&str) -> usize = |text: &str| text.len();
    reference, reference_later: &'static dyn std::fmt::Debug = &1;
    slice, slice_later: &'static [u8] = &[1, 2];
    pointer, pointer_later: *const u8 = std::ptr::null();
    rc, rc_later: Rc<dyn Fn(u8) -> u8> = Rc::new(|n| n);
    cow, cow_later: Cow<'static, str> = "a".into();
    in_an_alias, in_an_alias_later: std::io::Result<u8> = Ok(1);
    nested, nested_later: Result<Result<u8, u8>, u8> = Ok(Err(2));
    of_a_result, of_a_result_later: Result<Option<&'static str>, Box<dyn Fn() -> u8>> = Err(Box::new(|| 3));
    optional, optional_later: Option<Result<u8, u8>> = Some(Err(4));
    poll, poll_later: Poll<Result<u8, u8>> = Poll::Ready(Err(5));
    flow, flow_later: ControlFlow<u8, Result<(), ()>> = ControlFlow::Break(6);
    results, results_later: Vec<Result<u8, u8>> = vec![Err(7)];
    by_path, by_path_later: ::std::result::Result<(), self::Failure> = Err(Failure);
    by_macro, by_macro_later: vec_of!(u8) = vec![8];
}

#[derive(Debug)]
struct Failure;

macro_rules! vec_of {
    ($ty:ty) => { Vec<$ty> };
}
use vec_of;

#[test]
fn values_are_returned_unchanged() {
    spans(all).are(
        "
        Local pass::returned_types::tuple
        Local pass::returned_types::tuple_later
        Local pass::returned_types::array
        Local pass::returned_types::array_later
        Local pass::returned_types::function
        Local pass::returned_types::function_later
        Local pass::returned_types::reference
        Local pass::returned_types::reference_later
        Local pass::returned_types::slice
        Local pass::returned_types::slice_later
        Local pass::returned_types::pointer
        Local pass::returned_types::pointer_later
        Local pass::returned_types::rc
        Local pass::returned_types::rc_later
        Local pass::returned_types::cow
        Local pass::returned_types::cow_later
        Local pass::returned_types::in_an_alias
        Local pass::returned_types::in_an_alias_later
        Local pass::returned_types::nested
        Local pass::returned_types::nested_later
        Local pass::returned_types::of_a_result ERROR [event=error error.kind=alloc::boxed::Box<dyn core::ops::function::Fn() -> u8>]
        Local pass::returned_types::of_a_result_later ERROR [event=error error.kind=alloc::boxed::Box<dyn core::ops::function::Fn() -> u8>]
        Local pass::returned_types::optional
        Local pass::returned_types::optional_later
        Local pass::returned_types::poll
        Local pass::returned_types::poll_later
        Local pass::returned_types::flow
        Local pass::returned_types::flow_later
        Local pass::returned_types::results
        Local pass::returned_types::results_later
        Local pass::returned_types::by_path ERROR [event=error error.kind=pass::returned_types::Failure message=Failure]
        Local pass::returned_types::by_path_later ERROR [event=error error.kind=pass::returned_types::Failure message=Failure]
        Local pass::returned_types::by_macro
        Local pass::returned_types::by_macro_later
        ",
    );
}

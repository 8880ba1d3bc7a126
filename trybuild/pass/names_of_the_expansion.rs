//! Parameters, constants, statics and macros with the names of emitted locals.
#![allow(
    non_upper_case_globals,
    unused_macros,
    dead_code,
    reason = "the names are there to be in the way"
)]

use skywalking_runtime::{exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

static __SKYWALKING_CALLSITE: &str = "mine";

mod items {
    pub(super) fn __opening() -> u8 {
        3
    }
    pub(super) static __ret: u8 = 4;
    pub(super) mod __span {
        pub(crate) const ONE: u8 = 1;
    }
}

macro_rules! concat {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! module_path {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! line {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! file {
    () => {
        compile_error!("not this one")
    };
}

#[local_span(tags("callsite" = __SKYWALKING_CALLSITE, "opening" = items::__opening(), "more" = items::__ret))]
fn in_the_way() -> Result<u8, String> {
    let caller = __SKYWALKING_CALLSITE.len() as u8;
    Ok(caller + items::__ret + items::__span::ONE)
}

#[local_span(name = __SKYWALKING_CALLSITE)]
async fn in_the_way_later() -> Result<usize, String> {
    Ok(__SKYWALKING_CALLSITE.len())
}

mod parameters {
    use super::{exit_span, local_span};

    #[local_span(name = __span, tags(__opening, __name, "sum" = __tag_0 + __value_0))]
    pub(super) fn sync(
        __span: &str,
        __opening: u8,
        __ret: u8,
        __name: u8,
        __value_0: u8,
        __tag_0: u8,
    ) -> Result<u8, String> {
        Ok(__opening + __ret + __name + __value_0 + __tag_0 + __span.len() as u8)
    }

    #[local_span(tags(__skywalking_span), ret_tags("sum" = |__skywalking_returned| *__skywalking_returned))]
    pub(super) fn todays(
        __skywalking_span: u8,
        __skywalking_opening: u8,
        mut __skywalking_returned: u8,
    ) -> Result<u8, String> {
        __skywalking_returned += __skywalking_opening;
        Ok(__skywalking_span + __skywalking_returned)
    }

    #[local_span(tags(__skywalking_value_0), ret_tags("sum" = |__skywalking_value_0| *__skywalking_value_0), covers = future)]
    pub(super) fn todays_future(
        __skywalking_prepared: u8,
        __skywalking_value_0: u8,
    ) -> impl Future<Output = Result<u8, String>> {
        async move { Ok(__skywalking_prepared + __skywalking_value_0) }
    }

    #[exit_span(peer = __peer, inject = __opening, tags(caller, result))]
    pub(super) async fn later(
        mut __opening: String,
        __peer: String,
        caller: u8,
        result: u8,
        __ret: u8,
    ) -> Result<u8, String> {
        assert!(__opening.is_empty() || __opening.starts_with("sw8:"));
        Ok(caller + result + __ret + __peer.len() as u8)
    }
}

#[test]
fn are_those_of_the_user() {
    spans(|| {
        assert_eq!((in_the_way(), block_on(in_the_way_later())), (Ok(9), Ok(4)));
        assert_eq!(parameters::sync("x", 1, 2, 3, 4, 5), Ok(16));
        assert_eq!(
            (parameters::todays(1, 2, 3), block_on(parameters::todays_future(1, 2))),
            (Ok(6), Ok(3))
        );
        assert_eq!(block_on(parameters::later(String::new(), "peer".to_owned(), 1, 2, 3)), Ok(10));
    })
    .are(
        "
        Local pass::names_of_the_expansion::in_the_way {callsite=mine, opening=3, more=4}
        Local mine
        Local x {__opening=1, __name=3, sum=9}
        Local pass::names_of_the_expansion::parameters::todays {__skywalking_span=1, sum=6}
        Local pass::names_of_the_expansion::parameters::todays_future {__skywalking_value_0=2, sum=3}
        Exit pass::names_of_the_expansion::parameters::later peer=peer {caller=1, result=2}
        ",
    );
}

fn plan(user_id: u64) -> Result<u64, std::num::ParseIntError> {
    let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
        let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Local,
                    "plan",
                    ::core::file!(),
                    ::core::line!(),
                )
                .tags(&[("kind", "nightly")]);
            &__SKYWALKING_CALLSITE
        });
        if ::skywalking_runtime::__private::Opening::wants_tags(
            &mut __skywalking_opening,
        ) {
            match &user_id {
                __skywalking_value => {
                    use ::skywalking_runtime::__private::{PutDisplay as _, PutRaw as _};
                    (&::skywalking_runtime::__private::Plain(__skywalking_value))
                        .__skywalking_put(&mut __skywalking_opening, "user");
                }
            }
        }
        ::skywalking_runtime::__private::Opening::enter(__skywalking_opening)
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    ::skywalking_runtime::__private::seen(
        (),
        |()| -> Result<u64, std::num::ParseIntError> {
            #[allow(unused_braces)] { "x".parse() }
        },
        |__skywalking_returned: &Result<u64, std::num::ParseIntError>| {
            use ::skywalking_runtime::__private::{
                ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _,
                ViaName as _, ViaNothing as _,
            };
            (&&&&&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                .__skywalking_note(::skywalking_runtime::__private::Severity::Error);
        },
    )
}

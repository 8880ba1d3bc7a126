fn get(status: u16) -> Response {
    if false {
        use ::skywalking_runtime::__private::{
            MakesFuture as _, MakesHeldFuture as _, MakesHeldStream as _,
            MakesStream as _, MakesValue as _,
        };
        (&&&&&::skywalking_runtime::__private::Made::<Response>::by_type())
            .__skywalking_made();
    }
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                ::skywalking_runtime::__private::SpanKind::Exit,
                "GET:/stock",
                ::core::file!(),
                ::core::line!(),
            )
            .layer(::skywalking_runtime::__private::SpanLayer::Http)
            .peer("stock:8080");
        &__SKYWALKING_CALLSITE
    });
    ::skywalking_runtime::__private::seen(
        (status,),
        |(status,)| -> Response {
            let _ = &status;
            #[allow(unused_braces)] { Response { status } }
        },
        |__skywalking_returned: &Response| {
            use ::skywalking_runtime::__private::{
                CauseOfError as _, CauseThroughDeref as _, KindOfError as _,
                KindOfValue as _, NoCause as _,
            };
            if ::skywalking_runtime::__private::recording() {
                let __skywalking_quiet = ::skywalking_runtime::__private::Quiet::begin();
                let __skywalking_message = failure(__skywalking_returned);
                ::skywalking_runtime::__private::Quiet::end(__skywalking_quiet);
                ::skywalking_runtime::__private::note_message(
                    __skywalking_message,
                    (&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                        .__skywalking_kind(),
                    &|| {
                        (&&&::skywalking_runtime::__private::Returned(
                            __skywalking_returned,
                        ))
                            .__skywalking_cause()
                    },
                    ::skywalking_runtime::__private::Severity::Error,
                );
            }
        },
    )
}

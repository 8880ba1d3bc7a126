fn user(id: u64) -> Result<String, Box<dyn std::error::Error>> {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open_entry({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                ::skywalking_runtime::__private::SpanKind::Entry,
                "/users/{id}",
                ::core::file!(),
                ::core::line!(),
            )
            .layer(::skywalking_runtime::__private::SpanLayer::Http);
        &__SKYWALKING_CALLSITE
    });
    ::skywalking_runtime::__private::seen(
        (id,),
        |(id,)| -> Result<String, Box<dyn std::error::Error>> {
            let _ = &id;
            #[allow(unused_braces)]
            {
                if id == 0 {
                    Err(NotFound.into())
                } else {
                    Err("the database is away".into())
                }
            }
        },
        |__skywalking_returned: &Result<String, Box<dyn std::error::Error>>| {
            use ::skywalking_runtime::__private::{
                ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _,
                ViaName as _, ViaNothing as _,
            };
            (&&&&&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                .__skywalking_note({
                    use ::skywalking_runtime::__private::{
                        IsBoxed as _, IsBoxedAndSent as _, IsItself as _, IsNothing as _,
                    };
                    ::skywalking_runtime::__private::Severity::unless(
                        (&&&&::skywalking_runtime::__private::Returned(
                            __skywalking_returned,
                        ))
                            .__skywalking_is::<NotFound>(),
                    )
                });
        },
    )
}

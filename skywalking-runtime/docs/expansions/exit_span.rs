async fn check(address: &str, mut req: Req) -> Result<Req, std::io::Error> {
    ::skywalking_runtime::__private::Traced::with_return(
            async move {
                let _ = &req;
                let _ = &address;
                if ::skywalking_runtime::__private::enabled() {
                    let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
                        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                                ::skywalking_runtime::__private::SpanKind::Exit,
                                "/stock/check",
                                ::core::file!(),
                                ::core::line!(),
                            )
                            .layer(::skywalking_runtime::__private::SpanLayer::Rpc);
                        &__SKYWALKING_CALLSITE
                    });
                    if ::skywalking_runtime::__private::Opening::wants_tags(
                        &mut __skywalking_opening,
                    ) {
                        match &address {
                            __skywalking_value => {
                                ::skywalking_runtime::__private::Opening::peer(
                                    &mut __skywalking_opening,
                                    __skywalking_value,
                                );
                            }
                        }
                    }
                    ::skywalking_runtime::__private::Opening::begin(
                        __skywalking_opening,
                    );
                }
                if ::skywalking_runtime::__private::wants_inject() {
                    use ::skywalking_runtime::__private::Place as _;
                    ::skywalking_runtime::__private::inject(req.__skywalking_place());
                }
                if false {
                    return ::skywalking_runtime::__private::never_made::<
                        Result<Req, std::io::Error>,
                    >();
                }
                #[allow(unused_braces)] { Ok(req) }
            },
            |__skywalking_returned: &Result<Req, std::io::Error>| {
                use ::skywalking_runtime::__private::{
                    ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _,
                    ViaName as _, ViaNothing as _,
                };
                (&&&&&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                    .__skywalking_note(::skywalking_runtime::__private::Severity::Error);
            },
        )
        .await
}

fn post(request: &mut Request) -> usize {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                ::skywalking_runtime::__private::SpanKind::Exit,
                "POST:/stock",
                ::core::file!(),
                ::core::line!(),
            )
            .layer(::skywalking_runtime::__private::SpanLayer::Http)
            .peer("stock:8080");
        &__SKYWALKING_CALLSITE
    });
    if ::skywalking_runtime::__private::wants_inject() {
        use ::skywalking_runtime::__private::Place as _;
        ::skywalking_runtime::__private::inject((request.headers).__skywalking_place());
    }
    #[allow(unused_braces)] { request.headers.len() }
}

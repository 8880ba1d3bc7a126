fn render() {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                ::skywalking_runtime::__private::SpanKind::Local,
                "render",
                ::core::file!(),
                ::core::line!(),
            )
            .tags(&[("x-le", "{\"logic-span\":true}")]);
        &__SKYWALKING_CALLSITE
    });
    #[allow(unused_braces)] {}
}

fn tick() {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                ::skywalking_runtime::__private::SpanKind::Local,
                "tick",
                ::core::file!(),
                ::core::line!(),
            )
            .orphans(::skywalking_runtime::__private::Orphans::Skip);
        &__SKYWALKING_CALLSITE
    });
    #[allow(unused_braces)] {}
}

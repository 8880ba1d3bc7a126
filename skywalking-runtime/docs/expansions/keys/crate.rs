fn plan() {
    let __skywalking_span = company::tracing::__private::Scope::open({
        static __SKYWALKING_CALLSITE: company::tracing::__private::Callsite = company::tracing::__private::Callsite::located(
            company::tracing::__private::SpanKind::Local,
            "plan",
            ::core::file!(),
            ::core::line!(),
        );
        &__SKYWALKING_CALLSITE
    });
    #[allow(unused_braces)] {}
}

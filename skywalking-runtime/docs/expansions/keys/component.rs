fn insert() {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                ::skywalking_runtime::__private::SpanKind::Exit,
                "orders/insert",
                ::core::file!(),
                ::core::line!(),
            )
            .component(component::POSTGRESQL)
            .layer(::skywalking_runtime::__private::SpanLayer::Database)
            .peer("db:5432");
        &__SKYWALKING_CALLSITE
    });
    #[allow(unused_braces)] {}
}

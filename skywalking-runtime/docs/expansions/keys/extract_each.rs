fn consume(messages: &[Message]) -> usize {
    let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
        let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Entry,
                    "orders/consume",
                    ::core::file!(),
                    ::core::line!(),
                )
                .layer(::skywalking_runtime::__private::SpanLayer::Mq);
            &__SKYWALKING_CALLSITE
        });
        if ::skywalking_runtime::__private::Opening::wants_headers(
            &mut __skywalking_opening,
        ) {
            ::skywalking_runtime::__private::Opening::extract_each(
                &mut __skywalking_opening,
                messages,
            );
        }
        ::skywalking_runtime::__private::Opening::enter(__skywalking_opening)
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    #[allow(unused_braces)] { messages.len() }
}

async fn send(message: Message) -> u64 {
    ::skywalking_runtime::__private::Traced::new(async move {
            let _ = &message;
            if ::skywalking_runtime::__private::enabled() {
                let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
                    static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                        ::skywalking_runtime::__private::SpanKind::Entry,
                        "/mail/send",
                        ::core::file!(),
                        ::core::line!(),
                    );
                    &__SKYWALKING_CALLSITE
                });
                if ::skywalking_runtime::__private::Opening::wants_headers(
                    &mut __skywalking_opening,
                ) {
                    ::skywalking_runtime::__private::Opening::extract(
                        &mut __skywalking_opening,
                        &message,
                    );
                }
                ::skywalking_runtime::__private::Opening::begin(__skywalking_opening);
            }
            if false {
                return ::skywalking_runtime::__private::never_made::<u64>();
            }
            #[allow(unused_braces)] { message.user }
        })
        .await
}

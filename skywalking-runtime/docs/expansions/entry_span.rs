fn user(headers: &str, id: u64) -> String {
    let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
        let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Entry,
                    "/users",
                    ::core::file!(),
                    ::core::line!(),
                )
                .layer(::skywalking_runtime::__private::SpanLayer::Http);
            &__SKYWALKING_CALLSITE
        });
        if ::skywalking_runtime::__private::Opening::wants_headers(
            &mut __skywalking_opening,
        ) {
            ::skywalking_runtime::__private::Opening::extract(
                &mut __skywalking_opening,
                &headers,
            );
        }
        if ::skywalking_runtime::__private::Opening::wants_tags(
            &mut __skywalking_opening,
        ) {
            match &id {
                __skywalking_value => {
                    use ::skywalking_runtime::__private::{PutDisplay as _, PutRaw as _};
                    (&::skywalking_runtime::__private::Plain(__skywalking_value))
                        .__skywalking_put(&mut __skywalking_opening, "user.id");
                }
            }
        }
        ::skywalking_runtime::__private::Opening::enter(__skywalking_opening)
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    #[allow(unused_braces)] { format!("user {id}") }
}

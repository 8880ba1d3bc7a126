fn get(key: &str) -> Option<String> {
    let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
        let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Exit,
                    "redis/get",
                    ::core::file!(),
                    ::core::line!(),
                )
                .layer(::skywalking_runtime::__private::SpanLayer::Cache)
                .peer("cache:6379")
                .tags(
                    &[
                        ("cache.type", "redis"),
                        ("cache.op", "read"),
                        ("cache.cmd", "GET"),
                    ],
                );
            &__SKYWALKING_CALLSITE
        });
        if ::skywalking_runtime::__private::Opening::wants_tags(
            &mut __skywalking_opening,
        ) {
            match &key {
                __skywalking_value => {
                    use ::skywalking_runtime::__private::{PutDisplay as _, PutRaw as _};
                    (&::skywalking_runtime::__private::Plain(__skywalking_value))
                        .__skywalking_put(&mut __skywalking_opening, "cache.key");
                }
            }
        }
        ::skywalking_runtime::__private::Opening::enter(__skywalking_opening)
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    #[allow(unused_braces)] { None }
}

fn get(pool: &Pool, key: &str) -> Option<String> {
    let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
        let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Exit,
                    "redis/get",
                    ::core::file!(),
                    ::core::line!(),
                )
                .layer(::skywalking_runtime::__private::SpanLayer::Cache)
                .tags(&[("cache.type", "redis")]);
            &__SKYWALKING_CALLSITE
        });
        if ::skywalking_runtime::__private::Opening::wants_tags(
            &mut __skywalking_opening,
        ) {
            {
                let __skywalking_quiet = ::skywalking_runtime::__private::Quiet::begin();
                match &format_args!("{}:{}", pool.host, pool.port) {
                    __skywalking_value => {
                        ::skywalking_runtime::__private::Quiet::end(__skywalking_quiet);
                        ::skywalking_runtime::__private::Opening::peer(
                            &mut __skywalking_opening,
                            __skywalking_value,
                        );
                    }
                }
            }
        }
        ::skywalking_runtime::__private::Opening::enter(__skywalking_opening)
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    #[allow(unused_braces)] { None }
}

impl Job {
    fn run(&self) -> u32 {
        let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
            let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
                static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Local,
                    ::core::concat!(::core::module_path!(), "::", "run"),
                    ::core::file!(),
                    ::core::line!(),
                );
                &__SKYWALKING_CALLSITE
            });
            if ::skywalking_runtime::__private::Opening::wants_name(
                &mut __skywalking_opening,
            ) {
                {
                    let __skywalking_quiet = ::skywalking_runtime::__private::Quiet::begin();
                    match &format_args!("job/{}", self.queue) {
                        __skywalking_value => {
                            ::skywalking_runtime::__private::Quiet::end(
                                __skywalking_quiet,
                            );
                            ::skywalking_runtime::__private::Opening::name(
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
        #[allow(unused_braces)] { 42 }
    }
}

fn export(rows: &[u32], timeout: Duration, user: &str) {
    let __skywalking_span = if ::skywalking_runtime::__private::enabled() {
        let mut __skywalking_opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
                    ::skywalking_runtime::__private::SpanKind::Local,
                    "export",
                    ::core::file!(),
                    ::core::line!(),
                )
                .tags(&[("format", "csv")]);
            &__SKYWALKING_CALLSITE
        });
        if ::skywalking_runtime::__private::Opening::wants_tags(
            &mut __skywalking_opening,
        ) {
            {
                let __skywalking_quiet = ::skywalking_runtime::__private::Quiet::begin();
                match &(rows.len()) {
                    __skywalking_value => {
                        ::skywalking_runtime::__private::Quiet::end(__skywalking_quiet);
                        use ::skywalking_runtime::__private::{
                            PutDisplay as _, PutRaw as _,
                        };
                        (&::skywalking_runtime::__private::Plain(__skywalking_value))
                            .__skywalking_put(&mut __skywalking_opening, "rows");
                    }
                }
            }
            match &timeout {
                __skywalking_value => {
                    ::skywalking_runtime::__private::Opening::tag_debug(
                        &mut __skywalking_opening,
                        "timeout",
                        __skywalking_value,
                    );
                }
            }
            match &user {
                __skywalking_value => {
                    use ::skywalking_runtime::__private::{PutDisplay as _, PutRaw as _};
                    (&::skywalking_runtime::__private::Plain(__skywalking_value))
                        .__skywalking_put(&mut __skywalking_opening, "user");
                }
            }
        }
        ::skywalking_runtime::__private::Opening::enter(__skywalking_opening)
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    #[allow(unused_braces)] {}
}

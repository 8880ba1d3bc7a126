fn search(query: &str) -> Result<Page, String> {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
            ::skywalking_runtime::__private::SpanKind::Local,
            "search",
            ::core::file!(),
            ::core::line!(),
        );
        &__SKYWALKING_CALLSITE
    });
    ::skywalking_runtime::__private::seen(
        (query,),
        |(query,)| -> Result<Page, String> {
            let _ = &query;
            #[allow(unused_braces)]
            {
                if query.is_empty() {
                    return Err("no query".to_owned());
                }
                Ok(Page {
                    title: query.to_uppercase(),
                    hits: vec![1, 2],
                })
            }
        },
        |__skywalking_returned: &Result<Page, String>| {
            {
                use ::skywalking_runtime::__private::{
                    ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _,
                    ViaName as _, ViaNothing as _,
                };
                (&&&&&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                    .__skywalking_note(::skywalking_runtime::__private::Severity::Error);
            }
            if ::skywalking_runtime::__private::recording() {
                let __skywalking_of = {
                    use ::skywalking_runtime::__private::{
                        ValueOfAny as _, ValueOfOk as _,
                    };
                    (&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                        .__skywalking_value()
                };
                if let ::core::option::Option::Some(__skywalking_of) = __skywalking_of {
                    {
                        let page = __skywalking_of;
                        {
                            let __skywalking_quiet = ::skywalking_runtime::__private::Quiet::begin();
                            match &(page.hits.len()) {
                                __skywalking_value => {
                                    ::skywalking_runtime::__private::Quiet::end(
                                        __skywalking_quiet,
                                    );
                                    use ::skywalking_runtime::__private::{
                                        PutDisplay as _, PutRaw as _,
                                    };
                                    (&::skywalking_runtime::__private::Plain(
                                        __skywalking_value,
                                    ))
                                        .__skywalking_put(
                                            &mut ::skywalking_runtime::__private::OfReturned,
                                            "hits",
                                        );
                                }
                            }
                        }
                    }
                    {
                        let page = __skywalking_of;
                        {
                            let __skywalking_quiet = ::skywalking_runtime::__private::Quiet::begin();
                            match &(page.title.as_str()) {
                                __skywalking_value => {
                                    ::skywalking_runtime::__private::Quiet::end(
                                        __skywalking_quiet,
                                    );
                                    use ::skywalking_runtime::__private::{
                                        PutDisplay as _, PutRaw as _,
                                    };
                                    (&::skywalking_runtime::__private::Plain(
                                        __skywalking_value,
                                    ))
                                        .__skywalking_put(
                                            &mut ::skywalking_runtime::__private::OfReturned,
                                            "title",
                                        );
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

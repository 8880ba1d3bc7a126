fn plan(user: u64) -> impl Future<Output = Result<u64, String>> {
    let mut __skywalking_opening = ::skywalking_runtime::__private::Prepared::new({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
            ::skywalking_runtime::__private::SpanKind::Local,
            "plan",
            ::core::file!(),
            ::core::line!(),
        );
        &__SKYWALKING_CALLSITE
    });
    if ::skywalking_runtime::__private::Prepared::wants_tags(&mut __skywalking_opening) {
        match &user {
            __skywalking_value => {
                use ::skywalking_runtime::__private::{PutDisplay as _, PutRaw as _};
                (&::skywalking_runtime::__private::Plain(__skywalking_value))
                    .__skywalking_put(&mut __skywalking_opening, "user");
            }
        }
    }
    ::skywalking_runtime::__private::wrapped(
        (user,),
        |(user,)| -> _ {
            let _ = &user;
            {
                let nobody = user == 0;
                async move { if nobody { Err("nobody".to_owned()) } else { Ok(user) } }
            }
        },
        |__skywalking_returned| ::skywalking_runtime::__private::Prepared::future_with_return(
            __skywalking_opening,
            __skywalking_returned,
            |__skywalking_returned: &Result<u64, String>| {
                use ::skywalking_runtime::__private::{
                    ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _,
                    ViaName as _, ViaNothing as _,
                };
                (&&&&&&::skywalking_runtime::__private::Returned(__skywalking_returned))
                    .__skywalking_note(::skywalking_runtime::__private::Severity::Error);
            },
        ),
    )
}

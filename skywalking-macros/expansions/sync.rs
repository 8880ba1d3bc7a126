// #[entry_span(name = "/API/Snapshot", layer = http, extract = headers, tags("version" = 1, user))]
// fn snapshot(headers: &Headers, user: u64) -> String {
//     render(user)
// }

fn snapshot(headers: &Headers, user: u64) -> String {
    let __span = if ::skywalking_runtime::__private::enabled() {
        let mut __opening = ::skywalking_runtime::__private::Opening::new({
            static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::new(
                    ::skywalking_runtime::__private::Kind::Entry,
                    "/API/Snapshot",
                )
                .layer(::skywalking_runtime::__private::Layer::Http)
                .tags(&[("version", "1")])
                .at(::core::file!(), ::core::line!());
            &__SKYWALKING_CALLSITE
        });
        if __opening.wants_headers() {
            __opening.extract(&headers);
        }
        if __opening.recording() {
            match &user {
                __value_0 => {
                    use ::skywalking_runtime::__private::{PutDisplay as _, PutRaw as _};
                    (&::skywalking_runtime::__private::Plain(__value_0))
                        .put(&mut __opening, "user");
                }
            }
        }
        __opening.enter()
    } else {
        ::skywalking_runtime::__private::Scope::NONE
    };
    #[allow(unused_braces)] { render(user) }
}

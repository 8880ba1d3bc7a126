fn prepare(user: u64) -> impl Future<Output = u64> {
    let __skywalking_span = ::skywalking_runtime::__private::Scope::open({
        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::located(
            ::skywalking_runtime::__private::Kind::Local,
            "prepare",
            ::core::file!(),
            ::core::line!(),
        );
        &__SKYWALKING_CALLSITE
    });
    {
        let user = user + 1;
        async move { user }
    }
}

// #[exit_span(name = "/Service/OnSnapshot", peer = rpc.address(), inject = req)]
// async fn call(rpc: &Rpc, mut req: Req) -> Result<String, RpcError> {
//     rpc.call("Req.Snapshot", &req).await
// }

async fn call(rpc: &Rpc, mut req: Req) -> Result<String, RpcError> {
    ::skywalking_runtime::__private::Traced::with_return(
            async move {
                let _ = &req;
                let _ = &rpc;
                if ::skywalking_runtime::__private::enabled() {
                    let mut __opening = ::skywalking_runtime::__private::Opening::new({
                        static __SKYWALKING_CALLSITE: ::skywalking_runtime::__private::Callsite = ::skywalking_runtime::__private::Callsite::new(
                                ::skywalking_runtime::__private::Kind::Exit,
                                "/Service/OnSnapshot",
                            )
                            .at(::core::file!(), ::core::line!());
                        &__SKYWALKING_CALLSITE
                    });
                    if __opening.recording() {
                        match &rpc.address() {
                            __value_0 => {
                                __opening.peer(__value_0);
                            }
                        }
                    }
                    __opening.begin();
                }
                if ::skywalking_runtime::__private::wants_inject() {
                    ::skywalking_runtime::__private::inject({
                        use ::skywalking_runtime::__private::Place as _;
                        req.__skywalking_place()
                    });
                }
                #[allow(unreachable_code)]
                if false {
                    let __ret: Result<String, RpcError> = loop {};
                    return __ret;
                }
                #[allow(unused_braces)] { rpc.call("Req.Snapshot", &req).await }
            },
            |__ret: &Result<String, RpcError>| {
                use ::skywalking_runtime::__private::{
                    ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _,
                    ViaName as _, ViaNothing as _,
                };
                (&&&&&&::skywalking_runtime::__private::Returned(__ret))
                    .note(::skywalking_runtime::__private::Severity::Error);
            },
        )
        .await
}

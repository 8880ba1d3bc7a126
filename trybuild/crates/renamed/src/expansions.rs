//! Each kind of expansion: sync and async, with and without arguments, with an error, with carriers.
//!
//! For every crate with its own path of the runtime: `near` is used as written, `far` with a leading
//! `::`.

macro_rules! expansions {
    (near: $($near:ident)::+, far: $($far:ident)::+) => {
        use std::pin::Pin;

        use ::$($far)::+::{Carrier, entry_span, exit_span, local_span, skip_span};
        use skywalking_trybuild::{block_on, spans};

        #[derive(Carrier)]
        #[carrier(crate = $($near)::+)]
        struct Message {
            #[carrier]
            header: String,
        }

        #[derive(Carrier, Default)]
        #[carrier(crate = ::$($far)::+)]
        struct Parts {
            #[carrier(header = "sw8")]
            trace: Option<String>,
        }

        #[entry_span(name = "/a", extract = message, layer = http, tags("len" = message.header.len(), "d" = ?message.header, "s" = %1), crate = $($near)::+)]
        async fn entry(message: Message) -> Result<usize, String> {
            let mut parts = Parts::default();
            exit(&mut parts, 7).map_err(|error| error.to_string())?;
            sent(String::new()).await;
            local();
            Err(parts.trace.unwrap_or_default().len().min(1).to_string())
        }

        #[exit_span(peer = format_args!("a:{n}"), inject = parts, crate = ::$($far)::+)]
        fn exit(parts: &mut Parts, n: u8) -> Result<(), std::fmt::Error> {
            Ok(())
        }

        #[exit_span(peer = "b:1", inject = message, component = 2, crate = $($near)::+)]
        async fn sent(mut message: String) {
            assert!(message.starts_with("sw8:"));
            message.clear();
        }

        #[local_span(crate = $($near)::+)]
        fn local() {}

        struct Type;

        #[local_span(names = "{type}.{fn}", err(Display), err_ignore(u8), crate = $($near)::+)]
        impl Type {
            fn failing(&self, mut n: u8) -> Result<u8, String> {
                n += self.skipped();
                Err(n.to_string())
            }

            #[skip_span]
            fn skipped(&self) -> u8 {
                1
            }

            /// The block's `crate` applies here too.
            #[entry_span(extract_each = headers, ret_tags("n" = |n| *n, "debug" = ?|n| n))]
            async fn own(&self, headers: [&str; 1], n: u8) -> Result<u8, u8> {
                Ok(n)
            }

            #[exit_span(peer = "c:1", covers = future, crate = ::$($far)::+)]
            fn future(&self, n: u8) -> impl Future<Output = Result<u8, String>> + use<> {
                async move { Ok(n) }
            }
        }

        #[local_span(covers = stream, crate = $($near)::+)]
        fn stream() -> Pin<Box<dyn futures::Stream<Item = u8>>> {
            Box::pin(futures::stream::iter([1]))
        }

        #[test]
        fn impl_block_and_covered_future() {
            spans(|| {
                assert!(Type.failing(1).is_err());
                assert_eq!(
                    (block_on(Type.own([""], 1)), block_on(Type.future(2)), block_on(futures::StreamExt::count(stream()))),
                    (Ok(1), Ok(2), 1)
                );
            })
            .are(
                &"
                Local Type.failing ERROR [event=error error.kind=alloc::string::String message=2]
                Entry Type.own {n=1, debug=1}
                Exit Type.future peer=c:1
                Local here::stream {items=1}
                "
                .replace("here::", concat!(module_path!(), "::")),
            );
        }

        #[test]
        fn functions_and_carriers() {
            spans(|| assert_eq!(block_on(entry(Message { header: String::new() })), Err("1".to_owned()))).are(
                &"
                Entry /a layer=Http ERROR {s=1, len=0, d=\\\"\\\"} [event=error error.kind=alloc::string::String message=1]
                  Exit here::exit peer=a:7
                  Exit here::sent component=2 peer=b:1
                  Local here::local
                "
                .replace("here::", concat!(module_path!(), "::")),
            );
        }
    };
}

use quote::ToTokens as _;
use syn::{Type, parse_str};

use super::{
    Container, Deferred, boxed_output, container, deferred, future_output, is_result,
    may_be_deferred, may_be_result, stream_item,
};

fn ty(text: &str) -> Type {
    parse_str(text).unwrap()
}

#[test]
fn result_is_the_last_segment() {
    for yes in ["Result<u8, E>", "std::io::Result<()>", "fmt::Result", "(Result<u8, E>)"] {
        assert!(is_result(&ty(yes)), "{yes}");
    }
    for no in
        ["Option<Result<u8, E>>", "Results", "&Result<u8, E>", "Result::Ok", "()", "impl Result"]
    {
        assert!(!is_result(&ty(no)), "{no}");
    }
}

#[test]
fn deferred_by_name_or_bounds() {
    for future in [
        "impl Future<Output = u8> + Send + 'a",
        "impl Send + std::future::Future",
        "BoxFuture<'a, u8>",
        "Pin<Box<dyn Future<Output = u8> + Send>>",
        "Box<dyn Future<Output = u8>>",
        "std::pin::Pin<Box<impl Future>>",
        "Self::Future",
        "<S as Service<R>>::Future",
    ] {
        assert_eq!(deferred(&ty(future)), Some(Deferred::Future), "{future}");
    }
    for stream in [
        "impl Stream<Item = u8>",
        "futures::stream::BoxStream<'a, u8>",
        "Pin<Box<dyn Stream<Item = u8>>>",
    ] {
        assert_eq!(deferred(&ty(stream)), Some(Deferred::Stream), "{stream}");
    }
    for now in [
        "u8",
        "Box<u8>",
        "impl Iterator<Item = u8>",
        "Result<u8, E>",
        "Box<dyn Fn() -> BoxFuture<'a, u8>>",
        "TcpStream",
        "Pin<&mut T>",
        "quic::Stream",
    ] {
        assert_eq!(deferred(&ty(now)), None, "{now}");
    }
}

#[test]
fn boxed_future_output() {
    let output = |text| boxed_output(&ty(text)).map(|output| output.to_token_stream().to_string());
    assert_eq!(output("Pin<Box<dyn Future<Output = u8> + Send + 'a>>").as_deref(), Some("u8"));
    assert_eq!(
        output("::core::pin::Pin<Box<dyn ::core::future::Future<Output = ()>>>").as_deref(),
        Some("()")
    );
    assert_eq!(output("Box<dyn Future<Output = u8>>"), None);
    assert_eq!(output("Pin<Box<dyn Stream<Item = u8>>>"), None);
}

#[test]
fn output_of_a_future_is_found_in_each_container() {
    for (written, output, held) in [
        ("impl Future<Output = u8> + Send + 'a", Some("u8"), Container::Opaque),
        (
            "impl Send + Future<Output = Result<u8, E>>",
            Some("Result < u8 , E >"),
            Container::Opaque,
        ),
        ("futures::future::BoxFuture<'a, u8>", Some("u8"), Container::Typed),
        ("LocalBoxFuture<'_, ()>", Some("()"), Container::Typed),
        ("Pin<Box<dyn Future<Output = u8> + Send>>", Some("u8"), Container::Typed),
        ("Box<dyn Future<Output = u8> + Unpin>", Some("u8"), Container::Typed),
        ("Pin<Box<impl Future<Output = u8>>>", Some("u8"), Container::Pinned),
        ("Box<dyn FusedFuture<Output = u8> + Unpin>", None, Container::Boxed),
        ("impl TryFuture<Ok = u8>", None, Container::Opaque),
        ("Self::Future", None, Container::Typed),
        ("Later<'a, u8>", None, Container::Typed),
        ("BoxFuture<u8, E>", None, Container::Typed),
    ] {
        let found = ty(written);
        assert_eq!(
            future_output(&found).map(|output| output.to_token_stream().to_string()).as_deref(),
            output,
            "{written}"
        );
        assert_eq!(container(&found), held, "{written}");
    }
}

#[test]
fn item_of_a_stream_is_found_in_each_container() {
    for (written, item) in [
        ("impl Stream<Item = u8> + Send + 'a", Some("u8")),
        ("BoxStream<'a, io::Result<u8>>", Some("io :: Result < u8 >")),
        ("Pin<Box<dyn Stream<Item = u8> + Send>>", Some("u8")),
        ("impl TryStream<Ok = u8>", None),
        ("Rows<'a>", None),
        ("BoxFuture<'a, u8>", None),
    ] {
        assert_eq!(
            stream_item(&ty(written)).map(|item| item.to_token_stream().to_string()).as_deref(),
            item,
            "{written}"
        );
    }
}

#[test]
fn aliases_may_be_results_or_deferred() {
    let generics: syn::Generics = syn::parse_str("<'a, T, const N: usize>").unwrap();
    for (written, fails, runs_later) in [
        ("Answer", true, true),
        ("crate::Answer<'a, u8>", true, true),
        ("Self::Output", true, true),
        ("ty!()", true, true),
        ("T", false, true),
        ("Self", false, true),
        ("Box<Self>", false, true),
        ("Pin<Box<F>>", false, true),
        ("Pin<&mut F>", false, false),
        ("Box<dyn Display>", false, false),
        ("Pin<Box<dyn Future<Output = u8>>>", false, true),
        ("Vec<Answer>", false, false),
        ("std::time::Duration", false, false),
        ("&Answer", false, false),
        ("(Answer, u8)", false, false),
        ("impl Answers", false, false),
    ] {
        assert_eq!(
            (may_be_result(&ty(written), &generics), may_be_deferred(&ty(written))),
            (fails, runs_later),
            "{written}"
        );
    }
    for held in
        ["Result<Pin<Box<dyn Future>>, E>", "io::Result<impl Stream>", "Option<JoinHandle<u8>>"]
    {
        assert!(may_be_deferred(&ty(held)), "{held}");
    }
    for plain in ["Result<u8, E>", "fmt::Result", "Result<Answer, E>", "Option<&F>"] {
        assert!(!may_be_deferred(&ty(plain)), "{plain}");
    }
}

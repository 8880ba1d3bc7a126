//! What can be read off a return type. Types are known by their last segment alone: a macro sees
//! words, not types.

use std::fmt::{self, Display};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{
    GenericArgument, Generics, Path, PathArguments, PathSegment, ReturnType, Type, TypeParamBound,
};

/// A value that does its work after the function has returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Later {
    /// `impl Future`, `BoxFuture`, `Pin<Box<dyn Future>>` and the like.
    Future,
    /// The same with `Stream`.
    Stream,
}

impl Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Future => "future",
            Self::Stream => "stream",
        })
    }
}

/// The written return type, without the invisible groups and parentheses around it.
pub(crate) fn written(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(bare(ty)),
    }
}

/// Whether the type's last segment is `Result`.
pub(crate) fn is_result(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Result")
}

/// Whether the type is a path, which may be an alias of a `Result`.
pub(crate) fn may_be_alias(ty: &Type) -> bool {
    matches!(bare(ty), Type::Path(_) | Type::Macro(_))
}

/// Types of the standard library that are no `Result`, and neither future nor stream, whatever
/// their arguments.
const PLAIN: [&str; 41] = [
    "bool",
    "char",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "String",
    "Vec",
    "VecDeque",
    "BTreeMap",
    "BTreeSet",
    "HashMap",
    "HashSet",
    "BinaryHeap",
    "LinkedList",
    "Option",
    "Rc",
    "Arc",
    "Weak",
    "Cow",
    "Cell",
    "RefCell",
    "PathBuf",
    "OsString",
    "CString",
    "Duration",
    "Instant",
    "SystemTime",
    "Ordering",
    "Poll",
];

/// Whether the type can be a `Result` under another name: only its value tells.
pub(crate) fn may_fail(ty: &Type, generics: &Generics) -> bool {
    let known = |last: &PathSegment| {
        let name = last.ident.to_string();
        let boxed =
            ["Box", "Pin", "BoxFuture", "LocalBoxFuture", "BoxStream", "LocalBoxStream", "Self"];
        PLAIN.contains(&name.as_str()) || boxed.contains(&name.as_str())
    };
    may_be_alias(ty) && !last_segment(ty).is_some_and(known) && !is_parameter(ty, generics)
}

/// Whether the type can be a future or a stream under another name: only its value tells.
pub(crate) fn may_run_later(ty: &Type) -> bool {
    let Some(last) = last_segment(ty) else { return may_be_alias(ty) };
    match last.ident.to_string().as_str() {
        "Result" => false,
        "Pin" | "Box" => first_type_argument(last).map(bare).is_none_or(|inner| match inner {
            Type::Reference(_) => false,
            Type::TraitObject(_) => later(inner).is_some(),
            inner => may_run_later(inner),
        }),
        name => !PLAIN.contains(&name),
    }
}

/// Whether the type hides, by an `impl Trait`, whether it is a future or a stream.
pub(crate) fn runs_hidden(ty: &Type) -> bool {
    matches!(bare(ty), Type::ImplTrait(_)) || (hides(ty) && may_run_later(ty))
}

/// Whether the type is `Self`.
pub(crate) fn is_self(ty: &Type) -> bool {
    matches!(bare(ty), Type::Path(path) if path.path.is_ident("Self"))
}

/// Whether the type is a type parameter of the function itself.
fn is_parameter(ty: &Type, generics: &Generics) -> bool {
    matches!(bare(ty), Type::Path(path) if generics.type_params().any(|param| path.path.is_ident(&param.ident)))
}

/// What stands for the type where something is shown at it.
pub(crate) fn place(ty: &Type) -> Span {
    last_segment(ty).map_or_else(|| ty.span(), |last| last.ident.span())
}

/// Whether an `impl Trait` is in the type, which can't be written inside a body.
pub(crate) fn hides(ty: &Type) -> bool {
    has_word(ty.to_token_stream(), |word| word == "impl")
}

fn has_word(tokens: TokenStream, is: fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => is(&word),
        TokenTree::Group(group) => has_word(group.stream(), is),
        _ => false,
    })
}

/// Whether the returned value runs after the function has returned.
pub(crate) fn later(ty: &Type) -> Option<Later> {
    let ty = bare(ty);
    if let Some(bounds) = bounds(ty) {
        return bounds.iter().filter_map(bound_segment).find_map(|last| {
            match last.ident.to_string().as_str() {
                "Future" | "TryFuture" | "FusedFuture" => Some(Later::Future),
                "Stream" | "TryStream" | "FusedStream" => Some(Later::Stream),
                _ => None,
            }
        });
    }
    let last = last_segment(ty)?;
    match last.ident.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => Some(Later::Future),
        "BoxStream" | "LocalBoxStream" => Some(Later::Stream),
        "Pin" | "Box" => later(first_type_argument(last)?),
        // `Self::Future`, `<S as Service<R>>::Future`.
        "Future" if is_associated(ty) => Some(Later::Future),
        "Stream" if is_associated(ty) => Some(Later::Stream),
        _ => None,
    }
}

fn is_associated(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_some() || path.path.segments.first().is_some_and(|first| first.ident == "Self"))
}

/// `T` of `Pin<Box<dyn Future<Output = T> + ..>>`, the type that `#[async_trait]` writes.
pub(crate) fn boxed_output(ty: &Type) -> Option<&Type> {
    let pin = last_segment(ty).filter(|last| last.ident == "Pin")?;
    let boxed = last_segment(first_type_argument(pin)?).filter(|last| last.ident == "Box")?;
    matches!(bare(first_type_argument(boxed)?), Type::TraitObject(_))
        .then(|| future_output(ty))
        .flatten()
}

/// How a returned future or stream is held, so that a wrapper around it can be held likewise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    /// `impl Trait`: by itself.
    Opaque,
    /// `Box<impl Trait>`, or a trait object of another trait than `Future` and `Stream` themselves.
    Boxed,
    /// The same in a `Pin<Box<..>>`.
    Pinned,
    /// `Pin<Box<dyn Future>>`, `BoxFuture`, `Self::Future`, and whatever else may be one by another
    /// name: its type tells.
    Typed,
}

/// How the type is held.
pub(crate) fn holder(ty: &Type) -> Holder {
    let Some(last) = last_segment(ty) else { return Holder::Opaque };
    let inner = first_type_argument(last);
    let coerced = |inner: &Type| {
        hides(inner) || has_word(inner.to_token_stream(), |word| word == "dyn") && !is_object(inner)
    };
    match (last.ident.to_string().as_str(), inner) {
        ("Box", Some(inner)) if coerced(inner) => Holder::Boxed,
        ("Pin", Some(inner)) if coerced(inner) => Holder::Pinned,
        _ => Holder::Typed,
    }
}

/// `dyn Future` or `dyn Stream`, in boxes or not.
fn is_object(ty: &Type) -> bool {
    if let Some(inner) = last_segment(ty).and_then(first_type_argument) {
        return is_object(inner);
    }
    bounds(bare(ty)).is_some_and(|bounds| {
        bounds
            .iter()
            .filter_map(bound_segment)
            .any(|last| last.ident == "Future" || last.ident == "Stream")
    })
}

/// `T` of `impl Stream<Item = T>`, `Pin<Box<dyn Stream<Item = T>>>`, `Box<dyn ..>` and
/// `BoxStream<'_, T>`.
pub(crate) fn stream_item(ty: &Type) -> Option<&Type> {
    given_by(ty, "Stream", "Item", ["BoxStream", "LocalBoxStream"])
}

/// `T` of `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`, `Box<dyn ..>` and
/// `BoxFuture<'_, T>`.
pub(crate) fn future_output(ty: &Type) -> Option<&Type> {
    given_by(ty, "Future", "Output", ["BoxFuture", "LocalBoxFuture"])
}

/// The type that a trait of this name gives under that one, also behind one of the aliases.
fn given_by<'a>(ty: &'a Type, name: &str, given: &str, aliases: [&str; 2]) -> Option<&'a Type> {
    let ty = bare(ty);
    if let Some(bounds) = bounds(ty) {
        let bound = bounds.iter().filter_map(bound_segment).find(|last| last.ident == name)?;
        let PathArguments::AngleBracketed(arguments) = &bound.arguments else { return None };
        return arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(binding) if binding.ident == given => {
                Some(bare(&binding.ty))
            }
            _ => None,
        });
    }
    let last = last_segment(ty)?;
    let argument = first_type_argument(last)?;
    match last.ident.to_string().as_str() {
        // Another alias of this name can have more arguments.
        alias if aliases.contains(&alias) => {
            (type_arguments(last).count() == 1).then(|| bare(argument))
        }
        "Pin" | "Box" => given_by(argument, name, given, aliases),
        _ => None,
    }
}

/// The type with each `impl Trait` replaced by `_`, so that it can be written inside a body.
pub(crate) fn nameable(ty: &Type) -> Type {
    let mut ty = ty.clone();
    erase(&mut ty);
    ty
}

fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            ty => return ty,
        };
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn bounds(ty: &Type) -> Option<&syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>> {
    match ty {
        Type::ImplTrait(ty) => Some(&ty.bounds),
        Type::TraitObject(ty) => Some(&ty.bounds),
        _ => None,
    }
}

fn bound_segment(bound: &TypeParamBound) -> Option<&PathSegment> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    }
}

fn first_type_argument(segment: &PathSegment) -> Option<&Type> {
    type_arguments(segment).next()
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn erase(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = syn::parse_quote!(_),
        Type::Array(ty) => erase(&mut ty.elem),
        Type::Group(ty) => erase(&mut ty.elem),
        Type::Paren(ty) => erase(&mut ty.elem),
        Type::Ptr(ty) => erase(&mut ty.elem),
        Type::Reference(ty) => erase(&mut ty.elem),
        Type::Slice(ty) => erase(&mut ty.elem),
        Type::Tuple(ty) => ty.elems.iter_mut().for_each(erase),
        Type::Path(ty) => {
            if let Some(qself) = &mut ty.qself {
                erase(&mut qself.ty);
            }
            erase_path(&mut ty.path);
        }
        Type::TraitObject(ty) => {
            for bound in &mut ty.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    erase_path(&mut bound.path);
                }
            }
        }
        _ => {}
    }
}

fn erase_path(path: &mut Path) {
    for segment in &mut path.segments {
        let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { continue };
        for argument in &mut arguments.args {
            match argument {
                GenericArgument::Type(ty) => erase(ty),
                GenericArgument::AssocType(binding) => erase(&mut binding.ty),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::{Type, parse_str};

    use super::{
        Holder, Later, boxed_output, future_output, holder, is_result, later, may_fail,
        may_run_later, nameable, stream_item,
    };

    fn ty(text: &str) -> Type {
        parse_str(text).unwrap()
    }

    #[test]
    fn a_result_is_known_by_its_last_segment() {
        for yes in ["Result<u8, E>", "std::io::Result<()>", "fmt::Result", "(Result<u8, E>)"] {
            assert!(is_result(&ty(yes)), "{yes}");
        }
        for no in [
            "Option<Result<u8, E>>",
            "Results",
            "&Result<u8, E>",
            "Result::Ok",
            "()",
            "impl Result",
        ] {
            assert!(!is_result(&ty(no)), "{no}");
        }
    }

    #[test]
    fn what_runs_later_is_known_by_its_name() {
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
            assert_eq!(later(&ty(future)), Some(Later::Future), "{future}");
        }
        for stream in [
            "impl Stream<Item = u8>",
            "futures::stream::BoxStream<'a, u8>",
            "Pin<Box<dyn Stream<Item = u8>>>",
        ] {
            assert_eq!(later(&ty(stream)), Some(Later::Stream), "{stream}");
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
            assert_eq!(later(&ty(now)), None, "{now}");
        }
    }

    #[test]
    fn the_output_of_a_boxed_future_is_found() {
        let output =
            |text| boxed_output(&ty(text)).map(|output| output.to_token_stream().to_string());
        assert_eq!(output("Pin<Box<dyn Future<Output = u8> + Send + 'a>>").as_deref(), Some("u8"));
        assert_eq!(
            output("::core::pin::Pin<Box<dyn ::core::future::Future<Output = ()>>>").as_deref(),
            Some("()")
        );
        assert_eq!(output("Box<dyn Future<Output = u8>>"), None);
        assert_eq!(output("Pin<Box<dyn Stream<Item = u8>>>"), None);
    }

    #[test]
    fn output_of_a_future_is_found_in_each_holder() {
        for (written, output, held) in [
            ("impl Future<Output = u8> + Send + 'a", Some("u8"), Holder::Opaque),
            (
                "impl Send + Future<Output = Result<u8, E>>",
                Some("Result < u8 , E >"),
                Holder::Opaque,
            ),
            ("futures::future::BoxFuture<'a, u8>", Some("u8"), Holder::Typed),
            ("LocalBoxFuture<'_, ()>", Some("()"), Holder::Typed),
            ("Pin<Box<dyn Future<Output = u8> + Send>>", Some("u8"), Holder::Typed),
            ("Box<dyn Future<Output = u8> + Unpin>", Some("u8"), Holder::Typed),
            ("Pin<Box<impl Future<Output = u8>>>", Some("u8"), Holder::Pinned),
            ("Box<dyn FusedFuture<Output = u8> + Unpin>", None, Holder::Boxed),
            ("impl TryFuture<Ok = u8>", None, Holder::Opaque),
            ("Self::Future", None, Holder::Typed),
            ("Later<'a, u8>", None, Holder::Typed),
            ("BoxFuture<u8, E>", None, Holder::Typed),
        ] {
            let found = ty(written);
            assert_eq!(
                future_output(&found).map(|output| output.to_token_stream().to_string()).as_deref(),
                output,
                "{written}"
            );
            assert_eq!(holder(&found), held, "{written}");
        }
    }

    #[test]
    fn item_of_a_stream_is_found_in_each_holder() {
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
    fn what_a_name_can_hide_is_known() {
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
                (may_fail(&ty(written), &generics), may_run_later(&ty(written))),
                (fails, runs_later),
                "{written}"
            );
        }
        assert!(!may_run_later(&ty("Result<u8, E>")));
    }

    #[test]
    fn a_hidden_type_is_written_as_an_underscore_wherever_it_stands() {
        for (written, nameable_type) in [
            ("impl Display", "_"),
            ("Result<impl A + 'a, impl B>", "Result<_, _>"),
            ("Option<(u8, [impl A; 2], &'a impl B)>", "Option<(u8, [_; 2], &'a _)>"),
            ("Box<dyn Iterator<Item = impl A>>", "Box<dyn Iterator<Item = _>>"),
            ("Result<Vec<u8>, E>", "Result<Vec<u8>, E>"),
        ] {
            assert_eq!(
                nameable(&ty(written)).to_token_stream().to_string(),
                ty(nameable_type).to_token_stream().to_string(),
                "{written}"
            );
        }
    }
}

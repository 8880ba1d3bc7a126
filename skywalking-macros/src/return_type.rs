//! Classifies a return type by its tokens: `Result`, future, stream.

use std::fmt::{self, Display};

use quote::ToTokens as _;
use syn::{GenericArgument, Generics, PathArguments, PathSegment, ReturnType, Type};

use crate::types::{
    bound_segment, bounds, first_type_argument, has_ident, last_segment, type_arguments, ungrouped,
};
pub(crate) use crate::types::{has_impl_trait, span, without_impl_trait};

/// A return type whose value does its work after the function has returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deferred {
    /// `impl Future`, `BoxFuture`, `Pin<Box<dyn Future>>` and the like.
    Future,
    /// The same with `Stream`.
    Stream,
}

impl Display for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Future => "future",
            Self::Stream => "stream",
        })
    }
}

/// Returns the declared return type, without the invisible groups and parentheses around it.
pub(crate) fn declared(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ungrouped(ty)),
    }
}

/// Returns whether the type's last segment is `Result`.
pub(crate) fn is_result(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Result")
}

/// Returns whether the type may be an alias of a `Result`: any path may.
pub(crate) fn may_be_alias(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::Path(_) | Type::Macro(_))
}

/// Types of the standard library that are neither a `Result` nor a future nor a stream.
const PLAIN_TYPES: [&str; 41] = [
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

/// Returns whether the type may be a `Result` under another name. Only the compiler knows.
pub(crate) fn may_be_result(ty: &Type, generics: &Generics) -> bool {
    let is_known = |last: &PathSegment| {
        let name = last.ident.to_string();
        let containers =
            ["Box", "Pin", "BoxFuture", "LocalBoxFuture", "BoxStream", "LocalBoxStream", "Self"];
        PLAIN_TYPES.contains(&name.as_str()) || containers.contains(&name.as_str())
    };
    may_be_alias(ty) && !last_segment(ty).is_some_and(is_known) && !is_type_parameter(ty, generics)
}

/// Returns whether the type may be a future or a stream under another name. Only the compiler
/// knows.
pub(crate) fn may_be_deferred(ty: &Type) -> bool {
    let Some(last) = last_segment(ty) else { return may_be_alias(ty) };
    match last.ident.to_string().as_str() {
        "Result" | "Option" => first_type_argument(last).is_some_and(suggests_deferred),
        "Pin" | "Box" => first_type_argument(last).map(ungrouped).is_none_or(|inner| match inner {
            Type::Reference(_) => false,
            Type::TraitObject(_) => deferred(inner).is_some(),
            inner => may_be_deferred(inner),
        }),
        name => !PLAIN_TYPES.contains(&name),
    }
}

/// Returns whether the name of a type in a `Result` or an `Option` suggests a future or a stream.
///
/// Only the compiler knows. The expansion does not check every `Result` of a program.
fn suggests_deferred(ty: &Type) -> bool {
    let Some(last) = last_segment(ty) else { return matches!(ungrouped(ty), Type::ImplTrait(_)) };
    match last.ident.to_string().as_str() {
        "Pin" | "Box" => may_be_deferred(ty),
        name => {
            deferred(ty).is_some()
                || ["Future", "Stream", "JoinHandle"].iter().any(|end| name.ends_with(end))
        }
    }
}

/// Returns whether the type may be a future or a stream behind an `impl Trait`.
pub(crate) fn may_be_deferred_opaque(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::ImplTrait(_)) || (has_impl_trait(ty) && may_be_deferred(ty))
}

/// Returns whether the type is `Self`.
pub(crate) fn is_self(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::Path(path) if path.path.is_ident("Self"))
}

/// Returns whether the type is a type parameter of the function.
fn is_type_parameter(ty: &Type, generics: &Generics) -> bool {
    matches!(ungrouped(ty), Type::Path(path) if generics.type_params().any(|param| path.path.is_ident(&param.ident)))
}

/// Returns whether the type is a future or a stream, by its name or its bounds.
pub(crate) fn deferred(ty: &Type) -> Option<Deferred> {
    let ty = ungrouped(ty);
    if let Some(bounds) = bounds(ty) {
        return bounds.iter().filter_map(bound_segment).find_map(|last| {
            match last.ident.to_string().as_str() {
                "Future" | "TryFuture" | "FusedFuture" => Some(Deferred::Future),
                "Stream" | "TryStream" | "FusedStream" => Some(Deferred::Stream),
                _ => None,
            }
        });
    }
    let last = last_segment(ty)?;
    match last.ident.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => Some(Deferred::Future),
        "BoxStream" | "LocalBoxStream" => Some(Deferred::Stream),
        "Pin" | "Box" => deferred(first_type_argument(last)?),
        // `Self::Future`, `<S as Service<R>>::Future`.
        "Future" if is_associated(ty) => Some(Deferred::Future),
        "Stream" if is_associated(ty) => Some(Deferred::Stream),
        _ => None,
    }
}

fn is_associated(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_some() || path.path.segments.first().is_some_and(|first| first.ident == "Self"))
}

/// Returns `T` of `Pin<Box<dyn Future<Output = T> + ..>>`, the type that `#[async_trait]`
/// generates.
pub(crate) fn boxed_output(ty: &Type) -> Option<&Type> {
    let pin = last_segment(ty).filter(|last| last.ident == "Pin")?;
    let boxed = last_segment(first_type_argument(pin)?).filter(|last| last.ident == "Box")?;
    matches!(ungrouped(first_type_argument(boxed)?), Type::TraitObject(_))
        .then(|| future_output(ty))
        .flatten()
}

/// The container of a returned future or stream. Its wrapper goes into the same one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Container {
    /// None: `impl Trait`.
    Opaque,
    /// `Box<impl Trait>`, or a boxed trait object of a trait other than `Future` and `Stream`.
    Boxed,
    /// The same in a `Pin<Box<..>>`.
    Pinned,
    /// A type that only the compiler knows: `Pin<Box<dyn Future>>`, `BoxFuture`, `Self::Future`.
    Typed,
}

/// Returns the container of the type.
pub(crate) fn container(ty: &Type) -> Container {
    let Some(last) = last_segment(ty) else { return Container::Opaque };
    let inner = first_type_argument(last);
    let is_coerced = |inner: &Type| {
        has_impl_trait(inner)
            || has_ident(inner.to_token_stream(), |word| word == "dyn") && !is_object(inner)
    };
    match (last.ident.to_string().as_str(), inner) {
        ("Box", Some(inner)) if is_coerced(inner) => Container::Boxed,
        ("Pin", Some(inner)) if is_coerced(inner) => Container::Pinned,
        _ => Container::Typed,
    }
}

/// Returns whether the type is `dyn Future` or `dyn Stream`, boxed or not.
fn is_object(ty: &Type) -> bool {
    if let Some(inner) = last_segment(ty).and_then(first_type_argument) {
        return is_object(inner);
    }
    bounds(ungrouped(ty)).is_some_and(|bounds| {
        bounds
            .iter()
            .filter_map(bound_segment)
            .any(|last| last.ident == "Future" || last.ident == "Stream")
    })
}

/// Returns `T` of `impl Stream<Item = T>`, `Pin<Box<dyn Stream<Item = T>>>`, `Box<dyn ..>` and
/// `BoxStream<'_, T>`.
pub(crate) fn stream_item(ty: &Type) -> Option<&Type> {
    associated_type(ty, "Stream", "Item", ["BoxStream", "LocalBoxStream"])
}

/// Returns `T` of `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`, `Box<dyn ..>` and
/// `BoxFuture<'_, T>`.
pub(crate) fn future_output(ty: &Type) -> Option<&Type> {
    associated_type(ty, "Future", "Output", ["BoxFuture", "LocalBoxFuture"])
}

/// Returns the associated type `assoc` of the trait `name`, also behind one of the aliases.
fn associated_type<'a>(
    ty: &'a Type,
    name: &str,
    assoc: &str,
    aliases: [&str; 2],
) -> Option<&'a Type> {
    let ty = ungrouped(ty);
    if let Some(bounds) = bounds(ty) {
        let bound = bounds.iter().filter_map(bound_segment).find(|last| last.ident == name)?;
        let PathArguments::AngleBracketed(arguments) = &bound.arguments else { return None };
        return arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(binding) if binding.ident == assoc => {
                Some(ungrouped(&binding.ty))
            }
            _ => None,
        });
    }
    let last = last_segment(ty)?;
    let argument = first_type_argument(last)?;
    match last.ident.to_string().as_str() {
        // With more arguments it is another type of the same name.
        alias if aliases.contains(&alias) => {
            (type_arguments(last).count() == 1).then(|| ungrouped(argument))
        }
        "Pin" | "Box" => associated_type(argument, name, assoc, aliases),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

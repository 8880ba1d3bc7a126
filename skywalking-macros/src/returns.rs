//! What can be read off a return type. Types are known by their last segment alone: a macro sees words, not types.

use syn::{GenericArgument, Path, PathArguments, PathSegment, ReturnType, Type, TypeParamBound};

/// A value that does its work after the function has returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Later {
    /// `impl Future`, `BoxFuture`, `Pin<Box<dyn Future>>` and the like.
    Future,
    /// The same with `Stream`.
    Stream,
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

/// Whether the returned value runs after the function has returned.
pub(crate) fn later(ty: &Type) -> Option<Later> {
    let ty = bare(ty);
    if let Some(bounds) = bounds(ty) {
        return bounds.iter().filter_map(bound_segment).find_map(|last| match last.ident.to_string().as_str() {
            "Future" | "TryFuture" | "FusedFuture" | "IntoFuture" => Some(Later::Future),
            "Stream" | "TryStream" | "FusedStream" => Some(Later::Stream),
            _ => None,
        });
    }
    let last = last_segment(ty)?;
    match last.ident.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => Some(Later::Future),
        "BoxStream" | "LocalBoxStream" => Some(Later::Stream),
        "Pin" | "Box" => later(first_type_argument(last)?),
        _ => None,
    }
}

/// `T` of `Pin<Box<dyn Future<Output = T> + ..>>`, the type that `#[async_trait]` writes.
pub(crate) fn boxed_output(ty: &Type) -> Option<&Type> {
    let pin = last_segment(ty).filter(|last| last.ident == "Pin")?;
    let boxed = last_segment(first_type_argument(pin)?).filter(|last| last.ident == "Box")?;
    let future = bounds(bare(first_type_argument(boxed)?))?.iter().filter_map(bound_segment).find(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(arguments) = &future.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(bare(&output.ty)),
        _ => None,
    })
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
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
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

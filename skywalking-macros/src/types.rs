//! Reads the syntax of a type. A macro sees tokens, not types: a type is known by its last segment.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Token, Type, TypeParamBound};

/// Returns the type without the invisible groups and parentheses around it.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            ty => return ty,
        };
    }
}

/// Returns the last segment of a path.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Returns the bounds of an `impl Trait` or a `dyn Trait`.
pub(crate) fn bounds(ty: &Type) -> Option<&Punctuated<TypeParamBound, Token![+]>> {
    match ty {
        Type::ImplTrait(ty) => Some(&ty.bounds),
        Type::TraitObject(ty) => Some(&ty.bounds),
        _ => None,
    }
}

/// Returns the last segment of a bound's trait.
pub(crate) fn bound_segment(bound: &TypeParamBound) -> Option<&PathSegment> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    }
}

/// Returns the first type argument of a segment.
pub(crate) fn first_type_argument(segment: &PathSegment) -> Option<&Type> {
    type_arguments(segment).next()
}

/// Returns the type arguments of a segment.
pub(crate) fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns whether an identifier that matches is anywhere in the tokens.
pub(crate) fn has_ident(tokens: TokenStream, matches: fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => matches(&ident),
        TokenTree::Group(group) => has_ident(group.stream(), matches),
        _ => false,
    })
}

/// Returns whether the type contains an `impl Trait`, which cannot be written inside a body.
pub(crate) fn has_impl_trait(ty: &Type) -> bool {
    has_ident(ty.to_token_stream(), |word| word == "impl")
}

/// Returns the span at which to report the type.
pub(crate) fn span(ty: &Type) -> Span {
    last_segment(ty).map_or_else(|| ty.span(), |last| last.ident.span())
}

/// Returns the type with each `impl Trait` replaced by `_`, so that it can be written inside a
/// body.
pub(crate) fn without_impl_trait(ty: &Type) -> Type {
    let mut ty = ty.clone();
    erase(&mut ty);
    ty
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

    use super::without_impl_trait;

    #[test]
    fn without_impl_trait_replaces_it_at_any_depth() {
        for (written, nameable_type) in [
            ("impl Display", "_"),
            ("Result<impl A + 'a, impl B>", "Result<_, _>"),
            ("Option<(u8, [impl A; 2], &'a impl B)>", "Option<(u8, [_; 2], &'a _)>"),
            ("Box<dyn Iterator<Item = impl A>>", "Box<dyn Iterator<Item = _>>"),
            ("Result<Vec<u8>, E>", "Result<Vec<u8>, E>"),
        ] {
            assert_eq!(
                without_impl_trait(&parse_str(written).unwrap()).to_token_stream().to_string(),
                parse_str::<Type>(nameable_type).unwrap().to_token_stream().to_string(),
                "{written}"
            );
        }
    }
}

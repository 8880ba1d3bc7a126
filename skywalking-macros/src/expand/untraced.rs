//! The function without a span, for clippy and for builds without `enabled`: as written, plus code
//! that never runs and uses what the arguments use. Without it, rustc would report these names as
//! unused.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Type;

use super::default_name::DefaultName;
use super::prologue::Prologue;
use super::return_hook::ReturnHook;
use super::tokens::{body_expression, split_inner_attributes, with_braces_of};
use crate::args::Args;
use crate::item::{Function, ImplBlock};
use crate::kind::Kind;
use crate::{return_type, runtime_path};

/// Returns the function without a span.
pub(super) fn function(
    kind: Kind,
    args: &Args,
    function: &Function,
    default_name: &DefaultName<'_>,
) -> TokenStream {
    let private = runtime_path::private(args.runtime.as_ref(), Span::mixed_site());
    let prologue = Prologue { kind, args, function, default_name, private: &private };
    let output = function.returned(args.covers.as_ref());
    let body = match uses(&prologue, output.as_ref()) {
        None => function.body.clone(),
        Some(uses) => {
            let (attrs, body) = split_inner_attributes(&function.body);
            let tokens = attrs.into_iter().chain(uses).chain(body_expression(&body)).collect();
            // Clippy reports an implementation of these traits whose body is more than an expression,
            // unless a macro wrote it.
            match default_name {
                DefaultName::Method { block: ImplBlock { trait_name: Some(name), .. }, .. }
                    if ["Clone", "PartialOrd"].contains(&name.as_str()) =>
                {
                    Group::new(Delimiter::Brace, tokens)
                }
                _ => with_braces_of(&function.body, tokens),
            }
        }
    };
    function.head.clone().into_iter().chain([TokenTree::Group(body)]).collect()
}

/// Returns a statement that never runs and uses the names in the arguments. `None` if there are
/// none.
fn uses(prologue: &Prologue<'_>, output: Option<&Type>) -> Option<TokenStream> {
    let private = prologue.private;
    let in_arguments = prologue.name_uses();
    let in_hook = output.and_then(|output| hook_uses(prologue, output));
    if in_arguments.is_empty() && in_hook.is_none() {
        return None;
    }
    Some(quote_spanned! {Span::mixed_site()=>
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        if false {
            #in_arguments
            #in_hook
            #private::never();
        }
    })
}

/// Returns a statement with the return hook, if it uses names of the program.
fn hook_uses(prologue: &Prologue<'_>, output: &Type) -> Option<TokenStream> {
    if matches!(output, Type::Infer(_)) || return_type::has_impl_trait(output) {
        return None;
    }
    let Prologue { args, function, default_name, private, .. } = prologue;
    let hook = ReturnHook::new(args, function, Some(output), default_name, private)?;
    let (closure, nameable) = (hook.closure(output), return_type::without_impl_trait(output));
    hook.uses_program_names().then(|| quote_spanned!(Span::mixed_site()=> let _ = #private::seen((), |()| #private::never_made::<#nameable>(), #closure);))
}

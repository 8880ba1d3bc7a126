//! Evaluates the user's expressions and records their values.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, LitStr};

use super::tokens::{located_at, operand};
use crate::args::Value;

/// The name that an evaluated value is bound to.
pub(super) const VALUE: &str = "__skywalking_value";

/// Returns a statement that binds a reference to a value and runs `work` with it.
pub(super) fn with_reference(
    private: &TokenStream,
    expr: &Expr,
    work: &TokenStream,
) -> TokenStream {
    let reference = operand(expr);
    with_value(private, expr, &quote_spanned!(Span::mixed_site()=> &#reference), work)
}

/// Returns a statement that evaluates `value`, made of the user's `expr`, and runs `work` with the
/// result.
///
/// If the evaluation can run code of the program, nothing is recorded meanwhile.
pub(super) fn with_value(
    private: &TokenStream,
    expr: &Expr,
    value: &TokenStream,
    work: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let bound = Ident::new(VALUE, site);
    if is_place(expr) {
        return quote_spanned!(site=> match #value { #bound => { #work; } });
    }
    quote_spanned! {site=>
        {
            let __skywalking_quiet = #private::Quiet::begin();
            match #value {
                #bound => {
                    #private::Quiet::end(__skywalking_quiet);
                    #work;
                }
            }
        }
    }
}

/// Returns whether the evaluation runs no code of the program: a name, a field, a literal.
pub(super) fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Reference(reference) => is_place(&reference.expr),
        Expr::Paren(inner) => is_place(&inner.expr),
        Expr::Group(inner) => is_place(&inner.expr),
        Expr::Cast(cast) => is_place(&cast.expr),
        _ => false,
    }
}

/// Records the bound value as a tag of `sink`, whose type is `ty`.
///
/// The emitted code has the location of the user's expression, so a type that does not fit is
/// reported there.
pub(super) fn record_tag(
    private: &TokenStream,
    ty: &TokenStream,
    key: &LitStr,
    value: &Value,
    at: Span,
    sink: &TokenStream,
) -> TokenStream {
    let (there, ty, bound) = (located_at(private, at), located_at(ty, at), Ident::new(VALUE, at));
    match value {
        Value::Literal(_) => TokenStream::new(),
        Value::Plain(_) => {
            let imports =
                quote_spanned!(Span::mixed_site()=> use #private::{PutDisplay as _, PutRaw as _};);
            quote_spanned!(at=> #imports (&#there::Plain(#bound)).__skywalking_put(&mut #sink, #key))
        }
        Value::Display(_) => quote_spanned!(at=> #ty::tag_display(&mut #sink, #key, #bound)),
        Value::Debug(_) => quote_spanned!(at=> #ty::tag_debug(&mut #sink, #key, #bound)),
    }
}

//! The code before the body: evaluates the arguments, opens the span, injects the context.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;

use super::callsite;
use super::default_name::DefaultName;
use super::tokens::{located_at, operand};
use super::values::{VALUE, is_place, record_tag, with_reference, with_value};
use crate::args::{Args, Component, Tag, Text};
use crate::item::Function;
use crate::kind::Kind;
use crate::params;

/// Generates the code before the body.
pub(super) struct Prologue<'a> {
    pub(super) kind: Kind,
    pub(super) args: &'a Args,
    pub(super) function: &'a Function,
    pub(super) default_name: &'a DefaultName<'a>,
    pub(super) private: &'a TokenStream,
}

impl Prologue<'_> {
    /// Returns an expression that opens the span of a sync function and returns its guard. Without
    /// a running tracer it costs a load and a branch.
    pub(super) fn enter(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        if !self.has_expressions() {
            let callsite = self.callsite();
            let open =
                Ident::new(if self.kind == Kind::Entry { "open_entry" } else { "open" }, site);
            return quote_spanned!(site=> #private::Scope::#open(#callsite));
        }
        let opened = self.opening(&quote_spanned!(site=> #private::Opening));
        quote_spanned! {site=>
            if #private::enabled() { #opened #private::Opening::enter(__skywalking_opening) } else { #private::Scope::NONE }
        }
    }

    /// Returns a statement that opens the span of an async function, at the first poll.
    pub(super) fn begin(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        if !self.has_expressions() {
            let callsite = self.callsite();
            return quote_spanned!(site=> #private::begin(#callsite););
        }
        let opened = self.opening(&quote_spanned!(site=> #private::Opening));
        quote_spanned!(site=> if #private::enabled() { #opened #private::Opening::begin(__skywalking_opening); })
    }

    /// Returns a statement that writes the context into the carrier of `inject`. The span is open.
    pub(super) fn inject(&self) -> Option<TokenStream> {
        let private = self.private;
        let inject = self.args.inject.as_ref()?;
        let place = operand(inject);
        let site = Span::mixed_site();
        // An error about the place is reported at the place.
        let at = site.located_at(inject.span());
        let there = located_at(private, at);
        // One statement: a borrow or a lock in the place lives to its end.
        let call = if is_place(inject) {
            quote_spanned!(at=> #there::inject(#place.__skywalking_place()))
        } else {
            let bound = Ident::new(VALUE, at);
            with_value(
                private,
                inject,
                &quote_spanned!(at=> #place.__skywalking_place()),
                &quote_spanned!(at=> #there::inject(#bound)),
            )
        };
        Some(
            quote_spanned!(site=> if #private::wants_inject() { use #private::Place as _; #call; }),
        )
    }

    /// Returns statements that evaluate the arguments of a span that opens when the returned value
    /// is polled.
    pub(super) fn prepare(&self) -> TokenStream {
        let private = self.private;
        self.opening(&quote_spanned!(Span::mixed_site()=> #private::Prepared))
    }

    /// Returns statements that bind `__skywalking_opening`, of type `ty`, with all arguments.
    fn opening(&self, ty: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let callsite = self.callsite();
        let (extract, record) = (self.extract(ty), self.record(ty));
        let mutability = self.has_expressions().then(|| quote_spanned!(site=> mut));
        quote_spanned!(site=> let #mutability __skywalking_opening = #ty::new(#callsite); #extract #record)
    }

    /// Returns whether an argument is evaluated at run time.
    fn has_expressions(&self) -> bool {
        let args = self.args;
        let name = matches!(args.name, Some(Text::Expression(_)));
        name || args.extract.is_some()
            || args.extract_each.is_some()
            || !self.record_values(&TokenStream::new()).is_empty()
    }

    /// Returns statements that use the program's names in the arguments, for code that never runs.
    pub(super) fn name_uses(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let component = match &self.args.component {
            Some(Component::Constant(path)) => Some(quote_spanned!(site=> let _: i32 = #path;)),
            _ => None,
        };
        let values = self
            .args
            .expressions()
            .filter(|value| params::uses_program_names(&value.to_token_stream()))
            .map(|value| {
                let value = operand(value);
                quote_spanned!(site=> let _ = &#value;)
            });
        let inject = self.args.inject.as_ref().map(|place| {
            let place = operand(place);
            quote_spanned!(site=> use #private::Place as _; let _ = #place.__skywalking_place();)
        });
        quote_spanned!(site=> #component #(#values)* #inject)
    }

    fn callsite(&self) -> TokenStream {
        callsite::reference(self.kind, self.args, self.function, self.default_name, self.private)
    }

    fn extract(&self, ty: &TokenStream) -> Option<TokenStream> {
        let site = Span::mixed_site();
        let (expr, method) = match (&self.args.extract, &self.args.extract_each) {
            (Some(extract), _) => (extract, "extract"),
            (None, Some(each)) => (each, "extract_each"),
            (None, None) => return None,
        };
        let at = site.located_at(expr.span());
        let carrier = match method {
            "extract" => {
                let carrier = operand(expr);
                quote_spanned!(at=> &#carrier)
            }
            _ => expr.to_token_stream(),
        };
        let (there, method) = (located_at(ty, at), Ident::new(method, at));
        let call = |carrier: &TokenStream| quote_spanned!(at=> #there::#method(&mut __skywalking_opening, #carrier));
        let call = if is_place(expr) {
            call(&carrier)
        } else {
            with_value(
                self.private,
                expr,
                &carrier,
                &call(&Ident::new(VALUE, site).to_token_stream()),
            )
        };
        Some(quote_spanned!(site=> if #ty::wants_headers(&mut __skywalking_opening) { #call; }))
    }

    /// Returns statements that evaluate and record the name, the peer and the tags.
    ///
    /// The name is first: by it the runtime decides whether to record the request at all. Each value
    /// is a statement of its own, so that a borrow or a lock in it ends there.
    fn record(&self, ty: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let name = self.record_text(ty, self.args.name.as_ref(), "name");
        let name = name.map(
            |name| quote_spanned!(site=> if #ty::wants_name(&mut __skywalking_opening) { #name }),
        );
        let values = self.record_values(ty);
        let values = (!values.is_empty()).then(
            || quote_spanned!(site=> if #ty::wants_tags(&mut __skywalking_opening) { #(#values)* }),
        );
        quote_spanned!(site=> #name #values)
    }

    /// Returns a statement for the peer and for each tag, if it is an expression.
    fn record_values(&self, ty: &TokenStream) -> Vec<TokenStream> {
        let site = Span::mixed_site();
        let private = self.private;
        let tags = self.args.tags.iter().filter_map(|Tag { key, value, .. }| {
            let expr = value.expression()?;
            let at = site.located_at(expr.span());
            let opening = quote_spanned!(at=> __skywalking_opening);
            let record = record_tag(private, ty, key, value, at, &opening);
            Some(with_reference(private, expr, &record))
        });
        self.record_text(ty, self.args.peer.as_ref(), "peer").into_iter().chain(tags).collect()
    }

    /// Returns a statement that evaluates a text and calls a method of `ty` with it.
    fn record_text(
        &self,
        ty: &TokenStream,
        text: Option<&Text>,
        method: &str,
    ) -> Option<TokenStream> {
        let Some(Text::Expression(expr)) = text else { return None };
        let at = Span::mixed_site().located_at(expr.span());
        let (ty, method) = (located_at(ty, at), Ident::new(method, at));
        let bound = Ident::new(VALUE, at);
        let record = quote_spanned!(at=> #ty::#method(&mut __skywalking_opening, #bound));
        Some(with_reference(self.private, expr, &record))
    }
}

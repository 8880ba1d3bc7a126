//! The part before the body: the callsite, the arguments that are computed, the span, and the
//! context written into what goes out.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned;
use syn::{Expr, LitStr};

use super::{located_at, operand};
use crate::args::{Args, Component, Kind, Names, Piece, Tag, Text, Value};
use crate::item::{Block, Function};
use crate::params;

/// What is known of the span to open.
pub(super) struct Opening<'a> {
    pub(super) kind: Kind,
    pub(super) args: &'a Args,
    pub(super) function: &'a Function,
    pub(super) naming: &'a Naming<'a>,
    pub(super) private: &'a TokenStream,
}

/// What a span is called unless its own `name` says so.
pub(super) enum Naming<'a> {
    /// `module::function`.
    Function,
    /// As the block says, else `module::Type::function`.
    Method { names: Option<&'a Names>, block: &'a Block },
    /// As a block has said that was expanded before.
    Given { name: &'a TokenStream, chosen: bool },
}

impl Naming<'_> {
    /// True if the `names` of a block made it.
    pub(super) fn is_chosen(&self) -> bool {
        matches!(self, Self::Method { names: Some(_), .. } | Self::Given { chosen: true, .. })
    }

    /// A constant expression: the name of a function.
    pub(super) fn of(&self, ident: &Ident) -> TokenStream {
        let site = Span::mixed_site();
        let function = LitStr::new(&ident.unraw().to_string(), ident.span());
        let (names, block) = match self {
            Self::Function => {
                return quote_spanned!(site=> ::core::concat!(::core::module_path!(), "::", #function));
            }
            Self::Method { names, block } => (names, block),
            Self::Given { name, .. } => return (*name).clone(),
        };
        let type_name = &block.type_name;
        let Some(names) = names else {
            return quote_spanned!(site=> ::core::concat!(::core::module_path!(), "::", #type_name, "::", #function));
        };
        let pieces = names.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.to_token_stream(),
            Piece::Module => quote_spanned!(site=> ::core::module_path!()),
            Piece::Type => type_name.to_token_stream(),
            Piece::Trait => block.trait_name.as_deref().unwrap_or_default().to_token_stream(),
            Piece::Function => function.to_token_stream(),
        });
        quote_spanned!(site=> ::core::concat!(#(#pieces),*))
    }
}

impl Opening<'_> {
    /// An expression: the guard of a sync function. While no tracer runs it costs a load and a
    /// branch.
    pub(super) fn enter(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        if !self.computes() {
            let callsite = self.callsite_reference();
            let open =
                Ident::new(if self.kind == Kind::Entry { "open_entry" } else { "open" }, site);
            return quote_spanned!(site=> #private::Scope::#open(#callsite));
        }
        let block =
            self.block(&quote_spanned!(site=> #private::Opening::enter(__skywalking_opening)));
        quote_spanned!(site=> if #private::enabled() #block else { #private::Scope::NONE })
    }

    /// A statement: the first thing that a traced future does.
    pub(super) fn begin(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        if !self.computes() {
            let callsite = self.callsite_reference();
            return quote_spanned!(site=> #private::begin(#callsite););
        }
        let block =
            self.block(&quote_spanned!(site=> #private::Opening::begin(__skywalking_opening);));
        quote_spanned!(site=> if #private::enabled() #block)
    }

    /// A statement: the context goes into the carrier, after the span has opened.
    pub(super) fn inject(&self) -> Option<TokenStream> {
        let private = self.private;
        let inject = self.args.inject.as_ref()?;
        let place = operand(inject);
        let site = Span::mixed_site();
        // What the place lacks is said at the place.
        let at = site.located_at(inject.span());
        let there = located_at(private, at);
        // One statement: what the place borrows or locks lives to its end.
        let call = if is_place(inject) {
            quote_spanned!(at=> #there::inject(#place.__skywalking_place()))
        } else {
            let bound = Ident::new(VALUE, at);
            in_quiet(
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

    /// Statements: what is known of a span that opens when what the function returns is polled.
    pub(super) fn prepare(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let prepared = quote_spanned!(site=> #private::Prepared);
        self.opened(&prepared)
    }

    fn block(&self, last: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let opened = self.opened(&quote_spanned!(site=> #private::Opening));
        quote_spanned!(site=> { #opened #last })
    }

    /// Statements: `__skywalking_opening`, of the type that is given, with all arguments in it.
    fn opened(&self, ty: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let callsite = self.callsite_reference();
        let (extract, recording) = (self.extract(ty), self.recording(ty));
        let mutability = self.computes().then(|| quote_spanned!(site=> mut));
        quote_spanned!(site=> let #mutability __skywalking_opening = #ty::new(#callsite); #extract #recording)
    }

    /// Whether there is an argument to be computed at run time.
    fn computes(&self) -> bool {
        let args = self.args;
        let name = matches!(args.name, Some(Text::Computed(_)));
        name || args.extract.is_some()
            || args.extract_each.is_some()
            || !self.computed(&TokenStream::new()).is_empty()
    }

    /// Statements with the program's own expressions and paths, in what opens the span and is not a
    /// literal.
    pub(super) fn mentioned(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let component = match &self.args.component {
            Some(Component::Constant(path)) => Some(quote_spanned!(site=> let _: i32 = #path;)),
            _ => None,
        };
        let values = self
            .args
            .computed()
            .filter(|value| params::mentions_the_program(&value.to_token_stream()))
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

    /// The static lives in the smallest block, so that no expression of the user's can see it.
    fn callsite_reference(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let callsite = self.callsite();
        quote_spanned! {site=>
            {
                static __SKYWALKING_CALLSITE: #private::Callsite = #callsite;
                &__SKYWALKING_CALLSITE
            }
        }
    }

    /// All that is known at compile time.
    fn callsite(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let kind = Ident::new(
            match self.kind {
                Kind::Entry => "Entry",
                Kind::Exit => "Exit",
                Kind::Local => "Local",
            },
            site,
        );
        let (name, origin) = match &self.args.name {
            Some(Text::Literal(name)) => (name.to_token_stream(), None),
            _ if self.naming.is_chosen() => (
                self.naming.of(&self.function.sig.ident),
                Some(quote_spanned!(site=> .named_by_pattern())),
            ),
            _ => {
                (self.naming.of(&self.function.sig.ident), Some(quote_spanned!(site=> .unnamed())))
            }
        };
        // Local spans do not merge, so nobody asks where their names come from.
        let origin = origin.filter(|_| self.kind != Kind::Local);
        let component = self.args.component.as_ref().map(|component| match component {
            Component::Id(id) => {
                let id = proc_macro2::Literal::i32_unsuffixed(*id);
                quote_spanned!(site=> .component(#id))
            }
            Component::Constant(path) => quote_spanned!(site=> .component(#path)),
        });
        let layer = self.args.layer.map(|layer| {
            let layer = Ident::new(layer, site);
            quote_spanned!(site=> .layer(#private::SpanLayer::#layer))
        });
        let orphan = self.args.orphan.map(|orphan| {
            let orphan = Ident::new(orphan, site);
            quote_spanned!(site=> .orphans(#private::Orphans::#orphan))
        });
        let peer = match &self.args.peer {
            Some(Text::Literal(peer)) => Some(quote_spanned!(site=> .peer(#peer))),
            _ => None,
        };
        let literal_tags: Vec<TokenStream> = self
            .args
            .tags
            .iter()
            .filter_map(|tag| match &tag.value {
                Value::Literal(text) => {
                    let key = &tag.key;
                    Some(quote_spanned!(site=> (#key, #text)))
                }
                _ => None,
            })
            .collect();
        let logic_endpoint = self
            .args
            .logic_endpoint
            .then(|| quote_spanned!(site=> ("x-le", "{\"logic-span\":true}")));
        let literal_tags: Vec<TokenStream> =
            literal_tags.into_iter().chain(logic_endpoint).collect();
        let tags =
            (!literal_tags.is_empty()).then(|| quote_spanned!(site=> .tags(&[#(#literal_tags),*])));
        // `line!` speaks of the outermost expansion that its tokens come from: with the function's
        // span that is no expansion, but the function's own line.
        let at = quote_spanned!(self.function.sig.ident.span()=> ::core::file!(), ::core::line!());
        quote_spanned!(site=> #private::Callsite::located(#private::SpanKind::#kind, #name, #at) #origin #component #layer #orphan #peer #tags)
    }

    fn extract(&self, ty: &TokenStream) -> Option<TokenStream> {
        let site = Span::mixed_site();
        let (written, method) = match (&self.args.extract, &self.args.extract_each) {
            (Some(extract), _) => (extract, "extract"),
            (None, Some(each)) => (each, "extract_each"),
            (None, None) => return None,
        };
        let at = site.located_at(written.span());
        let carrier = match method {
            "extract" => {
                let carrier = operand(written);
                quote_spanned!(at=> &#carrier)
            }
            _ => written.to_token_stream(),
        };
        let (there, method) = (located_at(ty, at), Ident::new(method, at));
        let call = |carrier: &TokenStream| quote_spanned!(at=> #there::#method(&mut __skywalking_opening, #carrier));
        let call = if is_place(written) {
            call(&carrier)
        } else {
            in_quiet(
                self.private,
                written,
                &carrier,
                &call(&Ident::new(VALUE, site).to_token_stream()),
            )
        };
        Some(quote_spanned!(site=> if #ty::wants_headers(&mut __skywalking_opening) { #call; }))
    }

    /// The name first: by it the runtime decides whether the request is left out, and then the rest
    /// is not computed.
    ///
    /// Each value is computed and recorded by itself, since what it borrows or locks lives to the
    /// end of its match; the program's expressions are outside the scope of our imports.
    fn recording(&self, ty: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let name = text(self.private, ty, self.args.name.as_ref(), "name");
        let name = name
            .map(|name| quote_spanned!(site=> if #ty::naming(&mut __skywalking_opening) { #name }));
        let computed = self.computed(ty);
        let computed =
            (!computed.is_empty()).then(|| quote_spanned!(site=> if #ty::recording(&mut __skywalking_opening) { #(#computed)* }));
        quote_spanned!(site=> #name #computed)
    }

    /// A statement for each value that is computed, but for the name.
    fn computed(&self, ty: &TokenStream) -> Vec<TokenStream> {
        let site = Span::mixed_site();
        let private = self.private;
        let tags = self.args.tags.iter().filter_map(|Tag { key, value, .. }| {
            let expr = value.computed()?;
            let at = site.located_at(expr.span());
            let put = put(private, ty, key, value, at, &quote_spanned!(at=> __skywalking_opening));
            Some(matched(private, expr, &put))
        });
        text(private, ty, self.args.peer.as_ref(), "peer").into_iter().chain(tags).collect()
    }
}

/// A statement that computes a text and hands it to this method of `ty`.
fn text(
    private: &TokenStream,
    ty: &TokenStream,
    text: Option<&Text>,
    method: &str,
) -> Option<TokenStream> {
    let Some(Text::Computed(value)) = text else { return None };
    let at = Span::mixed_site().located_at(value.span());
    let (ty, method, bound) = (located_at(ty, at), Ident::new(method, at), Ident::new(VALUE, at));
    Some(matched(
        private,
        value,
        &quote_spanned!(at=> #ty::#method(&mut __skywalking_opening, #bound)),
    ))
}

/// What a computed value is bound to.
const VALUE: &str = "__skywalking_value";

/// A statement that computes a value, and works with a reference to it.
pub(super) fn matched(private: &TokenStream, value: &Expr, work: &TokenStream) -> TokenStream {
    let reference = operand(value);
    in_quiet(private, value, &quote_spanned!(Span::mixed_site()=> &#reference), work)
}

/// A statement that evaluates a value, and works with what it is bound to. Nothing is recorded
/// meanwhile, if the program's own code can run there.
fn in_quiet(
    private: &TokenStream,
    written: &Expr,
    value: &TokenStream,
    work: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let bound = Ident::new(VALUE, site);
    if is_place(written) {
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

/// Whether to evaluate it runs no code of the program: a name, a field, a literal.
fn is_place(value: &Expr) -> bool {
    match value {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Reference(reference) => is_place(&reference.expr),
        Expr::Paren(inner) => is_place(&inner.expr),
        Expr::Group(inner) => is_place(&inner.expr),
        Expr::Cast(cast) => is_place(&cast.expr),
        _ => false,
    }
}

/// Puts a computed value as a tag into `sink`, which is of the type `ty`. A type that fits is asked
/// for, and one that does not is refused, at the program's expression.
pub(super) fn put(
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

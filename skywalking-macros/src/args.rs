//! The grammar: turns an attribute's tokens into typed arguments. They keep the user's tokens, and so
//! the spans.
//!
//! An error in one argument does not hide the next: the parser records it and continues after the
//! comma. [`check`](crate::check) validates the arguments together, and against the item.

mod control_flow;
mod err;
mod literal;
mod name_pattern;
mod syntax;
mod tags;
mod values;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Lit, Path, Token, Type};

use crate::diagnostics::{self, Errors};
use crate::kind::Kind;
pub(crate) use err::{ErrForm, ErrKey};
pub(crate) use name_pattern::{NamePattern, PatternPart};
use syntax::{skip_to_comma, skip_value};
pub(crate) use tags::{RetTag, RetTagSource, Tag, Value};
pub(crate) use values::{Component, Covers, Text};

/// The arguments of an attribute.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Text>,
    /// The default names of an impl block's functions.
    pub(crate) names: Option<NamePattern>,
    pub(crate) peer: Option<Text>,
    pub(crate) extract: Option<Expr>,
    pub(crate) extract_each: Option<Expr>,
    pub(crate) inject: Option<Expr>,
    pub(crate) component: Option<Component>,
    /// A variant of the runtime's `SpanLayer`.
    pub(crate) layer: Option<&'static str>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) ret_tags: Vec<RetTag>,
    /// Without it, the return type decides.
    pub(crate) err: Option<ErrKey>,
    pub(crate) err_ignore: Vec<Type>,
    pub(crate) covers: Option<Covers>,
    pub(crate) logic_endpoint: bool,
    /// A variant of the runtime's `Orphans`.
    pub(crate) orphan: Option<&'static str>,
    /// The default name that an impl block around the function gives it: a constant expression,
    /// passed on by the block's expansion.
    pub(crate) block_name: Option<TokenStream>,
    /// Whether the block's `names` made that name.
    pub(crate) block_has_pattern: bool,
    /// The path of the runtime. Without it, `::skywalking_runtime`.
    pub(crate) runtime: Option<Path>,
    /// Every known key as it was written, once each.
    pub(crate) keys: Vec<Ident>,
}

impl Args {
    /// Returns the expressions that are evaluated before the span opens.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let texts = [&self.name, &self.peer].into_iter().filter_map(|text| match text {
            Some(Text::Expression(value)) => Some(value),
            _ => None,
        });
        let carriers = [&self.extract, &self.extract_each].into_iter().flatten();
        texts.chain(carriers).chain(self.tags.iter().filter_map(|tag| tag.value.expression()))
    }

    /// Returns the key as it was written.
    pub(crate) fn key(&self, word: &str) -> Option<&Ident> {
        self.keys.iter().find(|key| *key == word)
    }
}

/// Parses all arguments. Errors are added to `errors`; the result holds what could be parsed.
pub(crate) fn parse(kind: Kind, tokens: TokenStream, errors: &mut Errors) -> Args {
    let mut args = Args::default();
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = argument(kind, input, &mut args, errors) {
                errors.push(error);
                skip_to_comma(input);
            } else if !input.is_empty() && !input.peek(Token![,]) {
                errors.push(diagnostics::expected_comma(input));
                // `name = "x" peer = "y"`: the next argument can be parsed.
                if !key(&input.fork()).is_ok_and(|key| kind.accepts(&key)) {
                    skip_to_comma(input);
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = all.parse2(tokens) {
        errors.push(error);
    }
    args
}

fn key(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(Lit) {
        return Err(diagnostics::positional_argument(&input.parse()?));
    }
    input.call(Ident::parse_any).map_err(|error| diagnostics::not_an_argument(&error))
}

fn argument(
    kind: Kind,
    input: ParseStream<'_>,
    args: &mut Args,
    errors: &mut Errors,
) -> syn::Result<()> {
    let key = key(input)?;
    let word = key.to_string();
    if word == "__block" {
        return parse_block_args(input, args);
    }
    if let Some(error) = diagnostics::unsupported_key(kind, &key) {
        errors.push(error);
        skip_value(input);
        return Ok(());
    }
    let first = args.keys.iter().find(|earlier| **earlier == key).cloned();
    if let Some(first) = &first {
        errors.push(diagnostics::duplicate_key(first, &key));
    } else {
        args.keys.push(key.clone());
    }
    // The second value is parsed for its errors and discarded: the first one counts.
    let mut discarded = Args::default();
    let args = if first.is_some() { &mut discarded } else { args };
    match word.as_str() {
        "name" => args.name = Some(values::text(&key, input, errors)?),
        "names" => args.names = Some(name_pattern::parse(&key, input, errors)?),
        "peer" => args.peer = Some(values::text(&key, input, errors)?),
        "extract" => args.extract = Some(values::expression(&key, input, errors)?),
        "extract_each" => args.extract_each = Some(values::expression(&key, input, errors)?),
        "inject" => args.inject = Some(values::expression(&key, input, errors)?),
        "component" => args.component = Some(values::component(&key, input)?),
        "layer" => args.layer = Some(values::layer(&key, input)?),
        "tags" => args.tags = tags::tags(&key, input, errors)?,
        "ret_tags" => args.ret_tags = tags::ret_tags(&key, input, errors)?,
        "err" => args.err = Some(ErrKey::Err(err::form(&key, input)?, key)),
        "no_err" => {
            diagnostics::reject_value(&key, input)?;
            args.err = Some(ErrKey::NoErr);
        }
        "err_ignore" => args.err_ignore = err::ignored(&key, input)?,
        "covers" => args.covers = Some(values::covers(&key, input)?),
        "orphan" => args.orphan = Some(values::orphan(&key, input)?),
        "logic_endpoint" => {
            diagnostics::reject_value(&key, input)?;
            args.logic_endpoint = true;
        }
        _ => args.runtime = Some(values::runtime(&key, input)?),
    }
    Ok(())
}

/// Parses `__block(NAME, chosen, crate = PATH)`, which an impl block adds to an attribute inside it.
///
/// `chosen` marks a name made by the block's `names`. `crate` is the block's own.
fn parse_block_args(input: ParseStream<'_>, args: &mut Args) -> syn::Result<()> {
    let content;
    syn::parenthesized!(content in input);
    args.block_name = Some(content.parse::<Expr>()?.into_token_stream());
    while content.parse::<Option<Token![,]>>()?.is_some() {
        if !content.peek(Token![crate]) {
            content.parse::<Ident>()?;
            args.block_has_pattern = true;
            continue;
        }
        content.parse::<Token![crate]>()?;
        content.parse::<Token![=]>()?;
        let runtime = content.call(Path::parse_mod_style)?;
        args.runtime.get_or_insert(runtime);
    }
    Ok(())
}

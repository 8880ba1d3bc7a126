//! The grammar: an attribute's tokens become typed arguments, which keep the user's tokens and with
//! them the spans.
//!
//! A fault in one argument does not hide the next: the parser notes it and goes on after the comma.
//! What the arguments mean together, and with the item, is for `check`; so is every message.

mod errors;
mod literal;
mod names;
mod tags;
mod values;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Lit, Path, Token, Type, token};

use crate::check::{self, Complaints};
pub(crate) use errors::{Form, OnErr};
pub(crate) use names::{Names, PLACEHOLDERS, Piece};
pub(crate) use tags::{RetTag, Returned, Tag, Value};
pub(crate) use values::{Component, Covers, Text};

/// Which of the three attributes it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `#[entry_span]`.
    Entry,
    /// `#[exit_span]`.
    Exit,
    /// `#[local_span]`.
    Local,
}

impl Kind {
    /// The keys that this attribute takes, in the order of the documentation.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'static str> {
        KEYS.iter().filter(move |(_, kinds)| kinds.contains(&self)).map(|(word, _)| *word)
    }

    /// Whether this attribute takes a key.
    pub(crate) fn takes(self, key: &Ident) -> bool {
        self.keys().any(|word| key == word)
    }

    /// All three.
    pub(crate) const ALL: [Self; 3] = [Self::Entry, Self::Exit, Self::Local];

    /// The attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Entry => "entry_span",
            Self::Exit => "exit_span",
            Self::Local => "local_span",
        }
    }

    /// The attribute of this name, if it is one of the three.
    pub(crate) fn named(name: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| name == kind.attribute())
    }

    /// Which of the three an attribute is, whatever path leads to it.
    pub(crate) fn of(attr: &Attribute) -> Option<Self> {
        attr.path().segments.last().and_then(|last| Self::named(&last.ident))
    }
}

/// Every key, and the attributes that take it.
const KEYS: [(&str, &[Kind]); 17] = [
    ("name", &Kind::ALL),
    ("extract", &[Kind::Entry]),
    ("extract_each", &[Kind::Entry]),
    ("peer", &[Kind::Entry, Kind::Exit]),
    ("inject", &[Kind::Exit]),
    ("component", &Kind::ALL),
    ("layer", &Kind::ALL),
    ("tags", &Kind::ALL),
    ("ret_tags", &Kind::ALL),
    ("err", &Kind::ALL),
    ("no_err", &Kind::ALL),
    ("err_ignore", &Kind::ALL),
    ("covers", &Kind::ALL),
    ("logic_endpoint", &[Kind::Local]),
    ("orphan", &[Kind::Local]),
    ("names", &Kind::ALL),
    ("crate", &Kind::ALL),
];

/// The words that `layer` takes, and the variants of the runtime's `SpanLayer` that they stand for.
pub(crate) const LAYERS: [(&str, &str); 8] = [
    ("database", "Database"),
    ("rpc", "Rpc"),
    ("http", "Http"),
    ("mq", "Mq"),
    ("cache", "Cache"),
    ("faas", "Faas"),
    ("genai", "GenAi"),
    ("unknown", "Unknown"),
];

/// The words that `orphan` takes, and the variants of the runtime's `Orphans` that they stand for.
pub(crate) const ORPHANS: [(&str, &str); 2] = [("trace", "Trace"), ("skip", "Skip")];

/// What was written between the parentheses.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Text>,
    /// How the functions of an impl block are called, unless they say so themselves.
    pub(crate) names: Option<Names>,
    pub(crate) peer: Option<Text>,
    pub(crate) extract: Option<Expr>,
    pub(crate) extract_each: Option<Expr>,
    pub(crate) inject: Option<Expr>,
    pub(crate) component: Option<Component>,
    /// A variant of the runtime's `SpanLayer`.
    pub(crate) layer: Option<&'static str>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) ret_tags: Vec<RetTag>,
    /// Left out, the return type decides.
    pub(crate) err: Option<OnErr>,
    pub(crate) err_ignore: Vec<Type>,
    pub(crate) covers: Option<Covers>,
    pub(crate) logic_endpoint: bool,
    /// A variant of the runtime's `Orphans`.
    pub(crate) orphan: Option<&'static str>,
    /// What an impl block around the function calls it: a constant expression, from the block's
    /// own expansion.
    pub(crate) block_name: Option<TokenStream>,
    /// That name is by its `names`.
    pub(crate) block_chose_name: bool,
    /// The path of the runtime, if it is not `::skywalking_runtime`.
    pub(crate) runtime: Option<Path>,
    /// Every known key that was seen, for what is given twice and what is missing.
    pub(crate) seen: Vec<Ident>,
}

impl Args {
    /// The expressions that are computed before the span opens.
    pub(crate) fn computed(&self) -> impl Iterator<Item = &Expr> {
        let texts = [&self.name, &self.peer].into_iter().filter_map(|text| match text {
            Some(Text::Computed(value)) => Some(value),
            _ => None,
        });
        let carriers = [&self.extract, &self.extract_each].into_iter().flatten();
        texts.chain(carriers).chain(self.tags.iter().filter_map(|tag| tag.value.computed()))
    }

    /// The key as it was written, if it was.
    pub(crate) fn key(&self, word: &str) -> Option<&Ident> {
        self.seen.iter().find(|key| *key == word)
    }
}

/// Reads all arguments. Whatever is wrong goes to `complaints`; what could be read is in the
/// answer.
pub(crate) fn parse(kind: Kind, tokens: TokenStream, complaints: &mut Complaints) -> Args {
    let mut args = Args::default();
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = argument(kind, input, &mut args, complaints) {
                complaints.push(error);
                skip_to_comma(input);
            } else if !input.is_empty() && !input.peek(Token![,]) {
                complaints.push(check::expected_comma(input));
                // `name = "x" peer = "y"`: the next argument can be read all the same.
                if !key(&input.fork()).is_ok_and(|key| kind.takes(&key)) {
                    skip_to_comma(input);
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = all.parse2(tokens) {
        complaints.push(error);
    }
    args
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

/// Reads over the value of a key that is refused, so that a comma inside it (`f::<A, B>()`) is not
/// taken for the next argument's.
fn skip_value(input: ParseStream<'_>) {
    let ahead = input.fork();
    let value = if ahead.peek(Token![=]) {
        ahead.parse::<Token![=]>().and_then(|_| ahead.parse::<Expr>()).is_ok()
    } else {
        ahead.peek(token::Paren) && ahead.parse::<TokenTree>().is_ok()
    };
    if value {
        input.advance_to(&ahead);
    } else {
        skip_to_comma(input);
    }
}

fn key(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(Lit) {
        return Err(check::positional(&input.parse()?));
    }
    input.call(Ident::parse_any).map_err(|error| check::no_argument(&error))
}

fn argument(
    kind: Kind,
    input: ParseStream<'_>,
    args: &mut Args,
    complaints: &mut Complaints,
) -> syn::Result<()> {
    let key = key(input)?;
    let word = key.to_string();
    if word == "__block" {
        return told_by_block(input, args);
    }
    if let Some(error) = check::wrong_key(kind, &key) {
        complaints.push(error);
        skip_value(input);
        return Ok(());
    }
    let first = args.seen.iter().find(|seen| **seen == key).cloned();
    if let Some(first) = &first {
        complaints.push(check::twice(first, &key));
    } else {
        args.seen.push(key.clone());
    }
    // The second value is read for its own faults and then forgotten: the first one holds.
    let mut forgotten = Args::default();
    let args = if first.is_some() { &mut forgotten } else { args };
    match word.as_str() {
        "name" => args.name = Some(values::text(&key, input, complaints)?),
        "names" => args.names = Some(names::names(&key, input, complaints)?),
        "peer" => args.peer = Some(values::text(&key, input, complaints)?),
        "extract" => args.extract = Some(values::expression(&key, input, complaints)?),
        "extract_each" => args.extract_each = Some(values::expression(&key, input, complaints)?),
        "inject" => args.inject = Some(values::expression(&key, input, complaints)?),
        "component" => args.component = Some(values::component(&key, input)?),
        "layer" => args.layer = Some(values::layer(&key, input)?),
        "tags" => args.tags = tags::tags(&key, input, complaints)?,
        "ret_tags" => args.ret_tags = tags::ret_tags(&key, input, complaints)?,
        "err" => args.err = Some(OnErr::Marks(errors::form(&key, input)?, key)),
        "no_err" => {
            check::stands_alone(&key, input)?;
            args.err = Some(OnErr::Unmarked);
        }
        "err_ignore" => args.err_ignore = errors::ignored(&key, input)?,
        "covers" => args.covers = Some(values::covers(&key, input)?),
        "orphan" => args.orphan = Some(values::orphan(&key, input)?),
        "logic_endpoint" => {
            check::stands_alone(&key, input)?;
            args.logic_endpoint = true;
        }
        _ => args.runtime = Some(values::runtime(&key, input)?),
    }
    Ok(())
}

/// `__block(NAME, chosen, crate = PATH)`: what an impl block has to say to an attribute inside it;
/// the latter two if it says so itself.
fn told_by_block(input: ParseStream<'_>, args: &mut Args) -> syn::Result<()> {
    let content;
    syn::parenthesized!(content in input);
    args.block_name = Some(content.parse::<Expr>()?.into_token_stream());
    while content.parse::<Option<Token![,]>>()?.is_some() {
        if !content.peek(Token![crate]) {
            content.parse::<Ident>()?;
            args.block_chose_name = true;
            continue;
        }
        content.parse::<Token![crate]>()?;
        content.parse::<Token![=]>()?;
        let runtime = content.call(Path::parse_mod_style)?;
        args.runtime.get_or_insert(runtime);
    }
    Ok(())
}

/// The `=` after a key, with something behind it.
fn equals(key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(Token![=]) {
        return Err(check::needs_value(key, key));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(check::needs_value(key, equals));
    }
    Ok(())
}

/// Reads `KEY(ITEM, ITEM, ..)`; a fault in one item does not hide the next.
fn list(
    input: ParseStream<'_>,
    complaints: &mut Complaints,
    mut item: impl FnMut(ParseStream<'_>, &mut Complaints) -> syn::Result<()>,
) -> syn::Result<()> {
    let content;
    syn::parenthesized!(content in input);
    while !content.is_empty() {
        if let Err(error) = item(&content, complaints) {
            complaints.push(error);
            skip_to_comma(&content);
        }
        if !content.is_empty() && !content.peek(Token![,]) {
            complaints.push(check::expected_comma(&content));
            skip_to_comma(&content);
        }
        content.parse::<Option<Token![,]>>()?;
    }
    Ok(())
}

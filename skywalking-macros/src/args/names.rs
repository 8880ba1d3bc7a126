//! `names = "{type}::{fn}"`: the names of an impl block's functions, made of what is known at
//! compile time.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{Expr, Lit};

use super::{literal, values};
use crate::check::{self, Complaints};

/// A pattern, and where it was written.
pub(crate) struct Names {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) span: Span,
}

/// A piece of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it stands.
    Text(String),
    /// `{module}`.
    Module,
    /// `{type}`.
    Type,
    /// `{trait}`.
    Trait,
    /// `{fn}`.
    Function,
}

/// The words in braces.
pub(crate) const PLACEHOLDERS: [&str; 4] = ["module", "type", "trait", "fn"];

impl Names {
    /// Whether the pattern asks for the trait's name.
    pub(crate) fn name_the_trait(&self) -> bool {
        self.pieces.contains(&Piece::Trait)
    }
}

pub(super) fn names(
    key: &Ident,
    input: ParseStream<'_>,
    complaints: &mut Complaints,
) -> syn::Result<Names> {
    let value: Expr = values::expression(key, input, complaints)?;
    let Some(Lit::Str(text)) = literal::of(&value) else {
        return Err(check::names_is_a_pattern(&value));
    };
    if text.value().is_empty() {
        return Err(check::empty_text(key, text));
    }
    let pieces = pieces(&text.value()).map_err(|wrong| check::unknown_placeholder(text, &wrong))?;
    Ok(Names { pieces, span: text.span() })
}

/// The error is the placeholder that is none.
fn pieces(pattern: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(brace) = rest.find(['{', '}']) {
        text.push_str(&rest[..brace]);
        rest = &rest[brace..];
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            text.push_str(&rest[..1]);
            rest = after;
            continue;
        }
        let word = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let piece = match word {
            Some(("module", _)) => Piece::Module,
            Some(("type", _)) => Piece::Type,
            Some(("trait", _)) => Piece::Trait,
            Some(("fn", _)) => Piece::Function,
            Some((word, _)) => return Err(format!("{{{word}}}")),
            None => return Err(rest[..1].to_owned()),
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(piece);
        rest = word.map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn a_pattern_is_text_and_placeholders() {
        assert_eq!(pieces("{type}::{fn}"), Ok(vec![Piece::Type, text("::"), Piece::Function]));
        assert_eq!(
            pieces("/{module}{trait}/a"),
            Ok(vec![text("/"), Piece::Module, Piece::Trait, text("/a")])
        );
        assert_eq!(pieces("{{{fn}}}"), Ok(vec![text("{"), Piece::Function, text("}")]));
        assert_eq!(pieces("plain"), Ok(vec![text("plain")]));
    }

    #[test]
    fn what_is_no_placeholder_is_given_back() {
        assert_eq!(pieces("{type}::{function}"), Err("{function}".to_owned()));
        assert_eq!(pieces("a{}"), Err("{}".to_owned()));
        assert_eq!(pieces("a{fn"), Err("{".to_owned()));
        assert_eq!(pieces("a}"), Err("}".to_owned()));
    }
}

//! Literals among the arguments. They are stored in the callsite and cost nothing at run time.

use syn::{Expr, ExprLit, Lit, LitInt, UnOp};

/// Returns the expression inside the invisible groups that a `macro_rules!` fragment leaves around
/// it.
pub(super) fn ungrouped_ref(mut expr: &Expr) -> &Expr {
    while let Expr::Group(group) = expr {
        expr = &group.expr;
    }
    expr
}

/// Does the same as [`ungrouped_ref`] for an owned expression.
pub(super) fn ungrouped(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}

/// Returns the literal that the expression consists of.
pub(super) fn literal_of(expr: &Expr) -> Option<&Lit> {
    match ungrouped_ref(expr) {
        Expr::Lit(ExprLit { lit, attrs }) if attrs.is_empty() => Some(lit),
        _ => None,
    }
}

/// Returns the text that `Display` would print for a literal or a negative number.
///
/// `None` if the type has no `Display`, or if rustc will reject the literal or warn about it.
pub(super) fn display_text(expr: &Expr) -> Option<String> {
    match ungrouped_ref(expr) {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let number = match literal_of(&unary.expr)? {
                Lit::Int(number) if !number.suffix().starts_with('u') => integer(number)?,
                Lit::Float(number) => float(number.base10_digits(), number.suffix())?,
                _ => return None,
            };
            // Integers have no negative zero, floats do.
            Some(if number == "0" && matches!(literal_of(&unary.expr), Some(Lit::Int(_))) {
                number
            } else {
                format!("-{number}")
            })
        }
        expr => match literal_of(expr)? {
            Lit::Str(text) => text.suffix().is_empty().then(|| text.value()),
            Lit::Char(char) => char.suffix().is_empty().then(|| char.value().to_string()),
            Lit::Bool(bool) => Some(bool.value.to_string()),
            Lit::Byte(byte) => byte.suffix().is_empty().then(|| byte.value().to_string()),
            Lit::Int(number) => integer(number),
            Lit::Float(number) => float(number.base10_digits(), number.suffix()),
            _ => None,
        },
    }
}

fn integer(number: &LitInt) -> Option<String> {
    let digits = number.base10_digits();
    let fits = match number.suffix() {
        "i8" => digits.parse::<i8>().is_ok(),
        "i16" => digits.parse::<i16>().is_ok(),
        // The size of `isize` and `usize` is the target's, which is unknown here.
        "" | "i32" | "isize" => digits.parse::<i32>().is_ok(),
        "i64" => digits.parse::<i64>().is_ok(),
        "i128" => digits.parse::<i128>().is_ok(),
        "u8" => digits.parse::<u8>().is_ok(),
        "u16" => digits.parse::<u16>().is_ok(),
        "u32" | "usize" => digits.parse::<u32>().is_ok(),
        "u64" => digits.parse::<u64>().is_ok(),
        "u128" => digits.parse::<u128>().is_ok(),
        "f32" | "f64" => return float(digits, number.suffix()),
        _ => false,
    };
    fits.then(|| digits.to_owned())
}

fn float(digits: &str, suffix: &str) -> Option<String> {
    match suffix {
        "" | "f64" => digits
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_string()),
        "f32" => digits
            .parse::<f32>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::display_text;

    #[test]
    fn literal_text_is_what_display_prints() {
        macro_rules! holds {
            ($($literal:expr),* $(,)?) => {$(
                assert_eq!(display_text(&syn::parse_str(stringify!($literal)).unwrap()), Some($literal.to_string()), stringify!($literal));
            )*};
        }
        holds!(
            1,
            -3,
            0xFF,
            0b1_01,
            0o17,
            1_000i64,
            255u8,
            -128i64,
            1.0,
            -1.5,
            -0.0,
            0.1f32,
            1e10,
            1e-7,
            2f32,
            3u128,
            "text",
            "a\n\"b\"",
            r#"raw "x""#,
            'c',
            '\'',
            b'a',
            true,
            false,
        );
    }

    #[test]
    fn invalid_literals_have_no_text() {
        for literal in [
            "300u8",
            "3000000000",
            "-1u8",
            "1e400",
            "1px",
            "\"a\"suffix",
            "b\"bytes\"",
            "c\"text\"",
            "-'a'",
            "!1",
            "1 + 1",
            "x",
        ] {
            assert_eq!(
                syn::parse_str(literal).ok().and_then(|literal| display_text(&literal)),
                None,
                "{literal}"
            );
        }
    }
}

//! Literals among the arguments: they are known now, so they live in the callsite and cost nothing at run time.

use syn::{Expr, ExprLit, Lit, LitInt, UnOp};

/// The expression inside the invisible groups that a `macro_rules!` fragment leaves around it.
pub(super) fn out_of_groups(mut expr: &Expr) -> &Expr {
    while let Expr::Group(group) = expr {
        expr = &group.expr;
    }
    expr
}

/// The literal, if the expression is nothing else.
pub(super) fn of(expr: &Expr) -> Option<&Lit> {
    match out_of_groups(expr) {
        Expr::Lit(ExprLit { lit, attrs }) if attrs.is_empty() => Some(lit),
        _ => None,
    }
}

/// What `Display` would print of a literal, if the expression is one (or a negative number) and its type has a `Display`. A literal that rustc will refuse,
/// or lint, is left to rustc.
pub(super) fn displayed(expr: &Expr) -> Option<String> {
    match out_of_groups(expr) {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let number = match of(&unary.expr)? {
                Lit::Int(number) if !number.suffix().starts_with('u') => integer(number)?,
                Lit::Float(number) => float(number.base10_digits(), number.suffix())?,
                _ => return None,
            };
            // Integers have no negative zero, floats do.
            Some(if number == "0" && matches!(of(&unary.expr), Some(Lit::Int(_))) { number } else { format!("-{number}") })
        }
        expr => match of(expr)? {
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
        "" => digits.parse::<i32>().is_ok(),
        "i8" => digits.parse::<i8>().is_ok(),
        "i16" => digits.parse::<i16>().is_ok(),
        "i32" => digits.parse::<i32>().is_ok(),
        "i64" => digits.parse::<i64>().is_ok(),
        "i128" => digits.parse::<i128>().is_ok(),
        "u8" => digits.parse::<u8>().is_ok(),
        "u16" => digits.parse::<u16>().is_ok(),
        "u32" => digits.parse::<u32>().is_ok(),
        "u64" => digits.parse::<u64>().is_ok(),
        "u128" => digits.parse::<u128>().is_ok(),
        // The size of these is the target's, not ours.
        "isize" | "usize" => digits.parse::<u32>().is_ok(),
        "f32" | "f64" => return float(digits, number.suffix()),
        _ => false,
    };
    fits.then(|| digits.to_owned())
}

fn float(digits: &str, suffix: &str) -> Option<String> {
    match suffix {
        "" | "f64" => digits.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number.to_string()),
        "f32" => digits.parse::<f32>().ok().filter(|number| number.is_finite()).map(|number| number.to_string()),
        _ => None,
    }
}

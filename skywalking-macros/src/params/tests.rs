use std::collections::HashSet;

use super::{bindings, collect_names, is_assigned, uses_program_names};

#[test]
fn bindings_are_in_declaration_order() {
    let sig = syn::parse_str(
        "fn f(mut self: Box<Self>, a: u8, (b, mut c): (u8, u8), D { d, e: &f, .. }: D, [g, h @ ..]: [u8; 3], E(i | i): E, _: u8, ref j: u8)",
    );
    let found: Vec<String> = bindings(&sig.unwrap())
        .iter()
        .map(|binding| {
            format!("{}{}", if binding.mutability.is_some() { "mut " } else { "" }, binding.name())
        })
        .collect();
    assert_eq!(found, ["mut self", "a", "b", "mut c", "d", "f", "g", "h", "i", "j"]);
}

#[test]
fn names_are_in_identifiers_and_format_strings() {
    let body = r#"a . b (r#type) { "plain c {d} { e:?} {:f$} {:.g$} {{h}} {0} {i j}" 'k' }"#;
    let mut words = HashSet::new();
    collect_names(&body.parse().unwrap(), &mut words);
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort();
    // `{{h}}` names nothing. A superfluous name does no harm.
    assert_eq!(words, ["a", "b", "d", "e", "f", "g", "h", "i", "type"]);
}

#[test]
fn prelude_names_are_not_program_names() {
    for no in ["", "\"a\"", "Some(1)", "format!(\"{}\", 1)", "1 + 2", "if true { 1 } else { 2 }"] {
        assert!(!uses_program_names(&no.parse().unwrap()), "{no}");
    }
    for yes in ["a", "self.a", "format!(\"{a}\")", "Some(a)", "a()", "Self::A", "r#type"] {
        assert!(uses_program_names(&yes.parse().unwrap()), "{yes}");
    }
}

#[test]
fn assignments_are_found() {
    for yes in [
        "a = 1",
        "x; { a.b[0].1 += 2 }",
        "(c, a) = d",
        "f(|| a <<= 1)",
        "if b { a -= 1 }",
        "[a, ..] = b",
        "r#a = 1",
    ] {
        assert!(is_assigned(&yes.parse().unwrap(), "a"), "{yes}");
    }
    for no in [
        "a == 1",
        "b = a",
        "match a { _ => 1 }",
        "a.set(1)",
        "a <= 1",
        "a >= b",
        "x.a() == 1",
        "(a, b) == c",
        "let b = &mut a",
        "a != 1",
    ] {
        assert!(!is_assigned(&no.parse().unwrap(), "a"), "{no}");
    }
}

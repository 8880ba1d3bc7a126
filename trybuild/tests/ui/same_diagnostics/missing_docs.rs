//! A crate that denies missing docs.
#![warn(missing_docs, missing_debug_implementations, unreachable_pub, elided_lifetimes_in_paths, single_use_lifetimes)]
#![warn(unused_lifetimes, unused_qualifications, let_underscore_drop, unit_bindings, async_fn_in_trait, trivial_casts, explicit_outlives_requirements)]
#![warn(unsafe_code, unused_results, variant_size_differences, redundant_lifetimes, meta_variable_misuse, non_ascii_idents, tail_expr_drop_order, if_let_rescope)]

/// Has a body.
pub struct S<'a>(&'a str);

impl S<'_> {
    #[traced]
    pub fn undocumented(&self) -> Result<S, String> {
        std::result::Result::Ok(S(self.0))
    }

    #[traced]
    pub async fn undocumented_later<'b>(&self, other: &'b str) -> usize {
        let _ = other.to_owned();
        other.len()
    }
}

// No warning: the emitted code reads the value once, where it moves into the body.
#[traced]
pub async fn undocumented<'c>(mut a: &'c str, b: Vec<u8>) -> Result<(), std::string::String> {
    let _ = b;
    a = "";
    let _b = a as &str;
    a.len();
    Ok(())
}

fn main() {}

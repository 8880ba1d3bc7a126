//! Unusual but correct use of the macros: each file compiles, runs and compares its spans.
//!
//! All files are modules of one test binary, so there is one link, and each can have inner
//! attributes of its own. Cases that need a crate of their own (an edition, a renamed dependency,
//! the macros of tokio) are in `crates/`.

#![deny(warnings)]
#![allow(
    clippy::pedantic,
    clippy::manual_async_fn,
    clippy::needless_lifetimes,
    reason = "the code under test is unusual; `tests/same_clippy.rs` tests clippy"
)]

mod argument_expressions;
mod arguments_from_macros;
mod arguments_not_recorded;
mod assigned_self;
mod associated_types;
mod async_fn;
mod async_fn_in_trait;
mod async_trait_expanded;
mod async_trait_methods;
mod blanket_methods;
mod body_syntax;
mod cancelled;
mod carrier_closures;
mod carrier_derived;
mod cfg_parameters;
mod coercions;
mod component_constants;
mod computed_names;
mod concurrent;
mod const_generics;
mod covers_alias;
mod covers_call;
mod covers_future;
mod covers_future_in_traits;
mod covers_stream;
mod covers_stream_errors;
mod drop_order;
mod early_return;
mod empty_bodies;
mod entry_peer;
mod error_aliases;
mod error_borrowed;
mod error_boxed;
mod error_forms;
mod error_generic;
mod error_ignored;
mod error_impl_trait;
mod error_without_traits;
mod extern_c;
mod extract_each;
mod extract_sources;
mod format_strings;
mod functions_from_macros;
mod future_size;
mod glob_import;
mod higher_ranked;
mod impl_block;
mod impl_block_async_trait;
mod impl_block_from_macros;
mod impl_block_generic;
mod impl_block_names;
mod impl_block_trait;
mod impl_trait_parameter;
mod impl_trait_return;
mod inject_places;
mod inner_attributes;
mod keys_in_any_order;
mod language_traits;
mod lifetimes;
mod lints;
mod logic_endpoint;
mod moved_parameters;
mod mut_parameters;
mod names_of_the_expansion;
mod nested_functions;
mod nested_futures;
mod never;
mod no_implicit_prelude;
mod other_attributes;
mod panicking_arguments;
mod panics;
mod parameter_drops;
mod pattern_parameters;
mod question_mark;
mod raw_names;
mod receivers;
mod receivers_in_pointers;
mod recursion;
mod recursion_async;
mod result_of_the_user;
mod ret_tags;
mod returned_types;
mod runtime_path;
mod send;
mod shadowed_inside;
mod shadowed_prelude;
// Without the attribute, as clippy reads them, these do not compile.
#[cfg(not(clippy))]
mod shortened_parameter;
mod spawned;
mod sync;
mod tag_values;
#[cfg(not(clippy))]
mod tail_temporaries;
mod track_caller;
mod uninhabited_types;
mod unsafe_fn;
mod unused_parameters;
mod visibility;
mod where_clauses;

/// Returns `value` at the second poll, so that a span is left and entered again.
async fn wait<T>(value: T) -> T {
    let mut polled = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut polled, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
    value
}

#[test]
fn every_file_is_a_module_that_compares_spans() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/pass");
    let mut files = 0;
    for file in std::fs::read_dir(here).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "main" {
            continue;
        }
        assert!(
            include_str!("main.rs").contains(&format!("\nmod {name};\n")),
            "`mod {name};` is missing in `pass/main.rs`"
        );
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            (text.contains("spans(") || text.contains("spans_that_break("))
                && text.contains(".are("),
            "`pass/{name}.rs` does not compare its spans"
        );
        files += 1;
    }
    assert!(files >= 40, "{files} files");
}

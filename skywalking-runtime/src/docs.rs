//! Pages to read; there is no code here.
//!
//! - [`concepts`]: trace, span, segment, carrier: what the words mean, and what they look like
//! - [`coming_from`]: how habits from go2sky, Java, `tracing` and fastrace are written here
//! - [`troubleshooting`]: missing and unexpected traces, and what the agent's warnings mean
//! - a page for each macro: [`entry_span`](crate::entry_span), [`exit_span`](crate::exit_span),
//!   [`local_span`](crate::local_span), [`skip_span`](crate::skip_span),
//!   [`Carrier`](derive@crate::Carrier)

#[doc = include_str!("../docs/concepts.md")]
pub mod concepts {}

#[doc = include_str!("../docs/coming_from.md")]
pub mod coming_from {}

#[doc = include_str!("../docs/troubleshooting.md")]
pub mod troubleshooting {}

/// The page of a macro: what it is for, then its sections, each with its expansion.
///
/// A test of `skywalking-macros` generates the expansion from the section's first example. The file
/// has the section's name, below `docs/expansions/`.
macro_rules! page {
    ($($section:literal),+; $item:item) => {
        $(
            #[doc = include_str!(concat!("../docs/", $section, ".md"))]
            #[doc = "<details><summary>The expansion</summary>\n\n```text"]
            #[doc = include_str!(concat!("../docs/expansions/", $section, ".rs"))]
            #[doc = "```\n\n</details>"]
            #[doc = ""]
        )+
        $item
    };
}
pub(crate) use page;

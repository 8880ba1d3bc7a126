//! Pages to read. This module has no code.
//!
//! - [`concepts`]: traces, spans, segments, carriers, sampling, and what is recorded when
//! - [`troubleshooting`]: unexpected traces, and what the agent's warnings mean

#[doc = include_str!("../docs/concepts.md")]
pub mod concepts {}

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

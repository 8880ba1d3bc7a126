//! Text for a terminal: a trace as a tree, the map of services.
//!
//! Names come from whoever reports, so what could steer a terminal is shown as a sign instead of
//! being sent to it. Colours are a [`Style`] and nothing more than that: every mark is a word as
//! well.

mod invisible;
mod text;
mod topology;
mod tree;

use std::io::IsTerminal;

pub use topology::{topology, topology_within};
pub use tree::{tree, tree_within};

/// How a view is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    ink: Ink,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    None,
    Colours,
}

impl Style {
    /// Without colours: for files, pipes and tests.
    pub const fn plain() -> Self {
        Self { ink: Ink::None }
    }

    /// With colours, wherever it goes.
    pub const fn coloured() -> Self {
        Self { ink: Ink::Colours }
    }

    /// For standard output: coloured if that is a terminal that can, and the user does not mind
    /// (`NO_COLOR` is unset or empty, `TERM` is not `dumb`).
    pub fn stdout() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb {
            Self::coloured()
        } else {
            Self::plain()
        }
    }

    fn paint(self, colour: Colour, text: &str) -> String {
        match self.ink {
            Ink::None => text.to_owned(),
            Ink::Colours => format!("\x1b[{}m{text}\x1b[0m", colour as u8),
        }
    }
}

/// By the terminal's own numbers, so that its palette decides.
#[derive(Debug, Clone, Copy)]
enum Colour {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Cyan = 36,
}

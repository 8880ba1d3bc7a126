//! Colors.

use std::io::IsTerminal;

/// The style of a text view: plain or colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colored: bool,
}

impl Style {
    /// Returns a style without colors, for files, pipes and tests.
    pub const fn plain() -> Self {
        Self { colored: false }
    }

    /// Returns a style with ANSI colors.
    pub const fn colored() -> Self {
        Self { colored: true }
    }

    /// Returns the style for standard output. It is colored if standard output is a terminal,
    /// `NO_COLOR` is unset or empty, and `TERM` is not `dumb`.
    pub fn stdout() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { colored: std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb }
    }

    pub(super) fn paint(self, color: Color, text: &str) -> String {
        if self.colored { format!("\x1b[{}m{text}\x1b[0m", color as u8) } else { text.to_owned() }
    }
}

/// A color or weight, by its ANSI number. The terminal's palette defines the color.
#[derive(Debug, Clone, Copy)]
pub(super) enum Color {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Cyan = 36,
}

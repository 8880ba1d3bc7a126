//! Colors and width.

use std::io::IsTerminal;

/// The width of a view that is not for a terminal, in columns.
const DEFAULT_WIDTH: usize = 100;
const MIN_WIDTH: usize = 60;
const MAX_WIDTH: usize = 400;

/// The style of a text view: plain or colored, and its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colored: bool,
    width: usize,
}

impl Style {
    /// Returns a style without colors and 100 columns wide, for files, pipes and tests.
    pub const fn plain() -> Self {
        Self { colored: false, width: DEFAULT_WIDTH }
    }

    /// Returns a style with ANSI colors, 100 columns wide.
    pub const fn colored() -> Self {
        Self { colored: true, width: DEFAULT_WIDTH }
    }

    /// Returns the style for standard output. It has the width of the terminal, or 100 columns if
    /// standard output is not a terminal. It is colored if standard output is a terminal,
    /// `NO_COLOR` is unset or empty, and `TERM` is not `dumb`.
    pub fn stdout() -> Self {
        let stdout = std::io::stdout();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_terminal = stdout.is_terminal();
        let width = terminal_size::terminal_size_of(&stdout).filter(|_| is_terminal);
        Self { colored: is_terminal && !set("NO_COLOR") && !dumb, ..Self::plain() }
            .with_width(width.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)))
    }

    /// Sets the width in columns, at least 60 and at most 400.
    #[must_use]
    pub fn with_width(mut self, columns: usize) -> Self {
        self.width = columns.clamp(MIN_WIDTH, MAX_WIDTH);
        self
    }

    pub(super) const fn width(self) -> usize {
        self.width
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

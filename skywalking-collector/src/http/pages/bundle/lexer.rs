//! The tokens of a module. What the lexer doesn't know is an error, never a guess: brackets must
//! match, and a `/` must be clearly a division or the start of a regular expression.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a number.
    Word,
    String,
    /// A part of a template, up to `${` or the end.
    Template,
    Regex,
    Punctuation,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// The offset of its first byte.
    pub(super) start: usize,
    /// The number of brackets and templates around it.
    pub(super) depth: usize,
}

/// What the lexer refuses, and the offset of its first byte.
pub(super) type Refused = (usize, &'static str);

/// After these words a `/` starts a regular expression.
const BEFORE_REGEX: &[&str] =
    &["return", "typeof", "case", "in", "of", "delete", "void", "throw", "else", "do", "yield"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Pair(u8),
    Template,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    open: Vec<Bracket>,
    tokens: Vec<Token<'a>>,
}

pub(super) fn tokens(source: &str) -> Result<Vec<Token<'_>>, Refused> {
    let mut lexer = Lexer { source, at: 0, open: Vec::new(), tokens: Vec::new() };
    while lexer.peek(0).is_some() {
        lexer.next()?;
    }
    if !lexer.open.is_empty() {
        return Err((source.len(), "a bracket or template is not closed"));
    }
    Ok(lexer.tokens)
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + ahead).copied()
    }

    /// Skips what is not a token, or adds the next one.
    fn next(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let Some(byte) = self.peek(0) else { return Ok(()) };
        match byte {
            b' ' | b'\n' => self.at += 1,
            b'/' if self.peek(1) == Some(b'/') => {
                self.at = self.find("\n").unwrap_or(self.source.len());
            }
            b'/' if self.peek(1) == Some(b'*') => {
                self.at += 2;
                self.at = self.find("*/").ok_or((start, "a comment does not end"))? + 2;
            }
            b'/' if self.starts_regex()? => self.regex()?,
            b'"' | b'\'' => self.string(byte)?,
            b'`' => {
                self.at += 1;
                self.template(start)?;
            }
            b'}' if self.open.last() == Some(&Bracket::Template) => {
                self.open.pop();
                self.at += 1;
                self.template(start)?;
            }
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.add(Kind::Punctuation, start);
                self.open.push(Bracket::Pair(byte));
            }
            b')' | b']' | b'}' => {
                let opening = match byte {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                if self.open.pop() != Some(Bracket::Pair(opening)) {
                    return Err((start, "a bracket has no partner"));
                }
                self.at += 1;
                self.add(Kind::Punctuation, start);
            }
            byte if is_word(byte) => {
                while self.peek(0).is_some_and(is_word) {
                    self.at += 1;
                }
                self.add(Kind::Word, start);
            }
            byte if byte.is_ascii_punctuation() => {
                self.at += 1;
                self.add(Kind::Punctuation, start);
            }
            _ => return Err((start, "an unknown character")),
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, start: usize) {
        let text = self.source.get(start..self.at).unwrap_or_default();
        self.tokens.push(Token { kind, text, start, depth: self.open.len() });
    }

    /// Returns the offset of the next occurrence.
    fn find(&self, text: &str) -> Option<usize> {
        self.source.get(self.at..)?.find(text).map(|offset| self.at + offset)
    }

    fn string(&mut self, quote: u8) -> Result<(), Refused> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                Some(b'\\') => self.at += 2,
                Some(byte) if byte == quote => break,
                None | Some(b'\n') => return Err((start, "a string does not end on its line")),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        self.add(Kind::String, start);
        Ok(())
    }

    /// Reads a template up to its end or to the next `${`.
    fn template(&mut self, start: usize) -> Result<(), Refused> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (None, _) => return Err((start, "a template does not end")),
                (Some(b'\\'), _) => self.at += 2,
                (Some(b'`'), _) => {
                    self.at += 1;
                    self.add(Kind::Template, start);
                    return Ok(());
                }
                (Some(b'$'), Some(b'{')) => {
                    self.at += 2;
                    self.add(Kind::Template, start);
                    self.open.push(Bracket::Template);
                    return Ok(());
                }
                _ => self.at += 1,
            }
        }
    }

    fn regex(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let mut is_class = false;
        self.at += 1;
        loop {
            match self.peek(0) {
                Some(b'\\') => self.at += 1,
                Some(b'[') => is_class = true,
                Some(b']') => is_class = false,
                Some(b'/') if !is_class => break,
                None | Some(b'\n') => return Err((start, "a regular expression does not end")),
                Some(_) => {}
            }
            self.at += 1;
        }
        self.at += 1;
        while self.peek(0).is_some_and(is_word) {
            self.at += 1;
        }
        self.add(Kind::Regex, start);
        Ok(())
    }

    fn starts_regex(&self) -> Result<bool, Refused> {
        let mut before = self.tokens.iter().rev();
        let Some(last) = before.next() else { return Ok(true) };
        let is_property = before.next().is_some_and(|token| token.text == ".");
        match (last.kind, last.text) {
            (Kind::Word, word) => Ok(BEFORE_REGEX.contains(&word) && !is_property),
            (Kind::Punctuation, ")" | "]") | (Kind::String | Kind::Regex, _) => Ok(false),
            (Kind::Punctuation, "}") => Err((self.at, "a `/` after `}` can be both")),
            // The value of a `${}` may follow.
            (Kind::Template, text) => Ok(text.ends_with("${")),
            (Kind::Punctuation, _) => Ok(true),
        }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<(Kind, String)> {
        let tokens = tokens(source).expect("known tokens");
        tokens.iter().map(|token| (token.kind, token.text.to_owned())).collect()
    }

    fn kinds(source: &str) -> Vec<Kind> {
        shown(source).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn comments_strings_and_templates_hide_code() {
        let hidden = "// import \"a\"\n/* export ` */ 'export \\' \"' \"`\" `\nexport \\` $`";
        assert!(!shown(hidden).iter().any(|(kind, _)| *kind == Kind::Word));
    }

    #[test]
    fn templates_contain_code_and_templates() {
        let words = shown("a(`x ${b.map((c) => `y ${{ d }} z`)} ${e}`, f)");
        let words = words.iter().filter(|(kind, _)| *kind == Kind::Word);
        assert_eq!(words.map(|(_, text)| text.as_str()).collect::<String>(), "abmapcdef");
    }

    #[test]
    fn slash_is_a_division_or_starts_a_regex() {
        use Kind::{Punctuation as P, Regex as R, Word as W};
        assert_eq!(kinds("x = /[/\"`]\\//gu;"), [W, P, R, P]);
        assert_eq!(kinds("(a + b) / c / 2"), [P, W, P, W, P, P, W, P, W]);
        assert_eq!(kinds("return /'/"), [W, R]);
        assert_eq!(kinds("x.in / 2 / y"), [W, P, W, P, W, P, W]);
    }

    #[test]
    fn depth_counts_brackets_and_templates() {
        let tokens = tokens("a { b(`${c}`) } d").expect("known tokens");
        let words = tokens.iter().filter(|token| token.kind == Kind::Word);
        let depths: Vec<_> = words.map(|token| (token.text, token.depth)).collect();
        assert_eq!(depths, [("a", 0), ("b", 1), ("c", 3), ("d", 0)]);
    }

    #[test]
    fn unknown_source_is_refused() {
        for source in [
            "(", ")", "(]", "`", "`${", "`${a", "\"", "'\n'", "/* ", "x = /a", "x = /[/", "{} / 2",
            "x = é", "\t",
        ] {
            assert!(tokens(source).is_err(), "{source}");
        }
    }
}

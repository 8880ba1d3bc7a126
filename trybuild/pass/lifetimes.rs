//! Lifetimes: named, bounded, elided, `'static`, and in `where` clauses.

use std::borrow::Cow;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
async fn longer<'a, 'b: 'a>(a: &'a str, b: &'b str) -> &'a str {
    if a.is_empty() { b } else { a }
}

#[local_span]
fn first<'a, 'b>(a: &'a str, _: &'b str) -> Result<&'a str, Cow<'b, str>>
where
    'b: 'a,
{
    Ok(a)
}

struct Parser<'text> {
    rest: &'text str,
}

impl<'text> Parser<'text> {
    #[local_span(tags("rest" = self.rest))]
    fn next(&mut self) -> Result<&'text str, &'static str> {
        let (word, rest) = self.rest.split_once(' ').ok_or("no more")?;
        self.rest = rest;
        Ok(word)
    }

    #[local_span]
    async fn peek(&self) -> Option<&'text str> {
        self.rest.split(' ').next()
    }
}

#[test]
fn are_traced() {
    spans(|| {
        assert_eq!((block_on(longer("", "b")), first("a", "b")), ("b", Ok("a")));
        let text = "one two".to_owned();
        let word = {
            let mut parser = Parser { rest: &text };
            (parser.next(), block_on(parser.peek()), parser.next())
        };
        assert_eq!(word, (Ok("one"), Some("two"), Err("no more")));
    })
    .are(
        "
        Local pass::lifetimes::longer
        Local pass::lifetimes::first
        Local pass::lifetimes::next {rest=one two}
        Local pass::lifetimes::peek
        Local pass::lifetimes::next ERROR {rest=two} [event=error error.kind=&str message=no more]
        ",
    );
}

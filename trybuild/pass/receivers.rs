//! `self` by reference and by value, in sync, failing and async methods of a generic type.

use std::fmt::Display;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[derive(Clone)]
struct Shelf<T> {
    book: T,
}

impl<T: Display + Clone> Shelf<T> {
    #[local_span(name = "new")]
    fn new(book: T) -> Result<Self, String> {
        Ok(Self { book })
    }

    #[local_span(name = "by_ref", tags("book" = %self.book))]
    fn by_ref(&self) -> String {
        self.book.to_string()
    }

    #[local_span(name = "lend", tags("book" = self.title()))]
    fn lend(&mut self) -> Result<&mut T, String> {
        Ok(&mut self.book)
    }

    #[allow(
        clippy::unnecessary_mut_passed,
        reason = "the coercion of `&mut` to `&` is what is tested"
    )]
    #[local_span(name = "lend_shared")]
    fn lend_shared(&mut self) -> Result<&T, String> {
        Ok(&mut self.book)
    }

    #[local_span(name = "by_value")]
    fn by_value(self) -> Result<T, String> {
        Ok(self.book)
    }

    #[local_span(name = "changed", tags("old" = %self.book, "new" = %book))]
    fn changed(mut self, book: T) -> Result<Self, String> {
        self.book = book;
        Ok(self)
    }

    #[local_span(name = "replaced")]
    async fn replaced(&mut self, book: T) -> T {
        std::mem::replace(&mut self.book, book)
    }

    #[local_span(name = self.title())]
    async fn given<'a>(&'a self, suffix: &str) -> Result<&'a T, String> {
        if suffix.is_empty() { Err("nothing".to_owned()) } else { Ok(&self.book) }
    }

    #[local_span(name = "changed_later")]
    async fn changed_later(mut self, book: T) -> Self {
        self.book = book;
        self
    }

    fn title(&self) -> String {
        format!("title {}", self.book)
    }
}

#[test]
fn can_be_used_in_arguments() {
    spans(|| {
        let mut shelf = Shelf::new("Emma".to_owned()).unwrap();
        assert_eq!(shelf.by_ref(), "Emma");
        shelf.lend().unwrap().push('!');
        assert_eq!(shelf.lend_shared().unwrap(), "Emma!");
        assert_eq!(block_on(shelf.replaced("Ulysses".to_owned())), "Emma!");
        assert!(block_on(shelf.given("?")).is_ok() && block_on(shelf.given("")).is_err());
        let shelf = block_on(shelf.changed_later("Persuasion".to_owned()));
        assert_eq!(
            shelf.changed("Middlemarch".to_owned()).unwrap().by_value().unwrap(),
            "Middlemarch"
        );
    })
    .are(
        "
        Local new
        Local by_ref {book=Emma}
        Local lend {book=title Emma}
        Local lend_shared
        Local replaced
        Local title Ulysses
        Local title Ulysses ERROR [event=error error.kind=alloc::string::String message=nothing]
        Local changed_later
        Local changed {old=Persuasion, new=Middlemarch}
        Local by_value
        ",
    );
}

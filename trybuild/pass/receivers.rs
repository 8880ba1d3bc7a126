//! Every kind of `self`, in sync, failing and async methods of a generic type.

use std::fmt::Display;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use futures::executor::block_on;
use skywalking_runtime::local_span;

#[derive(Clone)]
struct Shelf<T> {
    book: T,
}

impl<T: Display + Clone> Shelf<T> {
    const SIZE: usize = 3;

    #[local_span(tags("book" = %self.book))]
    fn by_ref(&self) -> String {
        self.book.to_string()
    }

    #[local_span]
    fn lend(&mut self) -> Result<&mut T, String> {
        Ok(&mut self.book)
    }

    #[allow(clippy::unnecessary_mut_passed, reason = "the coercion of `&mut` to `&` is what is tested")]
    #[local_span]
    fn lend_shared(&mut self) -> Result<&T, String> {
        Ok(&mut self.book)
    }

    #[local_span]
    fn by_value(self) -> Result<T, String> {
        Ok(self.book)
    }

    #[local_span]
    fn changed(mut self, book: T) -> Result<Self, String> {
        self.book = book;
        Ok(self)
    }

    #[local_span(name = self.book)]
    async fn shared(self: Arc<Self>, suffix: &str) -> Result<String, std::fmt::Error> {
        Ok(format!("{}{suffix}", self.book))
    }

    #[local_span]
    async fn boxed(self: Box<Self>) -> T {
        self.book
    }

    #[local_span]
    fn counted(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    #[local_span]
    async fn pinned(self: Pin<&mut Self>) -> usize
    where
        Self: Sized,
    {
        Self::SIZE
    }

    #[local_span]
    async fn replaced(&mut self, book: T) -> T {
        std::mem::replace(&mut self.book, book)
    }

    #[local_span]
    fn new(book: T) -> Result<Self, String> {
        Ok(Self { book })
    }
}

fn main() {
    let mut shelf = Shelf::new("Emma".to_owned()).unwrap();
    assert_eq!(shelf.by_ref(), "Emma");
    shelf.lend().unwrap().push('!');
    assert_eq!(shelf.lend_shared().unwrap(), "Emma!");
    assert_eq!(block_on(shelf.replaced("Ulysses".to_owned())), "Emma!");
    assert_eq!(block_on(Pin::new(&mut shelf).pinned()), 3);
    assert_eq!(block_on(Arc::new(shelf.clone()).shared("?")).unwrap(), "Ulysses?");
    assert_eq!(block_on(Box::new(shelf.clone()).boxed()), "Ulysses");
    assert_eq!(Rc::new(shelf.clone()).counted(), 1);
    assert_eq!(shelf.changed("Middlemarch".to_owned()).unwrap().by_value().unwrap(), "Middlemarch");
}

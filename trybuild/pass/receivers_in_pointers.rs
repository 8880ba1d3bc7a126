//! `self` behind `Arc`, `Rc`, `Box` and `Pin`.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[derive(Clone)]
struct Shelf {
    book: String,
}

impl Shelf {
    #[local_span(name = self.book)]
    async fn shared(self: Arc<Self>, suffix: &str) -> Result<String, std::fmt::Error> {
        Ok(format!("{}{suffix}", self.book))
    }

    #[local_span(tags("count" = Arc::strong_count(&self)))]
    fn shared_at_once(self: Arc<Self>) -> Result<usize, String> {
        Ok(Arc::strong_count(&self))
    }

    #[local_span]
    async fn boxed(self: Box<Self>) -> String {
        self.book
    }

    #[local_span(tags("book" = self.book))]
    fn counted(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    #[local_span(tags("book" = self.book))]
    async fn pinned(mut self: Pin<&mut Self>, book: &str) -> usize {
        self.book = book.to_owned();
        self.book.len()
    }

    #[local_span]
    fn pinned_at_once(self: Pin<&mut Self>) -> Result<&mut String, String> {
        Ok(&mut self.get_mut().book)
    }

    #[local_span]
    async fn pinned_arc(self: Pin<Arc<Self>>) -> String {
        self.book.clone()
    }
}

#[test]
fn can_be_used_in_arguments() {
    spans(|| {
        let mut shelf = Shelf { book: "Emma".to_owned() };
        assert_eq!(block_on(Pin::new(&mut shelf).pinned("Ulysses")), 7);
        Pin::new(&mut shelf).pinned_at_once().unwrap().push('!');
        assert_eq!(block_on(Arc::new(shelf.clone()).shared("?")).unwrap(), "Ulysses!?");
        assert_eq!(Arc::new(shelf.clone()).shared_at_once(), Ok(1));
        assert_eq!(block_on(Box::new(shelf.clone()).boxed()), "Ulysses!");
        assert_eq!(block_on(Arc::pin(shelf.clone()).pinned_arc()), "Ulysses!");
        assert_eq!(Rc::new(shelf).counted(), 1);
    })
    .are(
        "
        Local pass::receivers_in_pointers::pinned {book=Emma}
        Local pass::receivers_in_pointers::pinned_at_once
        Local Ulysses!
        Local pass::receivers_in_pointers::shared_at_once {count=1}
        Local pass::receivers_in_pointers::boxed
        Local pass::receivers_in_pointers::pinned_arc
        Local pass::receivers_in_pointers::counted {book=Ulysses!}
        ",
    );
}

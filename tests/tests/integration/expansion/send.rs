//! A traced future is `Send` if the plain one is. A plain future that is not `Send` compiles too.

use std::cell::Cell;
use std::rc::Rc;

use futures::future::BoxFuture;
use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::expansion::loud::wait;

fn send<T: Send>(_: T) {}

fn send_and_sync<T: Send + Sync>(_: T) {}

fn static_and_send<T: Send + 'static>(_: T) {}

/// `Send`, but not `Sync`, so a future that borrows it is not `Send`.
#[derive(Default)]
struct Single(Cell<u8>);

/// Declares functions with each attribute, and checks the bounds of their futures.
macro_rules! demanded {
    ($demand:ident: $(#[$attr:meta])*) => {
        $({
            #[$attr]
            async fn nothing() -> u8 {
                wait().await;
                1
            }
            #[$attr]
            async fn owned(text: String, mut list: Vec<u8>, n: u8) -> Result<usize, String> {
                list.push(n);
                wait().await;
                Ok(text.len() + list.len())
            }
            #[$attr]
            async fn borrowed<'a>(text: &'a str, mut other: &'a str) -> &'a str {
                wait().await;
                if text.is_empty() { other = text; }
                other
            }
            #[$attr]
            async fn generic<T: Send + Sync + Clone>(value: T) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
                wait().await;
                Ok(value.clone())
            }
            #[$attr]
            async fn hidden(text: impl AsRef<str> + Send + Sync) -> Result<impl Iterator<Item = u8> + Send + Sync, std::fmt::Error> {
                wait().await;
                Ok(text.as_ref().to_owned().into_bytes().into_iter())
            }
            struct Owner {
                text: String,
            }
            impl Owner {
                #[$attr]
                async fn method(&self, n: &u8) -> Result<usize, String> {
                    wait().await;
                    Ok(self.text.len() + usize::from(*n))
                }
                #[$attr]
                async fn changes(&mut self) -> usize {
                    wait().await;
                    self.text.clear();
                    0
                }
                #[$attr]
                async fn owns(mut self: Box<Self>) -> Result<String, String> {
                    wait().await;
                    self.text.push('x');
                    Ok(self.text)
                }
            }
            let mut owner = Owner { text: String::new() };
            $demand(nothing());
            $demand(owned(String::new(), vec![], 1));
            $demand(borrowed("a", "b"));
            $demand(generic(1));
            $demand(hidden("a"));
            $demand(owner.method(&1));
            $demand(owner.changes());
            $demand(Box::new(owner).owns());
            static_and_send(owned(String::new(), vec![], 1));
        })*
    };
}

#[test]
fn send_and_sync_future_stays_so() {
    demanded!(send_and_sync: #[local_span] #[local_span(no_err)]);
    demanded!(send_and_sync: #[entry_span(name = format!("{}", 1), extract = String::new(), tags("k" = Rc::new(1), "c" = ?Cell::new(1)))]);
    demanded!(send_and_sync: #[exit_span(peer = Rc::new("a:1"), ret_tags("k" = |_| Rc::new(1)))]);
}

#[test]
fn send_future_without_sync_stays_so() {
    #[local_span]
    async fn taken(single: Single) -> Result<u8, String> {
        wait().await;
        Ok(single.0.get())
    }
    #[local_span(tags("n" = single.0.get()))]
    async fn changed(mut single: Single) -> u8 {
        wait().await;
        single.0.set(1);
        if single.0.get() == 1 {
            single = Single::default();
        }
        single.0.get()
    }
    #[local_span]
    async fn stream_of(mut items: impl Iterator<Item = Single> + Send) -> usize {
        let mut n = 0;
        for item in items.by_ref() {
            wait().await;
            n += usize::from(item.0.get());
        }
        n
    }

    send(taken(Single::default()));
    send(changed(Single::default()));
    send(stream_of(std::iter::empty()));
}

#[test]
fn future_without_send_compiles() {
    #[local_span(tags("n" = n))]
    async fn rc(n: Rc<u8>) -> Result<u8, Rc<str>> {
        wait().await;
        Ok(*n)
    }
    #[exit_span(peer = "a:1")]
    async fn across(n: u8) -> u8 {
        let shared = Rc::new(n);
        wait().await;
        *shared
    }

    drop(rc(Rc::new(1)));
    drop(across(1));
}

#[test]
#[allow(clippy::manual_async_fn, reason = "the test is about functions that return a future")]
fn function_that_returns_a_future_keeps_its_bounds() {
    #[local_span(covers = future)]
    fn hidden(n: u8) -> impl Future<Output = u8> + Send + Sync + use<> {
        async move { n }
    }
    #[local_span(covers = future, tags("text" = text), ret_tags("n" = |n| n))]
    fn boxed(text: &str) -> BoxFuture<'_, usize> {
        Box::pin(async move { text.len() })
    }
    #[local_span(covers = call)]
    fn called(n: u8) -> impl Future<Output = u8> + Send {
        async move { n }
    }

    send_and_sync(hidden(1));
    send(boxed("a"));
    send(called(1));
}

#[test]
fn higher_ranked_bound_is_kept() {
    #[local_span]
    async fn each(list: &[String], seen: &mut Vec<usize>) -> Result<(), String> {
        for text in list.iter().map(String::as_str) {
            wait().await;
            seen.push(text.len());
        }
        Ok(())
    }
    fn service<F>(_: F)
    where
        F: for<'a> Fn(&'a [String], &'a mut Vec<usize>) -> BoxFuture<'a, Result<(), String>>,
    {
    }
    service(|list, seen| Box::pin(each(list, seen)));
}

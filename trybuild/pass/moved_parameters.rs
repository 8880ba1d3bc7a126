//! Parameters that the body moves, as a whole or in part, calls, lends for longer than itself, or
//! moves into closures, threads and other futures.

use std::fmt::Display;

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

struct Pair {
    left: String,
    right: Vec<u8>,
}

impl Pair {
    #[local_span(tags("left" = self.left))]
    fn into_right(self) -> Result<Vec<u8>, String> {
        drop(self.left);
        Ok(self.right)
    }

    #[local_span(tags("left" = self.left))]
    async fn into_left(self, kept: &mut Vec<u8>) -> Result<String, String> {
        kept.extend(self.right);
        Ok(self.left)
    }

    #[local_span]
    fn parts(&mut self) -> Result<(&mut String, &mut Vec<u8>), String> {
        Ok((&mut self.left, &mut self.right))
    }
}

#[local_span]
fn calls(
    once: impl FnOnce(String) -> usize,
    mut many: impl FnMut() -> usize,
    text: String,
) -> Result<usize, String> {
    Ok(once(text) + many() + many())
}

#[local_span]
async fn calls_later(
    once: Box<dyn FnOnce(String) -> usize + Send>,
    many: &mut (dyn FnMut() -> usize + Send),
    text: String,
) -> Result<usize, String> {
    Ok(once(text) + many() + many())
}

#[local_span]
fn to_a_thread(text: String, n: usize) -> Result<usize, String> {
    std::thread::spawn(move || text.len() + n).join().map_err(|_| "panicked".to_owned())
}

#[expect(clippy::type_complexity, reason = "clippy says it once, of the user's own type")]
#[local_span]
fn into_a_closure<'a>(text: &'a str, n: usize) -> Result<Box<dyn Fn(&str) -> usize + 'a>, ()> {
    Ok(Box::new(move |more| text.len() + more.len() + n))
}

#[local_span]
async fn into_a_future(text: String, n: usize) -> Result<usize, String> {
    let inner = async move { text.len() + n };
    Ok(inner.await)
}

#[local_span]
fn lends<'a>(items: &'a mut Vec<String>, more: String) -> Result<&'a mut String, String> {
    items.push(more);
    items.last_mut().ok_or_else(String::new)
}

#[local_span]
fn shadows(n: impl Display) -> Result<usize, String> {
    let n = n.to_string();
    let n = n.len();
    Ok(n)
}

#[local_span]
fn replaces(mut items: Vec<u8>, mut n: u8) -> Result<Vec<u8>, String> {
    let old = std::mem::take(&mut items);
    items = old.into_iter().map(|item| item + n).collect();
    n = items.len() as u8;
    items.push(n);
    Ok(items)
}

#[test]
fn move_as_in_the_plain_function() {
    spans(|| {
        let pair = || Pair { left: "left".to_owned(), right: vec![1, 2] };
        let (mut pair_, mut kept, mut items, mut calls_made) = (pair(), Vec::new(), Vec::new(), 0);
        let (left, right) = pair_.parts().unwrap();
        left.push('!');
        right.push(3);
        assert_eq!(
            (pair_.into_right().unwrap().len(), block_on(pair().into_left(&mut kept)), kept.len()),
            (3, Ok("left".to_owned()), 2)
        );
        let mut count = || {
            calls_made += 1;
            calls_made
        };
        assert_eq!(calls(|text| text.len(), &mut count, "ab".to_owned()), Ok(5));
        assert_eq!(
            block_on(calls_later(Box::new(|text| text.len()), &mut count, "ab".to_owned())),
            Ok(9)
        );
        assert_eq!(to_a_thread("ab".to_owned(), 1), Ok(3));
        assert_eq!(into_a_closure("a", 1).unwrap()("b"), 3);
        assert_eq!(block_on(into_a_future("ab".to_owned(), 1)), Ok(3));
        lends(&mut items, "a".to_owned()).unwrap().push('b');
        assert_eq!(
            (items, shadows(10), replaces(vec![1], 1)),
            (vec!["ab".to_owned()], Ok(2), Ok(vec![2, 1]))
        );
    })
    .are(
        "
        Local pass::moved_parameters::parts
        Local pass::moved_parameters::into_right {left=left!}
        Local pass::moved_parameters::into_left {left=left}
        Local pass::moved_parameters::calls
        Local pass::moved_parameters::calls_later
        Local pass::moved_parameters::to_a_thread
        Local pass::moved_parameters::into_a_closure
        Local pass::moved_parameters::into_a_future
        Local pass::moved_parameters::lends
        Local pass::moved_parameters::shadows
        Local pass::moved_parameters::replaces
        ",
    );
}

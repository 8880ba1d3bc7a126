//! Arguments of every expression form: struct literals, closures that return, guards that are held
//! while their value is read.

use std::cell::RefCell;
use std::sync::Mutex;

use skywalking_runtime::{entry_span, exit_span, local_span};

use skywalking_trybuild::{block_on, spans};

struct Endpoint<'a> {
    path: &'a str,
}

impl Endpoint<'_> {
    fn name(&self) -> String {
        format!("GET:{}", self.path)
    }
}

#[entry_span(name = Endpoint { path }.name(), tags("path" = Endpoint { path }.path, "debug" = ?Endpoint { path }.name()))]
fn struct_literals(path: &str) {}

#[exit_span(peer = Endpoint { path: "a:1" }.path, ret_tags("name" = |path| Endpoint { path }.name()))]
async fn one_struct_literal() -> String {
    "/b".to_owned()
}

#[local_span(tags(
    "sum" = items.iter().try_fold(0_u8, |a, b| Some(a.checked_add(*b)?.max(1))).unwrap_or(0),
    "sorted" = items.is_sorted_by(|a, b| { if a > b { return false; } true }),
    "or" = (items.len() as u8 | 4 | items[0]),
    "found" = (|| { let first = items.first()?; Some(*first) })().unwrap_or(0),
))]
fn closures_that_return(items: &[u8]) {}

struct Shared {
    stack: RefCell<Vec<u8>>,
    headers: Mutex<Option<String>>,
}

impl Shared {
    #[local_span(tags("popped" = ?self.stack.borrow_mut().pop(), "left" = self.stack.borrow_mut().len(), "lock" = self.headers.lock().unwrap().is_some(), "again" = self.headers.lock().unwrap().is_none()))]
    fn one_after_the_other(&self) {}

    #[exit_span(name = self.stack.borrow_mut().len(), peer = self.stack.borrow_mut().len(), inject = *self.headers.lock().unwrap())]
    fn writes_to_a_lock(&self) -> Result<bool, String> {
        Ok(self.headers.lock().map_err(|error| error.to_string())?.is_some())
    }

    #[exit_span(name = "later", peer = "a:1", inject = &mut *self.headers.lock().unwrap())]
    async fn writes_to_a_lock_later(&self) -> bool {
        self.headers.lock().unwrap().is_some()
    }
}

#[entry_span(name = if n > 1 { "many" } else { "few" }, extract = if n > 1 { "" } else { "none" }, tags("range" = ?(0..n), "cast" = n as u32, "not" = !n, "index" = [1, 2][usize::from(n) % 2], "match" = match n { 0 => 'a', _ => 'b' }, "block" = { let m = n; m + 1 }))]
fn forms(n: u8) {}

#[test]
fn every_form_is_evaluated() {
    spans(|| {
        struct_literals("/a");
        assert_eq!(block_on(one_struct_literal()), "/b");
        closures_that_return(&[1, 2]);
        forms(1);
    })
    .are(
        "
        Entry GET:/a {path=/a, debug=\\\"GET:/a\\\"}
        Exit pass::argument_expressions::one_struct_literal peer=a:1 {name=GET:/b}
        Local pass::argument_expressions::closures_that_return {sum=3, sorted=true, or=7, found=1}
        Entry few {range=0..1, cast=1, not=254, index=2, match=b, block=2}
        ",
    );
}

#[test]
fn temporaries_end_with_their_argument() {
    spans(|| {
        let shared = Shared { stack: RefCell::new(vec![1, 2]), headers: Mutex::default() };
        shared.one_after_the_other();
        assert_eq!((shared.writes_to_a_lock(), block_on(shared.writes_to_a_lock_later())), (Ok(true), true));
    })
    .are(
        "
        Local pass::argument_expressions::one_after_the_other {popped=Some(2), left=1, lock=false, again=true}
        Exit 1 peer=1
        Exit later peer=a:1
        ",
    );
}

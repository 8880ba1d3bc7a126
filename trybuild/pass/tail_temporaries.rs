//! Temporaries in the last expression of a body that borrow from parameters and locals, such as
//! lock guards.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

struct Account {
    balance: Mutex<i64>,
    log: RefCell<Vec<String>>,
}

impl Account {
    #[local_span(tags("n" = n))]
    fn withdraw(&self, n: i64) -> Result<i64, String> {
        self.balance.lock().map_err(|_| "poisoned".to_owned()).map(|mut balance| {
            *balance -= n;
            *balance
        })
    }

    #[local_span]
    fn last(&self) -> Option<String> {
        self.log.borrow().last().cloned()
    }

    #[local_span]
    fn by_value(self: Rc<Self>) -> Result<i64, std::num::TryFromIntError> {
        i8::try_from(*self.balance.lock().unwrap()).map(i64::from)
    }

    #[local_span]
    async fn later(self) -> Result<usize, String> {
        match self.log.borrow().len() {
            0 => Err("empty".to_owned()),
            n => Ok(n),
        }
    }
}

#[local_span]
fn of_a_parameter(shared: Arc<Mutex<Vec<u8>>>, mut log: Vec<u8>) -> Result<u8, u8> {
    log.push(1);
    shared.lock().unwrap().iter().chain(&log).next().copied().ok_or(0)
}

#[local_span]
async fn of_a_parameter_later(shared: Arc<Mutex<Vec<u8>>>, mut log: Vec<u8>) -> Result<u8, u8> {
    log.push(1);
    shared.lock().unwrap().iter().chain(&log).next().copied().ok_or(0)
}

#[local_span]
fn of_a_mut_reference(mut text: &str, lock: Mutex<String>) -> Result<usize, usize> {
    let longer = format!("{text}{text}");
    text = &longer;
    lock.lock().unwrap().find(text).ok_or(text.len())
}

#[test]
fn drop_as_in_the_plain_function() {
    spans(|| {
        let account = || Account { balance: Mutex::new(3), log: RefCell::default() };
        assert_eq!((account().withdraw(1), account().last(), Rc::new(account()).by_value().ok()), (Ok(2), None, Some(3)));
        assert!(block_on(account().later()).is_err());
        let shared = || Arc::new(Mutex::new(vec![7]));
        assert_eq!((of_a_parameter(shared(), vec![]), block_on(of_a_parameter_later(shared(), vec![]))), (Ok(7), Ok(7)));
        assert_eq!(of_a_mut_reference("ab", Mutex::new("abab".to_owned())), Ok(0));
    })
    .are(
        "
        Local pass::tail_temporaries::withdraw {n=1}
        Local pass::tail_temporaries::last
        Local pass::tail_temporaries::by_value
        Local pass::tail_temporaries::later ERROR [event=error error.kind=alloc::string::String message=empty]
        Local pass::tail_temporaries::of_a_parameter
        Local pass::tail_temporaries::of_a_parameter_later
        Local pass::tail_temporaries::of_a_mut_reference
        ",
    );
}

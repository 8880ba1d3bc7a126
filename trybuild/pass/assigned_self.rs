//! `mut self` whose fields the body only assigns to: rustc reports nothing, as for the plain
//! method.

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

struct Owned {
    n: u8,
    text: Option<String>,
}

impl Owned {
    #[local_span]
    async fn later(mut self) {
        self.text = None;
    }

    #[local_span]
    fn failing(mut self) -> Result<(), ()> {
        self.n = 1;
        self.text = None;
        Ok(())
    }

    #[local_span]
    fn plain(mut self) {
        self.text = None;
    }
}

#[derive(Clone, Copy)]
struct Small(#[allow(dead_code)] u8);

impl Small {
    #[local_span]
    fn failing(mut self, n: u8) -> Result<Self, ()> {
        self.0 = n;
        Ok(self)
    }
}

#[test]
fn compiles_without_a_warning() {
    spans(|| {
        let owned = || Owned { n: 0, text: Some(String::new()) };
        assert_eq!(owned().n, 0);
        block_on(owned().later());
        owned().plain();
        assert!(owned().failing().is_ok() && Small(1).failing(2).is_ok());
    })
    .are(
        "
        Local pass::assigned_self::later
        Local pass::assigned_self::plain
        Local pass::assigned_self::failing
        Local pass::assigned_self::failing
        ",
    );
}

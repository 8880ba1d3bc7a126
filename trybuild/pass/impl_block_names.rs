//! `names`: a pattern for the names of a block's functions.

use skywalking_runtime::{entry_span, exit_span, local_span, skip_span};

use skywalking_trybuild::{block_on, spans};

struct Users;

#[entry_span(names = "{type}::{fn}", layer = rpc)]
impl Users {
    fn find() {}

    async fn r#match() {}

    #[local_span]
    fn inherits_the_pattern() {}

    #[local_span(name = "its own")]
    fn has_a_name() {}
}

trait Store {
    fn load(&self);
    fn skipped(&self) {}
    fn plain(&self) {}
}

#[exit_span(names = "/{trait}.{type}/{fn} of {module} {{}}", peer = "store:1")]
impl Store for Users {
    fn load(&self) {}

    #[skip_span]
    fn skipped(&self) {}
}

mod inner {
    pub(super) struct Generic<T>(pub(super) T);

    #[super::local_span(names = "{type}.{fn}")]
    impl<T> Generic<T> {
        pub(super) fn get(&self) -> &T {
            &self.0
        }
    }

    #[super::local_span(names = "constant")]
    impl Generic<u8> {
        pub(super) fn one() {}
        pub(super) fn two() {}
    }
}

#[test]
fn placeholders_are_replaced() {
    spans(|| {
        Users::find();
        block_on(Users::r#match());
        Users::inherits_the_pattern();
        Users::has_a_name();
        Users.load();
        Users.skipped();
        Users.plain();
        assert_eq!(inner::Generic(1).get(), &1);
        inner::Generic::one();
        inner::Generic::two();
    })
    .are(
        "
        Entry Users::find layer=RPCFramework
        Entry Users::match layer=RPCFramework
        Local Users::inherits_the_pattern
        Local its own
        Exit /Store.Users/load of pass::impl_block_names {} peer=store:1
        Local Generic.get
        Local constant
        Local constant
        ",
    );
}

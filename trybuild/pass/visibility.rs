//! Every visibility, and a path through several modules and types.
#![allow(clippy::needless_pub_self, reason = "under test")]

use skywalking_runtime::local_span;
use skywalking_trybuild::spans;

mod outer {
    pub(crate) mod inner {
        use skywalking_runtime::local_span;

        #[local_span]
        pub(crate) fn of_the_crate() {}

        #[local_span]
        pub(in crate::visibility) fn of_a_module() {
            private();
            of_super();
        }

        #[local_span]
        pub(super) fn of_super() {}

        #[local_span]
        fn private() {}

        pub(crate) struct Type;

        impl Type {
            #[local_span]
            pub(crate) fn method() {}
        }
    }
}

#[local_span]
pub(self) fn of_self() {
    outer::inner::of_the_crate();
    outer::inner::of_a_module();
    outer::inner::Type::method();
}

#[test]
fn is_kept() {
    spans(of_self).are(
        "
        Local pass::visibility::of_self
          Local pass::visibility::outer::inner::of_the_crate
          Local pass::visibility::outer::inner::of_a_module
            Local pass::visibility::outer::inner::private
            Local pass::visibility::outer::inner::of_super
          Local pass::visibility::outer::inner::method
        ",
    );
}

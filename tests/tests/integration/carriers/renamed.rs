//! The runtime under another path. The derive and nested carriers use the path of `#[carrier(crate
//! = ..)]`.

use facade::tracing::propagation::{Extract, Inject};

/// A crate that re-exports the runtime.
mod facade {
    pub(crate) mod tracing {
        pub(crate) use skywalking_runtime::*;
    }
}

#[derive(facade::tracing::Carrier, Default)]
#[carrier(crate = facade::tracing)]
struct Inner<H: Clone> {
    #[carrier]
    headers: H,
}

#[derive(facade::tracing::Carrier, Default)]
#[carrier(crate = crate::carriers::renamed::facade::tracing)]
struct Outer {
    #[carrier]
    inner: Inner<Vec<(String, String)>>,
}

#[test]
fn carrier_uses_the_runtime_by_its_path() {
    let mut outer = Outer::default();
    outer.set_header("sw8", "a:b");
    outer.set_header("sw8-x", "0");
    outer.remove_header("sw8-x");

    assert_eq!(outer.inner.headers, [("sw8".to_owned(), "a:b".to_owned())]);
    assert_eq!(outer.header("sw8").as_deref(), Some("a:b"));
}

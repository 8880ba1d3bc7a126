//! One attribute on an impl block traces every function inside.

use std::fmt::Display;
use std::sync::Arc;

use skywalking_runtime::{entry_span, exit_span, local_span, skip_span};

use skywalking_trybuild::{block_on, spans};

struct Shop {
    name: &'static str,
}

#[local_span(tags("fixed" = 1), component = 7)]
impl Shop {
    const LIMIT: u8 = 9;

    /// An associated function.
    fn new(name: &'static str) -> Self {
        Self { name }
    }

    pub(crate) fn count(&self) -> u8 {
        self.hidden() + Self::LIMIT
    }

    #[skip_span]
    fn hidden(&self) -> u8 {
        1
    }

    async fn load(&self, n: u8) -> Result<u8, String> {
        if n > Self::LIMIT {
            return Err(format!("{n} is too much for {}", self.name));
        }
        self.overridden(n).await;
        Ok(n)
    }

    #[exit_span(peer = "users:1", tags(n))]
    async fn overridden(&self, n: u8) {}

    #[entry_span(name = "/named", layer = http)]
    fn named(self: Arc<Self>) -> usize {
        self.name.len()
    }

    #[local_span(no_err)]
    fn not_marked(mut self) -> Result<Self, String> {
        self.name = "";
        Err(self.name.to_owned())
    }

    #[inline]
    fn generic<T: Display>(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> impl Iterator<Item = String> {
        items.into_iter().map(|item| item.to_string())
    }
}

// Feature: one attribute for many functions
#[test]
fn default_names_have_the_type() {
    spans(|| {
        let shop = Shop::new("corner");
        assert_eq!(shop.count(), 10);
        assert_eq!((block_on(shop.load(1)), block_on(shop.load(10)).is_err()), (Ok(1), true));
        assert_eq!(shop.generic([1]).count(), 1);
        assert_eq!(Arc::new(shop).named(), 6);
        assert!(Shop::new("").not_marked().is_err());
    })
    .are(
        "
        Local pass::impl_block::Shop::new component=7 {fixed=1}
        Local pass::impl_block::Shop::count component=7 {fixed=1}
        Local pass::impl_block::Shop::load component=7 {fixed=1}
          Exit pass::impl_block::Shop::overridden peer=users:1 {n=1}
        Local pass::impl_block::Shop::load component=7 ERROR {fixed=1} [event=error error.kind=alloc::string::String message=10 is too much for corner]
        Local pass::impl_block::Shop::generic component=7 {fixed=1}
        Entry /named layer=Http
        Local pass::impl_block::Shop::new component=7 {fixed=1}
        Local pass::impl_block::Shop::not_marked
        ",
    );
}

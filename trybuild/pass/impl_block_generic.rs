//! Blocks of generic types: type and const parameters, lifetimes, `where`, `unsafe`, `dyn` and
//! references as the type.

use std::fmt::{Debug, Display};
use std::marker::PhantomData;

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

struct Grid<'a, T, const N: usize>
where
    T: ?Sized,
{
    cells: [u8; N],
    label: &'a str,
    of: PhantomData<T>,
}

#[local_span]
impl<'a, T, const N: usize> Grid<'a, T, N>
where
    T: Debug + ?Sized,
{
    fn new(label: &'a str) -> Result<Self, String> {
        Ok(Self { cells: [1; N], label, of: PhantomData })
    }

    #[local_span(tags("n" = N, "label" = self.label))]
    fn sum(&self) -> u8 {
        self.cells.iter().sum()
    }

    async fn map<U: Display>(
        &mut self,
        to: impl Fn(u8) -> U + Send,
        mut last: usize,
    ) -> Result<Vec<String>, String> {
        last = last.min(N);
        Ok(self.cells[..last].iter().map(|cell| to(*cell).to_string()).collect())
    }
}

trait Named {
    fn name(&self) -> String;
}

#[local_span]
impl Named for dyn Debug + Send {
    fn name(&self) -> String {
        format!("{self:?}")
    }
}

#[local_span]
impl<T: Named + ?Sized> Named for &T {
    fn name(&self) -> String {
        (**self).name()
    }
}

#[local_span]
impl<A, B> Named for (A, B) {
    fn name(&self) -> String {
        "pair".to_owned()
    }
}

#[local_span]
impl Named for [u8] {
    fn name(&self) -> String {
        "bytes".to_owned()
    }
}

/// # Safety
///
/// Always safe.
#[allow(unsafe_code)]
unsafe trait Marked {
    fn mark(&self) -> u8;
}

#[allow(unsafe_code)]
#[local_span]
unsafe impl Marked for u8 {
    fn mark(&self) -> u8 {
        *self
    }
}

#[test]
fn are_traced() {
    spans(|| {
        let mut grid = Grid::<str, 2>::new("label").unwrap();
        assert_eq!(grid.sum(), 2);
        assert_eq!(block_on(grid.map(|cell| cell + 1, 1)), Ok(vec!["2".to_owned()]));
        let object: &(dyn Debug + Send) = &1;
        assert_eq!((object.name(), (&object).name()), ("1".to_owned(), "1".to_owned()));
        assert_eq!(
            ((1, 2).name(), [1_u8][..].name(), 3_u8.mark()),
            ("pair".to_owned(), "bytes".to_owned(), 3)
        );
    })
    .are(
        "
        Local pass::impl_block_generic::Grid::new
        Local pass::impl_block_generic::Grid::sum {n=2, label=label}
        Local pass::impl_block_generic::Grid::map
        Local pass::impl_block_generic::Debug::name
        Local pass::impl_block_generic::T::name
          Local pass::impl_block_generic::Debug::name
        Local pass::impl_block_generic::(A,B)::name
        Local pass::impl_block_generic::[u8]::name
        Local pass::impl_block_generic::u8::mark
        ",
    );
}

struct S(u8);

impl S {
    #[traced]
    fn method(&self) -> Result<u8, String> {
        self.
    }
}

fn main() {}

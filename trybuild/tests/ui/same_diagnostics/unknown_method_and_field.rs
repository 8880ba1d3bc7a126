struct S {
    count: u8,
}

impl S {
    #[traced]
    fn method(&self) -> u8 {
        self.counts + self.number()
    }

    #[traced]
    async fn method_later(&self) -> Result<u8, String> {
        Ok(self.counts + self.number())
    }
}

#[traced]
async fn later(text: &str) -> usize {
    text.length()
}

#[traced]
fn failing(text: &str) -> Result<usize, String> {
    Ok(text.length())
}

#[traced]
fn of_a_trait(x: u8) {
    x.put();
    x.note();
    x.__skywalking_place();
}

fn main() {}

struct S;

#[traced]
fn sync(count: u8) -> u8 {
    counts
}

#[traced]
async fn later(count: u8) -> u8 {
    counts + nothing()
}

#[traced]
fn failing(count: u8) -> Result<Missing, String> {
    Ok(counts)
}

#[traced]
async fn failing_later(count: u8) -> Result<u8, Missing> {
    Ok(Self::count)
}

#[traced]
async fn no_self_later(count: u8) -> u8 {
    self.count
}

#[traced]
async fn names_of_the_expansion(count: u8) -> u8 {
    __ret + __span + __opening
}

impl S {
    #[traced]
    async fn method_later(&self) -> u8 {
        count
    }
}

#[traced]
fn unknown_parameter(a: Missing) {}

#[traced]
async fn unknown_parameter_later(a: Missing) {}

fn main() {}

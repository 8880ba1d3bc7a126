struct S(Vec<u8>);

#[traced]
fn sync(list: Vec<u8>) -> usize {
    list.push(1);
    list.len()
}

#[traced]
async fn later(list: Vec<u8>) -> usize {
    list.push(1);
    list.len()
}

#[traced]
fn failing(list: Vec<u8>) -> Result<usize, String> {
    list.push(1);
    Ok(list.len())
}

// Other fault: the parameter is captured, which is no assignment.
#[traced]
async fn assigned_later(n: u8) -> u8 {
    n += 1;
    n
}

// Other words: the parameter is bound by a pattern of the closure around the body.
#[traced]
fn assigned(n: u8) -> Result<u8, String> {
    n += 1;
    Ok(n)
}

// Other words: the parameter is captured: rustc offers no other type.
#[traced]
async fn reference_later(list: &Vec<u8>) {
    list.push(1);
}

// Other words: the parameter is a local of the closure around the body.
#[traced]
fn reference(list: &Vec<u8>) -> Result<(), String> {
    list.push(1);
    Ok(())
}

#[traced]
async fn behind_a_mut_later(mut first: Vec<u8>, list: Vec<u8>) {
    first.push(1);
    list.push(1);
}

impl S {
    // Other words: `self` is captured: rustc offers no other type.
    #[traced]
    async fn method_later(&self) {
        self.0.push(1);
    }

    #[traced]
    fn method(self) -> Result<(), String> {
        self.0.push(1);
        Ok(())
    }

    #[traced]
    async fn own_later(self) {
        self.0.push(1);
    }
}

fn main() {}

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

// Other error: for a captured parameter rustc sees no assignment.
#[traced]
async fn assigned_later(n: u8) -> u8 {
    n += 1;
    n
}

// Other text: a pattern of the emitted closure binds the parameter.
#[traced]
fn assigned(n: u8) -> Result<u8, String> {
    n += 1;
    Ok(n)
}

// Other text: for a captured parameter rustc suggests no other type.
#[traced]
async fn reference_later(list: &Vec<u8>) {
    list.push(1);
}

// Other text: the parameter is a local of the emitted closure.
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
    // Other text: for a captured `self` rustc suggests no other type.
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

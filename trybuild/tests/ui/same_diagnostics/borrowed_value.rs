struct S(Vec<u8>);

#[traced]
fn sync(mut list: Vec<u8>) -> u8 {
    let first = &list[0];
    list.push(1);
    *first
}

#[traced]
async fn later(mut list: Vec<u8>) -> u8 {
    let first = &list[0];
    list.push(1);
    *first
}

#[traced]
fn failing(mut list: Vec<u8>) -> Result<u8, String> {
    let first = &list[0];
    list.push(1);
    Ok(*first)
}

#[traced]
async fn failing_later(mut list: Vec<u8>) -> Result<u8, String> {
    let first = &list[0];
    list.push(1);
    Ok(*first)
}

#[traced]
async fn reference_later(list: &mut Vec<u8>) -> u8 {
    let first = &list[0];
    list.push(1);
    *first
}

#[traced]
fn moved_out_while_borrowed(list: Vec<u8>) -> Result<u8, String> {
    let first = &list[0];
    drop(list);
    Ok(*first)
}

// Other text: rustc suggests no clone inside a `move` block.
#[traced]
async fn moved_out_while_borrowed_later(list: Vec<u8>) -> u8 {
    let first = &list[0];
    drop(list);
    *first
}

impl S {
    #[traced]
    fn method(&mut self) -> Result<u8, String> {
        let first = &self.0[0];
        self.0.push(1);
        Ok(*first)
    }

    #[traced]
    async fn method_later(&mut self) -> u8 {
        let first = &self.0[0];
        self.0.push(1);
        *first
    }
}

fn main() {}

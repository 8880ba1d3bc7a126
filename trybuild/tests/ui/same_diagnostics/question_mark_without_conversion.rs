#[derive(Debug)]
struct Own;

struct S;

#[traced]
fn sync(text: &str) -> Result<u8, Own> {
    let n: u8 = text.parse()?;
    Ok(n)
}

#[traced]
async fn later(text: &str) -> Result<u8, Own> {
    let n: u8 = text.parse()?;
    Ok(n)
}

impl S {
    #[traced]
    fn method(&self, text: &str) -> Result<u8, Own> {
        Ok(text.parse::<u8>()?)
    }

    #[traced]
    async fn method_later(&self, text: &str) -> Result<u8, Own> {
        Ok(text.parse::<u8>()?)
    }
}

fn main() {}

trait Work {
    fn work(&self) -> u8;
    async fn later(&self) -> Result<u8, String>;
}

struct Missing;
struct Other;

impl Work for Missing {
    #[traced]
    fn work(&self) -> u8 {
        1
    }
}

impl Work for Other {
    #[traced]
    fn work(&mut self) -> u16 {
        1
    }

    #[traced]
    async fn later(&self, more: u8) -> Result<u8, String> {
        Ok(more)
    }

    #[traced]
    fn unknown(&self) {}
}

fn main() {}

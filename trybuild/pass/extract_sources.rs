//! The values that `extract` accepts: text, maps, pairs, options, references, fields, and returned
//! values.

use std::collections::{BTreeMap, HashMap};

use skywalking_runtime::{entry_span, propagation::Extract};
use skywalking_trybuild::{block_on, spans};

const SW8: &str = "1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox";

struct Request {
    headers: HashMap<String, String>,
}

impl Request {
    fn headers(&self) -> Vec<(String, String)> {
        self.headers.clone().into_iter().collect()
    }

    #[entry_span(name = "of self", extract = self.headers)]
    fn of_self(&self) -> usize {
        self.headers.len()
    }
}

#[entry_span(name = "text", extract = headers)]
async fn text(headers: String) -> usize {
    headers.len()
}

#[entry_span(name = "field", extract = request.headers)]
fn field(request: Request) -> Result<usize, String> {
    Ok(request.headers.len())
}

#[entry_span(name = "call", extract = request.headers())]
async fn call(request: &Request) -> usize {
    request.headers.len()
}

#[entry_span(name = "option", extract = headers)]
fn option(headers: Option<&BTreeMap<String, String>>) -> bool {
    headers.is_some()
}

#[entry_span(name = "object", extract = headers)]
fn object(headers: &dyn Extract) -> bool {
    headers.header("sw8").is_some()
}

#[entry_span(name = "computed", extract = format!("sw8:{sw8}"))]
fn computed(sw8: &str) -> usize {
    sw8.len()
}

fn request() -> Request {
    Request { headers: HashMap::from([("sw8".to_owned(), SW8.to_owned())]) }
}

#[test]
fn continue_the_trace() {
    spans(|| {
        assert!(block_on(text(format!("sw8:{SW8}"))) > 0);
        assert_eq!(request().of_self(), 1);
        assert_eq!(field(request()), Ok(1));
        assert_eq!(block_on(call(&request())), 1);
        assert!(
            option(Some(&BTreeMap::from([("sw8".to_owned(), SW8.to_owned())]))) && !option(None)
        );
        assert!(object(&format!("sw8:{SW8}")));
        assert!(computed(SW8) > 0);
    })
    .are(
        "
        Entry text ref=CrossProcess
        Entry of self ref=CrossProcess
        Entry field ref=CrossProcess
        Entry call ref=CrossProcess
        Entry option ref=CrossProcess
        Entry option
        Entry object ref=CrossProcess
        Entry computed ref=CrossProcess
        ",
    );
}

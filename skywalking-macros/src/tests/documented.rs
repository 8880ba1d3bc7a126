//! The two expansions that the user documentation shows. `UPDATE_EXPANSIONS=1` writes them anew.

use std::{env, fs};

use super::expanded;
use crate::args::Kind::{self, Entry, Exit};

fn holds(file: &str, kind: Kind, args: &str, function: &str) {
    let path = format!("{}/expansions/{file}", env!("CARGO_MANIFEST_DIR"));
    let source = format!("#[{}({args})]\n{function}", kind.attribute());
    let source = source.replace('\n', "\n// ");
    let now = format!("// {source}\n\n{}", expanded(kind, args, function));
    if env::var_os("UPDATE_EXPANSIONS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), now, "UPDATE_EXPANSIONS=1 writes {path} anew");
}

#[test]
fn the_documented_sync_expansion_is_the_real_one() {
    holds(
        "sync.rs",
        Entry,
        r#"name = "/API/Snapshot", layer = http, extract = headers, tags("version" = 1, user)"#,
        "fn snapshot(headers: &Headers, user: u64) -> String {\n    render(user)\n}",
    );
}

#[test]
fn the_documented_async_expansion_is_the_real_one() {
    holds(
        "async.rs",
        Exit,
        r#"name = "/Service/OnSnapshot", peer = rpc.address(), inject = req"#,
        "async fn call(rpc: &Rpc, mut req: Req) -> Result<String, RpcError> {\n    rpc.call(\"Req.Snapshot\", &req).await\n}",
    );
}

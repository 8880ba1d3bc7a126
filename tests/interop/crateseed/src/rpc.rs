//! Frames, and the headers in a message: lines of `key:value`.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Failed;

/// Sends a request and returns the response: text, or an error from an object.
pub(crate) async fn call(stream: &mut TcpStream, method: &str, body: Value) -> Result<Value, Failed> {
    write(stream, &json!({ "method": method, "body": body })).await?;
    let mut answer = read(stream).await?.ok_or("the server closed the connection")?;
    Ok(answer["body"].take())
}

pub(crate) async fn write(stream: &mut TcpStream, frame: &Value) -> Result<(), Failed> {
    let bytes = serde_json::to_vec(frame)?;
    let mut whole = u32::try_from(bytes.len())?.to_be_bytes().to_vec();
    whole.extend(bytes);
    Ok(stream.write_all(&whole).await?)
}

/// Returns the next frame, or `None` if the other side has closed the connection.
pub(crate) async fn read(stream: &mut TcpStream) -> Result<Option<Value>, Failed> {
    let Ok(length) = stream.read_u32().await else { return Ok(None) };
    let mut frame = vec![0; length as usize];
    stream.read_exact(&mut frame).await?;
    Ok(Some(serde_json::from_slice(&frame)?))
}

/// Returns the value of the header `sw8`.
pub(crate) fn sw8(message: &Value) -> Option<&str> {
    message["header"].as_str()?.lines().find_map(|line| line.strip_prefix("sw8:"))
}

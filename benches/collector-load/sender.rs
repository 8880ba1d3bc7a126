//! Sends the segments at full speed: several connections, each with one stream after the other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use skywalking_proto::v3::trace_segment_report_service_client::TraceSegmentReportServiceClient;
use tonic::transport::Channel;

use crate::Outcome;
use crate::segments;

const CONNECTIONS: usize = 4;
/// The number of segments in a stream.
const STREAM: u64 = 1_000;

pub(crate) async fn send(address: SocketAddr, segments: u64) -> Outcome<()> {
    let next = Arc::new(AtomicU64::new(0));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let endpoint = Channel::from_shared(format!("http://{address}"))?;
        let client = TraceSegmentReportServiceClient::new(endpoint.connect().await?);
        senders.spawn(send_streams(client, Arc::clone(&next), segments));
    }
    while let Some(sent) = senders.join_next().await {
        sent??;
    }
    Ok(())
}

/// Sends streams of segments until there are none left.
async fn send_streams(
    mut client: TraceSegmentReportServiceClient<Channel>,
    next: Arc<AtomicU64>,
    segments: u64,
) -> Outcome<()> {
    loop {
        let first = next.fetch_add(STREAM, Ordering::Relaxed);
        if first >= segments {
            return Ok(());
        }
        let numbers = first..(first + STREAM).min(segments);
        client.collect(tokio_stream::iter(numbers.map(segments::segment))).await?;
    }
}

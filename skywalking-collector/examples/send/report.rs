//! The gRPC calls of an agent.

use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_proto::v3::trace_segment_report_service_client::TraceSegmentReportServiceClient;
use skywalking_proto::v3::{InstanceProperties, KeyStringValuePair, SegmentObject};
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

pub(crate) type Error = Box<dyn std::error::Error>;

/// A connection to a collector, and what it sent.
#[derive(Debug)]
pub(crate) struct Reporter {
    channel: Channel,
    token: Option<MetadataValue<Ascii>>,
    pub(crate) segments: usize,
    pub(crate) spans: usize,
}

impl Reporter {
    pub(crate) async fn connect(address: &str, token: Option<&str>) -> Result<Self, Error> {
        let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
        let token = token.map(str::parse).transpose()?;
        Ok(Self { channel, token, segments: 0, spans: 0 })
    }

    /// Sends segments in one stream.
    pub(crate) async fn segments(&mut self, segments: Vec<SegmentObject>) -> Result<(), Error> {
        self.segments += segments.len();
        self.spans += segments.iter().map(|segment| segment.spans.len()).sum::<usize>();
        let request = self.authenticated(tokio_stream::iter(segments));
        TraceSegmentReportServiceClient::new(self.channel.clone()).collect(request).await?;
        Ok(())
    }

    /// Sends the properties of two instances of each service.
    pub(crate) async fn instances(&mut self, services: &[(&str, &str)]) -> Result<(), Error> {
        let mut client = ManagementServiceClient::new(self.channel.clone());
        for (at, (service, language)) in services.iter().enumerate() {
            for number in 1..=2 {
                let properties = [
                    ("language", (*language).to_owned()),
                    ("OS Name", "linux".to_owned()),
                    ("hostname", format!("{service}-{number}.example")),
                    ("Process No.", (1000 + 10 * at + number).to_string()),
                    ("ipv4s", format!("10.20.{at}.{number}")),
                    ("version", format!("2.{at}.{number}")),
                ];
                let properties = InstanceProperties {
                    service: (*service).to_owned(),
                    service_instance: format!("{service}-{number}"),
                    properties: properties
                        .map(|(key, value)| KeyStringValuePair { key: key.to_owned(), value })
                        .into(),
                    layer: "GENERAL".to_owned(),
                };
                client.report_instance_properties(self.authenticated(properties)).await?;
            }
        }
        Ok(())
    }

    fn authenticated<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authentication", token.clone());
        }
        request
    }
}

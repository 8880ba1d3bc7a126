//! The gRPC calls of an agent.

use std::collections::BTreeMap;

use skywalking_proto::v3::event_service_client::EventServiceClient;
use skywalking_proto::v3::log_report_service_client::LogReportServiceClient;
use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_proto::v3::meter_report_service_client::MeterReportServiceClient;
use skywalking_proto::v3::trace_segment_report_service_client::TraceSegmentReportServiceClient;
use skywalking_proto::v3::{
    Event, InstanceProperties, KeyStringValuePair, LogData, MeterData, SegmentObject,
};
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

    /// Sends logs, those of each service in a stream.
    pub(crate) async fn logs(&mut self, logs: Vec<LogData>) -> Result<(), Error> {
        let mut by_service: BTreeMap<String, Vec<LogData>> = BTreeMap::new();
        for log in logs {
            by_service.entry(log.service.clone()).or_default().push(log);
        }
        for logs in by_service.into_values() {
            let request = self.authenticated(tokio_stream::iter(logs));
            LogReportServiceClient::new(self.channel.clone()).collect(request).await?;
        }
        Ok(())
    }

    /// Sends the meters of an instance at a time.
    pub(crate) async fn meters(&mut self, meters: Vec<MeterData>) -> Result<(), Error> {
        let request = self.authenticated(tokio_stream::iter(meters));
        MeterReportServiceClient::new(self.channel.clone()).collect(request).await?;
        Ok(())
    }

    pub(crate) async fn events(&mut self, events: Vec<Event>) -> Result<(), Error> {
        let request = self.authenticated(tokio_stream::iter(events));
        EventServiceClient::new(self.channel.clone()).collect(request).await?;
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

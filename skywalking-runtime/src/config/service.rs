//! Settings of where a service and its instance belong: namespace, cluster, layer and properties.

use skywalking_proto::json::flat_object;

use super::env::Source;
use super::names::bare;
use super::{Config, Given};
use crate::error::Error;

const NAMESPACE: &str = "SW_AGENT_NAMESPACE";
const CLUSTER: &str = "SW_AGENT_CLUSTER";
const LAYER: &str = "SW_AGENT_LAYER";
const PROPERTIES: &str = "SW_INSTANCE_PROPERTIES_JSON";

/// The layers of services that report themselves. The backend counts a service with any other layer
/// as one that it has only guessed.
const LAYERS: [&str; 9] = [
    "GENERAL",
    "MESH",
    "OS_LINUX",
    "K8S",
    "FAAS",
    "MQ",
    "GENAI",
    "SO11Y_JAVA_AGENT",
    "SO11Y_GO_AGENT",
];

/// The most bytes of all keys and values of the properties. The backend stores them in one column.
const PROPERTIES_BYTES: usize = 16 * 1024;

/// Where the service belongs.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    namespace: Option<Given>,
    cluster: Option<Given>,
    layer: Option<Given>,
    properties: Properties,
}

/// The properties of the instance, and the setting that contained them.
#[derive(Clone, Debug)]
struct Properties {
    pairs: Vec<(String, String)>,
    setting: &'static str,
}

impl Default for Properties {
    fn default() -> Self {
        Self { pairs: Vec::new(), setting: "Config::instance_property" }
    }
}

/// The checked settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Belonging {
    /// The layer of the service, or an empty text.
    pub(crate) layer: String,
    pub(crate) properties: Vec<(String, String)>,
}

impl Place {
    /// Returns the full name of the service: `name|namespace|cluster` if one of the two is set.
    pub(super) fn full_name(&self, service: &Given) -> Result<Given, Error> {
        let (namespace, cluster) = (part(self.namespace.as_ref())?, part(self.cluster.as_ref())?);
        let name = bare(&service.text);
        // A service without a name is an error, with or without a namespace.
        let text = if name.is_empty() || namespace.is_empty() && cluster.is_empty() {
            name.to_owned()
        } else {
            format!("{name}|{namespace}|{cluster}")
        };
        Ok(Given { text, setting: service.setting })
    }

    /// Returns the prefix of the peers of Exit spans, or an empty text.
    pub(super) fn cluster(&self) -> Result<&str, Error> {
        part(self.cluster.as_ref())
    }

    pub(super) fn check(self) -> Result<Belonging, Error> {
        let layer = match self.layer {
            Some(Given { text, setting }) => {
                let layer = bare(&text);
                if !layer.is_empty() && !LAYERS.contains(&layer) {
                    return Err(Error::Layer { setting, value: text, known: LAYERS.join(", ") });
                }
                layer.to_owned()
            }
            None => String::new(),
        };
        let Properties { pairs, setting } = self.properties;
        let bytes = pairs.iter().map(|(key, value)| key.len() + value.len()).sum();
        if bytes > PROPERTIES_BYTES {
            return Err(Error::LimitTooLarge { setting, value: bytes, most: PROPERTIES_BYTES });
        }
        Ok(Belonging { layer, properties: pairs })
    }
}

/// Returns a part of the service's name. `|` separates the parts.
fn part(given: Option<&Given>) -> Result<&str, Error> {
    let Some(Given { text, setting }) = given else { return Ok("") };
    let part = bare(text);
    if part.contains(|character: char| character == '|' || character.is_control()) {
        return Err(Error::NamePart { setting, value: part.to_owned() });
    }
    Ok(part)
}

impl Config {
    /// Sets the namespace of the service. Default: none.
    ///
    /// With a namespace or a [`cluster`](Config::cluster), the name of the service is
    /// `name|namespace|cluster`, as in the Java agent. The limits of a name hold for all of it.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.place.namespace = Some(Given::new("Config::namespace", namespace));
        self
    }

    /// Sets the cluster of the service. Default: none.
    ///
    /// It is the third part of the name of the service: see [`namespace`](Config::namespace). Exit
    /// spans and their headers have the peer `cluster/peer`.
    ///
    /// ```
    /// use skywalking_runtime::{
    ///     Callsite, Config, callsite, config::Reporter, propagation::inject, span, testing,
    /// };
    ///
    /// static CALL: Callsite = callsite!(exit, "/stock", peer = "stock:8080");
    ///
    /// let agent = Config::new("shop").reporter(Reporter::Discard).cluster("eu").start()?;
    /// assert_eq!(agent.service(), "shop||eu");
    /// let mut headers = String::new();
    /// let trees = testing::run(|| span(&CALL).run(|| inject(&mut headers)));
    /// assert_eq!(testing::text(&trees), "Exit /stock peer=eu/stock:8080\n");
    /// assert!(headers.contains("-ZXUvc3RvY2s6ODA4MA==")); // Base64 of eu/stock:8080
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn cluster(mut self, cluster: impl Into<String>) -> Self {
        self.place.cluster = Some(Given::new("Config::cluster", cluster));
        self
    }

    /// Sets the layer of the service at the backend, in upper case. Default: none, which the
    /// backend takes for `GENERAL`.
    ///
    /// Further layers are `MESH`, `OS_LINUX`, `K8S`, `FAAS`, `MQ` and `GENAI`. Any other layer is an
    /// error at the start that lists the known ones.
    pub fn layer(mut self, layer: impl Into<String>) -> Self {
        self.place.layer = Some(Given::new("Config::layer", layer));
        self
    }

    /// Adds a property of this instance, which the backend shows. Default: none besides those of
    /// the process and the host. Keys and values have at most 16 KiB together.
    ///
    /// ```
    /// use skywalking_runtime::{Config, config::Reporter};
    ///
    /// let _agent = Config::new("shop")
    ///     .reporter(Reporter::Discard)
    ///     .instance_property("team", "blue")
    ///     .instance_property("zone", "eu-1")
    ///     .start()?;
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn instance_property(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.place.properties.pairs.push((key.into(), value.into()));
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    let place = &mut config.place;
    for (name, setting) in [
        (NAMESPACE, &mut place.namespace),
        (CLUSTER, &mut place.cluster),
        (LAYER, &mut place.layer),
    ] {
        if let Some(given) = source.text(name)? {
            *setting = Some(given);
        }
    }
    if let Some(Given { text, setting }) = source.text(PROPERTIES)? {
        let pairs = flat_object(&text).map_err(|place| Error::PropertiesJson { setting, place })?;
        place.properties = Properties { pairs, setting };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::checked::Checked;
    use super::*;
    use crate::config::Reporter;

    fn check(config: Config) -> Result<Checked, Error> {
        config.reporter(Reporter::Discard).check()
    }

    // Feature: namespace and cluster
    #[test]
    fn namespace_and_cluster_are_parts_of_the_service_name() {
        let service = |config: Config| check(config).unwrap().identity.service;
        let config = || Config::new(" shop ");
        assert_eq!(service(config()), "shop");
        assert_eq!(service(config().namespace("prod")), "shop|prod|");
        assert_eq!(service(config().cluster("eu")), "shop||eu");
        assert_eq!(service(config().namespace(" prod ").cluster("\"eu\"")), "shop|prod|eu");
        assert_eq!(service(config().namespace("").cluster(" ")), "shop");
    }

    #[test]
    fn full_name_has_the_limits_of_a_name() {
        let config = Config::new("x".repeat(44)).namespace("prod");
        assert_eq!(check(config.clone()).unwrap().identity.service.len(), 50);
        let error = check(config.cluster("e")).unwrap_err();
        assert!(matches!(&error, Error::ServiceTooLong { units: 51, .. }), "{error}");
        let error = check(Config::new("").namespace("prod")).unwrap_err();
        assert!(matches!(error, Error::ServiceMissing { .. }), "{error}");
        for wrong in ["a|b", "a\nb"] {
            let error = check(Config::new("s").cluster(wrong)).unwrap_err();
            let expected = Error::NamePart { setting: "Config::cluster", value: wrong.to_owned() };
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn unknown_layer_is_an_error_that_lists_the_known_ones() {
        let layer = |name: &str| check(Config::new("s").layer(name)).map(|it| it.belonging.layer);
        assert_eq!((layer("FAAS").unwrap(), layer("").unwrap()), ("FAAS".into(), String::new()));
        for wrong in ["faas", "RUST", "VIRTUAL_DATABASE"] {
            let text = layer(wrong).unwrap_err().to_string();
            assert!(text.contains(wrong) && text.contains("GENERAL, MESH"), "{text}");
        }
    }

    #[test]
    fn properties_variable_is_a_flat_json_object() {
        let of = |text: &str| {
            let lookup = |name: &str| (name == PROPERTIES).then(|| text.into());
            let mut config = Config::new("s");
            apply(&mut config, &Source::new(&lookup))?;
            check(config).map(|checked| checked.belonging.properties)
        };
        let pairs = of(r#"{"team": "blue", "zone": 3}"#).unwrap();
        assert_eq!(pairs, [("team".into(), "blue".into()), ("zone".into(), "3".into())]);
        let text = of(r#"{"team": ["blue"]}"#).unwrap_err().to_string();
        assert!(text.starts_with("SW_INSTANCE_PROPERTIES_JSON: at byte 9 "), "{text}");
        let long = format!(r#"{{"team": "{}"}}"#, "x".repeat(PROPERTIES_BYTES));
        assert!(matches!(of(&long), Err(Error::LimitTooLarge { setting: PROPERTIES, .. })));
    }
}

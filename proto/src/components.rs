//! The components that the OAP knows: ids, names, and the server that each client talks to.
//!
//! A span carries the id alone. The OAP takes from it the icon of the span, the type of a service
//! and, on an Exit span, the type of the node that it guesses for the peer. An id that is not
//! registered is shown as `Unknown`.
//!
//! ```
//! use skywalking_proto::components;
//!
//! let driver = components::find(components::POSTGRESQL_JDBC_DRIVER).expect("it is registered");
//! assert_eq!((driver.id, driver.name, driver.server), (37, "postgresql-jdbc-driver", "PostgreSQL"));
//! assert_eq!(components::find(11_001), None);
//! ```

mod list;

pub use list::*;

/// A registered component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Component {
    /// The number that spans carry.
    pub id: i32,
    /// The name that the OAP shows.
    pub name: &'static str,
    /// The type of a node that is guessed from an Exit span: `Redis` for `Jedis`. Equals the name
    /// if the OAP maps the component to nothing else.
    pub server: &'static str,
}

/// Returns every registered component, in the order of the ids.
pub const fn all() -> &'static [Component] {
    list::ALL
}

/// Returns the component of an id, or `None` if the id is not registered.
pub fn find(id: i32) -> Option<&'static Component> {
    all().binary_search_by_key(&id, |component| component.id).ok().and_then(|at| all().get(at))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn list_is_sorted_without_duplicates() {
        assert_eq!(all().len(), 265);
        assert!(all().windows(2).all(|pair| pair[0].id < pair[1].id));
        let names: HashSet<_> = all().iter().map(|component| component.name).collect();
        assert_eq!(names.len(), all().len());
        for component in all() {
            assert_eq!(find(component.id), Some(component));
            assert!(!component.name.is_empty() && !component.server.is_empty(), "{component:?}");
        }
    }

    /// At least one component of each language, and each way in which the server follows.
    #[test]
    fn components_have_the_names_of_the_oap() {
        let shown = |id| find(id).map(|component| (component.name, component.server));
        for (id, name, server) in [
            (UNKNOWN, "Unknown", "Unknown"),
            (SPRING_MVC, "SpringMVC", "SpringMVC"),
            (JEDIS, "Jedis", "Redis"),
            (POSTGRESQL_JDBC_DRIVER, "postgresql-jdbc-driver", "PostgreSQL"),
            (ZOOKEEPER, "Zookeeper", "Zookeeper"),
            (SPRING_KAFKA_CONSUMER, "spring-kafka-consumer", "kafka-consumer"),
            (ZTUNNEL, "ztunnel", "ztunnel"),
            (NPGSQL, "Npgsql", "PostgreSQL"),
            (EXPRESS, "Express", "Express"),
            (GIN, "Gin", "Gin"),
            (GO_REDIS, "GoRedis", "Redis"),
            (NGINX, "Nginx", "Nginx"),
            (PSYCHOPG, "Psychopg", "PostgreSQL"),
            (MYSQLI, "Mysqli", "Mysql"),
            (ENVOY_PROXY, "EnvoyProxy", "EnvoyProxy"),
            (AJAX, "ajax", "ajax"),
            (RUST, "Rust", "Rust"),
            (RUBY, "Ruby", "Ruby"),
            (GENAI, "GenAI", "GenAI"),
        ] {
            assert_eq!(shown(id), Some((name, server)), "{id}");
        }
        assert_eq!((SPRING_MVC, GIN, POSTGRESQL_JDBC_DRIVER, RUST), (14, 5006, 37, 11_000));
        for unregistered in [-1, 181, 5011, 11_001, i32::MAX, i32::MIN] {
            assert_eq!(shown(unregistered), None);
        }
    }
}

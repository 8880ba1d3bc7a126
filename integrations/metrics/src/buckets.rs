//! The bounds of histograms, by name.

/// The bounds of histograms without a rule, for milliseconds.
const DEFAULT: [i64; 12] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// The bounds of histograms.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    others: Vec<i64>,
    /// Names, or beginnings of names with `*` at their end. The first that matches is used.
    rules: Vec<(String, Vec<i64>)>,
}

impl Default for Buckets {
    fn default() -> Self {
        Self { others: DEFAULT.to_vec(), rules: Vec::new() }
    }
}

impl Buckets {
    pub(crate) fn set_others(&mut self, bounds: Vec<i64>) {
        self.others = bounds;
    }

    pub(crate) fn add(&mut self, pattern: String, bounds: Vec<i64>) {
        self.rules.push((pattern, bounds));
    }

    /// Returns the bounds of a histogram.
    pub(crate) fn of(&self, name: &str) -> &[i64] {
        let matches = |pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        };
        let rule = self.rules.iter().find(|(pattern, _)| matches(pattern));
        rule.map_or(&self.others, |(_, bounds)| bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_matching_rule_has_the_bounds() {
        let mut buckets = Buckets::default();
        buckets.add("db.size".to_owned(), vec![1]);
        buckets.add("db.*".to_owned(), vec![2]);
        buckets.add("db.time".to_owned(), vec![3]);
        let found = ["db.size", "db.time", "db.", "db"].map(|name| buckets.of(name)[0]);
        assert_eq!(found, [1, 2, 2, DEFAULT[0]]);
        buckets.set_others(vec![9]);
        assert_eq!(buckets.of("db"), [9]);
    }
}

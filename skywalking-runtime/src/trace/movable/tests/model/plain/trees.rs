//! Renders what the model recorded.

use super::{Plain, Record, Segment};

impl Plain {
    /// Renders the reported traces, sorted.
    pub(in super::super) fn trees(&self) -> Vec<String> {
        let is_root = |segment: &&Segment| segment.reference.is_none() && !segment.is_dropped;
        let mut trees: Vec<_> = (0..)
            .zip(&self.segments)
            .filter(|(_, segment)| is_root(segment))
            .map(|(at, _)| self.tree(at, 0, 0))
            .collect();
        trees.sort();
        trees
    }

    fn tree(&self, segment: usize, record: usize, depth: usize) -> String {
        let of = &self.segments[segment];
        assert!(of.has_ended, "{} has not ended", of.records[0].name);
        let Record { name, tags, is_error, is_open, .. } = &of.records[record];
        let mut tags = tags.clone();
        if *is_open {
            tags.push("unfinished=true".to_owned());
        }
        tags.sort();
        let reference = if record == 0 && of.reference.is_some() { " ref" } else { "" };
        let error = if *is_error { " ERROR" } else { "" };
        let indent = " ".repeat(depth);
        let mut text = format!("{indent}{name}{reference}{error} {}\n", tags.join(","));
        for (child, _) in
            of.records.iter().enumerate().filter(|(_, child)| child.parent == Some(record))
        {
            text += &self.tree(segment, child, depth + 1);
        }
        let mut others: Vec<_> = (0..)
            .zip(&self.segments)
            .filter(|(_, other)| !other.is_dropped && other.reference == Some((segment, record)))
            .map(|(at, _)| self.tree(at, 0, depth + 1))
            .collect();
        others.sort();
        text + &others.concat()
    }
}

//! Texts that are stored once, however many traces have them.

use std::collections::HashMap;
use std::sync::Arc;

/// The memory of a text in the table, in addition to its bytes: the entry, the key of the map, the
/// counters of the reference and the spare capacity of both.
const OVERHEAD: usize = 112;

/// The number of a text. It is used again when the text was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StringId(u32);

#[derive(Debug)]
struct Entry {
    text: Arc<str>,
    uses: u32,
    /// The value of `Strings::added` when the text was added.
    added: u64,
}

/// Texts with their numbers and the counts of their uses.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    by_text: HashMap<Arc<str>, u32>,
    /// The number of texts that were ever added.
    added: u64,
    bytes: usize,
}

impl Strings {
    /// Returns the number of a text. Adds it without a use if it is new.
    pub(super) fn intern(&mut self, text: &str) -> StringId {
        if let Some(id) = self.by_text.get(text) {
            return StringId(*id);
        }
        let text: Arc<str> = text.into();
        self.added += 1;
        self.bytes += text.len() + OVERHEAD;
        let entry = Some(Entry { text: Arc::clone(&text), uses: 0, added: self.added });
        let id = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            // A text needs more than 100 bytes, so 2^32 texts exceed any memory limit.
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(slot) = self.entries.get_mut(id as usize) {
            *slot = entry;
        }
        self.by_text.insert(text, id);
        StringId(id)
    }

    fn entry(&self, id: StringId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)?.as_ref()
    }

    /// Counts a use.
    pub(super) fn acquire(&mut self, id: StringId) {
        if let Some(Some(entry)) = self.entries.get_mut(id.0 as usize) {
            entry.uses += 1;
        }
    }

    /// Ends a use. The last one removes the text.
    pub(super) fn release(&mut self, id: StringId) {
        let Some(slot) = self.entries.get_mut(id.0 as usize) else { return };
        let Some(entry) = slot else { return };
        entry.uses -= 1;
        if entry.uses == 0 {
            self.bytes -= entry.text.len() + OVERHEAD;
            self.by_text.remove(&entry.text);
            *slot = None;
            self.free.push(id.0);
        }
    }

    /// Returns the number of a text, or `None` if no trace has it.
    pub(crate) fn find(&self, text: &str) -> Option<StringId> {
        self.by_text.get(text).copied().map(StringId)
    }

    pub(crate) fn get(&self, id: StringId) -> Option<&Arc<str>> {
        self.entry(id).map(|entry| &entry.text)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_text.len()
    }

    /// Returns the memory that a search of all texts needs, in bytes.
    pub(crate) fn scan_bytes(&self) -> usize {
        self.entries.len()
    }

    /// Starts to look for texts.
    pub(crate) fn scan(&self) -> Scan {
        Scan { added: self.added, next: 0, found: Vec::new() }
    }

    /// Continues to look for texts, with at most `count` of them. Returns `false` at the end.
    pub(crate) fn scan_next(
        &self,
        scan: &mut Scan,
        count: usize,
        is_match: impl Fn(&str) -> bool,
    ) -> bool {
        let end = self.entries.len().min(scan.next.saturating_add(count));
        for entry in self.entries.get(scan.next..end).unwrap_or_default() {
            // A text that was added since may not be seen by the whole scan.
            let found = entry
                .as_ref()
                .is_some_and(|entry| entry.added <= scan.added && is_match(&entry.text));
            scan.found.push(found);
        }
        scan.next = end;
        end < self.entries.len()
    }

    /// Returns whether the scan found this text.
    pub(crate) fn is_found(&self, scan: &Scan, id: StringId) -> bool {
        scan.found.get(id.0 as usize) == Some(&true)
            && self.entry(id).is_some_and(|entry| entry.added <= scan.added)
    }
}

/// A search in the texts, in steps, so that the store is not locked all the time. It considers the
/// texts that were stored when it started.
#[derive(Debug)]
pub(crate) struct Scan {
    added: u64,
    next: usize,
    /// By the number of the text.
    found: Vec<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_stored_once_and_removed_with_its_last_use() {
        let mut strings = Strings::default();
        let first = strings.intern("a");
        strings.acquire(first);
        strings.acquire(strings.find("a").expect("stored"));

        assert_eq!((strings.intern("a"), strings.len()), (first, 1));
        assert_eq!(strings.get(first).map(|text| &**text), Some("a"));

        strings.release(first);
        assert_eq!(strings.find("a"), Some(first));
        strings.release(first);

        assert_eq!((strings.find("a"), strings.len(), strings.bytes()), (None, 0, 0));
        assert_eq!(strings.intern("b"), first, "its number is used again");
    }

    #[test]
    fn scan_ignores_texts_that_are_added_meanwhile() {
        let mut strings = Strings::default();
        let ids: Vec<_> = ["apple", "banana", "avocado"].map(|text| strings.intern(text)).into();
        for id in &ids {
            strings.acquire(*id);
        }
        let mut scan = strings.scan();
        let starts_with_a = |text: &str| text.starts_with('a');

        assert!(strings.scan_next(&mut scan, 2, starts_with_a));

        // Replaces a text that was found and one that comes later.
        strings.release(ids[0]);
        strings.release(ids[2]);
        let later: Vec<_> = ["almond", "apricot"].map(|text| strings.intern(text)).into();

        assert!(!strings.scan_next(&mut scan, 2, starts_with_a));
        assert_eq!(later.iter().filter(|id| strings.is_found(&scan, **id)).count(), 0);

        strings.acquire(later[0]);
        strings.acquire(later[1]);
        let mut again = strings.scan();
        while strings.scan_next(&mut again, 1, starts_with_a) {}

        assert!(later.iter().all(|id| strings.is_found(&again, *id)));
        assert!(!strings.is_found(&again, ids[1]));
    }
}

//! What crosses processes: each header in and out, of carriers of every kind, and what of it the spans say.

mod extension;
mod prelude;

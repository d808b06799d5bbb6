//! What the crate does over real sockets, through its public face.
#![allow(clippy::unwrap_used, reason = "tests")]

mod chat;
mod corpus;
mod sse_cases;
mod support;

//! What the crate does over real sockets, through its public face.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "tests")]

mod calls;
mod chat;
mod client;
mod corpus;
mod embeddings;
mod errors;
#[cfg(feature = "rustls")]
mod faults;
mod features;
mod gemini;
mod headers;
#[cfg(feature = "rustls")]
mod http2;
mod http_client;
mod keys;
mod life_cycle;
mod limits;
mod malformed;
mod messages;
mod mocked;
mod models;
mod paths;
mod properties;
#[cfg(feature = "rustls")]
mod proxies;
mod redirects;
mod retry;
#[cfg(unix)]
mod scripts;
mod secrets;
mod sse_cases;
mod streaming;
mod support;
mod tidy;

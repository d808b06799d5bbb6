//! What the HTTP library's errors mean: how far had the request come?

use std::error::Error as StdError;

use url::Url;

use crate::error::{BoxError, ConnectKind, Error, TimeoutPhase, TransportPhase};

use super::Limits;

/// A failure before the head of the answer was complete.
pub(super) fn of_head(error: reqwest::Error, base: &Url, limits: &Limits) -> Error {
    let error = error.without_url();
    if error.is_builder() {
        return Error::config_from("the request can't be sent", error);
    }
    if error.is_connect() {
        if error.is_timeout() {
            return Error::timeout(TimeoutPhase::Connect, limits.connect_timeout);
        }
        return Error::connect(connect_kind(&error), host(base), error);
    }
    if is_refused(&error) {
        return Error::connect(ConnectKind::Refused, host(base), error);
    }
    let protocol = is_protocol_error(&error);
    Error::transport(TransportPhase::Headers, protocol, error)
}

/// A failure inside the body. The library calls some of these decode errors; they are not.
pub(super) fn of_body(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let protocol = is_protocol_error(&error);
    Error::transport(TransportPhase::Body, protocol, BoxError::from(error))
}

fn host(base: &Url) -> String {
    base[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}

fn connect_kind(error: &reqwest::Error) -> ConnectKind {
    if error.is_dns() {
        return ConnectKind::Dns;
    }
    if causes(error).any(is_tls) {
        return ConnectKind::Tls;
    }
    // The tunnel's error type is private to the library; its words are all there is.
    if causes(error).any(|cause| cause.to_string().starts_with("tunnel error")) {
        return ConnectKind::Proxy;
    }
    ConnectKind::Tcp
}

/// Whether a TLS library speaks. Its error is wrapped into I/O errors, which don't name what they hold as their source.
fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    if let Some(held) = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        return is_tls(held);
    }
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    if cause.is::<rustls::Error>() {
        return true;
    }
    // The platform's TLS has no type that can be named here without depending on it.
    let words = cause.to_string().to_ascii_lowercase();
    ["certificate", "tls", "ssl"].iter().any(|word| words.contains(word))
}

/// Whether an HTTP/2 peer says that it has not looked at the request: it has refused the stream, or was closing the connection.
#[cfg(feature = "http2")]
fn is_refused(error: &reqwest::Error) -> bool {
    use h2::Reason;

    causes(error).filter_map(|cause| cause.downcast_ref::<h2::Error>()).any(|error| {
        let is_unread = match error.reason() {
            Some(Reason::REFUSED_STREAM) => error.is_reset(),
            Some(Reason::NO_ERROR) => error.is_go_away(),
            _ => false,
        };
        is_unread && error.is_remote()
    })
}

#[cfg(not(feature = "http2"))]
fn is_refused(_: &reqwest::Error) -> bool {
    false
}

/// Whether the peer broke HTTP's rules, as opposed to breaking off.
fn is_protocol_error(error: &reqwest::Error) -> bool {
    #[cfg(feature = "http2")]
    if causes(error).filter_map(|cause| cause.downcast_ref::<h2::Error>()).any(h2::Error::is_library) {
        return true;
    }
    causes(error).filter_map(|cause| cause.downcast_ref::<hyper::Error>()).any(hyper::Error::is_parse)
}

fn causes<'e>(error: &'e reqwest::Error) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    let first: &'e (dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |error: &&'e (dyn StdError + 'static)| (*error).source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_failure_shows_the_url_that_may_hold_the_key() {
        let base = Url::parse("https://api.arouter.ai").unwrap();
        let failures: [fn(reqwest::Error, &Url, &Limits) -> Error; 2] = [of_head, |error, _, _| of_body(error)];
        let limits = Limits::default();
        for failure in failures {
            let error = reqwest::Client::new().get("no url").build().unwrap_err();
            let error = error.with_url(Url::parse("https://SENTINEL.example/?key=SENTINEL").unwrap());
            assert!(error.to_string().contains("SENTINEL"));
            let error = failure(error, &base, &limits);
            let source = error.source().map(|source| format!("{source} {source:?}"));
            assert!(source.as_ref().is_some_and(|source| !source.contains("SENTINEL")), "{source:?}");
            assert!(!format!("{error} {error:?}").contains("SENTINEL"), "{error:?}");
        }
    }
}

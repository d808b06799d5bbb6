//! Certificates made here, and servers that show them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate authority.
pub(crate) fn issuer(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server whose certificate names this host, and holds in these years.
pub(crate) fn server(issuer: &CertifiedIssuer<'static, KeyPair>, host: SanType, years: RangeInclusive<i32>) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = params(host, years).signed_by(&key, issuer).unwrap();
    showing(&certificate, &key)
}

/// The same, whose certificate nobody but itself vouches for.
pub(crate) fn self_signed(host: SanType, years: RangeInclusive<i32>) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = params(host, years).self_signed(&key).unwrap();
    showing(&certificate, &key)
}

/// The same server, which speaks these protocols, the one that it likes best first.
pub(crate) fn speaking(protocols: &[&str], server: &ServerConfig) -> Arc<ServerConfig> {
    let mut server = server.clone();
    server.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Arc::new(server)
}

fn params(host: SanType, years: RangeInclusive<i32>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![host];
    params.not_before = rcgen::date_time_ymd(*years.start(), 1, 1);
    params.not_after = rcgen::date_time_ymd(*years.end(), 12, 31);
    params
}

fn showing(certificate: &Certificate, key: &KeyPair) -> Arc<ServerConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap())
}

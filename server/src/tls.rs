//! The certificate: given, or self-signed and kept in the data folder.

use crate::{net, secrets};
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertificateParams, DnType, KeyPair, SanType};
use std::{fs, io, net::IpAddr, path::Path};

/// Loads the given certificate, or makes and keeps a self-signed one for `localhost`, the loopback
/// addresses and this machine's addresses at that time.
///
/// # Errors
/// When a file cannot be read or written, or is not a certificate.
pub async fn load(data: &Path, given: Option<(&Path, &Path)>) -> io::Result<RustlsConfig> {
    // Another part of the program may have chosen already, with the same choice.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if let Some((cert, key)) = given {
        return RustlsConfig::from_pem_file(cert, key).await;
    }
    let (cert, key) = (data.join("tls-cert.pem"), data.join("tls-key.pem"));
    if !cert.exists() || !key.exists() {
        let (cert_pem, key_pem) = self_signed().map_err(io::Error::other)?;
        let _ = fs::remove_file(&key);
        secrets::write_private(&key, key_pem.as_bytes())?;
        fs::write(&cert, cert_pem)?;
    }
    RustlsConfig::from_pem_file(cert, key).await
}

fn self_signed() -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Sightline");
    let own = net::own_addresses().into_iter().map(IpAddr::from);
    let loopback = [
        IpAddr::from([127, 0, 0, 1]),
        IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
    ];
    params
        .subject_alt_names
        .extend(loopback.into_iter().chain(own).map(SanType::IpAddress));
    let key = KeyPair::generate()?;
    let cert = params.self_signed(&key)?;
    Ok((cert.pem(), key.serialize_pem()))
}

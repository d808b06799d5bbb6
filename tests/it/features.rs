//! What each combination of features must do.

use arouter::{Client, Error};

use crate::support::{gateway, hello};

/// Whether the HTTP library can be set up without the program's doing anything for it.
const IS_SELF_CONTAINED: bool = cfg!(any(feature = "rustls", not(feature = "rustls-no-provider")));

#[tokio::test]
async fn plain_http_works_wherever_a_client_can_be_built() {
    let gateway = gateway().await;
    match gateway.client_builder().build() {
        Ok(client) => assert!(client.chat().create(&hello()).await.is_ok()),
        Err(error) => assert!(!IS_SELF_CONTAINED && error.to_string().contains("crypto provider"), "{error}"),
    }
}

#[test]
fn https_works_or_says_what_it_lacks() {
    let built = Client::new("lr_live_1");
    let has_tls = IS_SELF_CONTAINED && cfg!(any(feature = "rustls", feature = "native-tls"));
    match built {
        Ok(_) => assert!(has_tls, "https without TLS would look like a connection error"),
        Err(error) => {
            let text = error.to_string();
            assert!(matches!(error, Error::Config { .. }) && !has_tls, "{text}");
            assert!(text.contains("crypto provider") || text.contains("https needs one of this crate's features"), "{text}");
        }
    }
}

//! What each combination of features must do.

use arouter::{Client, Error};

use crate::support::{gateway, hello};

#[tokio::test]
async fn plain_http_works_with_any_features() {
    let gateway = gateway().await;
    assert!(gateway.client().chat().create(&hello()).await.is_ok());
}

#[test]
fn https_works_or_says_what_it_lacks() {
    let built = Client::new("lr_live_1");
    let has_provider = cfg!(feature = "rustls") || cfg!(all(feature = "native-tls", not(feature = "rustls-no-provider")));
    match built {
        Ok(_) => assert!(has_provider, "https without TLS would look like a connection error"),
        Err(error) => {
            let text = error.to_string();
            assert!(matches!(error, Error::Config { .. }) && !has_provider, "{text}");
            assert!(text.contains("crypto provider") || text.contains("https needs one of this crate's features"), "{text}");
        }
    }
}

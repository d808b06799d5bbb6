//! No redirect is followed, wherever it leads and wherever the key is, and no more is said of it than its origin.

use arouter::gemini::{Content, GenerateContentRequest};
use arouter::keys::ListKeysQuery;
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error};
use futures::future::BoxFuture;

use crate::support::raw_server::RawServer;
use crate::support::{CHAT, MESSAGES, everything_said, gateway, hello, hello_claude, print_line};

const KEY: &str = "lr_live_sentinel";
const MANAGEMENT_KEY: &str = "lr_mgmt_sentinel";
const GENERATE: &str = "/v1beta/models/m:generateContent";
const KEYS: &str = "/api/v1/keys";

const CODES: [u16; 5] = [301, 302, 303, 307, 308];

/// A call with its key in one of the places that a key can be in.
type Call = fn(&Client) -> BoxFuture<'static, Result<(), Error>>;

const CALLS: [(&str, Call); 4] = [
    (CHAT, |client| {
        let call = client.chat().create(&hello());
        Box::pin(async { call.await.map(drop) })
    }),
    (MESSAGES, |client| {
        let call = client.messages().create(&hello_claude());
        Box::pin(async { call.await.map(drop) })
    }),
    (GENERATE, |client| {
        let call = client.gemini().generate_content("m", &GenerateContentRequest::new([Content::user("Hello!")]));
        Box::pin(async { call.await.map(drop) })
    }),
    (KEYS, |client| {
        let call = client.keys().list(&ListKeysQuery::new());
        Box::pin(async { call.await.map(drop) })
    }),
];

#[tokio::test]
async fn no_redirect_is_followed_by_any_code_to_any_place_with_any_key() {
    let (gateway, elsewhere) = (gateway().await, RawServer::start(|_| Vec::new()).await);
    let client = client(&gateway);
    let (here, there) = (gateway.base_url(), elsewhere.address.to_string());
    let port = elsewhere.address.port();
    let mut cells = 0;
    for code in CODES {
        for (path, call) in CALLS {
            let targets = [
                ("another path", "/sentinel/path?key=sentinel".to_owned(), here.to_owned()),
                ("another port", format!("http://{there}/sentinel?key=sentinel"), format!("http://{there}")),
                ("another host", format!("http://localhost:{port}/sentinel?key=sentinel#sentinel"), format!("http://localhost:{port}")),
                ("another scheme", format!("https://{there}/sentinel"), format!("https://{there}")),
                ("a user who looks like the host", format!("http://api.arouter.ai:sentinel@{there}/"), format!("http://{there}")),
                ("a path that is a host", format!("//{there}/sentinel"), format!("http://{there}")),
                ("itself", format!("{here}{path}?sentinel"), here.to_owned()),
            ];
            for (name, location, origin) in targets {
                gateway.always(path, Reply::status(code).header("location", location));
                let before = gateway.requests().len();
                let error = call(&client).await.unwrap_err();
                let cell = format!("{code} of {path} to {name}: {error:?}");
                assert!(matches!(&error, Error::Redirect { location: Some(location), .. } if *location == origin), "{cell}");
                assert_eq!((error.status().unwrap().as_u16(), error.attempts(), gateway.requests().len() - before), (code, 1, 1), "{cell}");
                assert!(!everything_said(&error).contains("sentinel"), "{cell}");
                cells += 1;
            }
        }
    }
    assert_eq!(elsewhere.connections(), 0);
    assert_eq!(places(&gateway), ["authorization", "x-api-key", "query", "authorization"]);
    print_line(&format!("redirects: {cells} of {}, 0 followed", CODES.len() * CALLS.len() * 7));
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_one_all_the_same() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let null = Some("null");
    let locations: [(Option<&str>, Option<&str>); 9] = [
        (None, None),
        (Some("http://"), None),
        (Some("http://[::1"), None),
        (Some("http://sentinel:99999/"), None),
        // The key as a host.
        (Some("http://lr_live_sentinel.example/"), None),
        (Some("http://%6cr_live_%53entinel.example/"), None),
        (Some("data:text/plain,sentinel"), null),
        (Some("mailto:lr_live_sentinel@example.com"), null),
        (Some(""), Some(gateway.base_url())),
    ];
    for code in CODES.into_iter().chain([300, 304, 305, 306]) {
        for (location, origin) in locations {
            let reply = Reply::status(code);
            gateway.always(CHAT, if let Some(location) = location { reply.header("location", location) } else { reply });
            let error = client.chat().create(&hello()).await.unwrap_err();
            assert!(matches!(&error, Error::Redirect { location, .. } if location.as_deref() == origin), "{location:?}: {error:?}");
            assert!(error.attempts() == 1 && !everything_said(&error).contains("sentinel"), "{location:?}: {error:?}");
        }
    }
}

fn client(gateway: &Gateway) -> Client {
    gateway.client_builder().api_key(KEY).management_key(MANAGEMENT_KEY).gemini_key_in_query(true).build().unwrap()
}

/// Where each kind of call had its key.
fn places(gateway: &Gateway) -> Vec<&'static str> {
    let requests = gateway.requests();
    let first = |path: &str| requests.iter().find(|request| request.path == path).unwrap();
    let place = |path: &str| {
        let request = first(path);
        let headers = ["authorization", "x-api-key"].into_iter().filter(|name| request.headers.contains_key(*name));
        let query = request.query.as_deref().is_some_and(|query| query.contains(KEY)).then_some("query");
        headers.chain(query).collect::<Vec<_>>()
    };
    CALLS.into_iter().flat_map(|(path, _)| place(path)).collect()
}

//! The scripts among the examples, run as a person or cron would: exit codes, what is said, and what becomes of secrets.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use arouter::keys::{CreateKeyRequest, Key, ListKeysQuery};
use arouter::testing::{Gateway, Reply};
use futures::TryStreamExt as _;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{gateway, hello, print_line};

/// A gateway, a folder, and how a script is run with both.
struct Desk {
    gateway: Gateway,
    folder: TempDir,
    runs: usize,
}

/// How a script ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    /// `None` where the examples aren't built: `cargo test` builds them, `cargo test --test it` does not.
    async fn new() -> Option<Self> {
        if !script("manage_keys").exists() || !script("rotate_keys").exists() {
            print_line("scripts: skipped, the examples are not built");
            return None;
        }
        Some(Self { gateway: gateway().await, folder: TempDir::new().unwrap(), runs: 0 })
    }

    fn run(&mut self, line: &str) -> Ended {
        let management_key = self.gateway.management_key();
        self.run_with(line, management_key, Stdio::piped())
    }

    /// Runs a line as a shell would part it into words; `@` stands for the folder.
    fn run_with(&mut self, line: &str, management_key: &str, out: Stdio) -> Ended {
        self.runs += 1;
        let (name, arguments) = line.split_once(' ').unwrap();
        // A quoted word may hold blanks.
        let parts = arguments.split('\'').enumerate();
        let words = parts.flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() });
        let words = words.map(|word| word.replace('@', &self.folder.path().display().to_string()));
        let mut command = Command::new(script(name));
        command.args(words).current_dir(self.folder.path()).stdout(out).stderr(Stdio::piped());
        command
            .env("AROUTER_BASE_URL", self.gateway.base_url())
            .env("AROUTER_MANAGEMENT_KEY", management_key)
            .env_remove("AROUTER_API_KEY");
        let Output { status, stdout, stderr } = command.spawn().unwrap().wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap().trim_end().to_owned()
    }

    async fn keys(&self) -> Vec<Key> {
        let all = ListKeysQuery::new().include_disabled(true);
        self.gateway.client().keys().list_all_with(&all).try_collect().await.unwrap()
    }

    async fn in_force(&self, name: &str) -> Vec<Key> {
        self.keys().await.into_iter().filter(|key| key.name == name && !key.disabled).collect()
    }

    async fn works(&self, secret: &str) -> bool {
        self.gateway.client().with_api_key(secret).unwrap().chat().create(&hello()).await.is_ok()
    }
}

impl Ended {
    #[track_caller]
    fn with(self, code: i32, says: &str) -> Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(self.code == code && said.contains(says), "code {} for {code}, without {says:?}: {said}", self.code);
        self
    }
}

/// Built beside the tests.
fn script(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

#[tokio::test]
async fn a_key_is_made_listed_rotated_and_deleted() {
    let Some(mut desk) = Desk::new().await else { return };
    desk.run("manage_keys create backend --limit 5 --limit-reset weekly --secret-file @/{name}.key").with(0, "made backend");
    let first = desk.read("backend.key");
    assert!(desk.works(&first).await);
    let mode = fs::metadata(desk.folder.path().join("backend.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    desk.run("manage_keys list").with(0, "$5.00 weekly");
    let listed: Vec<Key> = serde_json::from_str(&desk.run("manage_keys --json list").with(0, "backend").out).unwrap();
    let old = listed.into_iter().find(|key| key.name == "backend").unwrap().hash;
    desk.run(&format!("rotate_keys {old} --dry-run")).with(0, "with a limit of $5.00 weekly");
    assert_eq!(desk.in_force("backend").await.len(), 1);
    let rotated = desk.run(&format!("rotate_keys {old} --secret-file @/{{name}}.key --grace 0s --json")).with(0, &old);
    let second = desk.read("backend.key");
    assert!(desk.works(&second).await && !desk.works(&first).await && !rotated.out.contains(&second));
    desk.run(&format!("rotate_keys {old} --show-secret --grace 0s")).with(1, "is disabled");
    let shown = desk.run("rotate_keys --name back* --show-secret --grace 0s --delete-old").with(0, "rotated backend");
    assert!(desk.works(shown.out.trim_end()).await && !shown.err.contains(shown.out.trim_end()), "{}", shown.out);
    for hash in desk.keys().await.into_iter().filter(|key| key.name == "backend").map(|key| key.hash) {
        desk.run(&format!("manage_keys enable {hash}")).with(0, "enabled");
        desk.run(&format!("manage_keys disable {hash}")).with(0, "disabled");
        desk.run(&format!("manage_keys delete {hash}")).with(2, "--yes");
        desk.run(&format!("manage_keys delete {hash} --yes")).with(0, "deleted");
    }
    assert!(desk.in_force("backend").await.is_empty());
    print_line(&format!("scripts, from making a key to deleting it: {} runs", desk.runs));
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_loses_nothing() {
    let Some(mut desk) = Desk::new().await else { return };
    let keys = desk.gateway.client().keys();
    let old = keys.create(&CreateKeyRequest::new("backend")).await.unwrap().into_inner();
    fs::write(desk.folder.path().join("taken"), "the secret of another key").unwrap();
    fs::create_dir(desk.folder.path().join("folder")).unwrap();
    let before = desk.keys().await;
    let rows = [
        ("manage_keys create x", 2, "say where the secret goes"),
        ("manage_keys create x --show-secret --json", 2, "cannot be used with"),
        ("manage_keys create x --limit nan --show-secret", 2, "not an amount"),
        ("manage_keys create x --expires yesterday --show-secret", 2, "neither a span"),
        ("manage_keys create x --secret-file @/taken", 1, "--force replaces it"),
        ("manage_keys create x --secret-file @/folder", 1, "it is a folder"),
        ("manage_keys create x --secret-file @/nowhere/x", 1, "no secret can be written"),
        ("manage_keys create x --secret-file /dev/full", 1, "No space left"),
        ("manage_keys create x --secret-command 'exit 7'", 1, "exit status: 7"),
        ("manage_keys disable nobody", 1, "there is no key with the hash nobody"),
        ("rotate_keys nobody --dry-run", 1, "there is no key with the hash nobody"),
        ("rotate_keys --show-secret", 2, "say which keys"),
        ("rotate_keys --name back*", 2, "say where the secrets go"),
        ("rotate_keys --name nothing --show-secret", 0, "no key fits"),
        ("rotate_keys --name back* --secret-file /dev/full --grace 0s", 1, "was deleted again"),
        ("rotate_keys --name back* --secret-command 'exit 7' --grace 0s", 1, "was deleted again"),
        ("rotate_keys --name back* --secret-command 'sleep 60 | cat' --store-timeout 300ms --grace 0s", 1, "was not stored within"),
        ("rotate_keys --name * --secret-file @/all --grace 0s", 1, "put {name} or {hash}"),
    ];
    for (line, code, says) in rows {
        desk.run(line).with(code, says);
        assert_eq!(desk.keys().await, before, "{line}");
        assert!(desk.works(old.key.expose_secret()).await, "{line}");
    }
    desk.run_with("manage_keys list", "lr_mgmt_wrong", Stdio::piped()).with(1, "invalid api key");
    desk.run_with("manage_keys list", desk.gateway.api_key(), Stdio::piped()).with(1, "needs a management key (lr_mgmt_…)");
    assert_eq!(desk.read("taken"), "the secret of another key");
    print_line(&format!("scripts, going wrong: {} runs", desk.runs));
}

#[tokio::test]
async fn no_secret_is_shown_or_mixed_up() {
    let Some(mut desk) = Desk::new().await else { return };
    let keys = desk.gateway.client().keys();
    for name in ["one", "two", "../three"] {
        keys.create(&CreateKeyRequest::new(name)).await.unwrap();
    }
    // What a command prints is not for the terminal: `tee` would show the secret.
    let ended = desk.run("rotate_keys --name one --grace 0s --secret-command 'tee one.key'").with(0, "rotated one");
    let secret = desk.read("one.key");
    assert!(desk.works(&secret).await && !format!("{}{}", ended.out, ended.err).contains(&secret));
    // A command is told which key it keeps, and isn't given the means to make more.
    let keeps = "echo $AROUTER_KEY_NAME $AROUTER_MANAGEMENT_KEY. > told; cat > two.key";
    desk.run(&format!("rotate_keys --name two --grace 0s --secret-command '{keeps}'")).with(0, "rotated two");
    assert_eq!(desk.read("told"), "two .");
    // A name is no path.
    desk.run("rotate_keys --name *three --grace 0s --secret-file @/{name}.key").with(0, "rotated");
    assert!(desk.works(&desk.read("_three.key")).await);
    // An answer without a name must not send two secrets to one file.
    let nameless =
        |number: u64| Reply::status(201).json(&json!({"key": format!("lr_live_{number}"), "data": {"hash": format!("h{number}")}}));
    desk.gateway.script("POST /api/v1/keys", [nameless(1), nameless(2)]);
    desk.gateway.always("/api/v1/key", Reply::ok(&json!({"data": {"label": "x"}})));
    desk.run("rotate_keys --name ??o --name-is-not-an-option").with(2, "unexpected argument");
    desk.run("rotate_keys --name t* --grace 0s --secret-file @/nameless-{name}").with(0, "rotated two");
    desk.run("rotate_keys --name one --grace 0s --secret-file @/nameless-{name}").with(0, "rotated one");
    assert_eq!((desk.read("nameless-two"), desk.read("nameless-one")), ("lr_live_1".into(), "lr_live_2".into()));
    print_line(&format!("scripts, keeping secrets: {} runs", desk.runs));
}

/// An exit code that cron trusts must not say that nothing was changed when something was.
#[tokio::test]
async fn a_script_that_has_changed_something_says_so() {
    let Some(mut desk) = Desk::new().await else { return };
    let keys = desk.gateway.client().keys();
    let post = "POST /api/v1/keys";
    desk.gateway.script(post, [Reply::own().cut_after(10)]);
    desk.run("manage_keys create cut --secret-file @/x").with(3, "a key named \"cut\" may exist");
    desk.gateway.script(post, [Reply::ok(&json!({"secret": "lr_live_unread"}))]);
    desk.run("manage_keys create unread --secret-file @/x").with(3, "the answer, which may hold the secret, is in");
    let kept = fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.map(|path| fs::read_to_string(path).unwrap()).collect::<String>();
    assert!(kept.contains("lr_live_unread"), "{kept}");
    // Standard output that is full.
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let management_key = desk.gateway.management_key();
    desk.run_with("manage_keys create said --secret-file @/said", management_key, full()).with(3, "No space left");
    assert!(desk.works(&desk.read("said")).await);
    desk.run_with("rotate_keys --name said --secret-file @/said --grace 0s", management_key, full()).with(3, "No space left");
    assert!(desk.works(&desk.read("said")).await);
    // One key rotated, and one not.
    let third = keys.create(&CreateKeyRequest::new("said-too")).await.unwrap().data.hash.clone();
    let old = desk.in_force("said").await[0].hash.clone();
    desk.run(&format!("rotate_keys {old} {third} --secret-command 'cat > kept; test $AROUTER_KEY_NAME = said' --grace 0s"))
        .with(3, "1 of 2 keys done, 1 failed");
    // Two keys of a name: nobody knows which one is in use.
    keys.create(&CreateKeyRequest::new("said-too")).await.unwrap();
    desk.run("rotate_keys --name said-too --show-secret").with(1, "2 keys are named said-too");
    // One that has expired stops nobody else.
    keys.create(&CreateKeyRequest::new("over").expires_at("2020-01-01T00:00:00Z")).await.unwrap();
    desk.run("rotate_keys --name o* --show-secret --grace 0s").with(0, "has expired");
    // A pipe that nobody reads holds nobody for ever.
    assert!(Command::new("mkfifo").arg(desk.folder.path().join("pipe")).status().unwrap().success());
    let hash = desk.in_force("said").await[0].hash.clone();
    desk.run(&format!("rotate_keys {hash} --secret-file @/pipe --store-timeout 300ms --grace 0s")).with(1, "was not stored within");
    print_line(&format!("scripts, telling what was changed: {} runs", desk.runs));
}

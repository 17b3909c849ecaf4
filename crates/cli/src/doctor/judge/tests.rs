use super::*;
use crate::doctor::{database::Listed, look::Disk};

fn folder(databases: Vec<Database>) -> Folder {
    Folder {
        data: "/data".into(),
        is_in_use: false,
        disk: Disk { free_bytes: 1 << 30, free_files: Some(1_000), is_read_only: false },
        databases,
        strays: Vec::new(),
        open: Vec::new(),
        closed: Vec::new(),
        foreign: Vec::new(),
    }
}

fn path(class: &str, name: &str) -> PathBuf {
    Path::new("objects").join(object::file(class, name))
}

fn target(slug: &str, state: State) -> Database {
    Database { path: path(object::TARGETS, slug), kind: Kind::Target, log_bytes: 0, state }
}

fn directory_of(targets: &[&str], listed: &[(&str, &str, bool)]) -> Database {
    let listed = listed.iter().map(|(id, slug, is_open)| Listed {
        id: (*id).to_owned(),
        slug: (*slug).to_owned(),
        is_open: *is_open,
    });
    let targets = targets.iter().map(|slug| (*slug).to_owned()).collect();
    let content = Content { targets, listed: listed.collect(), ..Content::default() };
    let path = path(object::DIRECTORY, object::DIRECTORY_NAME);
    Database { path, kind: Kind::Directory, log_bytes: 0, state: State::Whole(content) }
}

fn whole(slug: &str, incidents_ms: &[i64]) -> State {
    State::Whole(Content { slug: Some(slug.to_owned()), incidents_ms: incidents_ms.to_vec(), ..Content::default() })
}

/// The second of this incident is 1,795,428,711.
const SHOP: &str = "shop-20261123T101151Z";
const SHOP_MS: i64 = 1_795_428_711_042;

/// Severity, code and target of each finding.
fn codes(folder: &Folder) -> Vec<(Severity, &'static str, Option<String>)> {
    judge(folder).into_iter().map(|finding| (finding.severity, finding.code, finding.target)).collect()
}

#[test]
fn a_healthy_folder_has_nothing_to_say() {
    let databases = vec![directory_of(&["shop"], &[(SHOP, "shop", true)]), target("shop", whole("shop", &[SHOP_MS]))];
    assert_eq!(judge(&folder(databases)), []);
    assert_eq!(judge(&folder(Vec::new())), [], "before the first start");
}

#[test]
fn a_disk_that_is_full_or_only_read_is_trouble() {
    let mut folder = folder(Vec::new());
    folder.disk = Disk { free_bytes: 4096, free_files: Some(0), is_read_only: true };
    let said: Vec<_> = codes(&folder).into_iter().map(|(severity, code, _)| (severity, code)).collect();
    let trouble = Severity::Trouble;
    assert_eq!(said, [(trouble, "read_only"), (trouble, "full"), (trouble, "no_inodes")]);
    assert!(judge(&folder)[1].to_string().contains("4 kB are free"));
    folder.disk.free_files = None;
    assert!(!codes(&folder).iter().any(|(_, code, _)| *code == "no_inodes"));
}

#[test]
fn modes_and_owners_are_said_with_the_command() {
    let mut folder = folder(Vec::new());
    folder.open = vec![(PathBuf::new(), 0o755), ("objects".into(), 0o755)];
    folder.closed = vec!["objects/a".into()];
    folder.foreign = vec!["objects/b".into()];
    let texts: Vec<String> = judge(&folder).iter().map(ToString::to_string).collect();
    assert!(texts[0].contains("included: . and 1 more (mode 0755)") && texts[0].contains("chmod -R go-rwx /data"));
    assert!(texts[1].contains("may not write objects/a") && texts[2].contains("objects/b belongs"), "{texts:#?}");
}

#[test]
fn a_damaged_file_is_named_with_its_target_and_what_to_do() {
    let damaged = || State::Damaged("file is not a database".to_owned());
    let databases = vec![directory_of(&["shop"], &[]), target("shop", damaged()), target("gone", damaged())];
    let findings = judge(&folder(databases));
    assert_eq!(findings.len(), 2, "{findings:#?}");
    assert_eq!(
        findings[0].to_string(),
        format!(
            "trouble: shop: its database cannot be used: file is not a database\n  file: {}\n  lost: rounds, history and \
             reports of incidents of this target; the directory keeps the list of its incidents\n  to do: put back this \
             file, with its -wal, from a backup; or move both away: the next start begins anew, and closes the incident \
             that was open",
            path(object::TARGETS, "shop").display()
        )
    );
    assert!(findings[1].what.contains("nobody knows") && findings[1].target.is_none(), "{findings:#?}");
}

#[test]
fn a_directory_that_is_lost_or_damaged_is_told_again() {
    let findings = judge(&folder(vec![target("shop", whole("shop", &[]))]));
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!((findings[0].code, findings[0].is_trouble()), ("directory_lost", true));
    let mut directory = directory_of(&[], &[]);
    directory.state = State::Empty;
    let findings = judge(&folder(vec![directory, target("shop", whole("shop", &[]))]));
    assert_eq!(findings[0].what, "the directory's database is empty");
}

#[test]
fn a_lost_target_is_trouble_and_a_new_one_is_not() {
    let directory = directory_of(&["new", "shop"], &[(SHOP, "shop", true)]);
    let found = codes(&folder(vec![directory]));
    assert_eq!(
        found,
        [
            (Severity::Trouble, "target_lost", Some("shop".to_owned())),
            (Severity::Note, "target_new", Some("new".to_owned()))
        ]
    );
}

#[test]
fn an_incident_that_its_target_does_not_know_is_said() {
    let databases =
        |known: &[i64]| vec![directory_of(&["shop"], &[(SHOP, "shop", true)]), target("shop", whole("shop", known))];
    let found = codes(&folder(databases(&[SHOP_MS + 1_000])));
    assert_eq!(found, [(Severity::Trouble, "incident_lost", Some("shop".to_owned()))]);
    assert_eq!(codes(&folder(databases(&[5, SHOP_MS]))), []);
}

#[test]
fn orphans_and_logs_are_notes_and_strays_are_not() {
    let mut orphan = target("old", whole("old", &[]));
    orphan.log_bytes = 4_096;
    let mut folder = folder(vec![directory_of(&["shop"], &[]), target("shop", whole("shop", &[])), orphan]);
    folder.strays = vec!["objects/x.sqlite-wal".into()];
    let found = codes(&folder);
    assert_eq!(
        found,
        [
            (Severity::Trouble, "stray", None),
            (Severity::Note, "orphan", Some("old".to_owned())),
            (Severity::Note, "logs", None)
        ]
    );
}

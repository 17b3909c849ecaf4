//! A clone says the same as its extract. The repository is made here, without a git program.

use dualwatch_import::{Code, Source, analyse, folder};
use gix::{
    ObjectId, Repository,
    objs::{Tree, tree},
};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

const CONFIG: &str = "sites:\n  - { name: Shop, url: 'https://shop.example' }\n  \
                      - { name: IPv6 test, url: mail.example, check: tcp-ping, ipv6: true, port: 25 }\n";

/// What happens to a repository, one commit each: the site and its new state, a second apart.
const STEPS: &[(&str, &str)] = &[
    ("shop", "up 200"),
    ("i-pv6-test", "down 0"),
    ("", "a commit about something else"),
    ("shop", "down 503"),
    ("i-pv6-test", "down 0"),
    ("shop", "up 200"),
    ("gone", "up 200"),
    ("gone", "down 0"),
    ("gone", "removed"),
    ("shop", "down 0"),
    ("shop", "up 200"),
];

/// A tree that grows, and its commits.
struct Clone {
    repository: Repository,
    files: BTreeMap<String, String>,
    n: i64,
}

impl Clone {
    fn new(repository: Repository) -> Self {
        let files = BTreeMap::from([(".upptimerc.yml".to_owned(), CONFIG.to_owned())]);
        Self { repository, files, n: 0 }
    }

    fn tree(&self, prefix: &str) -> ObjectId {
        let mut entries: Vec<tree::Entry> = Vec::new();
        for (path, text) in &self.files {
            let Some(rest) = path.strip_prefix(prefix) else { continue };
            let (name, mode, oid) = match rest.split_once('/') {
                Some((folder, _)) => (folder, tree::EntryKind::Tree, self.tree(&format!("{prefix}{folder}/"))),
                None => (rest, tree::EntryKind::Blob, self.repository.write_blob(text).unwrap().detach()),
            };
            if entries.iter().all(|entry| entry.filename != name) {
                entries.push(tree::Entry { mode: mode.into(), filename: name.into(), oid });
            }
        }
        entries.sort();
        self.repository.write_object(Tree { entries }).unwrap().detach()
    }

    /// Commits the files as they are; every commit is a second later than the one before.
    fn commit(&mut self, parents: &[ObjectId]) -> ObjectId {
        self.n += 1;
        let time = format!("{} +0200", seconds(self.n));
        let signature = gix::actor::SignatureRef { name: "a".into(), email: "a@b.example".into(), time: &time };
        let tree = self.tree("");
        let parents = parents.iter().copied();
        // Onto no branch: a merge has parents that are not on it.
        let commit = self.repository.new_commit_as(signature, signature, "🟩 a commit", tree, parents).unwrap();
        commit.id
    }

    fn set(&mut self, slug: &str, state: &str) {
        let file = format!("history/{slug}.yml");
        match state.split_once(' ') {
            Some((status, code)) if !slug.is_empty() => {
                self.files.insert(file, history(slug, status, code, self.n + 1));
            }
            Some(_) => {
                self.files.insert("README.md".to_owned(), format!("{state} {}", self.n));
            }
            None => {
                self.files.remove(&file);
            }
        }
    }

    fn point_head_at(&self, commit: ObjectId) {
        let head = self.repository.git_dir().join("refs/heads/main");
        fs::create_dir_all(head.parent().unwrap()).unwrap();
        fs::write(head, format!("{commit}\n")).unwrap();
        fs::write(self.repository.git_dir().join("HEAD"), "ref: refs/heads/main\n").unwrap();
    }
}

fn seconds(n: i64) -> i64 {
    1_767_225_600 + n // 2026-01-01T00:00:00Z
}

fn at(n: i64) -> String {
    dualwatch_wire::time::format(dualwatch_core::measure::time::Timestamp::from_unix_ms(seconds(n) * 1_000))
}

fn history(slug: &str, status: &str, code: &str, n: i64) -> String {
    let ms = if code == "0" { 0 } else { 90 };
    format!(
        "url: https://{slug}.example\nstatus: {status}\ncode: {code}\nresponseTime: {ms}\nlastUpdated: {}\n\
         startTime: {}\ngenerator: Upptime <https://github.com/upptime/upptime>\n",
        at(n),
        at(1)
    )
}

/// The same as an extract.
fn extract() -> String {
    let mut text = "commit\tcommit_time\tslug\turl\tstatus\tcode\tresponseTime\tlastUpdated\tstartTime\n".to_owned();
    for (n, (slug, state)) in (1..).zip(STEPS) {
        if let Some((status, code)) = state.split_once(' ').filter(|_| !slug.is_empty()) {
            let ms = if code == "0" { 0 } else { 90 };
            let row = format!(
                "{n:040}\t{}\t{slug}\thttps://{slug}.example\t{status}\t{code}\t{ms}\t{}\t{}",
                at(n),
                at(n),
                at(1)
            );
            writeln!(text, "{row}").unwrap();
        }
    }
    text
}

fn linear(repository: Repository) -> Clone {
    let mut clone = Clone::new(repository);
    let mut head = None;
    for (slug, state) in STEPS {
        clone.set(slug, state);
        head = Some(clone.commit(head.as_slice()));
    }
    clone.point_head_at(head.unwrap());
    clone
}

fn rows(source: &Source) -> Vec<String> {
    let row = |v: &dualwatch_import::Version| {
        format!("{} {} {:?} {:?} {:?}", v.slug, v.record.status.code(), v.record.code, v.record.at, v.committed_at)
    };
    let mut rows: Vec<String> = source.versions.iter().map(row).collect();
    rows.sort();
    rows
}

fn open(folder: &Path) -> Source {
    folder::open(folder, None).unwrap_or_else(|error| panic!("failed to {error}"))
}

#[test]
fn a_clone_says_what_its_extract_says() {
    let folder = tempfile::tempdir().unwrap();
    let (clone_path, bare_path, extract_path) =
        (folder.path().join("clone"), folder.path().join("bare"), folder.path().join("extract"));
    linear(gix::init(&clone_path).unwrap());
    linear(gix::init_bare(&bare_path).unwrap());
    fs::create_dir(&extract_path).unwrap();
    fs::write(extract_path.join(".upptimerc.yml"), CONFIG).unwrap();
    fs::write(extract_path.join(folder::VERSIONS), extract()).unwrap();

    let expected = open(&extract_path);
    let document = analyse(expected.clone()).document();
    assert_eq!(expected.versions.len(), 9);
    let outages: Vec<usize> = document.targets.iter().map(|target| target.incidents.len()).collect();
    assert_eq!(outages, [2, 1, 1]);
    for path in [&clone_path, &bare_path] {
        let seen = open(path);
        assert_eq!(seen.problems, []);
        assert_eq!(rows(&seen), rows(&expected));
        assert_eq!(analyse(seen).document(), document);
    }
    // An extract that is named wins over git.
    let named = folder::open(&clone_path, Some(&extract_path.join(folder::VERSIONS))).unwrap();
    assert!(named.versions.iter().all(|version| version.place.file.ends_with(folder::VERSIONS)));
}

#[test]
fn a_merge_is_no_version_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut clone = Clone::new(gix::init(folder.path()).unwrap());
    clone.set("shop", "up 200");
    let base = clone.commit(&[]);
    clone.set("", "a branch");
    let branch = clone.commit(&[base]);
    clone.set("shop", "down 0");
    let main = clone.commit(&[base]);
    let merge = clone.commit(&[main, branch]);
    clone.point_head_at(merge);
    let source = open(folder.path());
    assert_eq!(source.versions.len(), 2);
    assert!(source.versions[1].commit.starts_with(&main.to_string()));
}

#[test]
fn a_shallow_clone_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut clone = Clone::new(gix::init(folder.path()).unwrap());
    clone.set("shop", "up 200");
    let missing = ObjectId::from_hex(b"00000000000000000000000000000000deadbeef").unwrap();
    let first = clone.commit(&[missing]);
    clone.point_head_at(first);
    fs::write(clone.repository.git_dir().join("shallow"), format!("{first}\n")).unwrap();
    let analysis = analyse(open(folder.path()));
    assert_eq!(analysis.targets[0].versions.len(), 1);
    let found: Vec<_> = analysis.findings.iter().filter(|f| f.code == Code::RecordUnreadable).collect();
    assert!(found.len() == 1 && found[0].detail.contains("shallow"), "{found:?}");
}

#[test]
fn what_is_no_repository_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = folder::open(folder.path(), None).unwrap_err();
    assert!(error.to_string().starts_with("find `.upptimerc.yml` or `history/` in "), "{error}");
    let error = folder::open(&folder.path().join("missing"), None).unwrap_err();
    assert!(error.to_string().starts_with("read "), "{error}");
    gix::init(folder.path()).unwrap();
    let error = folder::open(folder.path(), None).unwrap_err();
    assert!(error.to_string().starts_with("read the git history of "), "{error}");
}

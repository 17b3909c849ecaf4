//! Which module of a crate uses which, read from its code; and whether that only ever runs downward.
//!
//! Tests inside of a module may use what they like: they are left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};
use syn::{
    Attribute, File, ImplItem, Item, ItemUse, UseTree,
    visit::{self, Visit},
};

/// A module by its names from the crate's root: `["judge", "health"]`.
type Module = Vec<String>;

/// Which module uses which other one of the same crate, with a file that says so.
pub struct Uses(BTreeMap<(Module, Module), PathBuf>);

impl Uses {
    /// Reads the sources of a crate below `src`.
    pub fn read(src: &Path) -> Self {
        let read = |(module, path): (Module, PathBuf)| {
            let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (module, path, file)
        };
        let mut files: Vec<_> = modules(src).into_iter().map(read).collect();
        let for_tests: Vec<Module> = files.iter().flat_map(|(module, _, file)| test_modules(module, file)).collect();
        files.retain(|(module, ..)| !for_tests.iter().any(|tests| module.starts_with(tests)));
        let known: BTreeSet<Module> = files.iter().map(|(module, ..)| module.clone()).collect();
        let mut uses = BTreeMap::new();
        for (module, path, file) in &files {
            for used in used_by(module, file, &known) {
                uses.entry((module.clone(), used)).or_insert_with(|| path.clone());
            }
        }
        Self(uses)
    }

    /// Returns what runs against the stairs: uses of a room above, of a room that is not named, and rings of modules
    /// within a room. `rooms` are the modules at the crate's root, from below to above.
    pub fn against(&self, rooms: &[&str]) -> Vec<String> {
        let step = |module: &Module| module.first().and_then(|room| rooms.iter().position(|r| r == room));
        let mut wrong = Vec::new();
        for ((user, used), file) in self.0.iter().filter(|((user, _), _)| !user.is_empty()) {
            match (step(user), step(used)) {
                (Some(own), Some(other)) if own >= other => {}
                (Some(_), Some(_)) => {
                    wrong.push(format!("{}: {} is above", file.display(), used.join("::")));
                }
                // The root itself: what a crate exports by another name.
                (Some(_), None) if used.is_empty() => {
                    wrong.push(format!("{}: uses a name of the crate's root", file.display()));
                }
                (None, _) => wrong.push(format!("{}: {} is in no room", file.display(), user.join("::"))),
                (_, None) => wrong.push(format!("{}: {} is in no room", file.display(), used.join("::"))),
            }
        }
        wrong.extend(rooms.iter().flat_map(|room| self.rings(room)));
        wrong
    }

    /// Returns the rings among the modules right below a module of the root.
    fn rings(&self, room: &str) -> Vec<String> {
        let child = |module: &Module| (module.len() > 1 && module[0] == room).then(|| module[1].clone());
        let mut steps: BTreeMap<String, BTreeMap<String, &Path>> = BTreeMap::new();
        for ((user, used), file) in &self.0 {
            if let (Some(user), Some(used)) = (child(user), child(used))
                && user != used
            {
                steps.entry(user).or_default().entry(used).or_insert(file);
            }
        }
        ring(&steps).map(|names| told(room, &names, &steps)).into_iter().collect()
    }
}

fn told(room: &str, names: &[String], steps: &BTreeMap<String, BTreeMap<String, &Path>>) -> String {
    let mut text = format!("a ring in {room}:");
    for (user, used) in names.iter().zip(names.iter().cycle().skip(1)) {
        let file = steps.get(user).and_then(|of| of.get(used)).map_or(String::new(), |file| file.display().to_string());
        let _ = write!(text, " {user} uses {used} ({file});");
    }
    text
}

/// Returns the modules of one ring, in its order. Peels off whatever uses nothing that is left.
fn ring(steps: &BTreeMap<String, BTreeMap<String, &Path>>) -> Option<Vec<String>> {
    let mut left: BTreeSet<&String> = steps.keys().collect();
    loop {
        let ends: Vec<&String> =
            left.iter().filter(|name| !steps[**name].keys().any(|used| left.contains(used))).copied().collect();
        if ends.is_empty() {
            break;
        }
        left.retain(|name| !ends.contains(name));
    }
    // Everything that is left uses something that is left: following it comes back.
    let mut path: Vec<&String> = vec![left.first()?];
    loop {
        let next = steps[path[path.len() - 1]].keys().find(|used| left.contains(used))?;
        if let Some(begin) = path.iter().position(|name| *name == next) {
            return Some(path[begin..].iter().map(|name| (*name).clone()).collect());
        }
        path.push(next);
    }
}

/// The modules of the crate with their files. `lib.rs` and `main.rs` are the root.
fn modules(src: &Path) -> Vec<(Module, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![(src.to_owned(), Module::new())];
    while let Some((folder, module)) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry of a folder").path();
            let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            let mut inner = module.clone();
            if !(module.is_empty() && ["lib", "main"].contains(&stem)) {
                inner.push(stem.to_owned());
            }
            if path.is_dir() {
                folders.push((path, inner));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((inner, path));
            }
        }
    }
    found.sort();
    found
}

/// The modules that a file declares for tests only.
fn test_modules(module: &Module, file: &File) -> Vec<Module> {
    let declared = file.items.iter().filter_map(|item| match item {
        Item::Mod(item) if is_for_tests(&item.attrs) => Some([module.clone(), vec![item.ident.to_string()]].concat()),
        _ => None,
    });
    declared.collect()
}

/// The other modules of the crate that a file names, in `use` and in paths.
fn used_by(module: &Module, file: &File, known: &BTreeSet<Module>) -> BTreeSet<Module> {
    let mut names = Names { module, depth: 0, paths: Vec::new() };
    names.visit_file(file);
    let of = |path: &Vec<String>| {
        (0..=path.len()).rev().map(|n| path[..n].to_vec()).find(|module| known.contains(module) || module.is_empty())
    };
    // A module and what lies below it are one thing, and so is what it re-exports of them.
    let is_kin = |other: &Module| other.starts_with(module) || module.starts_with(other) && !other.is_empty();
    names.paths.iter().filter_map(of).filter(|used| !is_kin(used)).collect()
}

/// Collects the paths that begin at the crate's root, from there on.
struct Names<'a> {
    module: &'a Module,
    /// So many modules that are written out in the file are around.
    depth: usize,
    paths: Vec<Vec<String>>,
}

impl Names<'_> {
    /// Resolves `crate`, `self` and `super`; nothing for the paths of other crates.
    fn take(&mut self, segments: &[String]) {
        let mut base = self.module.clone();
        base.extend((0..self.depth).map(|_| String::new()));
        let (mut rest, mut is_ours) = (segments, false);
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => base.clear(),
                "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            (rest, is_ours) = (others, true);
        }
        if is_ours {
            base.retain(|name| !name.is_empty());
            base.extend(rest.iter().cloned());
            self.paths.push(base);
        }
    }

    fn take_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.take_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.take(&with(&name.ident)),
            UseTree::Rename(name) => self.take(&with(&name.ident)),
            UseTree::Glob(_) => self.take(before),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.take_tree(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if is_for_tests(attributes) {
            return;
        }
        let is_inner = matches!(item, Item::Mod(_));
        self.depth += usize::from(is_inner);
        visit::visit_item(self, item);
        self.depth -= usize::from(is_inner);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_test = matches!(item, ImplItem::Fn(item) if is_for_tests(&item.attrs));
        if !is_test {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.take_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.take(&segments);
        visit::visit_path(self, path);
    }

    // Who may see something is no use of it.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

/// Whether something is `#[cfg(test)]`, alone or with more.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let tokens = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        tokens.split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a crate of the files given as (path, text) and returns what runs against its rooms `below` and `above`.
    fn check(files: &[(&str, &str)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let told = Uses::read(dir.path()).against(&["below", "above"]);
        told.into_iter().map(|line| line.replace(&format!("{}/", dir.path().display()), "")).collect()
    }

    const ROOT: (&str, &str) = ("lib.rs", "pub mod above; pub mod below;");

    #[test]
    fn downward_is_right() {
        let above = ("above.rs", "pub mod a;");
        let a = ("above/a.rs", "use crate::below::{b::B, self}; use std::fs; fn f(_: super::super::below::b::C) {}");
        assert_eq!(check(&[ROOT, above, a, ("below.rs", "pub mod b;"), ("below/b.rs", "")]), [""; 0]);
    }

    #[test]
    fn upward_is_told_however_it_is_written() {
        let above = [("above.rs", "pub mod a;"), ("above/a.rs", "pub struct A;"), ("below.rs", "pub mod b;")];
        for text in [
            "use crate::above::a::A;",
            "use crate::{above::{a::{A, B}}};",
            "fn f() -> crate::above::a::A { todo() }",
            "use super::super::above::a as other;",
            "mod inner { use super::super::super::above::a::*; }",
            "impl crate::above::a::T for X {}",
        ] {
            let files = [&[ROOT][..], &above, &[("below/b.rs", text)]].concat();
            assert_eq!(check(&files), ["below/b.rs: above::a is above"], "{text}");
        }
    }

    #[test]
    fn tests_may_look_up() {
        let b = "#[cfg(test)] mod tests { use crate::above::A; } #[cfg(test)] use crate::above::A;";
        assert_eq!(check(&[ROOT, ("above.rs", "pub struct A;"), ("below.rs", b)]), [""; 0]);
        let (b, tests) = (("below.rs", "#[cfg(test)] mod tests;"), ("below/tests.rs", "use crate::above::A;"));
        assert_eq!(check(&[ROOT, ("above.rs", "pub struct A;"), b, tests]), [""; 0]);
    }

    #[test]
    fn a_ring_in_a_room_is_told_whole() {
        let files = [
            ROOT,
            ("above.rs", ""),
            ("below.rs", "mod a; mod b; mod c; mod d;"),
            ("below/a.rs", "use super::b::B;"),
            ("below/b.rs", "use crate::below::c::C;"),
            ("below/c/inner.rs", "use crate::below::a::A;"),
            ("below/c.rs", "mod inner;"),
            ("below/d.rs", "use super::a::A;"),
        ];
        assert_eq!(
            check(&files),
            ["a ring in below: a uses b (below/a.rs); b uses c (below/b.rs); c uses a (below/c/inner.rs);"]
        );
    }

    #[test]
    fn a_module_beside_the_rooms_is_told() {
        let files = [ROOT, ("above.rs", "use crate::attic::X;"), ("below.rs", ""), ("attic.rs", "")];
        assert_eq!(check(&files), ["above.rs: attic is in no room"]);
    }
}

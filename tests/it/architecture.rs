//! The map in ARCHITECTURE.md is true: every file is on it, no module uses one that comes after it,
//! and no folder holds a ring.
//!
//! The rule for rings: within a folder, each file stands for itself and for the folder of its name
//! (`word.rs` for `word/`). The arrows between these must form no ring. The folder's root
//! (`text.rs` for `text/`) stands outside of this: it names its files, and they may use the types
//! and constants that it defines. What the root only passes on (`pub use`) counts as a use of the
//! file that defines it.

use crate::source::{self, files, root, shown, tokens};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which src/lib.rs has them, lowest first.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    lib.lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect()
}

/// The Rust files of a module: its own and those in its folder.
fn files_of(module: &str) -> Vec<PathBuf> {
    let mut found = vec![root().join(format!("src/{module}.rs"))];
    found.extend(files(&format!("src/{module}")));
    found
}

/// The code of a file without its tests and its comments.
fn code(path: &Path) -> String {
    tokens(path).into_iter().collect::<proc_macro2::TokenStream>().to_string().replace(' ', "")
}

/// A module path, such as `["text", "word"]`.
type Place = Vec<String>;

/// Which file of src uses which.
struct Uses {
    places: BTreeSet<Place>,
    /// Names that a file passes on with `pub use`, and where they come from.
    passed_on: HashMap<(Place, String), Place>,
    paths: BTreeMap<Place, Vec<Place>>,
}

impl Uses {
    fn read() -> Uses {
        let mut paths = BTreeMap::new();
        for file in files("src") {
            let place = place(&file);
            let absolute = |path: Place| absolute(&place, path);
            let found = source::paths(&tokens(&file)).into_iter().filter_map(absolute).collect();
            paths.insert(place, found);
        }
        let places: BTreeSet<Place> = paths.keys().cloned().collect();
        let mut passed_on = HashMap::new();
        for place in &places {
            let reexports = reexports(&tokens(&file_of(place)));
            for path in reexports {
                let mut path = path;
                let child = [place.as_slice(), &path[..1]].concat();
                if places.contains(&child) {
                    path.splice(..1, child);
                } else if let Some(found) = absolute(place, path.clone()) {
                    path = found;
                } else {
                    continue;
                }
                let name = path.last().cloned().unwrap_or_default();
                let target = longest(&places, &path);
                passed_on.insert((place.clone(), name), target);
            }
        }
        Uses { places, passed_on, paths }
    }

    /// The files that a file uses; its own is not among them.
    fn of(&self, place: &Place) -> BTreeSet<Place> {
        let mut found = BTreeSet::new();
        for path in &self.paths[place] {
            let mut target = longest(&self.places, path);
            if let Some(name) = path.get(target.len())
                && let Some(further) = self.passed_on.get(&(target.clone(), name.clone()))
            {
                target = further.clone();
            }
            if target != *place {
                found.insert(target);
            }
        }
        found
    }
}

/// The module path of a file of src.
fn place(file: &Path) -> Place {
    let path = file.strip_prefix(root().join("src")).unwrap().with_extension("");
    path.iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

fn file_of(place: &Place) -> PathBuf {
    root().join("src").join(place.join("/")).with_extension("rs")
}

/// The path from the top of the crate, `None` for a path that leads out of it.
fn absolute(place: &Place, path: Place) -> Option<Place> {
    let up = path.iter().take_while(|part| *part == "super").count();
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([place.as_slice(), &path[1..]].concat()),
        "super" => Some([&place[..place.len().checked_sub(up)?], &path[up..]].concat()),
        _ => None,
    }
}

/// The file that the longest part of a path names; the top for none.
fn longest(places: &BTreeSet<Place>, path: &[String]) -> Place {
    let lengths = (1..=path.len()).rev();
    let mut starts = lengths.map(|length| path[..length].to_vec());
    starts.find(|start| places.contains(start)).unwrap_or_else(|| vec!["lib".to_owned()])
}

/// The paths of the `pub use` lines of a file.
fn reexports(tokens: &[proc_macro2::TokenTree]) -> Vec<Place> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let word = |at: usize| source::ident(tokens.get(at));
        let public = word(at).as_deref() == Some("pub");
        // `pub use` and `pub(crate) use`
        let skip = if word(at + 1).as_deref() == Some("use") { 1 } else { 2 };
        if public
            && word(at + skip).as_deref() == Some("use")
            && matches!(token, proc_macro2::TokenTree::Ident(_))
        {
            let end = tokens[at..].iter().position(|t| source::is_punct(t, ';'));
            found.extend(source::paths(&tokens[at + skip + 1..at + end.unwrap_or(skip + 1)]));
        }
    }
    found
}

#[test]
fn no_arrow_points_up() {
    let (modules, uses) = (modules(), Uses::read());
    let order: HashMap<&str, usize> = modules.iter().map(String::as_str).zip(0..).collect();
    let mut found = Vec::new();
    for place in uses.places.iter().filter(|place| order.contains_key(place[0].as_str())) {
        for used in uses.of(place) {
            let later = order.get(used[0].as_str()) > order.get(place[0].as_str());
            if later {
                found.push(format!("{} uses {}", place.join("::"), used.join("::")));
            }
        }
    }
    assert!(found.is_empty(), "arrows that point up:\n{}", found.join("\n"));
}

#[test]
fn no_folder_holds_a_ring() {
    let uses = Uses::read();
    let mut folders: BTreeMap<Place, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for place in &uses.places {
        for used in uses.of(place) {
            // The folder where both part: each of them stands in it, or below a file of it.
            let shared = place.iter().zip(&used).take_while(|(a, b)| a == b).count();
            if shared == 0 || shared >= place.len() || shared >= used.len() {
                continue;
            }
            let arrows = folders.entry(place[..shared].to_vec()).or_default();
            arrows.entry(place[shared].clone()).or_default().insert(used[shared].clone());
        }
    }
    let mut rings = Vec::new();
    for (folder, arrows) in folders {
        let (folder, ring) = (folder.join("::"), ring(&arrows));
        if !ring.is_empty() {
            rings.push(format!("{folder}: {}", ring.join(", ")));
        }
    }
    assert!(rings.is_empty(), "files in rings, or between two of them:\n{}", rings.join("\n"));
}

/// The files that are left when those without arrows in or out are taken away, again and again.
fn ring(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut left: BTreeSet<String> = arrows.keys().cloned().collect();
    loop {
        let before = left.len();
        let inside = left.clone();
        left.retain(|file| {
            let leads = arrows[file].iter().any(|used| inside.contains(used));
            let reached = inside.iter().any(|other| arrows[other].contains(file));
            leads && reached
        });
        if left.len() == before {
            return left.into_iter().collect();
        }
    }
}

#[test]
fn a_ring_is_found_and_a_chain_is_not() {
    let arrows = |pairs: &[(&str, &str)]| {
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            arrows.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        arrows
    };
    assert!(ring(&arrows(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    assert_eq!(ring(&arrows(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])), ["b", "c"]);
}

#[test]
fn only_the_embedded_engine_names_tantivy() {
    let named = |file: &PathBuf| fs::read_to_string(file).unwrap().contains("tantivy");
    let below = root().join("src/engine/embedded");
    for file in files("src").iter().filter(|file| named(file)) {
        let inside = file.starts_with(&below) || *file == below.with_extension("rs");
        assert!(inside, "{} names tantivy", shown(file));
    }
}

#[test]
fn only_the_command_line_prints_and_reads_the_environment() {
    for module in modules().iter().filter(|m| *m != "cli") {
        for file in files_of(module) {
            let code = code(&file);
            for word in ["println!", "print!(", "std::env::", "process::exit"] {
                assert!(!code.contains(word), "{} has {word}", shown(&file));
            }
        }
    }
}

#[test]
fn every_file_says_its_job_first_and_stands_on_the_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for module in modules() {
        for file in files_of(&module) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//!"), "{} does not open with its job", shown(&file));
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(map.contains(name), "ARCHITECTURE.md does not name {name} of {module}");
        }
    }
}

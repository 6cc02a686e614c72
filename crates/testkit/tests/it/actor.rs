//! A program that does what its lines say, as Rust programs do it; the tests start it with the shim in front.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use homeroom_testkit::{Loss, Ran, Shim};
use tempfile::TempDir;

const LINES: &str = "ACTOR_LINES";
const FOLDER: &str = "ACTOR_FOLDER";

/// The actor. Started as an ordinary test it has nothing to do but to be there.
#[test]
fn act() {
    let Some(lines) = std::env::var_os(LINES) else {
        return;
    };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let mut files: Vec<(PathBuf, File)> = Vec::new();
    for line in lines.to_str().unwrap().lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let path = folder.join(words.get(1).unwrap_or(&""));
        match *words.as_slice() {
            ["make", _, text] => {
                let mut file = File::create(&path).unwrap();
                file.write_all(text.as_bytes()).unwrap();
                files.push((path, file));
            }
            ["write", _, at, text] => {
                let file = opened(&mut files, &path);
                file.write_all_at(text.as_bytes(), at.parse().unwrap())
                    .unwrap();
            }
            ["append", _, text] => {
                let file = opened(&mut files, &path);
                file.seek(SeekFrom::End(0)).unwrap();
                file.write_all(text.as_bytes()).unwrap();
            }
            ["grow", _, bytes] => {
                let file = opened(&mut files, &path);
                let written = file.write_all_at(&vec![b'x'; bytes.parse().unwrap()], 0);
                println!("\ngrow {:?}", written.map_err(|error| error.kind()));
            }
            ["cut", _, length] => opened(&mut files, &path)
                .set_len(length.parse().unwrap())
                .unwrap(),
            ["sync", _] => opened(&mut files, &path).sync_all().unwrap(),
            ["data", _] => opened(&mut files, &path).sync_data().unwrap(),
            ["names"] | ["names", _] => File::open(&path).unwrap().sync_all().unwrap(),
            ["move", _, to] => fs::rename(&path, folder.join(to)).unwrap(),
            ["link", _, to] => fs::hard_link(&path, folder.join(to)).unwrap(),
            ["unlink", _] => fs::remove_file(&path).unwrap(),
            ["mkdir", _] => fs::create_dir(&path).unwrap(),
            ["rmdir", _] => fs::remove_dir(&path).unwrap(),
            ["copy", _, to] => drop(fs::copy(&path, folder.join(to)).unwrap()),
            _ => panic!("the actor does not know {line:?}"),
        }
    }
    println!("\nacted");
}

fn opened<'a>(files: &'a mut Vec<(PathBuf, File)>, path: &Path) -> &'a mut File {
    let known = files.iter().rposition(|(known, _)| known == path);
    let known = known.unwrap_or_else(|| {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        files.push((path.to_owned(), file));
        files.len() - 1
    });
    &mut files[known].1
}

/// A folder, and the actor in it.
pub(crate) struct Stage {
    _place: TempDir,
    pub(crate) folder: PathBuf,
    shim: Shim,
}

impl Stage {
    /// A folder with one file in it, `old`, that holds `before`.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("watched");
        let stage = Self {
            _place: place,
            folder,
            shim: Shim::build(),
        };
        stage.reset();
        stage
    }

    pub(crate) fn reset(&self) {
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir(&self.folder).unwrap();
        fs::write(self.folder.join("old"), "before").unwrap();
    }

    /// Lets the actor do these lines.
    pub(crate) fn act(&self, lines: &[&str], loss: Loss) -> Ran {
        let mut actor = Command::new(std::env::current_exe().unwrap());
        actor.args(["--exact", "actor::act", "--nocapture", "--test-threads=1"]);
        actor.env(LINES, lines.join("\n")).env(FOLDER, &self.folder);
        self.shim.preload(&mut actor, &self.folder, loss);
        Ran::of(&mut actor)
    }

    /// Another program in the folder.
    pub(crate) fn preload(&self, command: &mut Command, loss: Loss) {
        self.shim.preload(command, &self.folder, loss);
    }

    /// What is in the folder: names, with the text of files.
    pub(crate) fn found(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        collect(&self.folder, "", &mut found);
        found.sort();
        found
    }
}

fn collect(folder: &Path, before: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{before}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found);
            found.push((name + "/", String::new()));
        } else {
            found.push((name, fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

//! `kill -9` at random moments of one installation's long life.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use homeroom_testkit::{
    Dice, Edition, Files, IdBook, Ran, district_of, folder, folder_on_disk, seed, soak,
};

use crate::site::{Content, Left, Site, content_of};

/// Students of the district.
const STUDENTS: u64 = 60;
/// Editions that the district's files go through, back and forth.
const EDITIONS: u64 = 4;

#[test]
fn a_killed_import_leaves_the_old_or_the_new_snapshot() {
    let (seed, kills) = (seed(11), if soak() { 100 } else { 12 });
    let mut life = Life::begin(Dice::new(seed));
    let (mut killed, mut ended) = (0, 0);
    while killed < kills {
        match life.disturb() {
            End::Killed => killed += 1,
            End::ByItself => ended += 1,
        }
    }
    let [olds, news] = life.lefts;
    let ids = life.book.len();
    eprintln!(
        "seed {seed}: {killed} imports killed, {ended} more had ended; {olds} left the old state, {news} the new one; \
         {ids} ids"
    );
}

/// How an import ended that was to be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Killed,
    ByItself,
}

/// An installation that imports edition after edition.
struct Life {
    site: Site,
    dice: Dice,
    /// What each edition is, as files and as an app reads it.
    editions: Vec<(Files, Content)>,
    /// Which one is published.
    current: u64,
    /// How long the last undisturbed import took.
    usual: Duration,
    book: IdBook,
    /// How many killed imports left the old state, and the new one.
    lefts: [u32; 2],
}

impl Life {
    fn begin(dice: Dice) -> Self {
        let edition = |number| {
            let files = district_of(STUDENTS, Edition(number));
            let content = content_of(&files);
            (files, content)
        };
        let editions: Vec<_> = (0..EDITIONS).map(edition).collect();
        // At the pace of a real disk in a soak: then more of the moments lie inside of a sync.
        let site = Site::in_folder(if soak() { folder_on_disk() } else { folder() });
        site.import_ok(&editions[0].0);
        let begun = Instant::now();
        site.import_ok(&editions[1].0);
        let usual = begun.elapsed();
        Self {
            site,
            dice,
            editions,
            current: 1,
            usual,
            book: IdBook::new(),
            lefts: [0; 2],
        }
    }

    /// Kills an import of another edition, looks at what is left, and imports it again.
    fn disturb(&mut self) -> End {
        let next = (self.current + 1 + self.dice.below(EDITIONS - 1)) % EDITIONS;
        let (files, content) = &self.editions[usize::try_from(next).unwrap()];
        let before = self.site.walk();
        self.book.enter(&before).unwrap();
        let micros = u64::try_from(self.usual.as_micros()).unwrap();
        let delay = Duration::from_micros(self.dice.below(micros));
        let end = self.kill_after(delay, files);
        let left = self.site.left(&before, content, &mut self.book);
        match end {
            End::Killed => self.lefts[left as usize] += 1,
            End::ByItself => assert_eq!(left, Left::New, "it ended well and was not published"),
        }
        let begun = Instant::now();
        let report = self.site.import_ok(files);
        if left == Left::Old {
            self.usual = begun.elapsed();
        }
        assert_eq!(
            report["state"] == "no_change",
            left == Left::New,
            "{report}"
        );
        let after = self.site.walk();
        after.same_content(content).unwrap();
        self.book.enter(&after).unwrap();
        self.site.sweep();
        self.current = next;
        end
    }

    /// Starts an import and kills it after a while.
    fn kill_after(&self, delay: Duration, files: &Files) -> End {
        let upload = self.site.upload(files);
        let mut command = self
            .site
            .installation
            .import_command(&upload, &self.site.district);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        sleep(delay);
        // SIGKILL; an error means that it has ended.
        let _ = child.kill();
        let ran = Ran::ended(child.wait_with_output().unwrap());
        assert!(matches!(ran.code, None | Some(0)), "{ran:?}");
        if ran.code.is_none() {
            End::Killed
        } else {
            End::ByItself
        }
    }
}

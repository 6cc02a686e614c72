//! A disk that gets full in the middle of an import.

use homeroom_testkit::{Edition, IdBook, Loss, Ran, Shim, district_of, soak};

use crate::site::{Left, Site, content_of};

#[test]
fn a_full_disk_is_said_clearly_and_nothing_is_lost() {
    let files = [0, 1].map(|number| district_of(50, Edition(number)));
    let content = content_of(&files[1]);
    let site = Site::with(&files[0]);
    let old = site.walk();
    let shim = Shim::build();
    let upload = site.upload(&files[1]);
    let import = |site: &Site, loss: Loss| {
        let mut command = site.installation.import_command(&upload, &site.district);
        shim.preload(&mut command, site.installation.place(), loss);
        Ran::of(&mut command)
    };
    let copy = site.copy();
    import(&copy, Loss::NONE).ok();
    let grown = Shim::tally(copy.installation.place()).unwrap().grown;
    assert!(grown > 50_000, "{grown}");
    let shares = if soak() { 60 } else { 8 };
    for share in 0..shares {
        let room = grown * share / shares;
        let copy = site.copy();
        let ran = import(&copy, Loss::full_after(room));
        assert_eq!(ran.code, Some(1), "{room} of {grown} bytes: {ran:?}");
        let error = ran.json()["error"].as_str().unwrap_or_default().to_owned();
        assert!(
            error.contains("disk is full"),
            "{room} of {grown} bytes: {error}"
        );
        let mut book = IdBook::new();
        book.enter(&old).unwrap();
        let left = copy.left(&old, &content, &mut book);
        assert!(left == Left::Old || share > 0, "published without any room");
        copy.import_ok(&files[1]);
        let after = copy.walk();
        after.same_content(&content).unwrap();
        book.enter(&after).unwrap();
        copy.sweep();
    }
}

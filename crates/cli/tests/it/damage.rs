//! Stored bytes that are not what was written.

use std::fs;

use homeroom_testkit::{Dice, Edition, Walk, district_of, seed, small_district, soak};

use crate::site::Site;

#[test]
fn a_flipped_byte_is_never_served_and_can_be_put_right() {
    let mut dice = Dice::new(seed(31));
    let site = Site::with(&small_district());
    let before = site.walk();
    let objects = served(&site);
    assert!(!objects.is_empty());
    for object in &objects {
        let path = site.installation.object(object);
        let whole = fs::read(&path).unwrap();
        for place in places(&mut dice, whole.len()) {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << dice.below(8);
            fs::write(&path, &damaged).unwrap();
            let server = site.serve();
            let answer = server.get("/v3.1/users", &site.token);
            assert_eq!(answer.status, 503, "byte {place}: {}", answer.text());
            assert!(answer.json()["message"].is_string(), "{}", answer.text());
            assert_eq!(server.get("/health", "").status, 200);
            // Put right while the server runs, it serves again.
            fs::write(&path, &whole).unwrap();
            Walk::of(&server, &site.token).same(&before).unwrap();
        }
    }
}

/// The objects of what is served. Beside them lie those that runs left, LZ4 frames, which nobody reads here.
fn served(site: &Site) -> Vec<String> {
    const LZ4: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
    let is_left = |object: &String| {
        let whole = fs::read(site.installation.object(object)).unwrap();
        whole.get(64..68) == Some(&LZ4)
    };
    let mut objects = site.installation.objects();
    objects.retain(|object| !is_left(object));
    objects
}

/// Bytes of header, payload and end; more in a soak.
fn places(dice: &mut Dice, length: usize) -> Vec<usize> {
    let more = if soak() { 200 } else { 3 };
    let any = (0..more).map(|_| usize::try_from(dice.below(length as u64)).unwrap());
    let mut places: Vec<_> = any.chain([0, 9, 64, length - 1]).collect();
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn an_import_over_damage_names_the_object_and_the_repair() {
    let site = Site::with(&small_district());
    let served = site.walk();
    let next = small_district().replacing("students.csv", "Nia", "Ngozi");
    for object in self::served(&site) {
        let path = site.installation.object(&object);
        let whole = fs::read(&path).unwrap();
        for damaged in [
            whole[..whole.len() - 1].to_vec(),
            Vec::new(),
            flipped(&whole),
        ] {
            fs::write(&path, damaged).unwrap();
            let ran = site.import(&next);
            assert_eq!(ran.code, Some(1), "{ran:?}");
            let error = ran.json()["error"].as_str().unwrap().to_owned();
            for part in [
                object.as_str(),
                "damaged",
                "restore that file from a backup",
            ] {
                assert!(error.contains(part), "{part:?} is not in: {error}");
            }
        }
        fs::remove_file(&path).unwrap();
        let ran = site.import(&next);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let error = ran.json()["error"].as_str().unwrap().to_owned();
        assert!(
            [
                object.as_str(),
                "missing",
                "restore that file from a backup"
            ]
            .iter()
            .all(|part| error.contains(part)),
            "{error}"
        );
        fs::write(&path, whole).unwrap();
    }
    site.walk().same(&served).unwrap();
    assert_eq!(site.import(&next).ok()["state"], "published");
}

fn flipped(whole: &[u8]) -> Vec<u8> {
    let mut flipped = whole.to_vec();
    flipped[whole.len() / 2] ^= 0x10;
    flipped
}

#[test]
fn a_damaged_control_store_is_refused_with_a_message() {
    let site = Site::with(&district_of(20, Edition(0)));
    let path = site.installation.data().join("control.db");
    let whole = fs::read(&path).unwrap();
    fs::write(
        &path,
        b"this is not a control store, and it is long enough to be looked at as one by anybody",
    )
    .unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(site.installation.data().join(format!("control.db{suffix}")));
    }
    let ran = site.import(&small_district());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.json()["error"]
            .as_str()
            .unwrap()
            .contains("control store"),
        "{ran:?}"
    );
    fs::write(&path, whole).unwrap();
}

//! Where objects lie: `objects/ab/cdef…`, the name cut after two digits so that no folder grows without bound.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use homeroom_segment::Digest;
use object_store::path::Path as Location;

/// The folder, or the prefix, that holds all objects.
pub(crate) const OBJECTS: &str = "objects";

/// Where an object lies.
pub(crate) fn location(object: &Digest) -> Location {
    let name = object.to_string();
    let (shard, rest) = name.split_at(2);
    Location::from_iter([OBJECTS, shard, rest])
}

/// The object that lies at a location, `None` for what is no object.
pub(crate) fn object_at(found: &Location) -> Option<Digest> {
    let digits: String = found
        .parts()
        .skip(1)
        .map(|part| part.as_ref().to_owned())
        .collect();
    let object = Digest::from_hex(&digits)?;
    // Upper-case digits, or the cut elsewhere, would be a second place for the same object.
    (location(&object) == *found).then_some(object)
}

/// Whether a file in a shard is one that a write was cut short in: an object's name and a number, `cdef…#1`.
pub(crate) fn is_leftover(shard: &str, file: &str) -> bool {
    let Some((rest, number)) = file.split_once('#') else {
        return false;
    };
    let numbered = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let found = Location::from_iter([OBJECTS, shard, rest]);
    numbered && object_at(&found).is_some()
}

/// The names of all shards, ascending.
pub(crate) fn shards() -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(|shard| format!("{shard:02x}"))
}

/// Makes the folder and all its shards, durably and once and for all. Were a shard made when its first object comes, an
/// object could be durable in a shard that is not, after a crash or beside a second writer.
pub(crate) fn prepare(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let existing = folder.ancestors().find(|above| above.is_dir());
    let existing = existing.unwrap_or(&folder).to_owned();
    fs::create_dir_all(&folder)?;
    let objects = folder.join(OBJECTS);
    make_private(&objects)?;
    for shard in shards() {
        make_private(&objects.join(shard))?;
    }
    sync(&objects)?;
    sync(&folder)?;
    for above in folder.ancestors().skip(1) {
        // The folders above need not be ours, and one that may not be read cannot be synced.
        drop(sync(above));
        if existing.starts_with(above) {
            break;
        }
    }
    Ok(())
}

/// Makes a folder that only its owner may look into, because rosters lie in it.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// Makes the entries of a folder durable.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened as files, and their entries are as durable as the system makes them.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_objects_own_place_leads_back_to_it() {
        let object = Digest::of(b"a table");
        let hex = object.to_string();
        assert_eq!(object_at(&location(&object)), Some(object));
        for stranger in [
            format!("objects/{hex}"),
            format!("objects/{}/{}", &hex[..3], &hex[3..]),
            format!("objects/{}/{}", &hex[..2], hex[2..].to_uppercase()),
            format!("objects/{}/{}", &hex[..2], &hex[3..]),
            format!("other/{}/{}", &hex[..2], &hex[2..]),
            "objects/README".to_owned(),
        ] {
            assert_eq!(
                object_at(&Location::from(stranger.as_str())),
                None,
                "{stranger}"
            );
        }
    }

    #[test]
    fn leftovers_are_objects_with_a_number() {
        let hex = Digest::of(b"a table").to_string();
        let (shard, rest) = hex.split_at(2);
        assert!(is_leftover(shard, &format!("{rest}#1")));
        assert!(is_leftover(shard, &format!("{rest}#23")));
        for other in [
            rest.to_owned(),
            format!("{rest}#"),
            format!("{rest}#x"),
            "#1".to_owned(),
            format!("{}#1", &rest[1..]),
        ] {
            assert!(!is_leftover(shard, &other), "{other}");
        }
    }
}

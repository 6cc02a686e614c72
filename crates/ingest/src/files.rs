//! Which files an import reads, as one digest: the same set again is no change.

use std::io::{self, Read};

use homeroom_intake::{FileSet, Source, Stem};

/// Number of the rules that turn files into records. It is part of the digest, so a Homeroom whose rules changed reads
/// files again that it has seen; raise it with any change of what intake or derive make of the same files.
const RULES: u32 = 1;

/// The digest of the files that are read.
pub(crate) fn file_set(source: &dyn Source, set: &FileSet) -> io::Result<[u8; 32]> {
    let mut whole = blake3::Hasher::new();
    whole.update(&RULES.to_le_bytes());
    let mut buffer = vec![0; 1 << 16];
    for stem in Stem::ALL {
        let Some(name) = set.name(stem) else { continue };
        whole.update(stem.text().as_bytes());
        let mut file = source.open(name)?;
        let mut content = blake3::Hasher::new();
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    content.update(buffer.get(..length).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        whole.update(content.finalize().as_bytes());
    }
    Ok(*whole.finalize().as_bytes())
}

//! Where a file lies: not on another machine's file system, not readable for others.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// File systems whose files belong to another machine, as Linux names them. For FUSE the part after `fuse.` counts.
const NETWORK: [&str; 20] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "rclone",
    "s3fs",
    "smb3",
    "smbfs",
    "sshfs",
    "vboxsf",
];

/// The kind of the network file system a path lies on, if it does and that can be told (Linux).
pub(crate) fn network_file_system(path: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let place = path.canonicalize();
    // Where neither is there, opening will say so.
    let place = place.or_else(|_| folder_of(path).canonicalize()).ok()?;
    network_mount(&mounts, &place).map(str::to_owned)
}

/// Lets only the owner read and write a file: it holds people. An administrator may give it to others afterwards.
pub fn keep_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The folder a file lies in.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// The kind of the network file system `place` lies on, from the text of `/proc/self/mountinfo`.
fn network_mount<'a>(mounts: &'a str, place: &Path) -> Option<&'a str> {
    // The longest mount point that leads to the place holds it; of several on the same point, the last one mounted.
    let mount = mounts
        .lines()
        .filter_map(mount)
        .filter(|(point, _)| place.starts_with(point))
        .max_by_key(|(point, _)| point.components().count())?;
    let kind = mount.1.strip_prefix("fuse.").unwrap_or(mount.1);
    NETWORK.contains(&kind).then_some(kind)
}

/// Mount point and kind of one line: `36 35 98:0 /root /point options … - kind source options`.
fn mount(line: &str) -> Option<(PathBuf, &str)> {
    let point = line.split(' ').nth(4)?;
    let (_, after) = line.split_once(" - ")?;
    Some((PathBuf::from(unescape(point)), after.split(' ').next()?))
}

/// Mount points write space, tab, newline and backslash as `\040` and so on.
fn unescape(text: &str) -> String {
    ["\\040", "\\011", "\\012", "\\134"]
        .into_iter()
        .zip([" ", "\t", "\n", "\\"])
        .fold(text.to_owned(), |text, (code, plain)| {
            text.replace(code, plain)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime - ext4 /dev/root rw
23 22 0:21 / /proc rw,nosuid - proc proc rw
40 22 0:50 / /srv/school\\040data rw shared:7 - nfs4 server:/export rw,vers=4.2
41 40 0:51 / /srv/school\\040data/local rw - xfs /dev/sdb1 rw
42 22 0:52 / /mnt/share rw - cifs //server/share rw
43 22 0:53 / /mnt/bucket rw - fuse.s3fs s3fs rw
44 22 0:54 / /mnt/disk rw - fuse.ntfs-3g /dev/sdc1 rw
45 22 254:0 / /over rw - ext4 /dev/sdd1 rw
46 22 0:55 / /over rw - nfs server:/over rw
";

    #[test]
    fn the_nearest_mount_decides() {
        for (folder, kind) in [
            ("/", None),
            ("/var/lib/homeroom", None),
            ("/srv/school data", Some("nfs4")),
            ("/srv/school data/homeroom", Some("nfs4")),
            ("/srv/school database", None),
            ("/srv/school data/local/homeroom", None),
            ("/mnt/share/a/b", Some("cifs")),
            ("/mnt/bucket", Some("s3fs")),
            ("/mnt/disk/homeroom", None),
            ("/over/a", Some("nfs")),
        ] {
            let found = network_mount(MOUNTS, Path::new(folder));
            assert_eq!(found, kind, "{folder}");
        }
        assert_eq!(network_mount("nonsense\n\n- -", Path::new("/")), None);
    }

    #[test]
    fn a_bare_name_lies_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("control.sqlite")), Path::new("."));
        assert_eq!(folder_of(Path::new("a/control.sqlite")), Path::new("a"));
    }
}

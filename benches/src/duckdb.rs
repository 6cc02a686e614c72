//! DuckDB as the yardstick of imports: it only loads the same files into tables, without looking at what they say.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What has to be installed.
pub(crate) const PACKAGE: &str = "python3 with the pip package duckdb";

/// Every column stays text, so nothing messy can stop it; the checkpoint makes the tables durable.
const SCRIPT: &str = r#"
import json, pathlib, sys, time
import duckdb
folder, file = sys.argv[1:]
begun = time.perf_counter()
connection = duckdb.connect(file)
connection.execute("set enable_progress_bar = false")
for path in sorted(pathlib.Path(folder).glob("*.csv")):
    connection.execute(
        f"create table \"{path.stem}\" as select * from read_csv(?, header = true, all_varchar = true, delim = ',', "
        "quote = '\"', escape = '\"', strict_mode = false, ignore_errors = true)", [str(path)])
connection.execute("checkpoint")
connection.close()
print(json.dumps({"seconds": time.perf_counter() - begun, "version": duckdb.__version__}))
"#;

/// The tables of the day before are there; the new files are loaded beside them, compared row by row both ways, and take
/// their place.
const COMPARISON: &str = r#"
import json, pathlib, sys, time
import duckdb
folder, file = sys.argv[1:]
begun = time.perf_counter()
connection = duckdb.connect(file)
connection.execute("set enable_progress_bar = false")
changed = 0
for path in sorted(pathlib.Path(folder).glob("*.csv")):
    old = path.stem
    connection.execute(
        f"create table \"new_{old}\" as select * from read_csv(?, header = true, all_varchar = true, delim = ',', "
        "quote = '\"', escape = '\"', strict_mode = false, ignore_errors = true)", [str(path)])
    for one, other in ((f"new_{old}", old), (old, f"new_{old}")):
        connection.execute(f"create temp table difference as select * from \"{one}\" except select * from \"{other}\"")
        changed += connection.execute("select count(*) from difference").fetchone()[0]
        connection.execute("drop table difference")
    connection.execute(f"drop table \"{old}\"")
    connection.execute(f"alter table \"new_{old}\" rename to \"{old}\"")
connection.execute("checkpoint")
connection.close()
print(json.dumps({"seconds": time.perf_counter() - begun, "version": duckdb.__version__}))
"#;

/// One load.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// Seconds inside Python: open, load, checkpoint, close.
    pub(crate) inner: f64,
    /// Seconds of the whole process.
    pub(crate) process: f64,
    /// DuckDB's version.
    pub(crate) version: String,
}

#[derive(Deserialize)]
struct Printed {
    seconds: f64,
    version: String,
}

/// Whether it can be run here.
pub(crate) fn is_installed() -> bool {
    let mut command = Command::new("python3");
    command
        .args(["-c", "import duckdb"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Loads every CSV file of `folder` into a new database `file`, which is removed again.
pub(crate) fn load(folder: &Path, file: &Path) -> Result<Loaded> {
    clear(file)?;
    let loaded = run(SCRIPT, folder, file)?;
    remove(file)?;
    Ok(loaded)
}

/// Loads the files of `before`, and then, measured, those of `folder`, compared with the ones before.
pub(crate) fn load_and_compare(before: &Path, folder: &Path, file: &Path) -> Result<Loaded> {
    clear(file)?;
    run(SCRIPT, before, file)?;
    let compared = run(COMPARISON, folder, file)?;
    remove(file)?;
    Ok(compared)
}

/// Removes what a run that was cut short left.
fn clear(file: &Path) -> Result<()> {
    if file.exists() { remove(file) } else { Ok(()) }
}

fn remove(file: &Path) -> Result<()> {
    std::fs::remove_file(file).with_context(|| format!("removing {}", file.display()))
}

fn run(script: &str, folder: &Path, file: &Path) -> Result<Loaded> {
    let begun = Instant::now();
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(folder)
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting python3")?;
    let process = begun.elapsed().as_secs_f64();
    ensure!(
        output.status.success(),
        "DuckDB could not load {}",
        folder.display()
    );
    let printed: Printed =
        serde_json::from_slice(&output.stdout).context("reading what the DuckDB script printed")?;
    Ok(Loaded {
        inner: printed.seconds,
        process,
        version: printed.version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_a_folder_of_csv_files() {
        if !is_installed() {
            eprintln!("skipped: install {PACKAGE} to run this test");
            return;
        }
        let folder =
            std::env::temp_dir().join(format!("homeroom-benches-duckdb-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join("schools.csv"),
            "School_id,School_name\n1,\"North, high\"\n2,\n",
        )
        .unwrap();
        let loaded = load(&folder, &folder.join("test.duckdb")).unwrap();
        assert!(loaded.inner > 0.0 && loaded.process >= loaded.inner);
        assert!(!folder.join("test.duckdb").exists());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

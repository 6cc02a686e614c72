//! nginx as the bound: it serves, as files, the very bytes that Homeroom computes.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::http::{Connection, Target};
use crate::process::Guarded;

/// The Debian package that brings the program.
pub(crate) const PACKAGE: &str = "nginx-light";

/// Its configuration, in its folder.
const FILE: &str = "nginx.conf";

/// A running nginx with a folder of its own, which goes with it.
pub(crate) struct Nginx {
    process: Guarded,
    folder: PathBuf,
    target: Target,
    pages: PathBuf,
}

impl Nginx {
    /// Starts nginx over an empty `folder/pages`, two workers, sendfile on, no access log.
    ///
    /// `None` when the program is not installed.
    pub(crate) fn start(folder: &Path) -> Result<Option<Self>> {
        if !is_installed() {
            return Ok(None);
        }
        let pages = folder.join("pages");
        fs::create_dir_all(&pages)?;
        fs::create_dir_all(folder.join("temp"))?;
        let port = free_port()?;
        fs::write(folder.join(FILE), configuration(folder, port))?;
        let child = command(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .context("starting nginx")?;
        let mut nginx = Self {
            process: Guarded::new(child),
            folder: folder.to_owned(),
            target: Target::on_port(port),
            pages,
        };
        nginx.wait()?;
        Ok(Some(nginx))
    }

    /// Where it listens.
    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// Its master process; the workers are children of it.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Stores `body` as page `number` and returns the path that serves it.
    ///
    /// A page is stored once: nginx keeps files open and would go on serving the old one.
    pub(crate) fn store(&self, number: usize, body: &[u8]) -> Result<String> {
        fs::write(self.pages.join(format!("{number}.json")), body)
            .context("storing a page for nginx")?;
        Ok(format!("/{number}.json"))
    }

    /// Its name and version; `None` when it is not installed.
    pub(crate) fn version() -> Option<String> {
        let output = Command::new(program()).arg("-v").output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, number) = text.trim().rsplit_once('/')?;
        Some(format!("nginx {number}"))
    }

    fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            if Connection::open(self.target).is_ok() {
                return Ok(());
            }
            if self.process.has_ended() {
                bail!("nginx ended at once; its reason stands above");
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("nginx does not listen on {}", self.target.address)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A killed master leaves its workers behind: ask it first. The guard kills what does not listen.
        let asked = command(&self.folder)
            .args(["-s", "stop"])
            .stderr(Stdio::null())
            .status();
        let start = Instant::now();
        while asked.is_ok() && !self.process.has_ended() && start.elapsed() < Duration::from_secs(5)
        {
            thread::sleep(Duration::from_millis(5));
        }
        // What stays behind is temporary anyway.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(folder.join(FILE));
    command
}

fn program() -> &'static str {
    if Path::new("/usr/sbin/nginx").exists() {
        "/usr/sbin/nginx"
    } else {
        "nginx"
    }
}

fn is_installed() -> bool {
    let mut command = Command::new(program());
    command
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn runs_as_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| {
        line.strip_prefix("Uid:")
            .is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0"))
    })
}

fn configuration(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    // Workers of a master that runs as root become another user, who may not read a private temporary folder.
    let user = if runs_as_root() { "user root;" } else { "" };
    format!(
        r#"daemon off;
{user}
worker_processes 2;
worker_rlimit_nofile 16384;
pid "{folder}/nginx.pid";
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 300;
  keepalive_requests 100000000;
  open_file_cache max=12000 inactive=600s;
  open_file_cache_valid 600s;
  open_file_cache_min_uses 1;
  default_type application/json;
  client_body_temp_path "{folder}/temp/body";
  proxy_temp_path "{folder}/temp/proxy";
  fastcgi_temp_path "{folder}/temp/fastcgi";
  uwsgi_temp_path "{folder}/temp/uwsgi";
  scgi_temp_path "{folder}/temp/scgi";
  server {{
    listen 127.0.0.1:{port};
    root "{folder}/pages";
  }}
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_what_was_stored() {
        let folder =
            std::env::temp_dir().join(format!("homeroom-benches-nginx-{}", std::process::id()));
        let Some(nginx) = Nginx::start(&folder).unwrap() else {
            eprintln!("skipped: install the Debian package {PACKAGE} to run this test");
            return;
        };
        let target = nginx.target();
        let path = nginx.store(0, b"{\"data\":[]}").unwrap();
        let mut connection = Connection::open(target).unwrap();
        assert_eq!(
            connection.get(&path, "token").unwrap(),
            (200, b"{\"data\":[]}".to_vec())
        );
        drop(nginx);
        assert!(
            Connection::open(target).is_err(),
            "nothing listens once nginx is dropped"
        );
        assert!(!folder.exists());
    }
}

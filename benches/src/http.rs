//! A small HTTP/1.1 client: one keep-alive connection, GET and POST, bodies by `Content-Length` or in chunks.
//!
//! It is our own because the load generator must cost next to nothing beside the server it shares two cores with,
//! and because it must read 256 KiB at a time: small reads cap pages of several megabytes.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// Bytes asked of the socket at once.
const READ_SIZE: usize = 256 * 1024;
/// A head longer than this is refused.
const MAX_HEAD: usize = 64 * 1024;
/// Nothing on the loopback interface may stay silent longer than this.
const SILENCE: Duration = Duration::from_mins(2);

/// Where requests go: always this machine, because a benchmark over a network measures the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Address on the loopback interface.
    pub(crate) address: SocketAddr,
}

impl Target {
    /// The server on this machine that listens on `port`.
    pub(crate) fn on_port(port: u16) -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port),
        }
    }

    /// Reads `http://127.0.0.1:PORT` (a path after it is ignored); any other host is an error.
    pub(crate) fn from_url(url: &str) -> Result<Self> {
        let rest = url
            .strip_prefix("http://")
            .with_context(|| format!("{url} does not start with http://"))?;
        let authority = rest
            .split('/')
            .next()
            .unwrap_or(rest)
            .replace("localhost", "127.0.0.1");
        let address: SocketAddr = authority
            .parse()
            .with_context(|| format!("{url} names no address and port"))?;
        ensure!(
            address.ip().is_loopback(),
            "{url} is not on the loopback interface"
        );
        Ok(Self { address })
    }
}

/// What came back: the status, the length of the body, and the head as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Length of the body in bytes, chunk framing not counted.
    pub(crate) body: u64,
}

/// One keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// How the end of a body is found.
enum Framing {
    Length(u64),
    Chunked,
}

impl Connection {
    /// Connects; small writes are sent at once, reads give up after two minutes.
    pub(crate) fn open(target: Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address)
            .with_context(|| format!("connecting to {}", target.address))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_write_timeout(Some(SILENCE))?;
        Ok(Self {
            stream,
            address: target.address,
            buffer: vec![0; READ_SIZE],
            start: 0,
            end: 0,
        })
    }

    /// Sends `request` as it stands and reads the answer through, dropping the body.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.answer(request, &mut |_| {})
    }

    /// Sends GET `path` and returns status and body. `bearer` is sent as the token when it is not empty.
    pub(crate) fn get(&mut self, path: &str, bearer: &str) -> Result<(u16, Vec<u8>)> {
        let mut body = Vec::new();
        let status = self.get_into(path, bearer, &mut body)?;
        Ok((status, body))
    }

    /// The same with the body written over what `body` held, so that a client of many large pages keeps its buffer.
    pub(crate) fn get_into(&mut self, path: &str, bearer: &str, body: &mut Vec<u8>) -> Result<u16> {
        body.clear();
        let request = get_request(path, bearer);
        let answer = self.answer(&request, &mut |piece| body.extend_from_slice(piece))?;
        Ok(answer.status)
    }

    /// Sends a request that was written before, and returns status and body.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        let mut body = Vec::new();
        let answer = self.answer(request, &mut |piece| body.extend_from_slice(piece))?;
        Ok((answer.status, body))
    }

    fn answer(&mut self, request: &[u8], sink: &mut dyn FnMut(&[u8])) -> Result<Answer> {
        self.stream
            .write_all(request)
            .with_context(|| format!("sending to {}", self.address))?;
        let (status, framing) = self.head()?;
        let body = match framing {
            Framing::Length(length) => {
                self.body(length, sink)?;
                length
            }
            Framing::Chunked => self.chunks(sink)?,
        };
        Ok(Answer { status, body })
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    fn fill(&mut self) -> Result<()> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = self
            .stream
            .read(room)
            .with_context(|| format!("reading from {}", self.address))?;
        ensure!(read > 0, "{} closed the connection", self.address);
        self.end += read;
        Ok(())
    }

    fn head(&mut self) -> Result<(u16, Framing)> {
        let length = loop {
            if let Some(at) = find(self.waiting(), b"\r\n\r\n") {
                break at + 4;
            }
            ensure!(
                self.end - self.start < MAX_HEAD,
                "{} sends a head without end",
                self.address
            );
            self.fill()?;
        };
        let head = self.waiting().get(..length).unwrap_or_default();
        let parsed = parse_head(head)?;
        self.start += length;
        Ok(parsed)
    }

    fn body(&mut self, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<()> {
        let mut left = length;
        while left > 0 {
            if self.start == self.end {
                self.fill()?;
            }
            let take = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(self.end - self.start);
            sink(self.waiting().get(..take).unwrap_or_default());
            self.start += take;
            left -= take as u64;
        }
        Ok(())
    }

    fn chunks(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<u64> {
        let mut total = 0;
        loop {
            let line = self.line()?;
            let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
            let text = std::str::from_utf8(digits)
                .context("a chunk's length is not text")?
                .trim();
            let length = u64::from_str_radix(text, 16)
                .with_context(|| format!("{text:?} is not a chunk's length"))?;
            if length == 0 {
                while !self.line()?.is_empty() {}
                return Ok(total);
            }
            self.body(length, sink)?;
            ensure!(self.line()?.is_empty(), "a chunk is longer than it says");
            total += length;
        }
    }

    fn line(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some(at) = find(self.waiting(), b"\r\n") {
                let line = self.waiting().get(..at).unwrap_or_default().to_vec();
                self.start += at + 2;
                return Ok(line);
            }
            ensure!(
                self.end - self.start < MAX_HEAD,
                "{} sends a line without end",
                self.address
            );
            self.fill()?;
        }
    }
}

/// The bytes of a GET request; the same for every contestant, so that each parses as much as the other.
pub(crate) fn get_request(path: &str, bearer: &str) -> Vec<u8> {
    let mut request = Vec::new();
    write_request(&mut request, path, bearer);
    request
}

/// Writes the request over what `into` held.
pub(crate) fn write_request(into: &mut Vec<u8>, path: &str, bearer: &str) {
    into.clear();
    into.extend_from_slice(b"GET ");
    into.extend_from_slice(path.as_bytes());
    into.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n");
    if !bearer.is_empty() {
        into.extend_from_slice(b"Authorization: Bearer ");
        into.extend_from_slice(bearer.as_bytes());
        into.extend_from_slice(b"\r\n");
    }
    into.extend_from_slice(b"\r\n");
}

/// The bytes of a POST request with a body of a media type.
pub(crate) fn post_request(path: &str, bearer: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\nContent-Type: {media}\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn parse_head(head: &[u8]) -> Result<(u16, Framing)> {
    let text = std::str::from_utf8(head).context("the answer's head is not text")?;
    let mut lines = text.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let status = status_line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok());
    let Some(status) = status else {
        bail!("{status_line:?} is not a status line")
    };
    let mut framing = Framing::Length(0);
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            let value = value.trim();
            framing = Framing::Length(
                value
                    .parse()
                    .with_context(|| format!("{value:?} is not a length"))?,
            );
        } else if name.eq_ignore_ascii_case("transfer-encoding")
            && value.trim().eq_ignore_ascii_case("chunked")
        {
            return Ok((status, Framing::Chunked));
        }
    }
    Ok((status, framing))
}

/// Where `needle` begins in `hay`.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// Serves each of `answers` to one request on one connection.
    fn serve(answers: Vec<Vec<u8>>) -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            for answer in answers {
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap() > 2 {
                    line.clear();
                }
                for piece in answer.chunks(7) {
                    stream.write_all(piece).unwrap();
                    stream.flush().unwrap();
                }
            }
        });
        Target::on_port(port)
    }

    #[test]
    fn reads_lengths_and_chunks_on_one_connection() {
        let target = serve(vec![
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".to_vec(),
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n".to_vec(),
            b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
        ]);
        let mut connection = Connection::open(target).unwrap();
        assert_eq!(connection.get("/a", "").unwrap(), (200, b"hello".to_vec()));
        assert_eq!(
            connection.get("/b", "").unwrap(),
            (404, b"abcdefg".to_vec())
        );
        let answer = connection.exchange(&get_request("/c", "t")).unwrap();
        assert_eq!((answer.status, answer.body), (304, 0));
    }

    #[test]
    fn a_wrong_answer_is_an_error() {
        for answer in [
            &b"nonsense\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        ] {
            let mut connection = Connection::open(serve(vec![answer.to_vec()])).unwrap();
            assert!(connection.get("/", "").is_err());
        }
    }

    #[test]
    fn only_the_loopback_interface_is_a_target() {
        assert_eq!(
            Target::from_url("http://127.0.0.1:81/x").unwrap(),
            Target::on_port(81)
        );
        assert_eq!(
            Target::from_url("http://localhost:81").unwrap(),
            Target::on_port(81)
        );
        for url in [
            "http://10.0.0.1:80",
            "https://127.0.0.1:80",
            "http://example.org",
        ] {
            assert!(Target::from_url(url).is_err(), "{url}");
        }
    }
}

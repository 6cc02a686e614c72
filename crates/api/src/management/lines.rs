//! Lines of JSON that a run left, read while they are sent: however many there are, little of them is in memory.

use std::io::{self, BufRead, BufReader, Read};

use axum::body::{Body, Bytes};
use futures::stream;
use homeroom_history::Artifact;
use serde::Deserialize;

use crate::error::ApiError;

/// About how many bytes are sent at once.
const PART: usize = 192 << 10;

/// Lines of an artifact, from a place on.
pub(super) struct Lines {
    from: BufReader<Artifact>,
    /// Only those of this code.
    code: Option<String>,
    /// How many are still to be passed over.
    passed: u64,
    line: Vec<u8>,
}

/// What is looked at of a line.
#[derive(Deserialize)]
struct Looked<'l> {
    #[serde(borrow)]
    code: &'l str,
}

impl Lines {
    /// The lines of a code, or all; after some of them.
    pub(super) fn new(artifact: Artifact, code: Option<String>, after: u64) -> Self {
        Self {
            from: BufReader::with_capacity(64 << 10, artifact),
            code,
            passed: after,
            line: Vec::new(),
        }
    }

    /// The next line with its end; `None` if there is none.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            self.line.clear();
            if self.from.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            if !self.is_wanted() {
                continue;
            }
            if self.passed == 0 {
                return Ok(Some(&self.line));
            }
            self.passed -= 1;
        }
    }

    fn is_wanted(&self) -> bool {
        let Some(code) = &self.code else { return true };
        let looked = serde_json::from_slice::<Looked<'_>>(&self.line);
        looked.is_ok_and(|looked| looked.code == code)
    }

    /// Some lines, as many as are sent at once; empty at the end.
    fn part(&mut self) -> io::Result<Bytes> {
        let mut part = Vec::new();
        while part.len() < PART {
            match self.next()? {
                Some(line) => part.extend_from_slice(line),
                None => break,
            }
        }
        Ok(part.into())
    }
}

/// All lines as a body. An artifact that turns out to be damaged cuts the answer off, which clients see.
pub(super) fn stream(lines: Lines) -> Body {
    let parts = stream::try_unfold(lines, |mut lines| async move {
        // Unpacking and searching take their time where a code is rare.
        let work = tokio::task::spawn_blocking(move || {
            let part = lines.part();
            (lines, part)
        });
        let (lines, part) = work.await.map_err(io::Error::other)?;
        let part = part?;
        Ok::<_, io::Error>((!part.is_empty()).then_some((part, lines)))
    });
    Body::from_stream(parts)
}

/// At most `limit` lines, and whether there are more.
pub(super) async fn page(mut lines: Lines, limit: usize) -> Result<(Vec<u8>, bool), ApiError> {
    let work = move || {
        let mut page = Vec::new();
        for _ in 0..limit {
            match lines.next()? {
                Some(line) => page.extend_from_slice(line),
                None => return Ok((page, false)),
            }
        }
        let more = lines.next()?.is_some();
        Ok::<_, io::Error>((page, more))
    };
    let page = tokio::task::spawn_blocking(work).await;
    let page = page.map_err(|_| ApiError::Broken("reading lines was interrupted"))?;
    page.map_err(ApiError::unavailable)
}

/// All of an artifact that is small.
pub(super) async fn whole(mut artifact: Artifact) -> Result<Vec<u8>, ApiError> {
    let work = move || {
        let mut whole = Vec::new();
        artifact.read_to_end(&mut whole)?;
        Ok::<_, io::Error>(whole)
    };
    let whole = tokio::task::spawn_blocking(work).await;
    let whole = whole.map_err(|_| ApiError::Broken("reading was interrupted"))?;
    whole.map_err(ApiError::unavailable)
}

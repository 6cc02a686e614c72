//! Any path and query, parted by a question mark, asked of the sample. What is answered is JSON.
#![no_main]

use homeroom_fuzz::sample::{SAMPLE, district};
use homeroom_fuzz::walk;
use homeroom_segment::View;
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

fuzz_target!(|input: &str| {
    let (path, query) = input.split_once('?').unwrap_or((input, ""));
    let snapshot = &SAMPLE[1].snapshot;
    let ((scope, mask), district) = (homeroom_sharing::everything(snapshot), district());
    let view = View {
        snapshot,
        scope: &scope,
        mask: &mask,
        district: &district,
    };
    if let Some(body) = walk::get(&view, path, query) {
        let read: Result<IgnoredAny, _> = serde_json::from_slice(&body);
        assert!(read.is_ok(), "an answer that is no JSON");
        assert_eq!(
            walk::get(&view, path, query),
            Some(body),
            "equal requests, equal answers"
        );
    }
});

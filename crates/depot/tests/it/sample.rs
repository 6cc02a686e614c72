//! An object written by the first version that wrote any. It must be readable for ever: never write this file anew, add
//! another for another format.

use std::fs;

use bytes::Bytes;
use homeroom_depot::frame;
use homeroom_segment::{Digest, Located};

use crate::{depot, file_of};

const FORMAT_0: &[u8] = include_bytes!("../samples/format-0.object");
const NAME: &str = "17660692b2a50547df76a96dab8287a8d1adffed7bbe674420bcc62c2f92b572";
const SCHOOLS: &[u8] = b"schools: Lakeview Elementary, Harbor Middle\n";
const TERMS: &[u8] = b"terms: Fall, Spring\n";

#[test]
fn format_0_is_read_and_still_written_the_same() {
    let payload = frame::open(&Bytes::from_static(FORMAT_0)).unwrap();
    assert_eq!(payload[..SCHOOLS.len()], *SCHOOLS);
    assert_eq!(payload[64..], *TERMS);
    let (sealed, offsets) = frame::seal_parts([SCHOOLS, TERMS].map(Bytes::from_static));
    assert_eq!(offsets, [0, 64]);
    assert_eq!(sealed.name().to_string(), NAME);
    assert_eq!(sealed.into_chunks().concat(), FORMAT_0);
}

#[tokio::test]
async fn format_0_is_read_from_a_folder() {
    let (folder, depot) = depot();
    let object = Digest::from_hex(NAME).unwrap();
    fs::write(file_of(&folder, &object), FORMAT_0).unwrap();
    let (offset, length) = (64, TERMS.len() as u64);
    let terms = depot
        .get(&Located {
            object,
            offset,
            length,
        })
        .await;
    assert_eq!(terms, Ok(Bytes::from_static(TERMS)));
}

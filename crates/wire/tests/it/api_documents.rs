//! The OpenAPI documents, read by somebody else's reader.

use homeroom_wire::{Route, VERSIONS, openapi};
use utoipa::openapi::{OpenApi, RefOr, Schema};

#[test]
fn another_reader_understands_them() {
    for version in VERSIONS {
        let document = openapi(version);
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(jsonschema::meta::is_valid(schema), "{name}");
            let read = serde_json::from_value::<RefOr<Schema>>(schema.clone());
            assert!(read.is_ok(), "{name}: {schema}");
        }
        let read: OpenApi = serde_json::from_value(document).unwrap();
        let paths = read.paths.paths.keys();
        let of_records = paths.filter(|path| !path.starts_with("/attendance/"));
        assert_eq!(of_records.count(), Route::of_version(version).count());
        let components = read.components.unwrap();
        assert!(components.security_schemes.contains_key("token"));
        assert!(components.schemas.contains_key("School"));
    }
}

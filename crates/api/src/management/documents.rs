//! Records of the store as JSON.

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{AuditEntry, DistrictRecord, Hold, Run};
use serde_json::{Value, json};

/// A district.
pub(super) fn district(record: &DistrictRecord) -> Value {
    let document = &record.document;
    let day = |day: Option<homeroom_model::Date>| day.map(|day| day.to_string());
    json!({
        "id": document.id.to_hex(),
        "name": document.name,
        "created": record.created.to_iso(),
        "state": document.state,
        "error": document.error,
        "snapshot": record.snapshot,
        "last_sync": moment(document.last_sync),
        "launch_date": document.launch_date.to_string(),
        "pause_start": day(document.pause_start),
        "pause_end": day(document.pause_end),
    })
}

/// A run, without its report.
pub(super) fn run(run: &Run) -> Value {
    let cancel = run.cancel_requested.as_ref();
    json!({
        "id": run.id.to_hex(),
        "district": run.district.to_hex(),
        "state": run.state.as_str(),
        "stage": run.stage,
        "started": run.started.to_iso(),
        "finished": moment(run.finished),
        "snapshot": run.snapshot,
        "source": run.source,
        "actor": run.actor,
        "repeats": run.of.map(ObjectId::to_hex),
        "cancel_requested": cancel.map(|asked| json!({ "at": asked.at.to_iso(), "actor": asked.actor })),
    })
}

/// A hold.
pub(super) fn hold(hold: &Hold) -> Value {
    json!({
        "run": hold.run.to_hex(),
        "state": hold.state.as_str(),
        "digest": hold.digest,
        "snapshot": hold.base,
        "triggers": opaque(&hold.triggers),
        "opened": hold.opened.to_iso(),
        "closed": moment(hold.closed),
        "actor": hold.actor,
        "note": hold.note,
    })
}

/// An entry of the audit.
pub(super) fn audit(entry: &AuditEntry) -> Value {
    json!({
        "id": entry.id.to_hex(),
        "district": entry.district.map(ObjectId::to_hex),
        "at": entry.at.to_iso(),
        "actor": entry.actor,
        "action": entry.action,
        "detail": entry.detail,
    })
}

/// What the store keeps as JSON text; `null` for what is none.
pub(super) fn opaque(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn moment(at: Option<Timestamp>) -> Option<String> {
    at.map(Timestamp::to_iso)
}

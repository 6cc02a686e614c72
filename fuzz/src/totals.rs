//! What must hold of any body of totals.

use homeroom_goals::submission::{Batch, Form, Limits, Receipt, Refused};

/// Reads a body, which adds up: every row is kept or rejected, in order, and the answer accounts for all of them.
pub fn check(settings: u8, read: impl Fn(&Form<'_>) -> Result<Batch, Refused>) {
    let limits = Limits {
        rows: 1000,
        ..Limits::default()
    };
    let declared = settings & 1 == 1;
    let form = Form {
        progress: declared.then_some("lessons_completed"),
        limits: &limits,
    };
    let Ok(batch) = read(&form) else {
        return;
    };
    assert_eq!(read(&form).as_ref(), Ok(&batch), "equal bodies, equal rows");
    let (rows, rejected) = (batch.rows.len(), batch.rejected.len());
    assert_eq!(rows + rejected, batch.received as usize, "no row is lost");
    assert!(batch.rows.is_sorted_by(|a, b| a.index < b.index));
    assert!(batch.rejected.is_sorted_by(|a, b| a.index < b.index));
    assert!(
        batch
            .rows
            .iter()
            .all(|row| row.minutes.is_some() || row.progress.is_some())
    );
    let applied: Vec<_> = batch
        .rows
        .iter()
        .map(|row| (*row, row.index % 2 == 0))
        .collect();
    let receipt = Receipt::new(batch, &applied, Vec::new());
    assert_eq!(receipt.rejected().len(), rejected);
    assert_eq!((receipt.updated() + receipt.unchanged()) as usize, rows);
    assert!(serde_json::to_string(&receipt).is_ok());
}

//! What people order about accounts: to merge two, to take a merge apart, to split an id off (integration-side A3.6). It is part of
//! the plan of one run, and kept with that plan until somebody approves it.

use homeroom_client::Cancel;
use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Local, Order as AccountOrder};
use serde_json::{Value, json};

use super::error::SyncError;
use super::order::{Order, ReadHow, Trigger, Until};
use super::run::Ran;
use super::watch::Watch;
use super::{Engine, Tenant};

impl Engine {
    /// Plans what people order about accounts, from what was read last, and applies it unless it is held or only to be seen.
    pub async fn order_accounts(
        &self,
        tenant: &Tenant,
        orders: Vec<AccountOrder>,
        (until, by): (Until, &str),
        cancel: &Cancel,
        watch: &dyn Watch,
    ) -> Result<Ran, SyncError> {
        let order = Order {
            read: ReadHow::Kept,
            until,
            accounts: orders,
            actor: by.to_owned(),
            ..Order::new(Trigger::Demand)
        };
        self.run(tenant, &order, cancel, watch).await
    }
}

/// Orders as they are kept with a plan.
pub(crate) fn written(orders: &[AccountOrder]) -> Value {
    let one = |order: &AccountOrder| match order {
        AccountOrder::Unmerge { kind, from } => json!(["unmerge", kind.table(), from.0]),
        AccountOrder::Split { kind, source } => json!(["split", kind.table(), source.to_hex()]),
        AccountOrder::Merge { kind, from, into } => {
            json!(["merge", kind.table(), from.0, into.0])
        }
    };
    orders.iter().map(one).collect()
}

/// Orders that were kept with a plan; nothing of what cannot be read.
pub(crate) fn read(inputs: &Value) -> Vec<AccountOrder> {
    let orders = inputs.get("accounts").and_then(Value::as_array);
    let read = orders.into_iter().flatten().filter_map(|order| {
        let text = |at: usize| order.get(at).and_then(Value::as_str);
        let local = |at: usize| order.get(at).and_then(Value::as_i64).map(Local);
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| Some(kind.table()) == text(1))?;
        match text(0)? {
            "unmerge" => Some(AccountOrder::Unmerge {
                kind,
                from: local(2)?,
            }),
            "split" => Some(AccountOrder::Split {
                kind,
                source: ObjectId::from_hex(text(2)?)?,
            }),
            "merge" => Some(AccountOrder::Merge {
                kind,
                from: local(2)?,
                into: local(3)?,
            }),
            _ => None,
        }
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_are_kept() {
        let kind = Kind::Student;
        let orders = vec![
            AccountOrder::Unmerge {
                kind,
                from: Local(7),
            },
            AccountOrder::Split {
                kind,
                source: ObjectId::new([3; 12]),
            },
            AccountOrder::Merge {
                kind,
                from: Local(7),
                into: Local(8),
            },
        ];
        assert_eq!(read(&json!({ "accounts": written(&orders) })), orders);
        assert_eq!(read(&Value::Null), []);
    }
}

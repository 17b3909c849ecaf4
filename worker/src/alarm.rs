//! The alarm of an object, which is its clock.

use crate::dial;
use dualwatch_core::measure::time::Timestamp;
use worker::{Result, ScheduledTime, Storage, js_sys::Date};

/// Sets the alarm, to the next millisecond at the earliest.
///
/// An object that sets its alarm, while it goes off, to the very time at which it does so has none afterwards: workerd sees
/// no change, keeps that time in the object's file, and takes the alarm that went off out of its index. What is due at once
/// would be just that, since an alarm goes off within its millisecond.
pub async fn set(storage: &Storage, due: Timestamp) -> Result<()> {
    let due = due.max(dial::now() + 1);
    storage.set_alarm(ScheduledTime::new(Date::new(&(due.unix_ms() as f64).into()))).await
}

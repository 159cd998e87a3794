//! Contacts of T cells and their targets: attachment, killing and stimulation.

pub mod attach;
pub mod bonds;
pub mod count_contacts;
pub mod engage;
pub mod respond;
pub mod stimulate;

//! Whether exports that leave the page hide personal data.

use super::{mask, mask_name};
use crate::chat::{self, Message};
use alloc::borrow::Cow;

/// Whether exports that leave the page hide personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Long numbers, addresses, mail addresses and buyers' names are masked.
    #[default]
    Masked,
    /// Everything as it was read; the user asked for it.
    Open,
}

impl Privacy {
    pub(super) fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Masked => mask(text).into(),
            Self::Open => text.into(),
        }
    }

    pub(super) fn name(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Masked => mask_name(name).into(),
            Self::Open => name.into(),
        }
    }

    /// The name under which a message is shown.
    pub(super) fn sender(self, message: &Message) -> Cow<'_, str> {
        match (message.role, message.sender.as_deref()) {
            (chat::Role::Buyer, Some(name)) => alloc::format!("买家 {}", self.name(name)).into(),
            (chat::Role::Buyer, None) => "买家".into(),
            (chat::Role::Agent, Some(name)) => name.into(),
            (chat::Role::Agent, None) => "客服".into(),
            (chat::Role::Bot, _) => "机器人".into(),
            (chat::Role::System, _) => "系统".into(),
        }
    }
}

//! How inquiries were counted, in words.

use super::Inquiries;
use crate::{
    metric::{Attribution, Options},
    text::many,
};
use alloc::{format, vec};

/// Which conversations are no inquiries of an agent's, in words.
pub(super) fn only_forwarded(options: &Options) -> alloc::string::String {
    match options.forwarded {
        None => "转接出去的会话也算 / conversations handed over count as well".into(),
        Some(0) => "只转接、没有另外回复的会话不算 / conversations that the agent only handed over do not count".into(),
        Some(most) => format!(
            "转接且另外回复不超过 {most} 条的会话不算 / conversations that the agent handed over with at most {} do not count",
            many(most, "other message")
        ),
    }
}

/// The variant in words; of so many buyers nobody knows yet whether they order.
pub(super) fn standard(found: &Inquiries, options: &Options, open: u64) -> alloc::string::String {
    let mut words = vec![
        match options.attribution {
            Attribution::Order => "下单判定 / by creation of the order",
            Attribution::OrderFirst => "下单优先判定 / by creation, else by payment of the order",
            Attribution::Payment => "付款判定 / by payment of the order",
        }
        .into(),
        match options.window {
            0 => "会话首条消息当日内 / on the day of the first message of a conversation".into(),
            1 => "会话首条消息起至次日结束 / from the first message of a conversation to the end of the next day".into(),
            days => {
                format!("会话首条消息起至其后第 {days} 日结束 / from the first message of a conversation to the end of day {days} after it")
            }
        },
    ];
    if found.untimed {
        words.push(
            "部分聊天或订单无时间，计期内任意订单 / untimed: where chats or orders have no times, any order of the period counts".into(),
        );
    }
    if found.by_day {
        words.push(
            "订单只有日期：当天咨询的都算在下单之前 / the orders have dates alone: whatever was asked on that day was asked before".into(),
        );
    }
    if open > 0 {
        words.push(format!("尚未定局：{open} 位询单买家的统计窗口未结束 / not final: inquiry buyers whose window is still open: {open}"));
    }
    if let Some((first, last)) = found.short.filter(|_| open > 0) {
        words.push(format!(
            "订单只说得清 {first} 至 {last}，窗口在此之外的未定局 / the orders tell of {first}..{last}: windows beyond are open"
        ));
    }
    words.join("; ")
}

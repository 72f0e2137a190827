//! The shapes in which chats are copied: one file per family, listed here.

mod heads;
pub(crate) mod json;
mod stacked;
pub(crate) mod table;

pub(crate) use heads::{Head, labelled, mended, somebody};
pub(crate) use stacked::{Block, Stacked, stamp_line};

/// A shape of copied text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Its id, for [`super::ReadOptions::format`] and [`super::Chats::shape`].
    pub id: &'static str,
    /// What its lines look like, for people.
    pub looks: &'static str,
    /// The platform it is of where nothing in the file tells another.
    pub format: &'static str,
    pub lines: Lines,
}

impl Shape {
    /// Whether its messages have labels and no times.
    pub fn bare(&self) -> bool {
        matches!(self.id, "labelled" | "label-apart")
    }

    /// Whether a line certainly begins a message of this shape.
    pub fn begins(&self, line: &str) -> bool {
        match self.lines {
            Lines::Headed(head) => head(line).is_some_and(|h| !h.unsure),
            Lines::Stacked { .. } => stamp_line(line).is_some(),
        }
    }
}

/// How a shape's lines are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lines {
    /// A line begins a message, or belongs to the one above.
    Headed(fn(&str) -> Option<Head<'_>>),
    /// Name, time and text on lines of their own.
    Stacked {
        /// The sender stands below the text instead of above the time.
        last: bool,
    },
}

/// All shapes of text, the most telling first: of two that explain equally many lines the first wins.
pub(crate) const SHAPES: [Shape; 13] = [
    Shape { id: "piped", looks: "时间|客服|内容", format: "generic", lines: Lines::Headed(heads::piped) },
    Shape {
        id: "name-time-inline", looks: "昵称(2026-01-05 09:03:02): 内容", format: "taobao", lines: Lines::Headed(heads::name_inline)
    },
    Shape {
        id: "time-apart-inline",
        looks: "[05/01/2026, 09:03:02] 昵称: 内容",
        format: "generic",
        lines: Lines::Headed(heads::time_apart_inline),
    },
    Shape {
        id: "time-name-inline", looks: "2026-01-05 09:03:02 昵称: 内容", format: "taobao", lines: Lines::Headed(heads::time_inline)
    },
    Shape { id: "name-time", looks: "昵称 2026-1-5 9:03:02 ⏎ 内容", format: "taobao", lines: Lines::Headed(heads::name_time) },
    Shape {
        id: "time-name-text", looks: "2026-01-05 09:03:02 昵称 内容", format: "generic", lines: Lines::Headed(heads::time_name_text)
    },
    Shape { id: "name-time-text", looks: "昵称 09:03:02 内容", format: "generic", lines: Lines::Headed(heads::name_time_text) },
    Shape { id: "time-name", looks: "2026-01-05 09:03:02 昵称(10001) ⏎ 内容", format: "qq", lines: Lines::Headed(heads::time_name) },
    Shape { id: "name-clock", looks: "昵称  09:03 ⏎ 内容", format: "wechat", lines: Lines::Headed(heads::name_clock) },
    Shape { id: "sender-last", looks: "09:03:02 ⏎ 内容 ⏎ 昵称", format: "taobao", lines: Lines::Stacked { last: true } },
    Shape {
        id: "name-above-time", looks: "昵称 ⏎ 2026-1-5 9:03:02 ⏎ 内容", format: "taobao", lines: Lines::Stacked { last: false }
    },
    Shape { id: "labelled", looks: "客户：内容", format: "generic", lines: Lines::Headed(heads::labelled) },
    Shape { id: "label-apart", looks: "客服 内容", format: "generic", lines: Lines::Headed(heads::label_apart) },
];

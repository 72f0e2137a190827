//! Shapes that give name, time and text lines of their own. A line's part is known only when the next one has been seen.

use super::super::gather::MESSAGE_LIMIT;
use super::super::{look, name};
use crate::input::lines::Line;
use crate::time::Stamp;
use alloc::{string::String, vec::Vec};

/// A line that is nothing but a time of day, with or without its date.
pub(crate) fn stamp_line(line: &str) -> Option<Stamp> {
    let line = line.trim();
    if line.len() > 60 {
        return None;
    }
    let (stamp, length) = Stamp::prefix(line)?;
    (length == line.len() && stamp.clock.is_some()).then_some(stamp)
}

/// One message as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub stamp: Stamp,
    pub line: u32,
    /// Its first byte in the file.
    pub from: u64,
    /// Each with its number and its first byte in the file.
    pub lines: Vec<(u32, u64, String)>,
    /// Bytes in them.
    size: usize,
    /// The name above the time.
    pub above: Option<String>,
    /// An empty line or a separator stands before it.
    pub spaced: bool,
}

/// Puts the lines of messages together.
#[derive(Debug, Default)]
pub(crate) struct Stacked {
    last: bool,
    open: Option<Block>,
    /// An empty line or a separator stands before the last line met.
    spaced: bool,
    /// The last line met before the first time, which may be a name.
    before: Option<(u32, u64, String)>,
}

impl Stacked {
    /// `last`: the sender stands below the text instead of above the time.
    pub fn new(last: bool) -> Self {
        Self { last, ..Self::default() }
    }

    /// Takes note of an empty line or a separator, or that there is none, above the next line.
    pub fn space(&mut self, spaced: bool) {
        self.spaced = spaced;
    }

    /// A time line begins the next message and completes the one before it.
    pub fn time(&mut self, stamp: Stamp, number: u32, mut from: u64) -> Option<Block> {
        let mut done = self.open.take();
        let mut start = number;
        let above = if self.last {
            None
        } else {
            // The line above the time is the name, not the last line of the message before; the platform's own line is nobody's.
            let platforms = done.as_ref().map_or(self.before.as_ref(), |block| block.lines.last()).is_some_and(platform);
            let above = match &mut done {
                _ if platforms => None,
                Some(block) => block.lines.pop(),
                None => self.before.take(),
            };
            from = above.as_ref().map_or(from, |(_, from, _)| *from);
            start = above.as_ref().map_or(start, |(line, ..)| *line).min(number.saturating_sub(1)).max(1);
            above.map(|(.., text)| text)
        };
        self.open = Some(Block { stamp, line: start, from, lines: Vec::new(), size: 0, above, spaced: self.spaced });
        done
    }

    /// Any other line with words. Gives the one before it, where that belongs to no message.
    pub fn text(&mut self, line: Line<'_>) -> Option<(u32, String)> {
        let text = line.text.trim();
        // Behind the byte order mark of the first line the places of letters are others.
        let blanks = if line.number > 1 { line.text.len() - line.text.trim_start().len() } else { 0 };
        let (number, from) = (line.number, line.from + blanks as u64);
        match &mut self.open {
            Some(block) => {
                // Of a message far beyond its limit only the last line still matters: it may be the sender.
                if block.size > MESSAGE_LIMIT {
                    block.lines.pop();
                }
                block.size = block.size.saturating_add(text.len() + 1);
                block.lines.push((number, from, String::from(text)));
                None
            }
            None => {
                let unread = self.unread();
                self.before = Some((number, from, String::from(text)));
                unread
            }
        }
    }

    /// The message at hand, complete because something else follows it.
    pub fn close(&mut self) -> Option<Block> {
        self.open.take()
    }

    /// The line that belongs to no message, where there is one.
    pub fn unread(&mut self) -> Option<(u32, String)> {
        self.before.take().map(|(line, _, text)| (line, text))
    }

    /// Whether nothing stands open that the next line could belong to.
    pub fn idle(&self) -> bool {
        self.open.is_none() && self.before.is_none()
    }

    /// Whether a message has begun that has no words yet.
    pub fn empty(&self) -> bool {
        self.open.as_ref().is_some_and(|b| b.lines.is_empty())
    }
}

impl Block {
    /// Takes off the platform's lines at its end, which are nobody's words. The first line is what the message itself says.
    pub fn cut(&mut self) -> Vec<(u32, u64, String)> {
        let own = self.lines.iter().skip(1).rev().take_while(|line| platform(line)).count();
        self.lines.split_off(self.lines.len() - own)
    }

    /// Where the first line of its text stands in the file, and how long it is.
    pub fn stands(&self) -> Option<(u64, usize)> {
        self.lines.first().map(|(_, from, text)| (*from, text.len()))
    }

    /// Name and text.
    pub fn split(mut self, last: bool) -> (Option<String>, String) {
        if !last {
            return (self.above, join(&self.lines));
        }
        // A single line is the text: its sender was not copied.
        let name = if self.lines.len() >= 2 { self.lines.pop() } else { None };
        (name.map(|(.., name)| name), join(&self.lines))
    }
}

/// Whether the platform says this line. Its label alone is a name.
fn platform(line: &(u32, u64, String)) -> bool {
    look::system(&line.2) && name::label(&line.2).is_none()
}

fn join(lines: &[(u32, u64, String)]) -> String {
    let lines: Vec<&str> = lines.iter().map(|(.., line)| line.as_str()).collect();
    lines.join("\n")
}

//! Heads that turn out to be none (`备注: 明天发`) go back into the message above.

use super::{Gather, give, too_long};
use crate::{
    chat::{
        Role, name,
        outline::Row,
        role::{NameId, Names, asks, questions},
        shape::somebody,
    },
    error::Error,
    sort,
    time::Time,
};
use alloc::{format, string::String, vec::Vec};
use hashbrown::{HashMap, HashSet};

/// What makes a head that may be none one: its name is a role's or an account's, or comes often enough.
struct Standing {
    /// How many sides have bare labels.
    labels: usize,
    /// The names that are no speaker's however often they come, and how often.
    words: HashMap<NameId, u32>,
    times: u32,
}

impl Standing {
    fn holds(&self, names: &Names, row: &Row) -> bool {
        let enough = |id: NameId| {
            names.get(id).is_none_or(|entry| {
                entry.role.is_some() || self.hints(&entry.text) || (entry.seen >= self.times && !self.words.contains_key(&id))
            })
        };
        row.role().is_some() || row.name().is_none_or(enough)
    }

    /// Where both sides have labels 客户反馈 is none of them.
    fn hints(&self, name: &str) -> bool {
        name::hint(name).is_some() && !(self.labels == 2 && ["买家", "顾客", "客户"].iter().any(|label| name.starts_with(label)))
    }
}

impl Gather {
    pub(super) fn give_back(&mut self, file: &str) {
        let unsure = core::mem::take(&mut self.unsure);
        if unsure.is_empty() {
            return;
        }
        let standing = self.standing(&unsure);
        let (mut lost, mut untimely) = (Vec::new(), Vec::new());
        // The messages that got something back, and whether all of it.
        let mut longer: Vec<(u32, bool)> = Vec::new();
        for (at, line) in unsure {
            let Some(row) = self.row(at).filter(|row| !standing.holds(&self.names, row)) else { continue };
            let Some(above) = at.checked_sub(1) else { continue };
            // What stands above may itself have been given back.
            let above = longer.last().filter(|_| self.row(above).is_some_and(|row| row.gone())).map_or(above, |(above, _)| *above);
            let heard = if line.ends_with('\n') { None } else { self.heard(&standing, above, at) };
            // Where both sides have labels nobody is called by a name.
            if heard == Some(true) && standing.labels < 2 {
                continue;
            }
            let once = row.name().and_then(|id| standing.words.get(&id)).is_none_or(|times| *times == 1);
            if heard.is_some() && once {
                lost.push(row.line);
            } else if row.at().is_some_and(Time::dated) && (self.untimely.binary_search(&at).is_ok() || !self.bare(row)) {
                untimely.push(row.line);
            }
            let Some(whole) = self.join(above, at, &line) else { continue };
            match longer.last_mut().filter(|(last, _)| *last == above) {
                Some((_, all)) => *all &= whole,
                None => longer.push((above, whole)),
            }
        }
        longer.into_iter().for_each(|(at, whole)| self.hear_again(at, whole, file));
        self.tell_back(&lost, &untimely, file);
    }

    fn row(&self, at: u32) -> Option<Row> {
        self.rows.get(at as usize).copied()
    }

    /// Whether a row stands where messages have labels and no times.
    fn bare(&self, row: Row) -> bool {
        self.parts.iter().rev().find(|part| part.from <= row.from).is_some_and(|part| part.shape.bare())
    }

    fn standing(&mut self, unsure: &[(u32, String)]) -> Standing {
        let labels = self.labels.iter().filter(|count| **count > 0).count();
        let words = if labels == 2 { self.words(unsure) } else { HashMap::new() };
        let mut standing = Standing { labels, words, times: 2 };
        let doubted = |at: usize| unsure.binary_search_by_key(&at, |(row, _)| *row as usize).is_ok();
        let sure = self.rows.iter().enumerate().filter(|(at, row)| !doubted(*at) || standing.holds(&self.names, row));
        let mut speakers: Vec<NameId> = sure.filter_map(|(_, row)| row.name()).collect();
        sort::plain(&mut speakers);
        speakers.dedup();
        // Two lines of two people: nobody comes twice.
        if speakers.len() + labels < 2 {
            standing.times = 1;
        }
        standing
    }

    /// Between two messages of the shop somebody who asks is a buyer who wrote once and was answered: whether the words of a row ask there.
    fn heard(&mut self, standing: &Standing, above: u32, at: u32) -> Option<bool> {
        let shop = |at: u32| {
            let row = self.row(at).filter(|row| standing.holds(&self.names, row));
            row.is_some_and(|row| self.names.serves(row.name(), row.role()))
        };
        let nickname = self.row(at)?.name().and_then(|id| self.names.text(id)).is_some_and(somebody);
        let between = nickname && shop(above) && shop(at.checked_add(1)?);
        self.text(at).filter(|text| between && !text.is_empty()).map(|text| asks(text))
    }

    /// Gives a row back to a message above; false where that is too long for all of it.
    fn join(&mut self, above: u32, at: u32, line: &str) -> Option<bool> {
        let text = self.text(at).map(core::mem::take).unwrap_or_default();
        let whole = give(self.text(above)?, line, &text);
        let row = self.rows.get_mut(at as usize)?;
        row.leave();
        let given = *row;
        if let Some(row) = self.rows.get_mut(above as usize) {
            row.reach(&given);
        }
        if let Some(entry) = given.name().and_then(|id| self.names.get_mut(id)) {
            entry.seen = entry.seen.saturating_sub(1);
        }
        Some(whole)
    }

    /// Hears a message that got something back.
    fn hear_again(&mut self, at: u32, whole: bool, file: &str) {
        let Self { rows, texts, problems, .. } = self;
        let text = texts.binary_search_by_key(&at, |(row, _)| *row).ok().and_then(|at| texts.get(at));
        let Some((row, (_, text))) = rows.get_mut(at as usize).zip(text) else { return };
        row.hear_more(text);
        row.stands(None, text);
        if !whole {
            problems.push(too_long(row.line, file));
        }
    }

    fn tell_back(&mut self, lost: &[u32], untimely: &[u32], file: &str) {
        if let Some(line) = untimely.first() {
            let message = format!(
                "有 {} 行像“昵称 时间”，但昵称只出现一次，已并入上一条消息；如是另一位买家，请在它上面空一行，并写全日期时间 / lines that look like \"nickname time\", but of nicknames that occur once: {0}; taken as part of the message above. Where it is another buyer, leave a line empty above it and write date and time in full",
                untimely.len()
            );
            self.notes.push(Error::new("untimely", message).at(*line, 1).in_file(file));
        }
        if let Some(line) = lost.first() {
            let message = format!(
                "有 {} 行像“昵称：内容”，但昵称只出现一次，已并入上一条消息 / lines that look like \"nickname: text\", but of nicknames that occur once: {0}; taken as part of the message above",
                lost.len()
            );
            self.notes.push(Error::new("once-named", message).at(*line, 1).in_file(file));
        }
    }

    /// Between the bare labels of both sides: the names that are no speaker's however often they come, and how often. A speaker's name comes
    /// certainly as well, begins with a question behind an empty line, or stands between two messages of the other side.
    fn words(&mut self, unsure: &[(u32, String)]) -> HashMap<NameId, u32> {
        let (mut words, mut speakers, mut last) = (HashMap::new(), HashSet::new(), None);
        for (at, _) in unsure {
            let row = |at: Option<u32>| self.rows.get(at? as usize).copied();
            let side = |at| row(at).filter(|row| row.name().is_none()).and_then(|row| row.role());
            let (above, below) = (side(at.checked_sub(1)), side(at.checked_add(1)));
            let between = |role| above == Some(role) && below == Some(role);
            let Some((own, id)) = row(Some(*at)).and_then(|row| Some((row, row.name()?))) else { continue };
            let answers = between(Role::Buyer) || (last.is_some() && last == at.checked_sub(1));
            let nickname = self.names.text(id).is_some_and(somebody);
            let may_ask = own.spaced() || between(Role::Agent);
            *words.entry(id).or_insert(0) += 1;
            if nickname && (answers || (may_ask && self.text(*at).is_some_and(|text| questions(text)))) {
                speakers.insert(id);
                last = Some(*at);
            }
        }
        words.retain(|id, times| !speakers.contains(id) && self.names.get(*id).is_some_and(|e| e.seen == *times));
        words
    }
}

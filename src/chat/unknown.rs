//! A table of messages whose columns nobody knows: which they may be.

use crate::error::Error;
use crate::input::csv::{Item, Reader, delimiter};
use crate::input::lines::utf8;
use crate::time::Stamp;
use alloc::{collections::BTreeMap, collections::BTreeSet, format, string::String, vec::Vec};

/// The problem of a file that begins as such a table, with the best guesses; `None` where it may be a text. `cut`: its last row is not whole.
pub(crate) fn table(start: &[u8], cut: bool) -> Option<Error> {
    let mut rows = rows(start);
    if cut {
        rows.pop();
    }
    let (header, below) = rows.split_first()?;
    let width = header.len();
    let even: Vec<&Vec<String>> = below.iter().filter(|row| row.len() == width).collect();
    let regular = width > 2 && even.len() > 1 && even.len() * 4 >= below.len() * 3;
    if !regular || header.iter().any(|name| name.is_empty() || time(name) || super::refuse::orders(name)) {
        return None;
    }
    let column = |at: usize| even.iter().filter_map(move |row| row.get(at)).filter(|cell| !cell.is_empty());
    let times = |at: usize| column(at).next().is_some() && column(at).all(|cell| time(cell));
    let long = |at: &usize| column(*at).map(String::len).sum::<usize>();
    let names = |at: &usize| column(*at).collect::<BTreeSet<_>>().len();
    let when = (0..width).find(|at| times(*at))?;
    let text = (0..width).rev().filter(|at| !times(*at)).max_by_key(long)?;
    let sender = (0..width).filter(|at| *at != text && !times(*at) && names(at) > 1).min_by_key(names);
    let guesses = [("time", Some(when)), ("sender", sender), ("text", Some(text))];
    let map: BTreeMap<&str, &String> = guesses.into_iter().filter_map(|(field, at)| Some((field, header.get(at?)?))).collect();
    let map = serde_json::to_string(&BTreeMap::from([("chats", map)])).unwrap_or_default();
    let shown = header.iter().take(30).map(String::as_str).collect::<Vec<_>>().join("，");
    let message = format!(
        "认不出这张表的列（{shown}），请用列映射指明哪一列是消息内容、发送人和时间，可从 {map} 改起 / the columns of this table are not known ({shown}): say with a column map which hold text, sender and time, starting from {map}"
    );
    Some(Error::new("no-columns", message).at(1, 1))
}

fn rows(start: &[u8]) -> Vec<Vec<String>> {
    let mut reader = Reader::new(delimiter(start));
    reader.push(start);
    reader.close();
    let mut rows = Vec::new();
    while let Some(item) = reader.next() {
        if let Item::Row(row) = item {
            rows.push(row.iter().map(|cell| String::from(utf8(cell).trim_matches(['\u{feff}', ' ', '\t']))).collect());
        }
    }
    rows
}

fn time(cell: &str) -> bool {
    Stamp::prefix(cell).and_then(|(_, end)| cell.get(end..)).is_some_and(|rest| rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        table(text.as_bytes(), false).map(|error| String::from(error.message()))
    }

    #[test]
    fn the_columns_are_guessed() {
        let message = told("aa,bb,cc\n小鹿,在吗,2024-01-05 09:00:00\n小丹,在的亲,2024-01-05 09:00:10\n").unwrap();
        assert!(message.contains(r#"{"chats":{"sender":"aa","text":"bb","time":"cc"}}"#), "{message}");
        let message = told("单,何时,谁,说\n1,9:00,小鹿,在吗\n1,9:01,小丹,\"在的,亲\"\n1,9:02,小鹿,多少钱\n").unwrap();
        assert!(message.contains(r#"{"chats":{"sender":"谁","text":"说","time":"何时"}}"#), "{message}");
    }

    #[test]
    fn a_text_is_no_table() {
        // No header; no column of times; one row alone; rows of all widths.
        assert_eq!(told("小鹿,在吗,2024-01-05 09:00:00\n小丹,在的亲,2024-01-05 09:00:10\n小鹿,好,2024-01-05 09:00:20\n"), None);
        assert_eq!(told("小鹿,您好,在吗\n小丹,在的,亲\n小鹿,好,谢谢\n"), None);
        assert_eq!(told("aa,bb,cc\n小鹿,在吗,2024-01-05 09:00:00\n"), None);
        assert_eq!(told("小鹿,在吗,亲\n9:00\n好,好,9:01\n在的\n好\n"), None);
    }
}

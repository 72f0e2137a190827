//! A table of messages whose columns nobody knows, as a problem.

use super::columns::TableColumns;
use crate::{error::Error, json, text::listed};
use alloc::{format, string::String, vec::Vec};

/// The problem of such a table, with the best guesses.
pub(super) fn table(found: &TableColumns) -> Error {
    let guess = |(field, header): &(&str, String)| Some(format!("\"{field}\":{}", json::text(header).ok()?));
    let map = found.columns.iter().filter_map(guess).collect::<Vec<_>>().join(",");
    let shown = listed(&found.headers);
    let message = format!(
        "认不出这张表的列（{shown}），请用列映射指明哪一列是消息内容、发送人和时间，可从 {{\"chats\":{{{map}}}}} 改起 / the columns of this table are not known ({shown}): say with a column map which hold text, sender and time, starting from {{\"chats\":{{{map}}}}}"
    );
    Error::new("no-columns", message).at(1, 1)
}

#[cfg(test)]
mod tests {
    use super::super::columns::guess;
    use super::*;

    fn told(text: &str) -> Option<String> {
        let found = guess(text.as_bytes(), false, &Default::default()).filter(|found| found.sure)?;
        Some(String::from(table(&found.columns).message()))
    }

    #[test]
    fn the_columns_are_guessed() {
        let message = told("aa,bb,cc\n小鹿,在吗,2024-01-05 09:00:00\n小丹,在的亲,2024-01-05 09:00:10\n").unwrap();
        assert!(message.contains(r#"{"chats":{"time":"cc","text":"bb","sender":"aa"}}"#), "{message}");
        let message = told("单,何时,谁,说\n1,9:00,小鹿,在吗\n1,9:01,小丹,\"在的,亲\"\n1,9:02,小鹿,多少钱\n").unwrap();
        assert!(message.contains(r#"{"chats":{"time":"何时","text":"说","sender":"谁"}}"#), "{message}");
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

//! What a file is that is no table of orders: so that the problem names it and says what to do.

use super::{header::Layout, mapping::Named};
use crate::{error::Error, input::lines::binary, json, text::listed, time::Stamp};
use alloc::{format, string::String};

/// The kind of file that its first bytes betray, as a problem; `None` where it may be a table.
pub(crate) fn foreign(head: &[u8]) -> Option<Error> {
    const MAGIC: [(&[u8], &str, &str); 12] = [
        (b"PK\x03\x04", " Excel 工作簿（xlsx）或 zip 压缩包", "an Excel workbook (xlsx) or a zip archive"),
        (b"PK\x05\x06", "空的 zip 压缩包", "an empty zip archive"),
        (b"{\\rtf", " RTF 文档", "an RTF document"),
        (b"\xd0\xcf\x11\xe0", "旧版 Excel 文件（xls）", "an old Excel file (xls)"),
        (b"\x89PNG", " PNG 图片", "a PNG picture"),
        (b"\xff\xd8\xff", " JPEG 图片", "a JPEG picture"),
        (b"GIF8", " GIF 图片", "a GIF picture"),
        (b"%PDF", " PDF 文件", "a PDF file"),
        (b"Rar!", " RAR 压缩包", "a RAR archive"),
        (b"7z\xbc\xaf", " 7z 压缩包", "a 7z archive"),
        (b"\x1f\x8b", " gzip 压缩包", "a gzip archive"),
        (b"SQLite format 3", " SQLite 数据库", "an SQLite database"),
    ];
    if let Some((_, zh, en)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        let message = format!("这是{zh}，不是文本表格，请另存为 CSV 再导入 / this is {en}, not a text table: save it as CSV and add that");
        return Some(Error::new("not-a-table", message));
    }
    // Every other byte of most UTF-16 is NUL; where a disk lost some of a file, all are.
    let nuls = |from: usize| head.iter().skip(from).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let sided = (even + odd) * 3 > head.len() && even.abs_diff(odd) * 4 > (even + odd) * 3;
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || (head.len() >= 8 && sided) {
        let message = "这是 UTF-16 文本，请先按 UTF-16 解码 / this is UTF-16 text: decode it first";
        return Some(Error::new("wrong-encoding", message));
    }
    if binary(head) {
        let message = "这不是文本（像是程序、图片一类的文件），不是表格 / this is no text (a program, a picture or the like) and no table";
        return Some(Error::new("not-a-table", message));
    }
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    let begins = |tag: &str| text.get(..tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag.as_bytes()));
    if ["<!doctype html", "<html", "<table", "<meta", "<style", "<?xml"].into_iter().any(begins) {
        let message = "这是网页（HTML/XML），后台导出的 .xls 有时其实是网页：用 Excel 打开后另存为 CSV / this is HTML or XML, as some exports named .xls are: open it in Excel and save it as CSV";
        return Some(Error::new("not-a-table", message));
    }
    None
}

/// What to say of a file none of whose first rows is a header of orders.
pub(super) fn no_header(head: &[u8], best: Option<&Layout>) -> Error {
    let text = String::from_utf8_lossy(head);
    let wrong = text.chars().filter(|&c| c == '\u{fffd}').count();
    if wrong * 20 > text.chars().count() {
        let message = "读不出文字，多半是 GB18030 编码被当成了 UTF-8，请按 GB18030 解码 / the text is not UTF-8, most likely GB18030: decode it as that";
        return Error::new("wrong-encoding", message);
    }
    let first = text.trim_start();
    if first.starts_with('{') || first.starts_with('[') {
        let message = "这是 JSON：聊天记录请作为聊天导入，订单请导出 CSV / this is JSON: add chats as chats, and export orders as CSV";
        return Error::new("not-orders", message);
    }
    let labels = ["客服：", "客服:", "买家：", "买家:", "客户：", "客户:", "顾客：", "顾客:"];
    let lines = || text.lines().take(40).map(str::trim);
    let labelled = lines().filter(|line| labels.iter().any(|label| line.starts_with(label))).count();
    let stamped = lines().filter(|line| stamped(line)).count();
    if labelled + stamped >= 2 {
        return chat("文本 / text");
    }
    let Some(best) = best.filter(|best| best.headers.iter().any(|header| !header.is_empty())) else {
        return Error::new("empty-file", "文件是空的 / the file is empty");
    };
    if best.headers.len() == 1 {
        let message = "这不是用逗号或 TAB 分列的表格：只有一列 / this is no table with commas or tabs between its columns: it has only one";
        return Error::new("no-order-columns", message);
    }
    let shown = listed(&best.headers);
    let named = best.named();
    let map = json::text(&Named(&named)).unwrap_or_default();
    let (zh, en) =
        if named.is_empty() { Default::default() } else { (format!("，可从 {map} 改起"), format!(", starting from {map}")) };
    Error::new(
        "no-order-columns",
        format!(
            "认不出这张表的列（{shown}），请用列映射指明各列{zh} / the columns of this table are not known ({shown}): say with a column map which is which{en}"
        ),
    )
}

/// The problem of a chat given as orders.
pub(super) fn chat(shape: &str) -> Error {
    Error::new("not-orders", format!("这像是聊天记录（{shape}），请作为聊天导入 / this looks like a chat ({shape}): add it as a chat"))
}

/// `nick 2024-1-5 9:03:02`: a line that a time ends and that separates no cells; or nothing but a time.
fn stamped(line: &str) -> bool {
    if Stamp::prefix(line).is_some_and(|(stamp, end)| end == line.len() && stamp.clock.is_some()) {
        return true;
    }
    let tail = line.get(line.len().saturating_sub(8)..).unwrap_or(line);
    let clock = tail.bytes().filter(|&b| b == b':').count() >= 1 && tail.ends_with(|c: char| c.is_ascii_digit());
    clock && line.bytes().any(|b| b == b'-' || b == b'/') && !line.contains([',', '\t', ';', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn what_is_no_table_is_named() {
        let noise: Vec<u8> = (0..4096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(foreign(&noise).unwrap().code(), "not-a-table");
        assert!(foreign("订单编号,金额\n1,5\u{1}\n".as_bytes()).is_none());
        // A history of the web: times, texts and names on lines of their own.
        let history = "2024-01-05\n09:00:00\n在吗\n小鹿\n09:00:10\n在的\n店:小丹\n";
        assert_eq!(no_header(history.as_bytes(), None).code(), "not-orders");
    }
}

//! Files that hold no chat: says what they look like and what to do.

use crate::error::Error;
use crate::input::lines::binary;
use alloc::format;

/// What the first bytes of other kinds of files are; a word in Latin letters has a blank before it.
const MAGIC: [(&[u8], &str, &str); 12] = [
    (b"\x89PNG", " PNG 图片", "a PNG picture"),
    (b"\xFF\xD8\xFF", " JPEG 图片", "a JPEG picture"),
    (b"GIF8", " GIF 图片", "a GIF picture"),
    (b"RIFF", "音频、视频或 WebP 图片", "audio, video or a WebP picture"),
    (b"%PDF", " PDF 文档", "a PDF document"),
    (b"PK\x03\x04", "压缩包或 XLSX/DOCX 文件", "a zip archive or an XLSX/DOCX file"),
    (b"\xD0\xCF\x11\xE0", "旧版 Excel/Word 文件", "an old Excel or Word file"),
    (b"Rar!", " RAR 压缩包", "a RAR archive"),
    (b"7z\xBC\xAF", " 7z 压缩包", "a 7z archive"),
    (b"\x1F\x8B", " gzip 压缩包", "a gzip archive"),
    (b"SQLite format 3", " SQLite 数据库", "an SQLite database"),
    (b"\x7FELF", "程序", "a program"),
];

/// The refusal of a file whose first bytes are no text.
pub(crate) fn not_text(start: &[u8]) -> Option<Error> {
    if let Some((_, zh, en)) = MAGIC.iter().find(|(magic, _, _)| start.starts_with(magic)) {
        let message = format!(
            "这是{zh}，不是聊天记录；请复制聊天文字，或导出为 TXT、CSV、JSON / this is {en}, not a chat; copy the chat's text or export it as TXT, CSV or JSON"
        );
        return Some(Error::new("not-a-chat", message));
    }
    let zeros = start.iter().filter(|b| **b == 0).count();
    if start.starts_with(b"\xFF\xFE")
        || start.starts_with(b"\xFE\xFF")
        || (start.len() >= 16 && zeros * 4 >= start.len() && zeros * 3 <= start.len() * 2)
    {
        let message = "文件像是 UTF-16 编码，未能识别；请另存为 UTF-8 / the file looks like UTF-16; save it as UTF-8";
        return Some(Error::new("wrong-encoding", message));
    }
    if binary(start) {
        let message =
            "这不是文本（像是程序、图片一类的文件），不是聊天记录 / this is no text (a program, a picture or the like) and no chat";
        return Some(Error::new("not-a-chat", message));
    }
    None
}

/// Whether the words of a header are those of orders.
pub(crate) fn orders(header: &str) -> bool {
    ["订单编号", "订单号", "交易号", "买家会员名", "买家实际支付金额", "Order"].iter().any(|word| header.contains(word))
        || header.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("order"))
}

/// The refusal of a table of orders.
pub(crate) fn order_export() -> Error {
    no_such_chat("像是订单导出，请放到订单里", "it looks like an order export: add it as orders")
}

fn no_such_chat(zh: &str, en: &str) -> Error {
    Error::new("not-a-chat", format!("认不出聊天记录：{zh} / no chat found: {en}")).at(1, 1)
}

/// The refusal of a text in which no line looks like a message.
pub(crate) fn no_chat(lines: &[&str]) -> Error {
    let head = lines.iter().find(|l| !l.trim().is_empty()).copied().unwrap_or_default();
    let broken = lines.iter().flat_map(|l| l.chars()).filter(|c| *c == '\u{FFFD}').count();
    let all: usize = lines.iter().map(|l| l.trim().chars().count()).sum();
    if all == 0 {
        return Error::new("empty-file", "文件是空的 / the file is empty");
    }
    if broken * 5 > all {
        let message = "文件大部分是乱码，可能是 GB18030 编码或不是文本；请选择正确的编码 / most of the file is unreadable; it may be GB18030, or no text at all: choose the right encoding";
        return Error::new("wrong-encoding", message);
    }
    if orders(head) {
        return order_export();
    }
    let (zh, en) = if head.trim_start().starts_with('<') {
        ("像是网页或 XML，请复制网页上的文字", "it looks like a web page or XML: copy the text of the page")
    } else if head.matches([',', '\t']).count() >= 2 {
        ("像是表格，但看不出哪一列是消息内容和发送人", "it looks like a table, but no column is known as text and sender")
    } else {
        (
            "没有一行像消息；每条消息要有昵称或“客户：”“客服：”，最好带时间",
            "no line looks like a message: each needs a name or a label such as 客户： and, better, a time",
        )
    };
    no_such_chat(zh, en)
}

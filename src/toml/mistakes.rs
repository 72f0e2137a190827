//! Which of the parser's complaints are told: a bracket or a quote that is not closed puts all that follows in disorder, and
//! what is said of that is no mistake of its own.

use crate::{sort, text::half_width};
use alloc::{format, string::String, vec::Vec};
use toml_parser::{
    ParseError,
    lexer::{Token, TokenKind},
};

/// What is wrong in a text.
pub(super) struct Mistakes {
    /// Byte offsets and messages, in the order of the text.
    pub(super) told: Vec<(usize, String)>,
    /// From this byte on nothing that was read means anything.
    pub(super) disorder: Option<usize>,
}

/// Picks out of all that the parser found.
pub(super) fn pick(text: &str, tokens: &[Token], mut found: Vec<ParseError>) -> Mistakes {
    if found.is_empty() {
        return Mistakes { told: Vec::new(), disorder: None };
    }
    sort::by_key(&mut found, start);
    let first = found.iter().position(is_inside).unwrap_or(found.len());
    let (before, rest) = found.split_at(first);
    let until = rest.first().map_or(text.len(), start);
    let mut endless = tokens.iter().map(|token| (token.span().start(), token)).take_while(|(at, _)| *at < until);
    if let Some((at, _)) = endless.find(|(_, token)| is_endless(text, token)) {
        let mut told = explained(text, before.iter().filter(|error| start(error) < at));
        told.push((at, "这段文字的结尾缺少三个引号 / the three quotes at the end of this text are missing".into()));
        return Mistakes { told, disorder: Some(at) };
    }
    let Some(error) = rest.first() else { return Mistakes { told: explained(text, found.iter()), disorder: None } };
    let opened = error.context().map_or(until, |span| span.start()).min(until);
    // An unclosed quote takes the bracket behind it in as well.
    let quote = before.last().filter(|last| is_quote(last) && start(last) >= opened);
    let mut told = explained(text, before.iter().filter(|error| start(error) < opened).chain(quote));
    if quote.is_none() {
        told.push(inside(text, error, rest, opened));
    }
    Mistakes { told, disorder: Some(opened) }
}

fn start(error: &ParseError) -> usize {
    error.unexpected().or(error.context()).map_or(0, |span| span.start())
}

/// Whether a mistake is within a list or braces: the parser then goes on in there, over line breaks and headers.
fn is_inside(error: &ParseError) -> bool {
    let english = error.description();
    !english.ends_with("array table") && ["array", "inline", "between", "recurse"].iter().any(|word| english.contains(word))
}

fn is_quote(error: &ParseError) -> bool {
    let english = error.description();
    english != "string values must be quoted" && (english.contains("quote") || english.contains("string"))
}

/// Whether a text of several lines has no end, or ends where another one was meant to begin: behind a `=`.
fn is_endless(text: &str, token: &Token) -> bool {
    let quotes = match token.kind() {
        TokenKind::MlLiteralString => "'''",
        TokenKind::MlBasicString => "\"\"\"",
        _ => return false,
    };
    let written = text.get(token.span().start()..token.span().end()).unwrap_or("");
    let Some(inner) = written.strip_prefix(quotes).and_then(|rest| rest.strip_suffix(quotes)) else { return true };
    inner.rsplit_once('\n').is_some_and(|(_, last)| {
        let key = last.trim().strip_suffix('=').map_or("", str::trim);
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    })
}

/// The first mistake within brackets that were opened at `opened`; `rest` begins with it.
fn inside(text: &str, error: &ParseError, rest: &[ParseError], opened: usize) -> (usize, String) {
    let at = start(error);
    // Behind a closed quote a full-width comma is a comma; what follows it up to the next quote is then no text without an end.
    if text.get(at..).and_then(|rest| rest.chars().next()).and_then(plain).is_some() {
        return (at, explain(error, text));
    }
    if text.get(opened..at).is_some_and(|before| before.starts_with('{') && !before.contains('=')) {
        return (at, BRACES.into());
    }
    let breaks = |from: usize, to: usize| text.get(from..to).is_some_and(|between| between.contains('\n'));
    if rest.iter().any(|other| is_quote(other) && !breaks(at, start(other))) {
        return (at, "引号没有配对 / a quote is not closed".into());
    }
    // A list ends before the next key: behind a comma or on another line there is one with its `=`.
    let mut of_same = rest.iter().filter(|other| other.context() == error.context());
    let unclosed = of_same.find_map(|other| match other.description() {
        "unclosed array" => Some(true),
        deep if deep.contains("recurse") => Some(false),
        "unexpected `=` in array" => text.get(opened..start(other)).map(|between| between.contains([',', '\n'])),
        _ => None,
    });
    match (text.as_bytes().get(opened), text.as_bytes().get(at)) {
        (Some(b'['), next) if next == Some(&b'}') || unclosed == Some(true) => (opened, "列表缺少 ] / unclosed array: ] is missing".into()),
        (Some(b'{'), Some(b']')) => (opened, "花括号没有闭合 / unclosed inline table: } is missing".into()),
        _ => (at, explain(error, text)),
    }
}

fn explained<'e>(text: &str, errors: impl Iterator<Item = &'e ParseError>) -> Vec<(usize, String)> {
    errors.map(|error| (start(error), explain(error, text))).collect()
}

const BRACES: &str = "花括号里写 键 = 值，列表写在 [ ] 里 / braces hold key = value, lists stand in [ ]";

/// What a Chinese keyboard types where TOML wants plain signs, beside the full-width forms of these.
const SIGNS: [(char, char); 17] = [
    ('、', ','),
    ('“', '"'),
    ('”', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('「', '"'),
    ('」', '"'),
    ('《', '"'),
    ('》', '"'),
    ('【', '['),
    ('】', ']'),
    ('（', '['),
    ('）', ']'),
    ('：', '='),
    ('−', '-'),
    ('–', '-'),
    ('—', '-'),
];

/// The plain sign that was meant by a character, a blank for what looks like one or like nothing.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{feff}' | '\u{200b}'..='\u{200f}' => Some(' '),
        c if c.is_whitespace() && !c.is_ascii() => Some(' '),
        c => match SIGNS.into_iter().find(|(sign, _)| *sign == c) {
            Some((_, plain)) => Some(plain),
            None => Some(half_width(c)).filter(|half| *half != c),
        },
    }
}

/// What is said of the first sign of a text that stands for a plain one, with how many characters are before it.
pub(super) fn full_width(text: &str) -> Option<(usize, String)> {
    let (before, wide, plain) = text.chars().enumerate().find_map(|(at, c)| Some((at, c, plain(c)?)))?;
    let message = match plain {
        ' ' => "这里有全角空格或看不见的字符，改成普通空格 / a full-width blank or an invisible character: use a plain blank".into(),
        plain => format!("全角符号 {wide} 要改成半角 {plain} / the full-width {wide} must be a plain {plain}"),
    };
    Some((before, message))
}
/// What is wrong with what stands without quotes in the rest of a line, where its looks tell.
fn looks(line: &str, of_value: bool) -> Option<String> {
    // Within quotes any sign is as good as another.
    let bare = line.split(['"', '\'']).next().unwrap_or("");
    let near = bare.split_whitespace().next().unwrap_or("");
    let first = bare.chars().next()?;
    if plain(first).is_some() {
        return full_width(bare).map(|(_, message)| message);
    }
    if near.starts_with("//") || bare.contains(" //") || bare.contains('＃') {
        return Some("注释以半角 # 开头 / comments begin with #".into());
    }
    if first == ':' {
        return Some("冒号要改成 = / write = in place of the colon".into());
    }
    if first == '}' {
        return Some(BRACES.into());
    }
    let word = near.trim_end_matches([',', ';', '，', '；', '、', '。']);
    let wide = full_width(word).map(|(_, message)| message);
    if !of_value {
        return wide;
    }
    let message = match word.to_ascii_lowercase().as_str() {
        "true" | "false" | "yes" | "no" | "是" | "否" => "是、否写成小写的 true、false / write true or false, in lower case",
        "null" | "none" | "无" => "没有值就删去这一行 / leave the line out where there is no value",
        _ if first == '(' => "列表写在方括号 [ ] 里 / lists stand in [ ]",
        _ if first.is_ascii_digit() && !word.contains(['，', '、']) => {
            "数字要单独写，不带 %、单位和标点；是文字就加引号 / a number stands alone, without %, unit or punctuation; text is quoted"
        }
        // Signs within a text that lacks its quotes.
        _ if first.is_alphabetic() => return None,
        _ => return wide,
    };
    Some(message.into())
}

/// The message of a syntax error in both languages.
fn explain(error: &ParseError, text: &str) -> String {
    let rest = text.get(start(error)..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let english = error.description();
    let number = ["number", "digit", "zero", "sign", "float", "mantissa", "fraction", "exponent", "radix"];
    let is_number = number.iter().any(|word| english.contains(word));
    let of_value = is_number || matches!(english, "string values must be quoted" | "invalid value" | "invalid boolean");
    if let Some(message) = looks(line, of_value) {
        return message;
    }
    let chinese = match english {
        "string values must be quoted" if line.trim().is_empty() => "= 后面缺少值 / the value is missing",
        "string values must be quoted" => "文字要加引号",
        "key with no value" | "missing value for key" | "missing value" | "missing assignment between key-value pairs" => {
            "键后面缺少 = 和值"
        }
        "invalid value" => "值写错了",
        "invalid key-value pair" => "每行写 键 = 值 / a line has key = value",
        "unexpected key or value"
            if line.contains(['"', '\'']) && text.get(..start(error)).is_some_and(|before| before.ends_with(['"', '\''])) =>
        {
            "引号里又有引号：外面换用另一种引号 / a quote within quotes: write the other kind around it"
        }
        "unexpected key or value" => {
            "多了东西：一行写一个 键 = 值 或一个表头，小数用点 / too much: a line has one key = value or one header, decimals a point"
        }
        "unclosed table" | "unclosed array table" => "表头缺少 ]",
        "unclosed array" => "列表缺少 ]",
        "unclosed inline table" => "花括号没有闭合",
        "missing comma between array elements" | "missing comma between key-value pairs" => "两项之间缺少逗号",
        "extra comma in array" | "extra comma in inline table" => "多了一个逗号",
        "extra `=`" | "extra assignment between key-value pairs" => "多了一个 =",
        "invalid unquoted key" | "unquoted keys cannot be empty" => "键只能用字母、数字、- 和 _，否则要加引号",
        "missing opening quote" => "缺少开头的引号",
        "missing escaped value" | "too few unicode value digits" => "反斜杠后面写错了，想要原样的文字请用单引号",
        "carriage return must be followed by newline" => {
            "换行只有回车符：另存为普通文本（LF 或 CRLF） / lines end with a lone carriage return: save the file with LF or CRLF"
        }
        "cannot recurse further; max recursion depth met" => "嵌套太深",
        _ if english.contains("quote") || english.contains("string") => "引号没有配对",
        _ if is_number => "数字写错了",
        _ => "TOML 语法有误",
    };
    if chinese.contains(" / ") { chinese.into() } else { format!("{chinese} / {english}") }
}

#[cfg(test)]
mod tests {
    use crate::toml::{Errors, parse};
    use alloc::{string::String, vec::Vec};

    const GOOD: &str = "title = \"一\"
words = [\"甲\", { word = \"乙\", replace = \"丙\" }]
unless = [{ before = [\"不能\"], within = 2 }]
[[example]]
hit = '''
[[甲]]，“好”
'''
[[example]]
miss = '''
丁
'''
deduct = 5
";

    /// What is told of the good text with one change: lines, columns and Chinese messages.
    fn told(from: &str, to: &str) -> Vec<String> {
        assert!(GOOD.contains(from), "{from}");
        let errors = Errors::new([""; 0]);
        parse(&GOOD.replacen(from, to, 1), 0, &errors);
        let chinese = |e: &crate::Error| e.to_string().split(" / ").next().map(String::from);
        use alloc::string::ToString;
        errors.into_vec().iter().filter_map(chinese).collect()
    }

    #[test]
    fn what_follows_from_an_unclosed_bracket_or_quote_is_not_told() {
        assert_eq!(told("甲", "甲"), [""; 0]);
        for (from, to, says) in [
            ("\"丙\" }]", "\"丙\" }", "2:9: 列表缺少 ]"),
            ("[\"不能\"]", "[\"不能\"", "3:22: 列表缺少 ]"),
            ("\"丙\" }]", "\"丙\" ]", "2:15: 花括号没有闭合"),
            ("[[example]]", "[[example]", "4:11: 表头缺少 ]"),
            ("\"一\"", "\"一", "1:11: 引号没有配对"),
            ("\"一\"", "一\"", "1:9: 缺少开头的引号"),
            ("[\"甲\", ", "[\"甲, ", "2:24: 引号没有配对"),
            ("[\"不能\"]", "[\"不能]", "3:42: 引号没有配对"),
            ("”\n'''", "”", "5:7: 这段文字的结尾缺少三个引号"),
            ("丁\n'''", "丁", "9:8: 这段文字的结尾缺少三个引号"),
            ("\"甲\",", "\"甲\"，", "2:13: 全角符号 ， 要改成半角 ,"),
            ("\"甲\",", "\"甲\"，\"丁\",", "2:13: 全角符号 ， 要改成半角 ,"),
            ("\"甲\",", "\"甲\"、\"丁\",", "2:13: 全角符号 、 要改成半角 ,"),
            ("title = \"一\"", "title \"一，二\"", "1:7: 键后面缺少 = 和值"),
        ] {
            assert_eq!(told(from, to), [says], "{to}");
        }
    }

    #[test]
    fn mistakes_that_end_with_their_line_are_all_told() {
        assert_eq!(told("\"一\"\n", "一\nwho = agent\n"), ["1:9: 文字要加引号", "2:7: 文字要加引号"]);
        assert_eq!(told("[[example]]\nmiss", "[[example]\nmiss"), ["8:11: 表头缺少 ]"]);
    }
}

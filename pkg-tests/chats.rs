//! Every shape of copied chat: the sample `cases/chats/<name>.txt` must give the conversations of `<name>.jsonl` (the plain chat form)
//! and what `<name>.about` says of the file, however it is sliced.
//! Set `HUASHU_BLESS=1` to write what is read beside the sample, then read it through before keeping it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::chat::{ChatReader, Chats, Conversation, Gap, Kind, ReadOptions, Role, read};
use huashu::time::Time;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg-tests/cases/chats")
}

fn samples() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e != "jsonl" && e != "about"))
        .collect();
    found.sort();
    found
}

/// The plain chat form, with `buyer` and `kind`, one conversation a line.
fn plain(chats: &Chats) -> String {
    let mut out = String::new();
    for c in &chats.conversations {
        let messages: Vec<serde_json::Value> = c
            .messages
            .iter()
            .map(|m| {
                let mut message = serde_json::json!({"role": m.role, "sender": m.sender, "at": m.at, "text": m.text, "kind": m.kind});
                if let Some(clock) = m.at.and_then(Time::clock) {
                    message["clock"] = clock.into();
                }
                message
            })
            .collect();
        out += &serde_json::json!({"id": c.id, "buyer": c.buyer, "messages": messages}).to_string();
        out.push('\n');
    }
    out
}

/// What else is known of the file: format, shape, the lines at which conversations and problems begin, what was dropped.
fn about(chats: &Chats) -> String {
    let problems: Vec<(&str, Option<u32>)> = chats.problems.kept().iter().map(|p| (p.code(), p.line())).collect();
    let notes: Vec<&str> = chats.notes.kept().iter().map(|p| p.code()).collect();
    let dropped: serde_json::Map<String, serde_json::Value> =
        chats.dropped.iter().map(|(what, n)| ((*what).to_string(), serde_json::json!(n))).collect();
    let lines: Vec<u32> = chats.conversations.iter().map(|c| c.source.line).collect();
    let about = serde_json::json!({
        "format": chats.format, "shape": chats.shape, "lines": lines, "problems": problems, "notes": notes, "dropped": dropped
    });
    format!("{about}\n")
}

/// The same file read without keeping a text, and every conversation then read again from the file: nothing differs.
fn read_again(name: &str, bytes: &[u8], options: &ReadOptions, at_once: usize) -> Chats {
    let mut reader = ChatReader::new(name, options);
    reader.forget_texts();
    bytes.chunks(1000).for_each(|slice| reader.push(slice));
    let (mut chats, outline) = reader.outline();
    let mut read = |from: u64, length: usize| bytes.get(from as usize..)?.get(..length).map(<[u8]>::to_vec);
    for at in (0..outline.len()).step_by(at_once) {
        chats.conversations.extend(outline.read(at, at_once, &mut read).unwrap());
    }
    assert_eq!(chats.conversations.len(), outline.len());
    assert_eq!(chats.conversations.iter().map(|c| c.messages.len()).sum::<usize>(), outline.messages());
    chats
}

#[test]
fn every_sample_reads_as_expected() {
    let bless = std::env::var_os("HUASHU_BLESS").is_some();
    let samples = samples();
    assert!(samples.len() >= 20, "the samples are missing");
    let mut wrong = Vec::new();
    for path in samples {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let chats = read(&name, &bytes, &ReadOptions::default());
        for (kind, got) in [("jsonl", plain(&chats)), ("about", about(&chats))] {
            let expected = path.with_extension(kind);
            if bless {
                std::fs::write(&expected, &got).unwrap();
            }
            let want = std::fs::read_to_string(&expected).unwrap_or_default();
            if got != want {
                wrong.push(format!("--- {name}\nexpected:\n{want}\nread:\n{got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn slicing_anywhere_gives_the_same_result() {
    for path in samples() {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let whole = read(&name, &bytes, &ReadOptions::default());
        for size in [1, 2, 3, 7, 64, 1000] {
            let mut reader = ChatReader::new(&name, &ReadOptions::default());
            bytes.chunks(size).for_each(|slice| reader.push(slice));
            let sliced = reader.finish();
            assert_eq!(plain(&sliced) + &about(&sliced), plain(&whole) + &about(&whole), "{name} in slices of {size}");
        }
        for at_once in [1, 3, 1000] {
            let again = read_again(&name, &bytes, &ReadOptions::default(), at_once);
            assert_eq!(format!("{again:?}"), format!("{whole:?}"), "{name}");
        }
    }
}

/// Message by message, whatever the file: `:00` that is written is as exact as any other second.
#[test]
fn times_without_seconds_are_known_as_such() {
    let files = [
        "莉莉安  10:20\n在吗\n客服小美  10:21:00\n在的亲\n",
        "2026-11-20 10:20 莉莉安: 在吗\n2026-11-20 10:21:00 客服小美: 在的亲\n",
        "发送人,时间,内容\n莉莉安,2026-11-20 10:20,在吗\n客服小美,2026-11-20 10:21:00,在的亲\n",
        "发送人,日期,时间,内容\n莉莉安,2026-11-20,10:20,在吗\n客服小美,2026-11-20,10:21:00,在的亲\n",
        "发送人,时间,内容\n莉莉安,202611201020,在吗\n客服小美,20261120102100,在的亲\n",
        r#"{"id":"1","messages":[{"role":"buyer","at":"2026-11-20T10:20:00","to_minute":true,"text":"在吗"},{"role":"agent","at":"2026-11-20T10:21:00","text":"在的亲"}]}"#,
        r#"{"id":"1","messages":[{"role":"buyer","at":"2026-11-20T10:20","text":"在吗"},{"role":"agent","at":"2026-11-20T10:21:00","text":"在的亲"}]}"#,
        "[{\"sender\":\"莉莉安\",\"time\":\"10:20\",\"text\":\"在吗\"},{\"sender\":\"客服小美\",\"time\":\"10:21:00\",\"text\":\"在的亲\"}]",
    ];
    for file in files {
        let chats = read("a", file.as_bytes(), &ReadOptions::default());
        let known: Vec<_> = chats.conversations.iter().flat_map(|c| &c.messages).map(|m| (m.at.is_some(), m.to_minute)).collect();
        assert_eq!(known, [(true, true), (true, false)], "{file}");
        let notes: Vec<_> = chats.notes.kept().iter().filter(|note| note.code() == "times-to-minute").collect();
        assert!(matches!(&notes[..], [note] if note.message().starts_with("1 条")), "{notes:?}");
    }
}

/// No more is looked at to find the shape than the first lines, also where a slice brings more.
#[test]
fn a_long_chat_is_the_same_in_slices() {
    // What is listed of damaged lines comes in their order, too.
    for chat in ["客户：发货了吗\n客服：今天发的亲\n", "客户：发货\0了吗\n\u{1}\u{2}\n客服：今天发的亲\n"] {
        let chat = chat.repeat(1_000);
        let whole = read("long.txt", chat.as_bytes(), &ReadOptions::default());
        let mut reader = ChatReader::new("long.txt", &ReadOptions::default());
        chat.as_bytes().chunks(7).for_each(|slice| reader.push(slice));
        assert_eq!(format!("{:?}", reader.finish()), format!("{whole:?}"));
    }
}

/// The real chats: every conversation and every message is read.
#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn real_chats_are_read_completely() {
    let data = std::env::var_os("HUASHU_DATA").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    for file in ["chats/jd_jddc.jsonl", "chats/taobao_edc.jsonl", "labels/dev.jsonl", "satisfaction/dev.jsonl"] {
        let bytes = std::fs::read(data.join(file)).unwrap();
        let chats = read(file, &bytes, &ReadOptions::default());
        let text = String::from_utf8(bytes).unwrap();
        let values: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let messages = |v: &serde_json::Value| v["messages"].as_array().map_or(0, Vec::len);
        assert_eq!(chats.problems.count(), 0, "{file}: {:?}", chats.problems.kept().first());
        assert_eq!(chats.conversations.len(), values.len(), "{file}");
        for (conversation, value) in chats.conversations.iter().zip(&values) {
            assert_eq!(conversation.id, value["id"].as_str().unwrap());
            assert_eq!(conversation.messages.len(), messages(value), "{file} {}", conversation.id);
            for (message, value) in conversation.messages.iter().zip(value["messages"].as_array().unwrap()) {
                assert_eq!(message.text, value["text"].as_str().unwrap());
                assert_eq!(serde_json::json!(message.role), value["role"]);
            }
        }
        eprintln!("{file}: {} conversations, {} messages", values.len(), values.iter().map(messages).sum::<usize>());
    }
}

/// Lines of all samples, shuffled, broken and cut: nothing panics, everything is read or listed, and slices never show.
#[test]
fn damaged_and_mixed_files_are_read_the_same_in_slices() {
    let pieces: Vec<Vec<u8>> = samples()
        .iter()
        .flat_map(|p| std::fs::read(p).unwrap().split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
        .chain([
            b"\xFF\xFE\0\n".to_vec(),
            b"{\"a\":[[[\n".to_vec(),
            b"\"".to_vec(),
            "（（（(((【【[[".into(),
            b"\r\r\n".to_vec(),
            vec![b'['; 300],
        ])
        .collect();
    // A small generator of our own keeps failures repeatable: the seed is in the message.
    for seed in 0..150u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let mut bytes = Vec::new();
        for _ in 0..next(40) {
            let piece = &pieces[next(pieces.len())];
            let cut = if next(4) == 0 { next(piece.len() + 1) } else { piece.len() };
            bytes.extend_from_slice(&piece[..cut]);
        }
        let name = format!("seed-{seed}");
        let whole = read(&name, &bytes, &ReadOptions::default());
        let mut reader = ChatReader::new(&name, &ReadOptions::default());
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (slice, after) = rest.split_at((1 + next(97)).min(rest.len()));
            reader.push(slice);
            rest = after;
        }
        let sliced = reader.finish();
        assert_eq!(plain(&sliced) + &about(&sliced), plain(&whole) + &about(&whole), "{name}");
        let again = read_again(&name, &bytes, &ReadOptions::default(), 1 + next(5));
        assert_eq!(format!("{again:?}"), format!("{whole:?}"), "{name}");
        assert!(bytes.is_empty() || !whole.conversations.is_empty() || whole.problems.count() > 0, "{name}: nothing read, nothing listed");
        for shape in huashu::chat::shapes().map(|(id, _)| id).chain(["json", "table"]) {
            let options = ReadOptions { format: Some(shape.to_string()), ..ReadOptions::default() };
            let (whole, again) = (read(&name, &bytes, &options), read_again(&name, &bytes, &options, 2));
            assert_eq!(format!("{again:?}"), format!("{whole:?}"), "{name} as {shape}");
        }
    }
}

/// Twice the input takes about twice the time, also where every line is hostile.
#[test]
fn hostile_input_takes_linear_time() {
    for (what, unit) in [
        ("brackets", "[([【(".repeat(40)),
        ("groups", "[图片]".repeat(40) + "\n"),
        ("colons", "a:".repeat(100) + "\n"),
        ("one line", "在吗(".repeat(50)),
        ("unsure heads", "名字: 内容\n尺码: 大\n".to_string()),
        ("json depth", "[[{\"messages\":".to_string()),
        ("json line", "{\"messages\":[{\"role\":\"buyer\",\"text\":\"在吗\"},".to_string()),
        ("dates", "2026-1-5 2026-1-5 9:03:02x ".repeat(10) + "\n"),
        ("new names", "甲2026-1-5 9:03:02\n在\n".to_string()),
    ] {
        let time = |size: usize| {
            let text = unit.repeat(size / unit.len());
            let start = std::time::Instant::now();
            let mut reader = ChatReader::new("hostile", &ReadOptions::default());
            text.as_bytes().chunks(4096).for_each(|slice| reader.push(slice));
            let _ = reader.finish();
            start.elapsed().as_secs_f64()
        };
        let (small, large) = (time(1 << 15), time(1 << 18));
        // Eight times the input; a quadratic reader would take sixty-four times as long.
        assert!(large < small.max(0.02) * 40.0, "{what}: {small} s, then {large} s for eight times the input");
    }
}

/// Lines that look like a speaker's who writes once go back to the message above, however many there are.
#[test]
fn what_is_given_back_takes_linear_time_and_what_is_cut_is_told() {
    let time = |count: usize| {
        let once: String = (0..count).map(|at| format!("备{at}：好\n")).collect();
        let text = format!("{}{once}客服小李: 好的\n", "小王: 在吗\n客服小李: 在的亲\n".repeat(30));
        let start = std::time::Instant::now();
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let took = start.elapsed().as_secs_f64();
        let told = chats.problems.kept().iter().filter(|p| p.code() == "message-too-long").count();
        (took, chats.conversations.len(), told)
    };
    let (small, large) = (time(2_000), time(32_000));
    assert_eq!((small.1, small.2, large.1, large.2), (1, 0, 1, 1));
    assert!(large.0 < small.0.max(0.02) * 80.0, "{} s, then {} s for sixteen times the lines", small.0, large.0);
}

#[test]
fn who_writes_once_out_of_time_is_told() {
    let head = |who: &str, at: &str, text: &str| format!("{who} 2026-{at}\n{text}\n");
    let shop = "云朵家居:阿棠";
    let talks = [head("甲木", "11-05 10:00:00", "在吗"), head(shop, "11-05 10:00:10", "在的"), head("乙火", "10-20 09:00:00", "还没到")];
    let last = [head("丙土", "11-07 09:00:00", "发货没"), head(shop, "11-07 09:00:09", "发了")].concat();
    let read = |text: String| read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let chats = read(talks.concat() + &last);
    let note = chats.notes.kept().iter().find(|note| note.code() == "untimely").unwrap();
    assert_eq!((chats.conversations.len(), note.line()), (2, Some(5)));
    // Labelled lines are told as what they are, once.
    let journey = "2026-03-02 08:12:33 派送中：张三\n2026-03-02 09:40:10 运输中：杭州\n";
    let labels = read(format!("客户：啥时候到\n客服：您看下\n{journey}客服：预计明天到\n客户：好\n"));
    assert_eq!(labels.notes.kept().iter().map(|note| note.code()).collect::<Vec<_>>(), ["once-named"]);
    // As the note says.
    assert_eq!(read(talks.join("\n") + "\n" + &last).conversations.len(), 3);
}

#[test]
fn what_a_file_lacks_is_said() {
    for (text, codes) in [
        (" \n\n  \n", vec!["empty-file"]),
        ("| 时段 | 负责人 | 任务 |\n|---|---|---|\n| 早班 | 小美 | 处理留言 |\n| 晚班 | 小刚 | 催付 |\n", vec!["not-a-chat"]),
        ("\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}a\n\u{e}b\n\u{f}c\n", vec!["not-a-chat"]),
        ("{\"role\": \"buyer\", \"text\": \"在吗\"}\n{\"role\": agent}\n", vec!["bad-json"]),
        ("[]", vec!["empty-file"]),
        ("{\"messages\": []}", vec!["no-messages"]),
        ("{\"messages\": [[[]]]}", vec!["no-messages"]),
        ("[[[[]]]]\n{\"id\": \"c2\", \"messages\": []}\n", vec!["no-messages", "no-messages"]),
        ("{\"messages\": [{\"role\": \"buyer\"}]}", vec!["no-text"]),
        ("{\"messages\": [{\"text\": \"在吗\"}, {\"role\": \"agent\", \"text\": \"在的\"}]}", vec!["no-role"]),
        ("{\"messages\": [{\"role\": \"buyer\"}, {\"role\": \"agent\", \"text\": \"在的\"}]}", vec!["no-text"]),
    ] {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let found: Vec<&str> = chats.problems.kept().iter().map(|p| p.code()).collect();
        assert_eq!(found, codes, "{text:?}");
        assert!(chats.conversations.iter().all(|talk| !talk.messages.is_empty()), "{text:?}");
    }
}

#[test]
fn lines_above_an_export_are_counted_however_many_they_are() {
    let above = "说明\n".repeat(1_200);
    for (format, talk) in [("labelled", "客户：在吗\n客服：在的\n"), ("name-above-time", "阿宝\n2026-01-05 9:03:02\n在吗\n")]
    {
        let options = ReadOptions { format: Some(format.into()), ..ReadOptions::default() };
        for (heading, problems, dropped) in [("聊天记录查询\n", 0, vec![("banner", 1_201)]), ("", 1_200, vec![])] {
            let chats = read("聊天.txt", format!("{above}{heading}{talk}").as_bytes(), &options);
            assert_eq!((chats.problems.count(), &chats.dropped), (problems, &dropped), "{format} {heading}");
            assert_eq!(chats.conversations.len(), 1);
        }
    }
}

#[test]
fn half_an_emoji_in_json_costs_one_character() {
    let text = r#"{"messages": [{"role": "buyer", "text": "好\ud83d"}, {"role": "agent", "text": "在的\ud83d\ude00"}]}"#;
    let chats = read("聊天.jsonl", format!("{text}\n{text}\n").as_bytes(), &ReadOptions::default());
    let texts: Vec<&str> = chats.conversations.iter().flat_map(|c| &c.messages).map(|m| m.text.as_str()).collect();
    assert_eq!(texts, ["好\u{FFFD}", "在的😀"].repeat(2));
    assert_eq!(chats.problems.count(), 0);
}

/// A head with a time that there is not begins its message, listed, instead of ending up in the message above.
#[test]
fn impossible_times_are_listed_and_join_nothing() {
    for (text, lines) in [
        (
            "tb20260 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2024-13-45 9:03:10\n在的亲\n云朵家居:小溪 2026-01-05 25:63:10\n您说\n",
            vec![3, 5],
        ),
        ("tb20260 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-02-30 9:03:10\n在的亲\ntb20260 2026-01-05 9:05:02\n好\n", vec![3]),
        ("2026-01-05 9:03:02 tb20260: 在吗\n2026年13月5日 9:03:10 云朵家居:小溪: 在的亲\n2026-01-05 9:04:02 tb20260: 好\n", vec![2]),
        ("tb20260\n2026-01-05 9:03:02\n在吗\n云朵家居:小溪\n2026-01-32 9:03:10\n在的亲\ntb20260\n2026-01-05 9:05:02\n好\n", vec![5]),
    ] {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let found: Vec<(&str, u32)> = chats.problems.kept().iter().map(|p| (p.code(), p.line().unwrap())).collect();
        assert_eq!(found, lines.iter().map(|line| ("unread-time", *line)).collect::<Vec<_>>(), "{text}");
        let messages = &chats.conversations[0].messages;
        assert_eq!(messages.len(), 3, "{messages:?}");
        assert_eq!((messages[1].text.as_str(), messages[1].at), ("在的亲", None));
        assert_eq!(messages[0].text, "在吗");
    }
    // Dates inside of what people write are none of this.
    let text = "tb20260 2026-01-05 9:03:02\n生产日期 2024-13-45 对吗\n版本 2026.45.99\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    assert_eq!((chats.problems.count(), chats.conversations[0].messages.len()), (0, 2));
}

/// In a table with a column of dates a date that there is not is listed, and is not that of the row above.
#[test]
fn impossible_dates_of_a_table_are_not_the_ones_above() {
    let told = |text: &str| {
        let chats = read("聊天.csv", text.as_bytes(), &ReadOptions::default());
        let problems: Vec<(String, u32, u32)> =
            chats.problems.kept().iter().map(|p| (p.code().into(), p.line().unwrap(), p.column().unwrap())).collect();
        let times: Vec<Option<String>> =
            chats.conversations.iter().flat_map(|talk| &talk.messages).map(|message| message.at.map(|at| at.to_string())).collect();
        (problems, times)
    };
    let text = "会话ID,日期,时间,发送人,内容\nk0,2026-02-30,09:00:00,买家,在吗\nk1,2026-03-01,10:00:00,买家,在吗\n\
                k2,2026-02-29,10:00:00,买家,在吗\nk3,2026-04-31,10:00:00,买家,在吗\nk3,2026-13-01,10:00:10,客服,在的\n\
                k4,2026-03-02,10:00:00,买家,好\n";
    let (problems, times) = told(text);
    assert_eq!(problems, [2, 4, 5, 6].map(|line| ("unread-time".into(), line, 4)));
    let day = |day: &str| Some(format!("2026-03-{day}T10:00:00"));
    assert_eq!(times, [None, day("01"), None, None, None, day("02")]);
    let text = "会话ID,日期,时间,对象,发话者,消息,消息状态\n1,2026-03-01,10:00:00,客户,小鹿,在吗,已读\n2,2026-02-29,10:00:00,客户,小马,在吗,已读\n";
    assert_eq!(told(text), ([("unread-time".into(), 3, 3)].into(), vec![day("01"), None]));
    let text = r#"[{"sid":"1","date":"2026-03-01","time":"10:00:00","sender":"买家","text":"在吗"},
{"sid":"2","date":"2026-02-29","time":"10:00:00","sender":"买家","text":"在吗"}]"#;
    let (problems, times) = told(text);
    assert_eq!((problems.len(), times), (1, vec![day("01"), None]));
}

/// Who opens a talk, behind an empty line or a separator or from another shop, does not go on with the buyer before.
#[test]
fn a_talk_that_the_agent_opens_is_the_next_buyers() {
    let talks = |between: &str| {
        let text = format!(
            "大橙子 9:00 在吗\n甲旗舰店:小一 9:01 在的亲\n大橙子 9:02 好的\n{between}柠檬 9:35 忘了 马上付\n甲旗舰店:小一 9:36 好的亲\n柠檬 9:37 付了\n"
        );
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.problems.count(), 0, "{:?}", chats.problems);
        let talk = |talk: &Conversation| (talk.buyer.clone().unwrap_or_default(), talk.messages.len());
        chats.conversations.iter().map(talk).collect::<Vec<_>>()
    };
    let told = |orange: usize, lemon: usize| vec![("大橙子".into(), orange), ("柠檬".into(), lemon)];
    let (opener, more) = ("甲旗舰店:小一 9:30 亲，您拍的蓝色拖鞋还没付款哦\n", "甲旗舰店:小一 9:31 今天付今天发\n");
    for gap in ["\n", "----------\n"] {
        assert_eq!(talks(&format!("{gap}{opener}")), told(3, 4), "{gap}");
        assert_eq!(talks(&format!("{gap}{opener}{more}")), told(3, 5), "{gap}");
        // Late words to the same buyer, who answers them, or from whom the next one stands apart.
        assert_eq!(talks(&format!("{gap}{opener}大橙子 9:32 谢谢\n")), told(5, 3), "{gap}");
        assert_eq!(talks(&format!("{gap}{opener}{gap}")), told(4, 3), "{gap}");
    }
    assert_eq!(talks(opener), told(4, 3));
    assert_eq!(talks("乙专营店:阿二 9:30 亲，还没付款哦\n"), told(3, 4));
    assert_eq!(talks("乙专营店:阿二 9:30 亲，我来接待\n大橙子 9:32 谢谢\n"), told(5, 3));
    assert_eq!(talks("甲旗舰店:阿二 9:30 亲，我来接待\n"), told(4, 3));
}

/// The same where name, time and text have lines of their own.
#[test]
fn a_talk_that_the_agent_opens_is_the_next_buyers_line_by_line() {
    let said = [("大橙子", "9:00:00", "在吗"), ("甲旗舰店:小一", "9:01:00", "在的亲"), ("大橙子", "9:02:00", "好的")];
    let more = [("甲旗舰店:小一", "9:30:00", "亲，还没付款哦"), ("柠檬", "9:35:00", "忘了"), ("柠檬", "9:36:00", "付了")];
    for last in [false, true] {
        let write = |(name, at, text): &(&str, &str, &str)| {
            if last { format!("2026-01-05 {at}\n{text}\n{name}\n") } else { format!("{name}\n2026-01-05 {at}\n{text}\n") }
        };
        let part = |part: &[(&str, &str, &str)]| part.iter().map(write).collect::<String>();
        for (gap, counts) in [("", [4, 2]), ("\n", [3, 3]), ("----------\n", [3, 3])] {
            let text = format!("{}{gap}{}", part(&said), part(&more));
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            assert_eq!(chats.shape, if last { "sender-last" } else { "name-above-time" });
            assert_eq!(chats.conversations.iter().map(|talk| talk.messages.len()).collect::<Vec<_>>(), counts, "{text}");
        }
        // Where an empty line stands between all messages it says nothing.
        let text = said.iter().chain(&more).map(|message| write(message) + "\n").collect::<String>();
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.conversations.iter().map(|talk| talk.messages.len()).collect::<Vec<_>>(), [4, 2]);
    }
}

/// Whoever waits for the first answer, as behind a gap, has it.
#[test]
fn an_answer_behind_an_empty_line_is_no_opening() {
    let text =
        "大橙子 9:00 在吗\n\n甲旗舰店:小一 9:01 在的亲\n柠檬 9:01 发什么快递\n甲旗舰店:小一 9:02 顺丰\n柠檬 9:03 好\n大橙子 9:04 有货吗\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    assert_eq!(chats.conversations.iter().map(|talk| talk.messages.len()).collect::<Vec<_>>(), [3, 3]);
}

/// A table of orders is no chat, however much its rows look like lines that end with a time.
#[test]
fn a_table_of_orders_is_no_chat() {
    for text in [
        "订单号,买家,金额,下单时间\nA0,小红花,20,2026-03-01 10:00:00\nA1,小蓝花,30,2026-03-01 11:00:00\n",
        "订单编号,买家会员名,实付金额,订单付款时间\n1,小红花,20,2026-03-01 10:00:00\n2,小蓝花,30,2026-03-01 11:00:00\n",
        "下单时间,order_id,买家\n2026-03-01 10:00:00,1,小红花\n2026-03-01 11:00:00,2,小蓝花\n",
    ] {
        let chats = read("订单.csv", text.as_bytes(), &ReadOptions::default());
        assert_eq!((chats.conversations.len(), chats.problems.count()), (0, 1), "{text}");
        let problem = &chats.problems.kept()[0];
        assert!(problem.code() == "not-a-chat" && problem.message().contains("订单导出"), "{problem}");
    }
    // Messages with the number of their order are none.
    let text = "订单号,发送人,内容,时间\n1,买家,在吗,2026-03-01 10:00:00\n1,客服,在的,2026-03-01 10:00:10\n";
    assert_eq!(read("聊天.csv", text.as_bytes(), &ReadOptions::default()).conversations.len(), 1);
}

/// A table of messages with unknown headers, whose guesses the page maps by hand, whatever the messages are about.
#[test]
fn messages_about_refunds_below_unknown_headers_are_a_chat() {
    for text in [
        "aa,bb,cc,dd\nk1,小鹿,在吗,2026-03-01 10:00:00\nk1,小丹,在的亲,2026-03-01 10:00:10\nk1,小鹿,退款,2026-03-01 10:00:20\n",
        "p1,p2,p3\n小鹿,在吗,10:00:00\n小丹,在的亲,10:00:10\n小鹿,退款金额,10:00:20\n",
    ] {
        let chats = read("表.csv", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.problems.kept()[0].code(), "no-columns");
        let table = chats.table.unwrap();
        assert!(table.columns.iter().any(|(field, _)| *field == "sender"), "{table:?}");
        let orders = huashu::order::read("表.csv", text.as_bytes(), &Default::default());
        assert_eq!((orders.columns, orders.count, orders.headers), (Vec::new(), 0, table.headers));
    }
}

/// A transfer hands the talk over, whoever is named first: what comes then is the next agent's.
#[test]
fn transfers_hand_over() {
    let text = "tb20260 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲，帮您转给售后\n云朵家居:小溪 转接给 云朵家居:小雨\n\
                tb20260 2026-01-05 9:05:02\n好\n云朵家居:小雨 2026-01-05 9:06:10\n您好\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let talk = &chats.conversations[0];
    let said: Vec<(Role, &str)> = talk.messages.iter().map(|m| (m.role, m.text.as_str())).collect();
    assert_eq!(said[1..3], [(Role::Agent, "在的亲，帮您转给售后"), (Role::System, "云朵家居:小溪 转接给 云朵家居:小雨")]);
    assert_eq!((talk.agent_at(0), talk.agent_at(3)), (Some("云朵家居:小溪"), Some("云朵家居:小雨")));
    let labels = "客户：在吗\n客服：在的\n会话由小美转接给小周\n客户：好\n";
    let chats = read("聊天.txt", labels.as_bytes(), &ReadOptions::default());
    let message = &chats.conversations[0].messages[2];
    assert_eq!((message.role, message.text.as_str()), (Role::System, "会话由小美转接给小周"));
}

/// The platform's lines are its own wherever the copy has its names; a role's label within a message stays there, and is told.
#[test]
fn lines_of_others_within_a_message() {
    for (text, said, labels) in [
        (
            "tb20260 2026-01-05 9:03:02\n在吗\n系统消息\n买家正在浏览\n云朵家居:小溪 2026-01-05 9:03:10\n有的亲\n客服：亲亲\n[系统消息] 会话即将结束\n",
            vec![
                (Role::Buyer, "在吗"),
                (Role::System, "系统消息\n买家正在浏览"),
                (Role::Agent, "有的亲\n客服：亲亲"),
                (Role::System, "[系统消息] 会话即将结束"),
            ],
            Some((7, 2.0 / 3.0)),
        ),
        (
            "tb20260\n2026-01-05 9:03:02\n在吗\n系统消息：买家正在浏览\n云朵家居:小溪\n2026-01-05 9:03:10\n有的亲\n客服：亲亲\n云朵家居:小溪 转接给 云朵家居:小雨\n",
            vec![
                (Role::Buyer, "在吗"),
                (Role::System, "系统消息：买家正在浏览"),
                (Role::Agent, "有的亲\n客服：亲亲"),
                (Role::System, "云朵家居:小溪 转接给 云朵家居:小雨"),
            ],
            Some((8, 2.0 / 3.0)),
        ),
        (
            "2026-01-05 9:03:02\n在吗\ntb20260\n系统消息：买家正在浏览\n2026-01-05 9:03:10\n有的亲\n云朵家居:小溪\n2026-01-05 9:04:02\n好的\ntb20260\n",
            vec![(Role::Buyer, "在吗"), (Role::System, "系统消息：买家正在浏览"), (Role::Agent, "有的亲"), (Role::Buyer, "好的")],
            None,
        ),
        // What somebody quotes in the middle of a message stays there, and so does what only looks like a label.
        (
            "tb20260\n2026-01-05 9:03:02\n系统提示：不能付款\n怎么办\n云朵家居:小溪\n2026-01-05 9:03:10\n客服电话：400\n系统提示：订单异常\n您看下\n",
            vec![(Role::Buyer, "系统提示：不能付款\n怎么办"), (Role::Agent, "客服电话：400\n系统提示：订单异常\n您看下")],
            None,
        ),
    ] {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let found: Vec<(Role, &str)> = chats.conversations[0].messages.iter().map(|m| (m.role, m.text.as_str())).collect();
        assert_eq!(found, said, "{text}");
        let notes: Vec<(&str, u32)> = chats.notes.kept().iter().map(|n| (n.code(), n.line().unwrap())).collect();
        assert_eq!(notes, labels.iter().map(|(line, _)| ("labels-within", *line)).collect::<Vec<_>>(), "{text}");
        assert_eq!(chats.confidence, labels.map_or(1.0, |(_, confidence)| confidence), "{text}");
        assert_eq!(plain(&read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), plain(&chats));
    }
}

#[test]
fn a_day_can_end_a_conversation() {
    let text = "tb20260 2026-01-05 9:00:00\n在吗\n云朵家居:小溪 2026-01-05 9:00:10\n在的亲\ntb20260 2026-01-05 23:59:50\n好\n\
                tb20260 2026-01-06 0:00:10\n还没发吗\n云朵家居:小溪 2026-01-06 0:00:30\n今天发\n";
    let lengths = |gap| {
        let options = ReadOptions { gap, ..ReadOptions::default() };
        let chats = read("聊天.txt", text.as_bytes(), &options);
        chats.conversations.iter().map(|c| c.messages.len()).collect::<Vec<_>>()
    };
    assert_eq!(lengths(Gap::After(7200)), [2, 3]);
    assert_eq!(lengths(Gap::Day), [3, 2]);
    assert_eq!(lengths(Gap::After(86_400)), [5]);
}

/// Talks of one buyer may be pasted in any order.
#[test]
fn a_talk_of_an_earlier_day_is_another_one() {
    let talk = |day: u32, said: &str| format!("橘子 2026-03-0{day} 10:00:00\n{said}\n青禾旗舰店:小鱼 2026-03-0{day} 10:00:20\n好的亲\n");
    for (text, gap) in [
        (talk(5, "退货") + &talk(1, "在吗"), Gap::After(7200)),
        (talk(5, "退货") + &talk(1, "在吗"), Gap::Day),
        (talk(1, "在吗") + &talk(5, "退货"), Gap::After(7200)),
    ] {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions { gap, ..ReadOptions::default() });
        assert_eq!(chats.conversations.iter().map(|talk| talk.messages.len()).collect::<Vec<_>>(), [2, 2], "{text}");
    }
    // The newest first: what the shop wrote days before is no answer to the buyer above.
    let text = "青禾旗舰店:小鱼 2026-03-05 10:00:30\n已开\n阿黄 2026-03-05 10:00:00\n发票呢\n\
                青禾旗舰店:小鱼 2026-03-04 10:00:30\n有的亲\n白白 2026-03-04 10:00:00\n有货吗\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let talks: Vec<_> = chats.conversations.iter().map(|talk| (talk.buyer.as_deref(), talk.messages.len())).collect();
    assert_eq!(talks, [(Some("阿黄"), 2), (Some("白白"), 2)]);
}

/// One chat pasted below another of a different shape: each is read as what it is.
#[test]
fn shapes_may_follow_one_another() {
    let copied = "阿宝 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    let labelled = "客户：等了三天还没到\n客服：非常抱歉\n客户：快点\n客服：马上催\n";
    for (text, line, lengths) in [
        (format!("{copied}\n\n{labelled}"), 7, [2, 4]),
        (format!("{labelled}-----\n{copied}"), 6, [4, 2]),
        (format!("{copied}\n客户：好的\n客服：不客气\n"), 6, [2, 2]),
    ] {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.conversations.iter().map(|c| c.messages.len()).collect::<Vec<_>>(), lengths, "{text}\n{chats:?}");
        assert_eq!(chats.problems.count(), 0);
        let notes: Vec<(&str, Option<u32>)> = chats.notes.kept().iter().map(|n| (n.code(), n.line())).collect();
        assert_eq!(notes, [("another-shape", Some(line))]);
        assert_eq!(chats.confidence, 1.0);
        let labels = text.matches("客户：").count() * 2;
        assert!(chats.reason.contains(&format!("“客户：内容” × {labels}")), "{}", chats.reason);
        assert!(chats.reason.contains("内容” × 2"), "{}", chats.reason);
        let formats: Vec<&str> = chats.conversations.iter().map(|c| c.source.format).collect();
        assert_eq!(formats, if text.starts_with(copied) { ["taobao", "generic"] } else { ["generic", "taobao"] });
        assert!(chats.conversations.iter().all(|c| c.messages.iter().all(|m| matches!(m.role, Role::Buyer | Role::Agent))));
        assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
    }
    // With names and times no empty line has to stand between.
    let below = format!("{copied}张小三(2026-01-06 10:00:00): 有优惠吗\n云朵家居:小雨(2026-01-06 10:00:06): 有的亲\n");
    let chats = read("聊天.txt", below.as_bytes(), &ReadOptions::default());
    let talks: Vec<_> = chats.conversations.iter().map(|c| (c.buyer.as_deref(), c.messages.len())).collect();
    assert_eq!((talks, chats.problems.count()), (Vec::from([(Some("阿宝"), 2), (Some("张小三"), 2)]), 0));
    assert_eq!(chats.notes.kept().iter().map(|n| (n.code(), n.line())).collect::<Vec<_>>(), [("another-shape", Some(5))]);
    // What somebody quotes in a message is none of this.
    let inside = "阿宝 2026-01-05 9:03:02\n昨天的：\n张小三(2026-01-04 10:00:00): 好\n小雨(2026-01-04 10:00:06): 好的\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    assert_eq!(read("聊天.txt", inside.as_bytes(), &ReadOptions::default()).conversations.len(), 1);
    let quoted = "阿宝 2026-01-05 9:03:02\n昨天的：\n客户：好的\n客服：不客气\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    let chats = read("聊天.txt", quoted.as_bytes(), &ReadOptions::default());
    assert_eq!(chats.conversations[0].messages[0].text, "昨天的：\n客户：好的\n客服：不客气");
}

/// WeChat's copy has no day and no sign of its own: it is told by its heads and words in turn.
#[test]
fn a_copy_from_wechat_may_stand_above_or_below_another() {
    let copied = "阿宝 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    let labelled = "客户：等了三天还没到\n客服：非常抱歉\n客户：快点\n客服：马上催\n";
    let wechat = "张三  08:54\n老板 300-50能叠加吗\n小李  08:55\n您好，可以的\n张三  08:56\n那谢谢\n小李  08:57\n不客气\n";
    for (above, below, lengths) in
        [(copied, wechat, [2, 4]), (wechat, copied, [4, 2]), (labelled, wechat, [4, 4]), (wechat, labelled, [4, 4])]
    {
        for between in ["\n", "--------\n"] {
            let text = format!("{above}{between}{below}");
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            assert_eq!(chats.conversations.iter().map(|c| c.messages.len()).collect::<Vec<_>>(), lengths, "{text}\n{chats:?}");
            assert_eq!(chats.problems.count(), 0, "{text}");
            assert!(chats.notes.kept().iter().any(|note| note.code() == "another-shape"), "{text}");
            assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
        }
    }
    // Hours within a message are none.
    let hours = "阿宝 2026-01-05 9:03:02\n什么时候送\n\n今天 15:30\n或者\n明天 10:30\n都行\n\n云朵家居:小溪 2026-01-05 9:03:10\n好的亲\n";
    assert_eq!(read("聊天.txt", hours.as_bytes(), &ReadOptions::default()).conversations[0].messages.len(), 2);
}

#[test]
fn agents_of_two_shops_are_not_taken_for_one() {
    let talk = |buyer: &str, agent: &str| {
        format!("{buyer} 2026-01-05 9:03:02\n在吗\n{agent} 2026-01-05 9:03:10\n在的亲\n{agent} 2026-01-05 9:03:12\n请讲\n")
    };
    let of = |talks: &[(&str, &str)]| {
        let text: String = talks.iter().map(|(buyer, agent)| talk(buyer, agent)).collect();
        let chats = read("a.txt", text.as_bytes(), &ReadOptions::default());
        let said = chats
            .notes
            .kept()
            .iter()
            .filter(|note| note.code() == "several-shops")
            .map(|note| note.message().to_owned())
            .collect::<Vec<_>>();
        let shops = chats.shops.each().into_iter().map(|(name, count)| (name.to_owned(), count)).collect::<Vec<_>>();
        (shops, said)
    };
    let (shops, said) = of(&[("阿宝", "青禾旗舰店:小鱼"), ("阿青", "云朵家居:小林"), ("阿木", "云朵家居:小周")]);
    assert_eq!(shops, [("云朵家居".to_owned(), 2), ("青禾旗舰店".to_owned(), 1)]);
    assert!(said.len() == 1 && said[0].contains("对话数：云朵家居 2，青禾旗舰店 1"), "{said:?}");
    let (shops, said) = of(&[("阿宝", "青禾旗舰店:小鱼"), ("阿青", "青禾旗舰店:小林")]);
    assert_eq!((shops.len(), said), (1, vec![]));
    // What agents do is no shop.
    assert_eq!(of(&[("阿宝", "售前:小鱼"), ("阿青", "售后:小林")]), (vec![], vec![]));
}

#[test]
fn headers_and_days_that_are_not_there_are_listed() {
    let codes = |chats: &Chats| chats.problems.kept().iter().map(|p| (p.code(), p.line())).collect::<Vec<_>>();
    let table = "发送人,内容,时间\n买家,在吗,2026-01-05 09:00:00\n客服,在的,2026-01-05 09:00:05\n";
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(field, header)| ((*field).to_owned(), (*header).to_owned())).collect();
    let columns = map(&[("text", "说了啥"), ("time", "时间")]);
    let chats = read("a.csv", table.as_bytes(), &ReadOptions { columns, ..Default::default() });
    assert_eq!((codes(&chats), chats.conversations.len()), (vec![("missing-column", Some(1))], 1));
    assert!(chats.conversations[0].messages.iter().all(|message| message.at.is_some() && !message.text.is_empty()));
    // No such column at all is something else.
    let chats = read("a.csv", table.as_bytes(), &ReadOptions { columns: map(&[("time", "")]), ..Default::default() });
    assert_eq!((codes(&chats), chats.conversations[0].messages[0].at), (vec![], None));
    let leap = "小鱼  02-29 10:00:00\n在吗\n小周  02-29 10:00:05\n在的亲\n小鱼  03-01 10:00:00\n好\n";
    let of = |year| read("a.txt", leap.as_bytes(), &ReadOptions { year: Some(year), ..Default::default() });
    assert_eq!((codes(&of(2026)), codes(&of(2028))), (vec![("no-such-day", None)], vec![]));
    assert!(of(2026).problems.kept()[0].message().contains("2 (02-29)"));
}

/// What people write stays what they wrote, whatever it looks like.
#[test]
fn sentences_are_no_heads() {
    for text in [
        "售后 流程\n先登记\n客服 培训\n每周一次\n",
        "客服 上班时间\n早九点到晚九点\n",
        "User guide\nSupport page\n",
        "尺寸 36-24-36\n第 3-5 页\n",
        "24-1-5\n3/5\n昨天\n周三\n",
        "明天 10:30\n",
        "2026/01/02 发货 两件\n其余缺货\n请等通知\n",
    ] {
        let chats = read("文字.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.conversations, [], "{text}");
        assert_eq!(chats.problems.kept().first().map(|p| p.code()), Some("not-a-chat"), "{text}");
    }
    for text in [
        "发货 昨天 15:05",
        "预约 15:05",
        "明天 下午3:00",
        "最晚 3月5日 18:00:00",
        "买家 已收货",
        "人工 客服",
        "25-1-5 到货",
        "1/2 杯水, 10:30 喝",
        "01/02/2025",
        "前天 9:00 下的单",
        "２０２５－１－６",
    ] {
        for (head, other) in [("山茶  9:03", "阿棠  9:04"), ("山茶 2026-01-05 9:03:02", "阿棠 2026-01-05 9:04:00"), ("客户：", "客服：")]
        {
            let chat = format!("{head}\n在吗\n{text}\n{other}\n在的\n{head}\n好\n{other}\n嗯\n");
            let chats = read("聊天.txt", chat.as_bytes(), &ReadOptions::default());
            let first = &chats.conversations[0].messages[0];
            let lengths: Vec<usize> = chats.conversations.iter().map(|c| c.messages.len()).collect();
            assert_eq!((lengths, first.text.trim()), (vec![4], format!("在吗\n{text}").as_str()), "{chat}");
        }
    }
}

/// Words, times, dates and a parcel's journey within a message stay there, whatever they look like: one chat, its two sides, and no line lost.
#[test]
fn lines_of_a_message_are_nobodys() {
    let labels = |lines: &str| format!("客户：怎么退\n客服：{lines}\n客户：好的谢谢\n客服：不客气\n");
    let wechat = |lines: &str| format!("山茶  08:54\n在吗\n阿棠  08:55\n{lines}\n山茶  08:56\n好\n阿棠  08:57\n嗯\n");
    let inline = |lines: &str| {
        format!(
            "2026-03-02 10:00:01 山茶: 到哪了\n2026-03-02 10:00:20 云朵:阿棠: {lines}\n2026-03-02 10:01:02 山茶: 好\n2026-03-02 10:01:20 云朵:阿棠: 嗯\n"
        )
    };
    let qq = |lines: &str| {
        let head = |at: &str, name: &str| format!("2026-03-02 {at} {name}\n");
        let (buyer, agent) = ("山茶(87200175)", "阿棠(87200176)");
        let below = format!("{}好\n{}嗯\n", head("10:01:02", buyer), head("10:01:20", agent));
        format!("{}到哪了\n{}{lines}\n{below}", head("10:00:01", buyer), head("10:00:20", agent))
    };
    let qianniu = |lines: &str| {
        format!(
            "山茶 2026-03-02 10:00:01\n到哪了\n云朵:阿棠 2026-03-02 10:00:20\n{lines}\n山茶 2026-03-02 10:01:02\n好\n云朵:阿棠 2026-03-02 10:01:20\n嗯\n"
        )
    };
    let journey =
        "您看\n2026-03-01 20:12:33 已揽收\n2026-03-02 02:10:00 到达杭州转运中心\n2026-03-02 06:10:00 离开杭州\n2026-03-02 08:12:33 派送中";
    let pdd = |lines: &str| {
        let line = |at: &str, name: &str, text: &str| format!("{name}\n2026-03-06 {at}\n{text}\n");
        let (above, answer) = (line("10:00:01", "李**", "到哪了"), line("10:01:01", "安心小店", lines));
        format!("{above}{answer}{}{}", line("10:02:01", "李**", "好的"), line("10:03:01", "安心小店", "不客气亲"))
    };
    let nicks = |lines: &str| format!("橘子：到哪了\n青禾旗舰店:小鱼：{lines}\n橘子：好的\n青禾旗舰店:小鱼：嗯嗯\n");
    let signed = "亲看下\n2026-03-04 08:00:00 【杭州市】萧山网点已揽收\n2026-03-04 11:07:11 快件离开【杭州转运中心】，发往【上海】\n2026-03-05 14:14:22 快件到达【上海转运中心】";
    for (write, said) in [
        (&labels as &dyn Fn(&str) -> String, "步骤如下\n第一步：我的订单\n第二步：申请售后\n第三步：选退货退款"),
        (&labels, "您看\n尺寸：40*30"),
        (&labels, "看说明\nQ：能机洗吗\nA：可以\nQ：会缩水吗\nA：不会"),
        (&labels, "对比如下\nA款\n容量：500ml\n重量：200g\nB款\n容量：800ml\n重量：300g"),
        (&labels, "您看\n售后电话：400-123-4567\n客服时间：9:00-18:00\n店铺地址：杭州市"),
        (&labels, "加一下\n客服微信：abc123"),
        (&labels, "核对下\n买家姓名：李明\n客户电话：13800138000\n客服备注：已登记"),
        (&labels, "有人说\n客户反馈：很好用\n买家留言：还会来"),
        (&wechat, "您记一下\n售后热线：400-123-4567"),
        (&labels, "分两步\n第一：\n拧紧\n第二：\n通电"),
        (&labels, "您看\n案例1\n好用"),
        (&labels, "您看\n第二段\n有写"),
        (&qianniu, "分两步\n第一\n拧紧\n第二\n通电"),
        (&labels, "您看\nS码：80-95斤\nM码：95-110斤"),
        (&labels, "您看\nA款：轻薄\nB款：耐磨"),
        (&labels, "您看\n明细：\n一件上衣"),
        (&labels, "抱歉：让您久等了"),
        (&labels, "您好：这边帮您查"),
        (&labels, "亲亲：还在的"),
        (&labels, "寄回地址：南京江宁区文澜路"),
        (&labels, "回复：已经处理"),
        (&labels, "最新物流：已到杭州"),
        (&labels, "尺码表：发您了"),
        (&labels, "两个办法：换码或者退货"),
        (&labels, "发您链接：https://item.example.com/item.htm?id=1"),
        (&labels, journey),
        (&labels, "您看\n2026-03-05 08:11:00 派送中：张三\n2026-03-04 18:05:10 运输中：到达上海\n2026-03-04 10:22:33 运输中：离开杭州"),
        (&labels, "您看\n[2026-03-05 08:11:00]【上海】派送中：张三\n[2026-03-04 18:05:10]【上海】到达：浦东"),
        (&wechat, journey),
        (&wechat, signed),
        (&pdd, journey),
        (&pdd, signed),
        (&nicks, signed),
        (&labels, "您看\n到达杭州 03-02 08:12\n派送中 03-02 10:12"),
        (&wechat, "预计送达 周五 18:00\n非常抱歉让您久等了\n已经给您催了"),
        (&wechat, "师傅上门 明天 14:30"),
        (&wechat, "最晚到 14:30\n辛苦等下"),
        (&wechat, "付尾款 11月10日 20:00"),
        (&wechat, "安装预约 3月5日 下午3:00\n师傅会联系您"),
        (&wechat, "付尾款 11月10日 20:00\n记得付\n活动结束 11月11日 23:59\n时间：11月10日 20:00"),
        (&wechat, "付尾款 2026-11-10 20:00:00\n别忘了"),
        (&inline, journey),
        (&qq, journey),
        (&qianniu, journey),
        (&qianniu, "付尾款 2026-11-10 20:00:00"),
        (&qianniu, "付尾款 2026-11-10 20:00:00\n记得付\n活动结束 2026-11-11 23:59:00"),
        (&qianniu, "已揽收 2026-03-01 20:00:00\n派送中 2026-03-02 08:00:00\n今天到"),
        (&qianniu, "订单信息：付款时间：2026-03-02 09:00:00\n订单信息：下单：2026-03-02 10:00:30"),
        (&qianniu, "值班 2026-03-02 10:00-18:00"),
        (&qianniu, "亲，活动到 2026-11-10 20:00:00\n亲，发了 2026-03-02 10:00:30\n好的， 2026-03-02 10:00:30\n加油！ 2026-03-02 10:00"),
        (&labels, "三种\n¥39.00\n小号\n\n¥49.00\n¥59.00\n\n大号"),
        (&qianniu, "到货日期\n2026-03-05\n发货日期\n\n2026-03-06 周五\n记得收"),
        (&wechat, "都有\n¥39\n到货"),
        (&labels, "【售后】七天无理由\n【客户】放心买\n[客服] 9:00-18:00"),
        (&qianniu, "值班 2026-03-02 10:00:30-18:00:00"),
        (&qianniu, "值班 2026-03-02 10:00:30-18:00"),
        (&qianniu, "亲\n2026-03-02 09:00-18:00 在线\n营业 2026-03-02 10:01-22:00"),
        (&qq, "2026-03-02 09:00-18:00 在线\n2026-03-03 09:00~12:00 上午"),
        (&inline, "亲\n2026-03-02 10:00-18:00 工作日：有人\n10:00 - 16:00 周末：有人"),
        (&labels, "亲\n2026-03-02 09:00-18:00 客服在线：全天\n09:00-18:00 客服在线"),
        (&nicks, "亲\n2026-03-02 09:00-18:00 客服在线：全天\n2026-03-03 09:00-12:00 客服在线：上午"),
        (&nicks, "09:00-18:00 客服在线\n09:00 - 18:00 客服在线：全天"),
    ] {
        let text = write(said);
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let [talk] = &chats.conversations[..] else { panic!("{text}\n{chats:?}") };
        let found: Vec<(Role, Kind, &str)> = talk.messages.iter().map(|m| (m.role, m.kind, m.text.as_str())).collect();
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[1], (Role::Agent, Kind::Text, said), "{text}");
        let senders: std::collections::HashSet<_> = talk.messages.iter().map(|m| (m.role, m.sender.as_deref())).collect();
        assert_eq!((senders.len(), chats.problems.count()), (2, 0), "{senders:?}");
        for at_once in [1, 3] {
            assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), at_once)), format!("{chats:?}"));
        }
    }
}

/// Names behind a bare label, and names that come once beside a date, are names where nothing speaks against it.
#[test]
fn names_that_look_like_words_are_names() {
    let senders = |text: &str| {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
        let messages = chats.conversations.iter().flat_map(|talk| &talk.messages);
        messages.map(|m| m.sender.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    for (text, want) in [
        ("客户：在吗\n店铺：小美：在的亲\n", vec!["", "店铺:小美"]),
        ("客户：在吗\n店铺：小美：在的亲\n客户：怎么退\n店铺：小丽：我来\n", vec!["", "店铺:小美", "", "店铺:小丽"]),
        ("客户：在吗\n客服：欧阳小美：在的\n客户：好\n客服：欧阳小美：嗯\n", vec!["", "客服:欧阳小美", "", "客服:欧阳小美"]),
        ("客户：在吗\n客服小美：在的\n客服-小丽：我来\n", vec!["", "客服小美", "小丽"]),
        // Old messages have their day, in a chat of WeChat's; the talks of a history may stand in any order.
        ("山茶 11月9日 20:00\n在吗\n阿棠 11月9日 20:01\n在\n木木 11月10日 9:00\n早\n", vec!["山茶", "阿棠", "木木"]),
        (
            "山茶 2026-03-02 10:00:01\n在吗\n云朵:阿棠 2026-03-02 10:00:20\n在的\n木木 2026-03-02 09:00:00\n早\n云朵:阿棠 2026-03-02 09:00:20\n早\n大橙子 2026-03-05 09:00:00\n有货吗\n柠檬 2026-03-04 09:00:00\n有货吗\n",
            vec!["山茶", "云朵:阿棠", "木木", "云朵:阿棠", "大橙子", "柠檬"],
        ),
        (
            "山茶 2026-03-02 10:00:01\n在吗\n云朵:阿棠 2026-03-02 10:00:20\n在的\n\n木木 2026-03-01 09:00:00\n早\n\n山茶 2026-03-02 10:01:01\n好\n",
            vec!["山茶", "云朵:阿棠", "木木", "山茶"],
        ),
    ] {
        let mut found = senders(text);
        let mut want: Vec<String> = want.into_iter().map(String::from).collect();
        found.sort();
        want.sort();
        assert_eq!(found, want, "{text}");
    }
}

/// `爱吃鱼！` and `小鱼，干` are nicknames in front of a time with seconds that ends the line.
#[test]
fn names_may_have_marks() {
    for name in ["爱吃鱼！", "小鱼，干", "hi!小鱼"] {
        let text = format!(
            "{name} 2026-01-05 10:00:00\n在吗\n店:小美 2026-01-05 10:00:09\n在的\n{name}2026-01-05 10:01:00\n好\n大{name} 2026-01-05 10:02:00\n有货吗\n店:小美 2026-01-05 10:02:09\n有\n大{name} 2026-01-05 10:03:00\n好\n"
        );
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let talks: Vec<_> = chats.conversations.iter().map(|talk| (talk.buyer.clone().unwrap(), talk.messages.len())).collect();
        assert_eq!((talks, chats.shape), (vec![(name.to_owned(), 3), (format!("大{name}"), 3)], "name-time"), "{text}");
    }
}

/// A label may stand in brackets.
#[test]
fn labels_may_stand_in_brackets() {
    for (buyer, agent) in [("【客户】", "【客服】"), ("[客户] ", "[客服小溪] "), ("[buyer] ", "[agent] "), ("［买家］", "［卖家］")]
    {
        let text = format!("{buyer}在吗\n{agent}在的亲\n{buyer}怎么退\n[图片]\n{agent}您看：三天内\n");
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let said: Vec<_> = chats.conversations.iter().flat_map(|talk| &talk.messages).map(|m| (m.role, m.text.as_str())).collect();
        let want = [(Role::Buyer, "在吗"), (Role::Agent, "在的亲"), (Role::Buyer, "怎么退\n[图片]"), (Role::Agent, "您看：三天内")];
        assert_eq!((said.as_slice(), chats.conversations.len()), (want.as_slice(), 1), "{text}");
        assert_eq!(plain(&read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), plain(&chats));
    }
}

/// A copy with the newest message first is read from its end.
#[test]
fn the_newest_message_may_stand_first() {
    let said = [
        ("橘子", "01 10:00:00", "在吗\n有货吗"),
        ("青禾旗舰店:小鱼", "01 10:00:20", "在的亲"),
        ("橘子", "01 10:01:00", "好"),
        ("山茶", "02 09:00:00", "发货没"),
        ("青禾旗舰店:小鱼", "02 09:00:00", "今天发"),
        ("青禾旗舰店:小鱼", "02 09:00:20", "亲，还要什么吗"),
    ];
    let head = |name: &str, at: &str| format!("{name} 2026-03-{at}\n");
    let inline = |name: &str, at: &str| format!("2026-03-{at} {name}: ");
    for head in [&head as &dyn Fn(&str, &str) -> String, &inline] {
        let write = |(name, at, text): &(&str, &str, &str)| format!("{}{text}\n", head(name, at));
        for gap in ["", "\n"] {
            let text = said.iter().rev().map(write).collect::<Vec<_>>().join(gap);
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            let found = chats.conversations.iter().map(|talk| {
                let texts: Vec<_> = talk.messages.iter().map(|m| m.text.as_str()).collect();
                (talk.buyer.as_deref(), texts)
            });
            let want = [(Some("山茶"), vec!["发货没", "今天发", "亲，还要什么吗"]), (Some("橘子"), vec!["在吗\n有货吗", "在的亲", "好"])];
            assert_eq!(found.collect::<Vec<_>>(), want, "{text}");
            assert_eq!(chats.notes.kept().iter().map(|note| note.code()).collect::<Vec<_>>(), ["newest-first"]);
            assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
            // Three messages tell no order, nor do those of which one is newer.
            for some in [&said[..3], &[said[1], said[0], said[2], said[3], said[4], said[5]]] {
                let text: String = some.iter().rev().map(write).collect();
                assert_eq!(read("聊天.txt", text.as_bytes(), &ReadOptions::default()).notes.count(), 0, "{text}");
            }
        }
    }
    // An empty line above the opening of the shop still parts that from the talk before.
    let opened = [("大橙子", "9:00", "在吗"), ("甲旗舰店:小一", "9:01", "在的亲"), ("大橙子", "9:02", "好的")];
    let next = [("甲旗舰店:小一", "9:30", "亲，还没付款哦"), ("柠檬", "9:35", "忘了"), ("柠檬", "9:36", "付了")];
    let part = |part: &[(&str, &str, &str)]| {
        part.iter().rev().map(|(name, at, text)| format!("{name} 2026-03-01 {at}:00\n{text}\n")).collect::<String>()
    };
    for (gap, lengths) in [("", [2, 4]), ("\n", [3, 3])] {
        let text = part(&next) + gap + &part(&opened);
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.conversations.iter().map(|talk| talk.messages.len()).collect::<Vec<_>>(), lengths, "{text}");
    }
}

/// What marks a message elsewhere is one where nothing else was said.
#[test]
fn marks_may_be_all_that_is_said() {
    for between in [" ", "\n"] {
        let head = |name: &str, at: &str| format!("{name}{between}2026-03-01 {at}\n");
        let (buyer, agent) = (head("橘子", "10:00:00"), head("青禾旗舰店:小鱼", "10:00:20"));
        for (words, want, kind, marks) in [
            ("已送达", "已送达", Kind::Text, 0),
            ("送达", "送达", Kind::Text, 0),
            ("未读", "未读", Kind::Text, 0),
            ("已读", "", Kind::Hidden, 1),
            ("在的亲\n已送达", "在的亲", Kind::Text, 1),
        ] {
            let text = format!("{buyer}到了吗\n{agent}{words}\n");
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            let message = &chats.conversations[0].messages[1];
            assert_eq!((message.text.as_str(), message.kind), (want, kind), "{text}");
            assert_eq!(chats.dropped.iter().map(|(_, count)| *count).sum::<u64>(), marks);
            assert_eq!(plain(&read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), plain(&chats));
        }
    }
    let text = "橘子 2026-03-01 10:00:00\n到了吗\n青禾旗舰店:小鱼 2026-03-01 10:00:20\n未读\n在的亲\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    assert_eq!((chats.conversations[0].messages[1].text.as_str(), &chats.dropped), ("在的亲", &vec![("read-mark", 1)]));
}

/// Between the labels of both sides words that come again are none's name; who asks or answers there is somebody.
#[test]
fn words_that_come_again_between_labels_are_nobodys() {
    let read = |text: &str| {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
        let messages = chats.conversations.iter().flat_map(|talk| &talk.messages);
        messages.map(|m| (m.sender.clone().unwrap_or_default(), m.text.clone())).collect::<Vec<_>>()
    };
    let steps = "亲，退货步骤：\n第一步：申请退款\n第二步：寄回";
    let talk = format!("客户：怎么退货\n客服：{steps}\n客户：好\n");
    let found = read(&format!("{talk}\n\n{talk}\n\n{talk}"));
    let own = ["怎么退货", steps, "好"].repeat(3).into_iter().map(|text| (String::new(), text.to_owned()));
    assert_eq!(found, own.collect::<Vec<_>>());
    // Another chat below, a second agent.
    let nicks = "橘子：有货吗\n小溪：有的\n橘子：能便宜吗\n小溪：已经最低了\n";
    let found = read(&format!("{talk}{talk}\n{nicks}"));
    let said = found.iter().filter(|(name, _)| !name.is_empty()).map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    assert_eq!(said, ["橘子", "橘子", "小溪", "小溪"], "{found:?}");
    let second = "客户：退吗\n小溪：可以退\n客户：好\n小溪：不客气\n客户：嗯\n";
    assert_eq!(read(&format!("{talk}{second}")).iter().filter(|(name, _)| name == "小溪").count(), 2);
}

/// Behind an empty line or a separator a buyer may write once; a field or a step of a message is nobody there.
#[test]
fn who_writes_once_stands_behind_an_empty_line() {
    for (gap, line, buyers) in [
        ("\n", "山风：在吗，我要退货", ["橘子", "山风"].as_slice()),
        ("--------\n", "山风：我买的太大了", &["橘子", "山风"]),
        ("\n", "第一步：申请退款", &["橘子"]),
        ("\n", "退货地址：文澜路", &["橘子"]),
        ("", "山风：我买的太大了", &["橘子"]),
    ] {
        for below in ["", "安安旗舰店:小雨：好的亲\n"] {
            let text = format!("橘子：在吗\n安安旗舰店:小雨：在的亲\n橘子：怎么退\n安安旗舰店:小雨：您看\n{gap}{line}\n{below}");
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            // Without an empty line it takes an answer.
            if !gap.is_empty() || below.is_empty() {
                let found: Vec<_> = chats.conversations.iter().filter_map(|talk| talk.buyer.as_deref()).collect();
                assert_eq!(found, buyers, "{text}");
            }
            assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
        }
    }
    let labels = "客户：在吗\n客服：在的\n客户：步骤呢\n客服：您看\n\n备货：两天\n客户：好\n";
    let chats = read("聊天.txt", labels.as_bytes(), &ReadOptions::default());
    assert_eq!(chats.conversations[0].messages[3].text, "您看\n备货：两天");
    assert_eq!(format!("{:?}", read_again("聊天.txt", labels.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
}

/// A time may have an offset, and brackets around it.
#[test]
fn times_of_heads_may_have_an_offset_and_brackets() {
    let talk = |head: &dyn Fn(&str, &str) -> String| {
        let (buyer, agent) = (head("橘子汽水", "00"), head("青禾旗舰店:小鱼", "10"));
        let text = format!("{buyer}在吗\n{agent}在的亲\n{}发货没\n", head("橘子汽水", "20"));
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let [talk] = &chats.conversations[..] else { panic!("{text}\n{chats:?}") };
        let of = |m: &huashu::chat::Message| format!("{} {} {}", m.sender.as_deref().unwrap_or(""), m.at.unwrap(), m.text);
        talk.messages.iter().map(of).collect::<Vec<_>>()
    };
    let want = ["橘子汽水 2026-03-01T10:00:00 在吗", "青禾旗舰店:小鱼 2026-03-01T10:00:10 在的亲", "橘子汽水 2026-03-01T10:00:20 发货没"];
    assert_eq!(talk(&|name, second| format!("2026-03-01T10:00:{second}+08:00 {name}: ")), want);
    assert_eq!(talk(&|name, second| format!("2026-03-01T10:00:{second}.000+08:00 {name}: ")), want);
    assert_eq!(talk(&|name, second| format!("{name} 2026-03-01T10:00:{second}+08:00\n")), want);
    assert_eq!(talk(&|name, second| format!("{name}（2026-03-01 10:00:{second}）\n")), want);
    assert_eq!(talk(&|name, second| format!("{name} [2026-03-01 10:00:{second}]\n")), want);
}

/// Lines with a label above and below a chat of another shape take nothing over from that.
#[test]
fn a_chat_between_labels_is_no_journey() {
    let talk = "2026-03-01 10:00:00 橘子: 在吗\n2026-03-01 10:00:10 青禾旗舰店:小鱼: 在的亲\n2026-03-01 10:00:20 橘子: 发货没\n";
    let chats = read("聊天.txt", format!("客服：小鱼\n{talk}客服：小鱼\n").as_bytes(), &ReadOptions::default());
    assert_eq!((chats.shape, chats.conversations[0].messages.len()), ("time-name-inline", 3));
    // Without a role names that take turns are people's.
    let talk = talk.replace("青禾旗舰店:", "") + "2026-03-01 10:00:30 小鱼: 发了\n";
    let labels = "客户：在吗\n客服：在的\n";
    let chats = read("聊天.txt", format!("{labels}\n{talk}\n{labels}").as_bytes(), &ReadOptions::default());
    assert_eq!((chats.shape, chats.conversations.len()), ("time-name-inline", 3));
    assert_eq!(chats.conversations[1].messages.iter().map(|m| m.role).collect::<Vec<_>>(), [Role::Buyer, Role::Agent].repeat(2));
}

/// The texts may begin with a role's label or be pictures that were not copied: heads whose names come again or have a role are heads.
#[test]
fn heads_without_words_of_their_own_below_are_heads() {
    let said = |text: &str| {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!((chats.problems.count(), chats.conversations.len()), (0, 1), "{text}\n{chats:?}");
        assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
        let of = |m: &huashu::chat::Message| format!("{} {}", m.sender.as_deref().unwrap_or(""), m.text);
        (chats.shape, chats.conversations[0].messages.iter().map(of).collect::<Vec<_>>())
    };
    let behind = |name: &str, second: u32| format!("{name} 2026-01-05 10:00:{second:02}\n");
    let before = |name: &str, second: u32| format!("2026-01-05 10:00:{second:02} {name}\n");
    let heads = [("小鹿", 0), ("小鹿", 3), ("店:小美", 9), ("店:小美", 19), ("小鹿", 20)];
    let names: Vec<String> = heads.iter().map(|(name, _)| format!("{name} ")).collect();
    for (shape, head) in [("name-time", &behind as &dyn Fn(&str, u32) -> String), ("time-name", &before)] {
        let pictures: String = heads.iter().map(|(name, second)| head(name, *second)).collect();
        assert_eq!(said(&pictures), (shape, names.clone()));
        let labels = ["买家：在吗", "买家：有货吗", "客服：在的亲", "客服：有的", "客服：在吗 是你写的？"];
        let text: String = heads.iter().zip(labels).map(|((name, second), label)| format!("{}{label}\n", head(name, *second))).collect();
        assert_eq!(said(&text), (shape, names.iter().zip(labels).map(|(name, label)| format!("{name}{label}")).collect()));
    }
    // Whose name comes once is somebody where a head tells its role.
    let chats = read(
        "聊天.txt",
        "阿宝 2026-01-05 9:03:02\n客服：在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n".as_bytes(),
        &ReadOptions::default(),
    );
    assert_eq!((chats.shape, chats.confidence), ("name-time", 2.0 / 3.0));
    assert!(chats.reason.ends_with("2 of the first 4"), "{}", chats.reason);
}

/// A number alone may be a step; where a message begins below `案例2`, it heads another talk.
#[test]
fn headings_between_talks_are_none_of_their_words() {
    for (one, two) in [("案例1", "案例2"), ("【案例1】", "【案例2】"), ("第一段", "第二段"), ("会话1", "会话2")] {
        for gap in ["", "\n"] {
            let text = format!("{one}\n客户：在吗\n客服：在的\n{gap}{two}\n客户：退货\n客服：好的\n");
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            let texts = |talk: &Conversation| talk.messages.iter().map(|m| m.text.clone()).collect::<Vec<_>>();
            let found: Vec<_> = chats.conversations.iter().map(texts).collect();
            assert_eq!(found, [["在吗", "在的"], ["退货", "好的"]], "{text}");
            assert_eq!((chats.problems.count(), &chats.dropped), (0, &vec![("banner", 2)]));
            assert_eq!(plain(&read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), plain(&chats));
        }
    }
    // At the end it heads nothing.
    let copied = "阿宝 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    for (text, want, headings) in [
        ("客户：在吗\n客服：在的，有三种\n您看\n第1段\n客户：第几个\n客服：看图\n案例2\n".to_owned(), "看图\n案例2", 1),
        ("小鹿 2026-01-05 10:00:00\n在吗\n店:小美 2026-01-05 10:01:09\n您看看\n案例1".to_owned(), "您看看\n案例1", 0),
        (format!("客户：在吗\n客服：在的\n您看\n流程：退\n案例1\n{copied}"), "在的亲", 1),
        ("客户：在吗\n客服：在的\n流程：退\n案例1\n步骤：换\n案例2\n客户：好\n".to_owned(), "好", 2),
    ] {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(chats.conversations.last().unwrap().messages.last().unwrap().text, want, "{text}");
        assert_eq!(chats.dropped.iter().map(|(_, count)| *count).sum::<u64>(), headings, "{text}");
        assert_eq!(plain(&read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), plain(&chats), "{text}");
    }
}

/// Who also speaks without a sub-account has none: what stands before a second colon is what he says.
#[test]
fn a_second_colon_makes_no_account_of_a_buyer() {
    let said = |text: &str| {
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        assert_eq!(plain(&read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), plain(&chats));
        let messages = chats.conversations.iter().flat_map(|talk| &talk.messages);
        messages.map(|m| (m.role, m.sender.clone().unwrap_or_default(), m.text.clone())).collect::<Vec<_>>()
    };
    for (shop, times) in [("安安旗舰店", false), ("安安旗舰店:小雨", false), ("小雨", false), ("小雨", true)] {
        let at = |minute: u32| if times { format!("2026-03-01 10:0{minute}:00 ") } else { String::new() };
        let lines = [("橘子", "在吗"), (shop, "在的亲"), ("橘子", "我身高：165"), (shop, "L码哦亲")];
        let text: String = lines.iter().zip(0..).map(|((name, text), minute)| format!("{}{name}：{text}\n", at(minute))).collect();
        let roles = [Role::Buyer, Role::Agent].into_iter().cycle();
        let want: Vec<_> = roles.zip(lines).map(|(role, (name, text))| (role, name.to_owned(), text.to_owned())).collect();
        assert_eq!(said(&text), want, "{text}");
    }
    let gifts = said("橘子：有赠品吗\n小雨：赠品：袜子一双\n橘子：好的\n小雨：好的亲\n");
    assert_eq!(gifts[1], (Role::Agent, "小雨".into(), "赠品：袜子一双".into()));
    // A shop's main account speaks beside its sub-accounts.
    for shop in ["安安旗舰店", "云朵"] {
        let text = format!("{shop}：欢迎\n{shop}：请讲\n橘子：在吗\n{shop}：小溪：在的亲\n橘子：好\n{shop}：小溪：嗯\n");
        assert_eq!(said(&text)[3], (Role::Agent, format!("{shop}:小溪"), "在的亲".into()));
    }
}

/// Four bytes less by the break, four more by the line below: as long as the first line, and not the same.
#[test]
fn a_break_within_a_line_is_read_again() {
    let text = "tb20260 2026-01-05 9:03:02\n锅不通电<br/>插座是好的\n好\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
    let again = read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1);
    assert_eq!(again.conversations[0].messages[0].text, "锅不通电\n插座是好的\n好");
}

/// A parcel's journey within a chat takes nothing over from it, however often a status comes.
#[test]
fn a_journey_whose_status_comes_again_is_words() {
    for journey in [
        "运输中 2026-03-03 12:00:00\n运输中 2026-03-02 12:00:00",
        "运输中 2026-03-03 12:00:00\n到达 2026-03-03 9:00:00\n运输中 2026-03-02 12:00:00\n已揽收 2026-03-01 12:00:00",
        "2026-03-03 12:00:00 运输中\n2026-03-02 12:00:00 运输中",
        "2026-03-03 18:00:00 派送中：张三\n2026-03-03 12:00:00 运输中：上海\n2026-03-03 09:00:00 到达：上海\n2026-03-02 12:00:00 运输中：杭州\n2026-03-02 09:00:00 到达：杭州",
    ] {
        for heads in [["客户：", "客服："], ["橘子  10:00\n", "小店  10:01\n"]] {
            // Below WeChat's heads a name before date and time is one of them.
            if heads[0].ends_with('\n') && !journey.starts_with('2') {
                continue;
            }
            let [buyer, agent] = heads;
            let text = format!("{buyer}到哪了\n{agent}看下\n{journey}\n{buyer}好\n{agent}嗯\n");
            let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
            let said: Vec<_> = chats.conversations.iter().flat_map(|talk| &talk.messages).map(|m| m.text.clone()).collect();
            let want = ["到哪了", &format!("看下\n{journey}"), "好", "嗯"];
            assert_eq!((said.iter().map(String::as_str).collect::<Vec<_>>(), chats.problems.count()), (want.to_vec(), 0), "{text}");
        }
    }
}

/// A time to the minute may have an offset; hours are none.
#[test]
fn times_to_the_minute_may_have_an_offset() {
    for [first, second, third] in [
        ["橘子 2026-01-05T10:00+08:00\n", "小鱼 2026-01-05T10:01+08:00\n", "橘子 2026-01-05T10:02+08:00\n"],
        ["2026-01-05T10:00+08:00 橘子: ", "2026-01-05T10:01+08:00 小鱼: ", "2026-01-05T10:02+08:00 橘子: "],
    ] {
        let text = format!("{first}在吗\n{second}在的亲\n{third}10:00-18:00 客服在线：全天\n");
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let said: Vec<_> = chats.conversations[0].messages.iter().map(|m| (m.sender.as_deref().unwrap(), m.text.as_str())).collect();
        assert_eq!(said, [("橘子", "在吗"), ("小鱼", "在的亲"), ("橘子", "10:00-18:00 客服在线：全天")], "{text}");
    }
}

/// Words with marks in front of a time are a nickname only if they come again, and no field at all.
#[test]
fn words_with_marks_are_no_speakers() {
    for words in ["付款成功！", "已付，待发货", "我付款了！", "最晚，付款"] {
        let line = format!("{words} 2026-01-05 10:00:30\n请看");
        let text = format!("橘子 2026-01-05 10:00:00\n在吗\n店:小鱼 2026-01-05 10:01:00\n亲\n{line}\n橘子 2026-01-05 10:02:00\n好\n");
        let text = if words.starts_with('最') { text + &format!("店:小鱼 2026-01-05 10:03:00\n{line}\n") } else { text };
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let [talk] = &chats.conversations[..] else { panic!("{text}\n{chats:?}") };
        assert_eq!(talk.messages[1].text, format!("亲\n{line}"));
        assert!(talk.messages.iter().all(|m| ["橘子", "店:小鱼"].contains(&m.sender.as_deref().unwrap())), "{chats:?}");
        assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
    }
}

/// Talks of one minute each, the newest talk first, tell nothing of the order of their messages.
#[test]
fn talks_of_one_minute_each_are_not_turned_round() {
    let talk = |name: &str, day: u32| format!("{name} 2026-01-0{day} 10:05\n多少钱\n店:小鱼 2026-01-0{day} 10:05\n九元\n");
    let text = talk("橘子", 5) + &talk("桃子", 4) + &talk("李子", 3) + &talk("梅子", 2);
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    assert!(chats.notes.kept().iter().all(|note| note.code() != "newest-first"), "{chats:?}");
    assert_eq!(chats.conversations.len(), 4);
    assert!(chats.conversations.iter().all(|talk| talk.messages[0].text == "多少钱"));
}

/// A nickname may begin with a time of day; hours and terms name nobody.
#[test]
fn nicknames_may_begin_with_a_time_of_day() {
    let text = "8:30的阳光：在吗\n店:小鱼：在的亲\n8:30的阳光：几点发\n店:小鱼：您看\n18:00前下单：当天发\n18:00前下单：加急\n09:00-18:00：人工\n09:00-18:00：人工\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let said: Vec<_> = chats.conversations.iter().flat_map(|talk| &talk.messages).map(|m| m.sender.as_deref().unwrap()).collect();
    assert_eq!(said, ["8:30的阳光", "店:小鱼", "8:30的阳光", "店:小鱼"]);
}

/// Somebody who writes once in a copy with days and times of day is told of.
#[test]
fn who_writes_once_below_a_day_is_told() {
    let head = |name: &str, at: &str| format!("{name} {at}\n");
    let text = String::from("2026-03-05\n")
        + &head("橘子", "10:00")
        + "在吗\n"
        + &head("小店", "10:01")
        + "在的\n"
        + &head("橘子", "10:02")
        + "好\n"
        + &head("山茶", "10:05")
        + "发货没\n"
        + &head("小店", "10:06")
        + "今天发\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let note = chats.notes.kept().iter().find(|note| note.code() == "untimely").unwrap();
    assert_eq!((note.line(), chats.conversations.len()), (Some(8), 1));
    // As the note says, a date and an empty line make somebody of him.
    let chats = read("聊天.txt", text.replace("山茶 ", "\n山茶 2026-03-05 ").as_bytes(), &ReadOptions::default());
    assert_eq!(chats.conversations.iter().filter_map(|talk| talk.buyer.as_deref()).collect::<Vec<_>>(), ["橘子", "山茶"]);
}

/// Pictures that were not copied leave heads above heads, also in the upper one of two copies.
#[test]
fn a_copy_with_pictures_left_out_stands_above_another() {
    let wechat = "橘子  10:00\n在吗\n小鱼  10:01\n橘子  10:02\n多少钱\n小鱼  10:03\n99\n";
    let head = |name: &str, minute: u32| format!("{name} 2026-03-02 10:0{minute}:00\n好\n");
    let qianniu: String = (0..6).map(|minute| head(["梨子", "青禾旗舰店:小鱼"][minute as usize % 2], minute)).collect();
    let text = format!("{wechat}\n{qianniu}");
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let found: Vec<_> = chats.conversations.iter().map(|talk| (talk.buyer.as_deref(), talk.messages.len())).collect();
    assert_eq!(found, [(Some("橘子"), 4), (Some("梨子"), 6)], "{chats:?}");
}

/// An account of the shop is one, whatever its sub-account is called or a colon stands behind it.
#[test]
fn accounts_of_shops_are_no_fields() {
    for agent in ["青禾旗舰店:小鱼:", "青禾旗舰店:售后时间"] {
        let head = |name: &str, minute: u32| format!("{name} 2026-01-05 10:0{minute}:00\n");
        let text = format!("{}在吗\n{}在的\n{}好\n", head("橘子", 0), head(agent, 1), head("橘子", 2));
        let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
        let said: Vec<_> = chats.conversations[0].messages.iter().map(|m| (m.sender.as_deref().unwrap(), m.role)).collect();
        assert_eq!(said, [("橘子", Role::Buyer), (agent.trim_end_matches(':'), Role::Agent), ("橘子", Role::Buyer)], "{chats:?}");
    }
}

/// Where labels stand apart by blanks what stands in brackets is words.
#[test]
fn brackets_between_labels_are_words() {
    let text = "客户 在吗\n客服 在的\n客户 好\n【卖家】承诺48小时发货\n会话已结束\n【卖家】承诺\n客服 嗯\n";
    let chats = read("聊天.txt", text.as_bytes(), &ReadOptions::default());
    let said: Vec<_> = chats.conversations.iter().flat_map(|talk| &talk.messages).map(|m| m.text.as_str()).collect();
    assert_eq!(said, ["在吗", "在的", "好\n【卖家】承诺48小时发货", "会话已结束\n【卖家】承诺", "嗯"]);
    assert_eq!(format!("{:?}", read_again("聊天.txt", text.as_bytes(), &ReadOptions::default(), 1)), format!("{chats:?}"));
}

//! Side tables from outside: every case of `pkg-tests/cases/tables`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test says so when something is not as it should be")]
use huashu::{
    Problems, chat, order,
    side::{self, Kind, Side, SideFile, SideOptions, SideReader},
    time::Time,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A case: what the user tells, what the file says of itself, and what it gave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    told: Told,
    kind: Option<String>,
    rows: u64,
    used: u64,
    columns: BTreeMap<String, String>,
    #[serde(default)]
    excluded: BTreeMap<String, u64>,
    problems: Vec<Value>,
    entries: Vec<Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    kind: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

fn cases() -> Vec<(String, Vec<u8>, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg-tests/cases/tables");
    let mut names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "json"));
    names.sort();
    let case = |path: PathBuf| {
        let case = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let csv = path.with_extension("csv");
        (csv.file_name().unwrap().to_string_lossy().into_owned(), fs::read(csv).unwrap(), case)
    };
    names.into_iter().map(case).collect()
}

fn entries(side: &Side) -> Vec<Value> {
    let time = |at: Option<Time>| at.map(|at| at.to_string());
    let mut all: Vec<Value> = Vec::new();
    all.extend(side.ratings().map(|r| {
        json!({"conversation": r.conversation, "buyer": r.buyer, "agent": r.agent, "at": time(r.at), "stars": r.stars, "solved": r.solved})
    }));
    all.extend(side.reviews().map(|r| {
        json!({"buyer": r.buyer, "order": r.order, "product": r.product, "at": time(r.at), "stars": r.stars, "text": r.text,
            "reply": r.reply, "replied_at": time(r.replied_at)})
    }));
    all.extend(side.roster().map(|p| json!({"agent": p.agent, "person": p.person, "team": p.team, "shift": p.shift})));
    all.extend(side.members().map(|m| {
        json!({"buyer": m.buyer, "level": m.level, "right": m.right.map(|r| r.name), "until": m.right.and_then(|r| r.until).map(|d| d.to_string()),
            "birthday": m.birthday, "tags": m.tags})
    }));
    all.extend(side.campaigns().map(|r| json!({"campaign": r.campaign, "buyer": r.buyer, "at": time(r.at)})));
    all.extend(side.messages().map(
        |m| json!({"buyer": m.buyer, "order": m.order, "at": time(m.at), "kind": format!("{:?}", m.kind).to_lowercase(), "text": m.text}),
    ));
    all.extend(side.shipping().map(|n| json!({"order": n.order, "buyer": n.buyer, "at": time(n.at), "text": n.text})));
    all.extend(side.given().map(|g| {
        json!({"id": g.id, "agent": g.agent, "value": g.value, "unit": g.unit, "platform": g.platform, "header": g.header, "period": g.period,
            "standard": g.standard.map(|_| true)})
    }));
    for entry in &mut all {
        entry.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    all
}

fn check(read: impl Fn(&str, &[u8], &SideOptions) -> SideFile) {
    let cases = cases();
    assert!(cases.len() >= 12);
    for (name, bytes, case) in cases {
        let kind = case.told.kind.as_deref().map(|id| Kind::find(id).unwrap());
        let file = read(&name, &bytes, &SideOptions { kind, columns: case.told.columns.into_iter().collect() });
        let problem = |e: &huashu::Error| json!({"code": e.code(), "line": e.line(), "column": e.column()});
        let problems: Vec<Value> = file.problems.kept().iter().map(problem).collect();
        let columns: BTreeMap<String, String> = file.columns.iter().map(|(field, header)| ((*field).into(), header.clone())).collect();
        let excluded: BTreeMap<String, u64> = file.excluded.iter().map(|&(reason, count)| (reason.into(), count)).collect();
        assert_eq!(problems, case.problems, "{name}: {:?}", file.problems.kept());
        assert_eq!(file.kind.map(Kind::id), case.kind.as_deref(), "{name}");
        assert_eq!(columns, case.columns, "{name}");
        assert_eq!(excluded, case.excluded, "{name}");
        assert_eq!(entries(&file.side), case.entries, "{name}: {}", serde_json::to_string_pretty(&entries(&file.side)).unwrap());
        assert_eq!((file.rows, file.used), (case.rows, case.used), "{name}");
        assert_eq!(file.kind.is_some_and(|kind| file.side.has(kind)), !file.columns.is_empty(), "{name}");
    }
}

#[test]
fn cases_as_they_stand() {
    check(side::read);
}

#[test]
fn cases_in_slices_and_other_encodings() {
    check(|file, bytes, options| {
        let (encoded, ..) = encoding_rs::GB18030.encode(str::from_utf8(bytes).unwrap());
        let text = encoding_rs::GB18030.decode(&encoded).0;
        let mut reader = SideReader::new(file, options);
        ["\u{feff}".as_bytes(), text.as_bytes()].concat().chunks(7).for_each(|slice| reader.push(slice));
        reader.finish()
    });
}

#[test]
fn damaged_cells_are_listed_and_counted() {
    let bytes = b"\xe4\xb9\xb0\xe5\xae\xb6,\xe8\xaf\x84\xe5\x88\x86,\xe6\x97\xb6\xe9\x97\xb4\n\xff\xff,5,2026-01-05\n\0a,4,\xef\xbf\xbd\n";
    let file = side::read("a.csv", bytes, &SideOptions { kind: Some(Kind::Ratings), columns: vec![("rating".into(), "评分".into())] });
    let found: Vec<_> = file.problems.kept().iter().map(|e| (e.code(), e.line(), e.column())).collect();
    let broken = |line, column| ("broken-character", Some(line), Some(column));
    assert_eq!(found, [broken(2, 1), ("nul-bytes", Some(3), Some(1)), broken(3, 6), ("bad-time", Some(3), Some(6))]);
    assert_eq!((file.damaged, file.used), (vec![("nul-bytes", 1), ("broken-characters", 2)], 2));
}

#[test]
fn columns_beyond_those_of_a_sheet_are_left_out_and_listed_of_any_table() {
    let more: String = (0..20_000).map(|at| format!(",c{at}")).collect();
    let cells = ",1".repeat(20_000);
    let codes = |problems: &Problems| problems.kept().iter().map(|p| (p.code(), p.line())).collect::<Vec<_>>();
    let told = [("too-many-columns", Some(1))];
    let text = format!("订单编号,买家会员名,买家实际支付金额{more}\n1,小周,5{cells}\n2,小林,5{cells}\n");
    let orders = order::read("a.csv", text.as_bytes(), &Default::default());
    assert_eq!((orders.orders.len(), orders.headers.len(), codes(&orders.problems)), (2, 16_384, told.to_vec()));
    let text = format!("旺旺昵称,咨询人数,平均响应时长{more}\n小美,3,5{cells}\n");
    let report = side::read("a.csv", text.as_bytes(), &Default::default());
    assert_eq!((report.used, report.headers.len(), codes(&report.problems)), (1, 16_384, told.to_vec()));
    let text = format!("发送人,时间,内容{more}\n买家,2026-01-01 10:00:00,在吗{cells}\n客服,2026-01-01 10:00:10,在的{cells}\n");
    let chats = chat::read("a.csv", text.as_bytes(), &Default::default());
    assert_eq!((chats.conversations[0].messages.len(), codes(&chats.problems)), (2, told.to_vec()));
    assert_eq!(chats.table.unwrap().headers.len(), 16_384);
}

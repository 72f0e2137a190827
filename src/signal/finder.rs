//! The hot path: one pass of the automaton over each message, then the conditions of what it met.

mod heard;
mod message;

use super::compiled::{Finder, LearnedUse, NONE, Part, ROLES, ShortUse, slice};
use super::{Hit, Hits};
use crate::chat::{Conversation, Kind, Message, Role};
use crate::text::{Folder, bare_within, folded};
use aho_corasick::{Anchored, automaton::Automaton};
use alloc::{string::String, vec::Vec};
use core::{cmp::Reverse, ops::Range};
use heard::{Heard, Lists};
use message::Message as Looked;

/// A place where a signal may have been found. Offsets are bytes of the folded message.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    signal: u16,
    start: u32,
    end: Reverse<u32>,
    replace: u32,
    part: u32,
}

/// A literal where the automaton met it.
#[derive(Clone, Copy, Debug)]
struct Met {
    literal: u32,
    start: u32,
    end: u32,
}

/// Memory that is used again from message to message.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    folder: Folder,
    candidates: Vec<Candidate>,
    met: Vec<Met>,
    awake: Vec<Met>,
    tried: Vec<u32>,
    lists: Lists,
    heard: Heard,
}

impl Finder {
    /// All signals of a conversation.
    pub fn find(&self, conversation: &Conversation) -> Hits {
        let mut hits = Hits::default();
        self.find_into(conversation, &mut Scratch::default(), &mut hits);
        hits
    }

    /// As [`Finder::find`], into memory that is there already: the way to take for many conversations.
    pub fn find_into(&self, conversation: &Conversation, scratch: &mut Scratch, hits: &mut Hits) {
        self.find_parts(conversation, scratch, hits, |_| {});
    }

    /// As [`Finder::find_into`], and tells which parts of the signals found something.
    pub(crate) fn find_parts(&self, conversation: &Conversation, scratch: &mut Scratch, hits: &mut Hits, mut used: impl FnMut(u32)) {
        hits.0.clear();
        scratch.heard.clear();
        for (message, said) in (0..).zip(&conversation.messages) {
            if said.kind == Kind::Text {
                self.message(said.role, &said.text, scratch, |signal, span, replace, part| {
                    used(part);
                    let learned = self.learned.iter().any(|l| l.part == part);
                    let hit = Hit { message, signal, start: span.start, end: span.end, replace, learned };
                    // The same place found in several ways is one hit; it keeps the first way, which has the replacement.
                    let known = hits.0.last().is_some_and(|h| (h.message, h.signal, h.start) == (message, signal, hit.start));
                    if !known {
                        hits.0.push(hit);
                    }
                });
            }
        }
    }

    /// The softer word behind [`Hit::replace`].
    pub fn replacement(&self, number: u32) -> Option<&str> {
        self.replacements.get(number as usize).map(String::as_str)
    }

    /// The pieces of a buyer's message that weighed most where a [model](super::learned) found a signal at `place`, the heaviest
    /// first, five at most; a number among them is `0`. None where no model found that.
    ///
    /// ```
    /// use huashu::{book::Book, chat};
    /// let chats = chat::read("a.txt", "客服：在的亲\n客户：拉链拉一半就上不去".as_bytes(), &Default::default());
    /// let (finder, talk) = (Book::standard().finder, &chats.conversations[0]);
    /// let hit = finder.find(talk).0.into_iter().find(|hit| hit.learned).unwrap();
    /// assert_eq!(finder.decisive(talk, 1, hit.start as usize..hit.end as usize), ["半", "不", "就", "拉", "一"]);
    /// ```
    pub fn decisive(&self, conversation: &Conversation, message: usize, place: Range<usize>) -> Vec<String> {
        let said = |m: &Message, role| m.role == role && m.kind == Kind::Text;
        let Some((before, rest)) = conversation.messages.split_at_checked(message) else { return Vec::new() };
        let Some(asked) = rest.first().filter(|m| said(m, Role::Buyer)) else { return Vec::new() };
        let before = before.iter().rfind(|m| said(m, Role::Agent)).map_or("", |m| &m.text);
        let sums = self.models.before(&folded(before));
        let mut folder = Folder::default();
        let text = folder.fold(&asked.text);
        let found = self.models.find(text.text, &sums);
        let original = |place: &Range<u32>| text.original(place.start as usize)..text.original(place.end as usize);
        let model = found.iter().position(|found| found.as_ref().is_some_and(|found| original(found) == place));
        model.map_or_else(Vec::new, |model| self.models.decisive(text.text, model))
    }

    /// What the signals consist of.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The signals of one message, sorted by signal and start: signal, bytes, replacement, part. A place that several
    /// parts of one signal find is given once for each.
    pub(crate) fn message(&self, role: Role, text: &str, scratch: &mut Scratch, mut found: impl FnMut(u16, Range<u32>, u32, u32)) {
        let Some(side) = ROLES.iter().position(|r| *r == role) else { return };
        // Offsets are kept in 32 bits.
        if text.len() >= u32::MAX as usize {
            return;
        }
        let Scratch { folder, candidates, met, awake, tried, lists, heard } = scratch;
        candidates.clear();
        met.clear();
        awake.clear();
        let folded = folder.fold(text);
        self.scan(folded.text, side, candidates, met, awake);
        self.wholes(folded.text, role, met, candidates);
        lists.clear();
        let literals = met.iter().filter_map(|m| self.literals.get(m.literal as usize));
        literals.for_each(|literal| slice(&self.slots, &literal.slots).iter().for_each(|slot| lists.add(*slot)));
        let mut message = Looked { finder: self, text: folded.text, met, lists, chars: None };
        if !awake.is_empty() {
            tried.clear();
            message.generate(side, awake, tried, heard.by_other(side), candidates);
        }
        self.ask_models(folded.text, role, heard, candidates);
        heard.add(side, lists);
        if candidates.len() > 1 {
            candidates.sort_unstable_by_key(|c| (c.signal, c.start, c.end, c.replace, c.part));
        }
        let mut last: Option<Candidate> = None;
        for candidate in candidates.iter() {
            if let Some(last) = last
                && last.signal == candidate.signal
                && candidate.start < last.end.0
                && (candidate.start, candidate.end) != (last.start, last.end)
            {
                continue;
            }
            if message.holds(candidate, heard.ever(side)) {
                last = Some(*candidate);
                let start = folded.original(candidate.start as usize) as u32;
                let end = folded.original(candidate.end.0 as usize) as u32;
                found(candidate.signal, start..end, candidate.replace, candidate.part);
            }
        }
    }

    /// Whether a literal is in a list.
    fn lists(&self, literal: u32, slot: u32) -> bool {
        let Some(literal) = self.literals.get(literal as usize) else { return false };
        literal.mask >> (slot % 64) & 1 == 1 && slice(&self.slots, &literal.slots).binary_search(&slot).is_ok()
    }

    /// Runs the automaton: words become candidates, what stands in lists is kept for later, and where a near or a
    /// pattern may begin for itself.
    fn scan(&self, text: &str, side: usize, candidates: &mut Vec<Candidate>, met: &mut Vec<Met>, awake: &mut Vec<Met>) {
        let Some(automaton) = &self.automaton else { return };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
        let uses = self.word_uses.get(side).map_or(&[][..], |uses| uses);
        for (end, byte) in (1u32..).zip(text.bytes()) {
            state = automaton.next_state(Anchored::No, state, byte);
            if !automaton.is_special(state) || !automaton.is_match(state) {
                continue;
            }
            for index in 0..automaton.match_len(state) {
                let number = automaton.match_pattern(state, index).as_u32();
                let Some(literal) = self.literals.get(number as usize) else { continue };
                let start = end - literal.bytes;
                let words = literal.words.get(side).map_or(&[][..], |range| slice(uses, range));
                let words = if is_torn(text, start as usize, end as usize) { &[] } else { words };
                candidates.extend(words.iter().map(|w| Candidate {
                    signal: w.signal,
                    start,
                    end: Reverse(end),
                    replace: w.replace,
                    part: w.part,
                }));
                if !literal.slots.is_empty() {
                    let here = Met { literal: number, start, end };
                    met.push(here);
                    if literal.wakes.get(side).is_some_and(|wakes| !wakes.is_empty()) {
                        awake.push(here);
                    }
                }
            }
        }
    }

    /// Messages that consist of one word.
    fn wholes(&self, text: &str, role: Role, met: &[Met], candidates: &mut Vec<Candidate>) {
        if self.whole_max == 0 {
            return;
        }
        let Some(range) = bare_within(text, self.whole_max).filter(|range| !range.is_empty()) else { return };
        let Some(word) = text.get(range.clone()) else { return };
        let mut add = |signal: u16, part: u32, replace: u32| {
            if self.conditions.get(usize::from(signal)).is_some_and(|c| c.who.includes(role)) {
                let (start, end) = (range.start as u32, Reverse(range.end as u32));
                candidates.push(Candidate { signal, start, end, replace, part });
            }
        };
        self.whole.get(word).into_iter().flatten().for_each(|w| add(w.signal, w.part, w.replace));
        if !self.shorts.is_empty() {
            let chars = word.chars().count();
            let softens = |m: &Met, slot| m.end - m.start < (range.end - range.start) as u32 && self.lists(m.literal, slot);
            let curt = |s: &&ShortUse| chars <= s.chars as usize && !met.iter().any(|m| softens(m, s.softened_by));
            self.shorts.iter().filter(curt).for_each(|s| add(s.signal, s.part, NONE));
        }
    }

    /// What the models find in a buyer's message where nothing else speaks of a signal, be it that an exception then drops it;
    /// of an agent's message they keep what it tells of the buyer's next.
    fn ask_models(&self, text: &str, role: Role, heard: &mut Heard, candidates: &mut Vec<Candidate>) {
        if self.learned.is_empty() {
            return;
        }
        if role == Role::Agent {
            heard.sums = self.models.before(text);
            return;
        }
        let found = self.models.find(text, &heard.sums);
        for LearnedUse { signal, part, model } in &self.learned {
            let Some(place) = found.get(*model).and_then(Option::as_ref) else { continue };
            let who = self.conditions.get(usize::from(*signal)).map(|c| c.who);
            if who.is_some_and(|who| who.includes(role)) && !candidates.iter().any(|c| c.signal == *signal) {
                candidates.push(Candidate { signal: *signal, start: place.start, end: Reverse(place.end), replace: NONE, part: *part });
            }
        }
    }
}

/// Whether these are digits out of a longer number: 12315 within an order number is no 12315.
fn is_torn(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let own = bytes.get(start..end).unwrap_or_default();
    let number = own.first().is_some_and(u8::is_ascii_digit) && own.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    number && (before.is_some_and(u8::is_ascii_alphanumeric) || bytes.get(end).is_some_and(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::super::{Signal, Stand};
    use super::*;
    use crate::text::sentences;
    use crate::toml::{Errors, Fields, parse};
    use alloc::{format, string::ToString, vec};
    use proptest::prelude::*;

    fn compile(book: &str) -> (Finder, Vec<String>) {
        let errors = Errors::new(["b"]);
        let mut fields = Fields::new(parse(book, 0, &errors), &errors);
        let signals: Vec<Signal> = fields.tables("signal").into_iter().map(Signal::parse).collect();
        fields.finish();
        let finder = Finder::new(&signals, &errors);
        (finder, errors.into_vec().iter().map(|e| e.to_string()).collect())
    }

    fn find(finder: &Finder, role: Role, text: &str) -> Vec<(u16, Range<usize>)> {
        let mut found = Vec::new();
        finder.message(role, text, &mut Scratch::default(), |signal, span, _, _| {
            found.push((signal, span.start as usize..span.end as usize));
        });
        found.dedup();
        found
    }

    /// What the first signal finds in an agent's message, joined by `|`.
    fn found(table: &str, text: &str) -> String {
        let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\n{table}"));
        assert_eq!(errors, Vec::<String>::new());
        let hits = find(&finder, Role::Agent, text);
        hits.into_iter().filter(|h| h.0 == 0).map(|h| text[h.1].to_string()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_overlap_and_the_longest_wins() {
        assert_eq!(found("words = ['您', '麻烦您', '好']", "麻烦您，您好"), "麻烦您|您|好");
        assert_eq!(found("words = ['抱歉', '非常抱歉']", "非常抱歉抱歉"), "非常抱歉|抱歉");
        assert_eq!(found("words = ['ok', 'ＱＱ']", "ＯＫ的 Ok qq"), "ＯＫ|Ok|qq");
        assert_eq!(found("words = ['不在']\nwho = 'buyer'", "不在"), "");
    }

    #[test]
    fn digits_are_found_as_whole_numbers() {
        let table = "words = ['12315', '3.15']";
        assert_eq!(found(table, "打12315投诉，3.15晚会"), "12315|3.15");
        assert_eq!(found(table, "订单8812315007，电话13812315678，13.15元，wx12315"), "");
    }

    #[test]
    fn whole_messages() {
        for (text, expected) in [("嗯", "嗯"), ("嗯～[微笑]", "嗯"), ("嗯嗯", ""), ("嗯，好", ""), ("  嗯。。。", "嗯"), ("", "")]
        {
            assert_eq!(found("whole = ['嗯']", text), expected, "{text}");
        }
    }

    #[test]
    fn short_messages() {
        for (text, expected) in [
            ("无纺布", "无纺布"),
            (" 无纺布的。", "无纺布的"),
            ("无纺布的呢", ""),
            ("可以哦", ""),
            ("哦。", "哦"),
            ("稍等", ""),
            ("。。", ""),
            ("", ""),
        ] {
            assert_eq!(found("who = 'agent'\nshort = { chars = 4, softened_by = ['哦'] }\nexcept = ['稍等']", text), expected, "{text}");
        }
        assert_eq!(found("who = 'buyer'\nshort = { chars = 4 }", "无纺布"), "");
    }

    #[test]
    fn answers_to_what_was_said() {
        let table = "answers = [{ to = ['能换', '@ask'], words = ['可以', '行'] }, { to = ['退'], words = ['嗯'], whole = true }]";
        let (finder, errors) = compile(&format!(
            "[[signal]]\nid = 'a'\ntitle = 'a'\nwho = 'agent'\n{table}\n[[signal]]\nid = 'ask'\ntitle = 'a'\nwho = 'buyer'\nwords = ['能修']"
        ));
        assert_eq!(errors, Vec::<String>::new());
        let found = |talk: &str| {
            let chats = crate::chat::read("a", talk.as_bytes(), &Default::default());
            let hits = finder.find(&chats.conversations[0]);
            hits.0.iter().filter(|h| h.signal == 0).map(|h| h.message).collect::<Vec<_>>()
        };
        assert_eq!(found("客户：能换吗\n客服：可以的\n客户：能吃吗\n客服：可以的"), [1]);
        assert_eq!(found("客户：能修吗\n客户：在吗\n客服：稍等\n客服：可以的"), [3]);
        assert_eq!(found("客服：能换吗\n客服：可以"), [] as [u32; 0]);
        assert_eq!(found("客户：退\n客服：嗯。\n客服：嗯好"), [1]);
        // What one conversation said is not heard in the next.
        let mut scratch = Scratch::default();
        let mut hits = Hits::default();
        for (talk, expected) in [("客户：能换吗\n客户：在吗", 0), ("客服：可以", 0), ("客户：能换\n客服：可以", 1)]
        {
            let chats = crate::chat::read("a", talk.as_bytes(), &Default::default());
            finder.find_into(&chats.conversations[0], &mut scratch, &mut hits);
            assert_eq!(hits.0.iter().filter(|h| h.signal == 0).count(), expected, "{talk}");
        }
    }

    /// A model is asked where no word speaks of the signal, and only of buyers' messages.
    #[test]
    fn what_is_learned() {
        let complaint = |more: &str| {
            let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\nlearned = 'complaint'\n{more}"));
            assert_eq!(errors, Vec::<String>::new());
            move |role, text: &str| find(&finder, role, text).into_iter().map(|h| text[h.1].to_string()).collect::<Vec<_>>()
        };
        let alone = complaint("");
        let (narrow, wide) = (alone(Role::Buyer, "坏了，插上2a的一点反应都没有"), alone(Role::Buyer, "坏了，插上２Ａ的一点反应都没有"));
        assert_eq!(wide.iter().map(|place| folded(place)).collect::<Vec<_>>(), narrow);
        assert!(narrow.len() == 1 && narrow[0].contains("反应都没"), "{narrow:?}");
        assert_eq!(alone(Role::Buyer, "这款有几个颜色"), [""; 0]);
        assert_eq!(alone(Role::Agent, "坏了，插上一点反应都没有"), [""; 0]);
        // A word that is found says enough; one that an exception drops was thought of by the book's author.
        assert_eq!(complaint("words = ['坏了']")(Role::Buyer, "坏了，插上一点反应都没有"), ["坏了"]);
        assert_eq!(complaint("words = ['坏了']\nexcept = ['别人的坏了']")(Role::Buyer, "别人的坏了，插上一点反应都没有"), [""; 0]);
        assert_eq!(complaint("who = 'agent'")(Role::Buyer, "坏了，插上一点反应都没有"), [""; 0]);

        let (_, errors) = compile("[[signal]]\nid = 'a'\ntitle = 'a'\nlearned = 'complain'");
        assert_eq!(
            errors,
            ["b:4:11: 没有模型 “complain”，是否为 “complaint”？ / there is no model \"complain\", did you mean \"complaint\"?"]
        );
    }

    #[test]
    fn words_near_each_other() {
        let near = "near = [{ first = ['发'], then = ['今天', '今天晚上'], within = 3 }]";
        assert_eq!(found(near, "发货的话今天"), "发货的话今天");
        assert_eq!(found(near, "发货的话是今天"), "");
        assert_eq!(found(near, "发吧。今天"), "");
        assert_eq!(found(near, "今天发"), "");
        assert_eq!(found(near, "发发，今天晚上"), "发，今天晚上");
        let any = "near = [{ first = ['发'], then = ['今天'], within = 3, any_order = true }]";
        assert_eq!(found(any, "今天能发，发到今天"), "今天能发|发到今天");
        assert_eq!(found("near = [{ first = ['发'], then = ['今天'] }]", "发出去的那一件要等到今天；今天"), "发出去的那一件要等到今天");
    }

    #[test]
    fn exceptions() {
        assert_eq!(found("words = ['抱歉']\nexcept = ['不用抱歉']", "不用抱歉，抱歉"), "抱歉");
        assert_eq!(found("words = ['好评']\nexcept = ['评价']", "好评价"), "");
        let unless = "words = ['保证']\nunless = [{ before = ['不', '不能'], within = 2 }, { after = ['吗', '？'], within = 4 }, { sentence = ['如果'] }]";
        for (text, expected) in [
            ("保证", "保证"),
            ("不能保证", ""),
            ("不是很能够保证", "保证"),
            ("不。保证", "保证"),
            ("保证到吗", ""),
            ("保证明天就能到吗", "保证"),
            ("保证？", ""),
            ("保证！吗", "保证"),
            ("保证到了，如果没有到", ""),
            ("如果没到。保证", "保证"),
        ] {
            assert_eq!(found(unless, text), expected, "{text}");
        }
        let asked = "words = ['坏了', '太大']\nunless = [{ after = ['吗'], within = 2, of = ['太大'], but = ['收到'] }]";
        assert_eq!(found(asked, "太大吗，坏了吗"), "坏了");
        assert_eq!(found(asked, "收到了，太大吗"), "太大");
        assert_eq!(found(asked, "太大了。收不到吗"), "太大");
        assert_eq!(found("words = ['可以']\nmax_chars = 4", "可以的亲～～～～"), "可以");
        assert_eq!(found("words = ['可以']\nmax_chars = 4", "可以的亲们"), "");
    }

    #[cfg(feature = "regex")]
    #[test]
    fn patterns_wake_with_their_words() {
        let table = "patterns = [{ find = '[0-9]+(小时|天)内', with = ['小时', '天'] }]";
        assert_eq!(found(table, "２４小时内发，3天内到"), "２４小时内|3天内");
        assert_eq!(found(table, "24"), "");
    }

    #[test]
    fn signals_lend_their_words() {
        let book = "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['@b', '丙']\nexcept = ['@c']\n\
                    [[signal]]\nid = 'b'\ntitle = 'b'\nwords = ['甲', { word = '乙', replace = '已' }]\n\
                    [[signal]]\nid = 'c'\ntitle = 'c'\nwords = ['不甲', '@b']\nwho = 'buyer'";
        let (finder, errors) = compile(&book.replace(", '@b']\nwho", "]\nwho"));
        assert_eq!(errors, Vec::<String>::new());
        let mut all = Vec::new();
        finder.message(Role::Agent, "甲不甲乙", &mut Scratch::default(), |signal, span, replace, _| {
            all.push((signal, span.start, finder.replacement(replace).unwrap_or("").to_string()));
        });
        assert_eq!(all, vec![(0, 0, "".into()), (0, 9, "已".into()), (1, 0, "".into()), (1, 6, "".into()), (1, 9, "已".into())]);
    }

    #[test]
    fn mistakes_have_their_place() {
        let book = "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['@b', '']\n[[signal]]\nid = 'b'\ntitle = 'b'\nwords = ['@a', '@complain']\nwhole = ['。']\n[[signal]]\nid = 'complaint'\ntitle = 'c'\n";
        let (_, errors) = compile(book);
        let errors: Vec<_> = errors.iter().map(|e| e.split(" / ").next().unwrap()).collect();
        assert_eq!(
            errors,
            vec![
                "b:4:16: 词不能是空的",
                "b:8:10: @a 绕了一圈又包含自己，或层数太多",
                "b:8:16: 没有信号 “complain”，是否为 “complaint”？",
                "b:9:10: 这里只有标点或表情，永远匹配不到",
                "b:10:3: 信号没有 words、whole、near、patterns、answers、short 或 learned",
            ]
        );
    }

    /// The same by looking at everything, without an automaton or an order.
    fn by_hand(words: &[&str], except: &[&str], unless: (Stand, &[&str], u32), text: &str) -> Vec<Range<usize>> {
        let text = folded(text);
        let all = |words: &[&str]| -> Vec<Range<usize>> {
            words
                .iter()
                .flat_map(|w| (0..text.len()).filter(|at| text.get(*at..).is_some_and(|t| t.starts_with(*w))).map(|at| at..at + w.len()))
                .collect()
        };
        let gap = |a: usize, b: usize| a <= b && text[a..b].chars().count() <= unless.2 as usize;
        let sentence = |at: usize| sentences(&text).find(|s| s.contains(&at)).unwrap();
        let mut hits: Vec<Range<usize>> = all(words)
            .into_iter()
            .filter(|hit| {
                let own = sentence(hit.start).start..sentence(hit.end - 1).end;
                let excepted = all(except).iter().any(|e| e.start < hit.end && hit.start < e.end);
                let dropped = all(unless.1).iter().any(|u| {
                    own.contains(&u.start)
                        && match unless.0 {
                            Stand::Before => sentence(hit.start).contains(&u.start) && gap(u.end, hit.start),
                            Stand::After => sentence(hit.end - 1).contains(&u.start) && gap(hit.end, u.start),
                            Stand::Sentence => true,
                        }
                });
                !excepted && !dropped
            })
            .collect();
        hits.sort_by_key(|h| (h.start, Reverse(h.end)));
        hits.dedup();
        let mut last = 0;
        hits.retain(|h| {
            let free = h.start >= last;
            if free {
                last = h.end;
            }
            free
        });
        hits
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

        #[test]
        fn as_by_hand(
            words in prop::collection::vec("[甲乙a]{1,3}", 1..4),
            except in prop::collection::vec("[甲乙丙]{1,3}", 0..3),
            unless in prop::collection::vec("[乙丙]{1,2}", 1..3),
            stand in 0usize..3,
            within in 0u32..3,
            text in "[甲乙丙aA。 ]{0,14}",
        ) {
            let list = |words: &[String]| format!("{words:?}");
            let key = ["before", "after", "sentence"][stand];
            let except_line = if except.is_empty() { String::new() } else { format!("except = {}\n", list(&except)) };
            let reach = if stand == 2 { String::new() } else { format!(", within = {within}") };
            let table = format!("words = {}\n{except_line}unless = [{{ {key} = {}{reach} }}]", list(&words), list(&unless));
            let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\n{table}"));
            prop_assert_eq!(errors, Vec::<String>::new());
            fn refs(words: &[String]) -> Vec<&str> {
                words.iter().map(String::as_str).collect()
            }
            let stand = [Stand::Before, Stand::After, Stand::Sentence][stand];
            let expected = by_hand(&refs(&words), &refs(&except), (stand, &refs(&unless), within), &text);
            let ours: Vec<Range<usize>> = find(&finder, Role::Agent, &text).into_iter().map(|h| h.1).collect();
            prop_assert_eq!(ours, expected, "{:?}", table);
        }

        #[test]
        fn nears_as_by_hand(
            first in prop::collection::vec("[甲乙]{1,2}", 1..3),
            then in prop::collection::vec("[丙乙]{1,2}", 1..3),
            within in 0u32..4,
            any_order: bool,
            text in "[甲乙丙。，]{0,12}",
        ) {
            let table = format!("near = [{{ first = {first:?}, then = {then:?}, within = {within}, any_order = {any_order} }}]");
            let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\n{table}"));
            prop_assert_eq!(errors, Vec::<String>::new());
            let all = |words: &[String]| -> Vec<Range<usize>> {
                let at = |w: &String| text.match_indices(w.as_str()).map(|(at, _)| at..at + w.len()).collect::<Vec<_>>();
                // match_indices leaves out overlapping places of one word: begin at every character.
                let every = |w: &String| text.char_indices().filter(|(i, _)| text[*i..].starts_with(w.as_str())).map(|(i, _)| i..i + w.len()).collect::<Vec<_>>();
                words.iter().flat_map(|w| if w.chars().count() > 1 { every(w) } else { at(w) }).collect()
            };
            let sentence = |at: usize| sentences(&text).find(|s| s.contains(&at)).unwrap();
            let ordered = |a: &[Range<usize>], b: &[Range<usize>]| -> Vec<Range<usize>> {
                let mut pairs = Vec::new();
                for x in a {
                    for y in b.iter().filter(|y| y.start >= x.end) {
                        let nearest = !b.iter().any(|z| z.start >= x.end && z.start < y.start) && !a.iter().any(|z| z.start > x.start && z.end <= y.start && z.end > x.end);
                        let close = text[x.end..y.start].chars().count() <= within as usize;
                        if nearest && close && sentence(x.start) == sentence(y.end - 1) {
                            pairs.push(x.start..y.end);
                        }
                    }
                }
                pairs
            };
            let (firsts, thens) = (all(&first), all(&then));
            let mut expected = ordered(&firsts, &thens);
            if any_order {
                expected.extend(ordered(&thens, &firsts));
            }
            expected.sort_by_key(|h| (h.start, Reverse(h.end)));
            expected.dedup();
            let mut last = 0;
            expected.retain(|h| {
                let free = h.start >= last;
                if free {
                    last = h.end;
                }
                free
            });
            let ours: Vec<Range<usize>> = find(&finder, Role::Agent, &text).into_iter().map(|h| h.1).collect();
            prop_assert_eq!(ours, expected, "{:?}", table);
        }

        #[test]
        fn hits_lie_on_characters(text in "[发今天ＡａＢb0０，。！ 嗯?？]{0,30}") {
            let (finder, _) = compile("[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['ab', '嗯', 'a０']\nnear = [{ first = ['发', 'b'], then = ['今', '0'], any_order = true }]");
            for (_, span) in find(&finder, Role::Buyer, &text) {
                prop_assert!(text.get(span.clone()).is_some_and(|t| !t.is_empty()), "{:?}", span);
            }
        }
    }

    /// Quadratic work on these would be 10¹⁰ steps: the test would not come to its end.
    #[test]
    fn long_messages_come_to_an_end() {
        let (finder, errors) = compile(
            "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['甲', '甲甲', '甲甲甲甲']\nexcept = ['丙甲']\nunless = [{ before = ['乙'] }, { after = ['乙'] }, { sentence = ['丁'] }]\n\
             near = [{ first = ['甲'], then = ['乙', '甲'], any_order = true }]",
        );
        assert_eq!(errors, Vec::<String>::new());
        for piece in ["甲", "甲乙", "乙乙甲丙", "丁。甲", "乙甲丙甲"] {
            let hits = find(&finder, Role::Buyer, &piece.repeat(300_000 / piece.len()));
            assert!(hits.windows(2).all(|two| two[0].1.end <= two[1].1.start), "{piece}");
        }
    }
}

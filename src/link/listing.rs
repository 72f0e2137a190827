//! The conversations of several files, each listed once.

use super::buyer_key;
use crate::{
    chat::{Kind, Outline, Role},
    error::Error,
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use hashbrown::HashMap;

/// Where a conversation is: the number of its file and its place in that.
pub type Place = (usize, usize);

/// The conversations of several files, each once: a copy of one that is listed is left out, or takes its place where it is the
/// fuller one. A conversation is known by the id that its file gives it, if any, its buyer and the moment at which it begins, else
/// by all it says, which only another file can repeat. Ids are made to differ.
///
/// ```
/// use huashu::{chat::ChatReader, link::Listing};
/// let outline = |name: &str, text: &str| {
///     let mut reader = ChatReader::new(name, &Default::default());
///     reader.push(text.as_bytes());
///     reader.outline().1
/// };
/// let talk = "阿宝 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的\n";
/// let more = format!("{talk}阿宝 2026-01-05 9:04:00\n好\n");
/// let files = [outline("a.txt", talk), outline("b.txt", &more)];
/// let mut listing = Listing::default();
/// assert_eq!(listing.add(&[&files[0]], &mut |_, _| true).repeated, 0);
/// let added = listing.add(&[&files[0], &files[1]], &mut |_, _| true);
/// assert_eq!((added.repeated, added.replaced), (1, true));
/// // The second file's copy is the fuller one; the conversation stays the same one.
/// assert_eq!((listing.len(), listing.get(0), listing.id(0)), (1, Some((1, 0)), Some("a.txt#1")));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Listing {
    places: Vec<(u32, u32)>,
    /// How many files were taken in.
    files: usize,
    /// The conversations by what each is known by.
    known: HashMap<u64, u32>,
    /// How often each id was given.
    ids: HashMap<u64, u32>,
    /// The ids that are not those of the copies listed, by conversation.
    renamed: BTreeMap<u32, String>,
}

/// What came of a file.
#[derive(Clone, Debug, Default)]
pub struct Added {
    /// How many of its conversations had been listed before, and the line of the first.
    pub repeated: u64,
    repeated_at: u32,
    /// How many had an id that another one has, and the line of the first.
    pub renamed: u64,
    renamed_at: u32,
    /// Whether a copy took the place of one that was listed.
    pub replaced: bool,
    /// That it adds another shop to those of the files before it.
    pub shops: Option<Error>,
}

impl Added {
    /// What is to be said of the file.
    pub fn notes(&self) -> impl Iterator<Item = Error> {
        let repeated = (self.repeated > 0).then(|| {
            let message = format!(
                "有 {0} 通对话之前读到过，只计一次，取较全的一份 / conversations that had been read before: {0}; each counts once, in its fuller copy",
                self.repeated
            );
            Error::new("repeated-conversation", message).at(self.repeated_at, 1)
        });
        let renamed = (self.renamed > 0).then(|| {
            let message = format!(
                "有 {0} 通对话的编号与别的对话相同，已加上 ~2、~3…区别 / conversations with the id of another one: {0}; ~2, ~3 … now tell them apart",
                self.renamed
            );
            Error::new("repeated-id", message).at(self.renamed_at, 1)
        });
        repeated.into_iter().chain(renamed).chain(self.shops.clone())
    }
}

impl Listing {
    /// Takes in the last of the files, which are all those so far. `same` says whether two conversations of two files are the same
    /// in their words: it is asked where buyer or beginning are not known and everything but the words is the same.
    pub fn add(&mut self, files: &[&Outline], same: &mut dyn FnMut(Place, Place) -> bool) -> Added {
        let mut added = Added::default();
        let (Some(file), number) = (files.last(), self.files) else { return added };
        self.files += 1;
        // How often one without buyer or beginning was met in this file.
        let mut times: HashMap<u64, u32> = HashMap::new();
        for at in 0..file.len() {
            let copy = Copy::of(file, at);
            let mut key = copy.key;
            if !copy.certain {
                let nth = times.entry(key).or_insert(0);
                key = Hash(key).number(i64::from(*nth)).0;
                *nth += 1;
            }
            let line = file.line(at);
            let (key, met) = self.find(key, |place| copy.certain || (place.0 != number && same(place, (number, at))));
            if let Some(met) = met {
                added.repeated += 1;
                added.repeated_at = if added.repeated == 1 { line } else { added.repeated_at };
                let listed = self.get(met as usize).and_then(|(file, at)| Some(fullness(files.get(file)?, at)));
                if listed.is_some_and(|listed| fullness(file, at) >= listed) {
                    added.replaced = true;
                    self.replace(met, files, (number, at));
                }
                continue;
            }
            let listed = self.places.len() as u32;
            self.known.insert(key, listed);
            self.places.push((number as u32, at as u32));
            if let Some(id) = self.renaming(&file.id(at).unwrap_or_default()) {
                added.renamed += 1;
                added.renamed_at = if added.renamed == 1 { line } else { added.renamed_at };
                self.renamed.insert(listed, id);
            }
        }
        added
    }

    /// The conversation known by this key that is the same, and its key; or the key for one that is none of those listed, which may
    /// resemble it.
    fn find(&self, mut key: u64, mut same: impl FnMut(Place) -> bool) -> (u64, Option<u32>) {
        while let Some(met) = self.known.get(&key).copied() {
            if self.get(met as usize).is_some_and(&mut same) {
                return (key, Some(met));
            }
            key = Hash(key).number(-1).0;
        }
        (key, None)
    }

    /// Puts another copy in the place of one that is listed; the id stays.
    fn replace(&mut self, listed: u32, files: &[&Outline], (file, at): Place) {
        if !self.renamed.contains_key(&listed)
            && let Some(id) = self.get(listed as usize).and_then(|(file, at)| files.get(file)?.id(at))
        {
            self.renamed.insert(listed, id);
        }
        if let Some(place) = self.places.get_mut(listed as usize) {
            *place = (file as u32, at as u32);
        }
    }

    /// Another id, where this one was given before.
    fn renaming(&mut self, id: &str) -> Option<String> {
        let mut number = self.met(id);
        if number == 1 {
            return None;
        }
        loop {
            let other = format!("{id}~{number}");
            if self.met(&other) == 1 {
                return Some(other);
            }
            number = self.met(id);
        }
    }

    /// How often an id has been given, with this time.
    fn met(&mut self, id: &str) -> u32 {
        let times = self.ids.entry(Hash::default().text(id).0).or_insert(0);
        *times += 1;
        *times
    }

    /// How many conversations are listed.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where a conversation is.
    pub fn get(&self, at: usize) -> Option<Place> {
        self.places.get(at).map(|(file, at)| (*file as usize, *at as usize))
    }

    /// The id of a conversation, where it is not that of its copy.
    pub fn id(&self, at: usize) -> Option<&str> {
        self.renamed.get(&(at as u32)).map(String::as_str)
    }
}

/// What a copy of a conversation is known by.
struct Copy {
    /// What makes another one the same.
    key: u64,
    /// Whether its key names a buyer and a moment.
    certain: bool,
}

impl Copy {
    fn of(file: &Outline, at: usize) -> Self {
        let (buyer, start) = file.begun(at);
        let buyer = buyer_key(buyer.unwrap_or_default());
        let (key, certain) = match start.filter(|start| start.dated()) {
            Some(start) if !buyer.is_empty() => (Hash::default().text(&buyer).number(start.seconds()), true),
            _ => (looks(file, at), false),
        };
        Self { key: key.text(file.own_id(at)).0, certain }
    }
}

/// All of a conversation but its words.
fn looks(file: &Outline, at: usize) -> Hash {
    file.rows(at).fold(Hash::default(), |looks, (_, row)| {
        let when = row.at().map_or_else(|| i64::from(row.length), |time| time.seconds());
        looks.number(when).number(row.role().map_or(-1, |role| role as i64)).text(file.name(row.name()))
    })
}

/// Of two copies the one that counts shows more of what buyer and agents wrote: a web history hides texts that the client's copy has. Of two
/// that show as many messages it is the longer one, and always the same one, whichever came first. Of two that are alike the later one
/// does: the file of the other may be gone.
fn fullness(file: &Outline, at: usize) -> (usize, usize, u64, u64) {
    let messages = || file.rows(at).filter(|(_, row)| matches!(row.role(), Some(Role::Buyer | Role::Agent)));
    let shown = messages().filter(|(_, row)| row.kind() != Kind::Hidden).count();
    (shown, messages().count(), messages().map(|(_, row)| u64::from(row.length)).sum(), looks(file, at).0)
}

/// FNV-1a of 64 bits.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn bytes(self, bytes: impl IntoIterator<Item = u8>) -> Self {
        Self(bytes.into_iter().fold(self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)))
    }

    fn number(self, number: i64) -> Self {
        self.bytes(number.to_le_bytes())
    }

    /// Where the text ends counts, too: 0xFF is in no text.
    fn text(self, text: &str) -> Self {
        self.bytes(text.bytes().chain([0xFF]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ChatReader;

    fn outline(name: &str, text: &str) -> Outline {
        let mut reader = ChatReader::new(name, &Default::default());
        reader.push(text.as_bytes());
        reader.outline().1
    }

    type Named = (Place, String);

    /// What is listed of files that come in this order, with the ids; and what came of each file.
    fn listed(files: &[Outline], same: bool) -> (Vec<Named>, Vec<(u64, u64)>) {
        let mut listing = Listing::default();
        let all: Vec<&Outline> = files.iter().collect();
        let added = (1..=all.len())
            .map(|count| listing.add(&all[..count], &mut |_, _| same))
            .map(|added| (added.repeated, added.renamed))
            .collect();
        let id = |at: usize, (file, place): Place| listing.id(at).map_or_else(|| files[file].id(place).unwrap(), String::from);
        ((0..listing.len()).map(|at| (listing.get(at).unwrap(), id(at, listing.get(at).unwrap()))).collect(), added)
    }

    const DATED: &str = "阿宝 2026-01-05 9:03:02\n在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的\n";

    #[test]
    fn a_file_given_twice_counts_once() {
        for text in [
            DATED,
            "客户：在吗\n客服：在的亲\n",
            "10:00:00 客户：在吗\n10:00:05 客服：在的\n",
            "2026-01-05 10:00:00 客户: 在吗\n2026-01-05 10:00:05 客服: 在的\n",
        ] {
            for name in ["a.txt", "b.txt"] {
                let (places, added) = listed(&[outline("a.txt", text), outline(name, text)], true);
                assert_eq!((places, added), (Vec::from([((1, 0), "a.txt#1".into())]), Vec::from([(0, 0), (1, 0)])), "{text}");
            }
        }
    }

    #[test]
    fn the_copy_that_shows_more_counts_whichever_comes_first() {
        let hidden = DATED.replace("在的", "请在客户端查看原始聊天记录，网页版无法展示");
        for other in [hidden, DATED.replace("在的", "滚")] {
            for files in [[DATED, &other], [&other, DATED]] {
                let outlines = [outline("a.txt", files[0]), outline("b.txt", files[1])];
                let listed = listed(&outlines, true).0;
                assert_eq!(listed.iter().map(|((file, _), _)| files[*file]).collect::<Vec<_>>(), [DATED], "{other}");
            }
        }
    }

    #[test]
    fn other_words_are_another_conversation_with_an_id_of_its_own() {
        let text = "客户：在吗\n客服：在的亲\n";
        let (places, added) = listed(&[outline("a.txt", text), outline("a.txt", text), outline("a.txt", text)], false);
        assert_eq!(places.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["a.txt#1", "a.txt#1~2", "a.txt#1~3"]);
        assert_eq!(added, [(0, 0), (0, 1), (0, 1)]);
        // What only resembles one talk may be the same as another one.
        let names = ["a.txt", "b.txt", "c.txt"].map(|name| outline(name, text));
        let (mut listing, all) = (Listing::default(), names.iter().collect::<Vec<_>>());
        let repeated = (1..=3).map(|count| listing.add(&all[..count], &mut |one, _| one.0 == 1).repeated);
        assert_eq!(repeated.collect::<Vec<_>>(), [0, 0, 1]);
        // The same talk twice in one file is two talks; another file that holds it once more adds nothing.
        let twice = "{\"messages\":[{\"role\":\"buyer\",\"text\":\"在吗\"}]}\n".repeat(2);
        let once = twice.lines().next().unwrap();
        assert_eq!(listed(&[outline("a.jsonl", &twice), outline("b.jsonl", once)], true).1, [(0, 0), (1, 0)]);
        assert_eq!(listed(&[outline("b.jsonl", once), outline("a.jsonl", &twice)], true).0.len(), 2);
        // Their own ids tell them apart.
        let own = |id: &str| format!("{{\"id\":\"{id}\",\"messages\":[{{\"role\":\"buyer\",\"text\":\"在吗\"}}]}}\n");
        assert_eq!(listed(&[outline("a.jsonl", &own("x")), outline("b.jsonl", &own("y"))], true).1, [(0, 0), (0, 0)]);
    }

    #[test]
    fn the_fuller_copy_counts_whichever_comes_first() {
        let more = format!("{DATED}阿宝 2026-01-05 9:04:00\n好\n");
        let files = || [outline("a.txt", DATED), outline("b.txt", &more)];
        let [a, b] = files();
        assert_eq!(listed(&[a, b], true).0, [((1, 0), "a.txt#1".into())]);
        let [a, b] = files();
        assert_eq!(listed(&[b, a], true).0, [((0, 0), "b.txt#1".into())]);
    }
}

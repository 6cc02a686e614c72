//! Look-up of words as sent in a table, without regard to case and separators.

/// Longest word that a table can hold, in bytes; nothing longer is ever looked up.
const LONGEST: usize = 64;

/// A word as tables compare it: lower case, without blanks, `-`, `_`, `/` and `.` (district-side 3). The minus of a
/// negative number stays, so that -1 is not 1.
pub(crate) struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Folded {
    /// `None` if the word is longer than any in a table.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut folded = Self {
            bytes: [0; LONGEST],
            length: 0,
        };
        let negative = text
            .strip_prefix('-')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
        if negative {
            folded.push(b'-')?;
        }
        for letter in text.chars() {
            match letter {
                '-' | '_' | '/' | '.' => {}
                'a'..='z' | '0'..='9' => folded.push(letter as u8)?,
                'A'..='Z' => folded.push(letter as u8 + 32)?,
                _ if letter.is_whitespace() => {}
                _ if letter.is_ascii() => folded.push(letter as u8)?,
                _ => {
                    let mut utf8 = [0; 4];
                    for lower in letter.to_lowercase() {
                        for &byte in lower.encode_utf8(&mut utf8).as_bytes() {
                            folded.push(byte)?;
                        }
                    }
                }
            }
        }
        Some(folded)
    }

    /// The folded word.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }
}

/// A table of words and beginnings of words.
#[derive(Clone, Debug)]
pub(crate) struct Words<T> {
    /// In the order in which they were added.
    whole: Vec<(Box<[u8]>, T)>,
    /// Numbers of words from 1 up by their hash, 0 where there is none; a power of two of them, four times as many as words
    /// at least, so that most words are found at the first look.
    index: Vec<u16>,
    /// Longest first.
    beginnings: Vec<(Box<[u8]>, T)>,
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self {
            whole: Vec::new(),
            index: Vec::new(),
            beginnings: Vec::new(),
        }
    }
}

/// What became of a search.
enum Slot {
    /// Number of the word.
    Word(usize),
    /// Place of the index where it would stand.
    Free(usize),
}

impl<T: Copy> Words<T> {
    /// Adds a word or changes its meaning; a word that ends with `*` stands for all that begin so. `false` if the word
    /// is empty or too long, or the table is full.
    pub(crate) fn set(&mut self, word: &str, value: T) -> bool {
        let (stem, beginning) = match word.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (word, false),
        };
        let Some(folded) = Folded::new(stem).filter(|folded| folded.length > 0) else {
            return false;
        };
        let key: Box<[u8]> = folded.bytes().into();
        if beginning {
            self.set_beginning(key, value);
            return true;
        }
        self.set_whole(key, value)
    }

    fn set_whole(&mut self, key: Box<[u8]>, value: T) -> bool {
        if let Some(Slot::Word(at)) = self.find(&key) {
            if let Some((_, slot)) = self.whole.get_mut(at) {
                *slot = value;
            }
            return true;
        }
        if self.whole.len() >= usize::from(u16::MAX) {
            return false;
        }
        self.whole.push((key, value));
        if self.index.len() < self.whole.len() * 4 {
            self.grow();
        } else {
            self.enter(self.whole.len() - 1);
        }
        true
    }

    fn grow(&mut self) {
        self.index.clear();
        let places = (self.whole.len() * 8).next_power_of_two();
        self.index.resize(places, 0);
        for number in 0..self.whole.len() {
            self.enter(number);
        }
    }

    fn enter(&mut self, number: usize) {
        let Some((key, _)) = self.whole.get(number) else {
            return;
        };
        if let Some(Slot::Free(place)) = self.find(key)
            && let Some(slot) = self.index.get_mut(place)
        {
            *slot = u16::try_from(number + 1).unwrap_or_default();
        }
    }

    /// `None` only in a table without words.
    fn find(&self, word: &[u8]) -> Option<Slot> {
        let mask = self.index.len().checked_sub(1)?;
        let mut place = hash(word) & mask;
        loop {
            let number = usize::from(*self.index.get(place)?);
            let Some(at) = number.checked_sub(1) else {
                return Some(Slot::Free(place));
            };
            if self
                .whole
                .get(at)
                .is_some_and(|(key, _)| key.as_ref() == word)
            {
                return Some(Slot::Word(at));
            }
            place = (place + 1) & mask;
        }
    }

    fn set_beginning(&mut self, key: Box<[u8]>, value: T) {
        let longest_first =
            |other: &[u8]| key.len().cmp(&other.len()).then_with(|| other.cmp(&key));
        match self
            .beginnings
            .binary_search_by(|(other, _)| longest_first(other))
        {
            Ok(at) => {
                if let Some((_, slot)) = self.beginnings.get_mut(at) {
                    *slot = value;
                }
            }
            Err(at) => self.beginnings.insert(at, (key, value)),
        }
    }

    /// The meaning of a word as sent.
    pub(crate) fn get(&self, text: &str) -> Option<T> {
        self.get_folded(Folded::new(text)?.bytes())
    }

    /// The meaning of a word that is folded already. Whole words count before beginnings, longer beginnings before
    /// shorter ones.
    pub(crate) fn get_folded(&self, word: &[u8]) -> Option<T> {
        if let Some(Slot::Word(at)) = self.find(word) {
            return self.whole.get(at).map(|(_, value)| *value);
        }
        self.beginnings
            .iter()
            .find(|(beginning, _)| word.starts_with(beginning))
            .map(|(_, value)| *value)
    }
}

impl<T: Copy> Words<T> {
    /// The meaning of the word, or of the beginning of words, nearest to a text: one slip away in words of three to five
    /// letters, two in longer ones.
    pub(crate) fn nearest(&self, text: &str) -> Option<T> {
        let folded = Folded::new(text)?;
        let word = std::str::from_utf8(folded.bytes()).ok()?;
        let allowed = match word.len() {
            0..3 => return None,
            3..6 => 1,
            _ => 2,
        };
        let distance = |known: &[u8]| {
            let known = std::str::from_utf8(known).ok()?;
            // A word of two letters is one slip away from most words of three.
            let near = known.len() >= 3 && known.len().abs_diff(word.len()) <= allowed * 4;
            near.then(|| strsim::osa_distance(word, known))
                .filter(|distance| *distance <= allowed)
        };
        let whole = self.whole.iter().map(|(known, value)| (known, *value));
        let beginnings = self.beginnings.iter().map(|(known, value)| (known, *value));
        let all = whole.chain(beginnings);
        all.filter_map(|(known, value)| Some((distance(known)?, value)))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, value)| value)
    }
}

/// A number that differs between most words: their first sixteen bytes and their length, mixed.
fn hash(word: &[u8]) -> usize {
    let mut halves = [[0; 8]; 2];
    let places = halves.iter_mut().flatten();
    for (to, from) in places.zip(word) {
        *to = *from;
    }
    let [low, high] = halves.map(u64::from_le_bytes);
    let mixed =
        (low ^ high.rotate_left(29) ^ word.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let folded = Folded::new(text).unwrap();
        String::from_utf8(folded.bytes().to_vec()).unwrap()
    }

    #[test]
    fn case_and_separators_do_not_count() {
        for (text, expected) in [
            ("Pre-K", "prek"),
            ("Aunt/Uncle", "auntuncle"),
            ("P. E.", "pe"),
            ("two_or  more", "twoormore"),
            ("FRAN\u{c7}AIS", "fran\u{e7}ais"),
            ("-1", "-1"),
            ("-1-2", "12"),
            ("--", ""),
            ("2+", "2+"),
        ] {
            assert_eq!(folded(text), expected);
        }
        assert!(Folded::new(&"x".repeat(65)).is_none());
        assert!(Folded::new(&"\u{e9}".repeat(33)).is_none());
    }

    #[test]
    fn whole_words_come_before_beginnings_and_later_settings_win() {
        let mut words = Words::default();
        assert!(words.set("grand*", 1) && words.set("grandma*", 2) && words.set("Grand Total", 3));
        assert!(!words.set("", 9) && !words.set("*", 9));
        assert_eq!(words.get("GRANDMOTHER"), Some(1));
        assert_eq!(words.get("grand-mama"), Some(2));
        assert_eq!(words.get("grand total"), Some(3));
        assert_eq!(words.get("gran"), None);
        words.set("grand*", 4);
        words.set("GRANDTOTAL", 5);
        assert_eq!(words.get("grandfather"), Some(4));
        assert_eq!(words.get("grand total"), Some(5));
    }
}

/// More digits than this are no number that is looked for, and more groups neither.
const MOST_GROUPS: usize = 8;
const MOST_DIGITS: usize = 19;

/// Groups of digits with single marks between them, as numbers are written: `+49 (30) 123-456`.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Where it starts, with a `+` or a bracket that belongs to it.
    pub(super) start: usize,
    pub(super) end: usize,
    groups: [(usize, usize); MOST_GROUPS],
    count: usize,
    /// Whether a `+` stands before it.
    pub(super) plus: bool,
}

impl Run {
    /// The digits of one group.
    pub(super) fn group<'c>(&self, caption: &'c str, number: usize) -> &'c str {
        let (start, end) = self.groups.get(number).filter(|_| number < self.count).copied().unwrap_or_default();
        caption.get(start..end).unwrap_or_default()
    }

    pub(super) fn groups<'c>(&self, caption: &'c str) -> impl Iterator<Item = &'c str> {
        self.groups.iter().take(self.count).map(|(start, end)| caption.get(*start..*end).unwrap_or_default())
    }

    /// How many digits each group has.
    pub(super) fn shape(&self) -> ([usize; MOST_GROUPS], usize) {
        (self.groups.map(|(start, end)| end - start), self.count)
    }

    /// What stands between this group and the next.
    pub(super) fn mark<'c>(&self, caption: &'c str, number: usize) -> &'c str {
        let behind = self.groups.get(number).map(|group| group.1);
        let next = self.groups.get(number + 1).filter(|_| number + 1 < self.count).map(|group| group.0);
        behind.zip(next).and_then(|(from, to)| caption.get(from..to)).unwrap_or_default()
    }

    /// Whether the same mark stands between all groups.
    pub(super) fn marks_are_all(&self, caption: &str, mark: &str) -> bool {
        (0..self.count.saturating_sub(1)).all(|number| self.mark(caption, number) == mark)
    }

    pub(super) fn digits(&self) -> usize {
        self.groups.iter().take(self.count).map(|(start, end)| end - start).sum()
    }

    /// All digits, one after the other.
    pub(super) fn values<'c>(&self, caption: &'c str) -> impl DoubleEndedIterator<Item = u32> + Clone + 'c {
        caption
            .get(self.start..self.end)
            .unwrap_or_default()
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|b| u32::from(b - b'0'))
    }

    /// Whether letters or digits touch it, or a mark before it that makes it a price or a number in a list.
    pub(super) fn is_bare(&self, caption: &str) -> bool {
        let before = caption.get(..self.start).and_then(|text| text.chars().next_back());
        let behind = caption.get(self.end..).and_then(|text| text.chars().next());
        let is_touched = |c: char| c.is_alphanumeric() || c == '_';
        let is_price = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '#' | '№' | '.' | '/' | '=' | '&' | '-' | '–');
        !before.is_some_and(|c| is_touched(c) || is_price(c))
            && !behind.is_some_and(|c| is_touched(c) || matches!(c, '%' | '€' | '$' | '£' | '°' | '"' | '″' | '='))
    }
}

/// All runs of a text. A run ends where two numbers stand apart by more than a mark with spaces around, at the eighth group,
/// and before one group too many; each byte is looked at a few times at most.
pub(super) fn runs(caption: &str) -> impl Iterator<Item = Run> + '_ {
    let bytes = caption.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
        let run = run_at(bytes, at);
        at = run.groups.get(run.count.saturating_sub(1)).map_or(at + 1, |group| group.1.max(at + 1));
        Some(run)
    })
}

fn run_at(bytes: &[u8], first: usize) -> Run {
    let before = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let mut start = first;
    if before(start) == Some(b'(') {
        start -= 1;
    }
    let plus = before(start) == Some(b'+');
    if plus {
        start -= 1;
    }
    if plus && before(start) == Some(b'(') {
        start -= 1;
    }
    let mut run = Run { start, end: first, groups: [(0, 0); MOST_GROUPS], count: 0, plus };
    let (mut at, mut digits) = (first, 0);
    while let Some(group) = run.groups.get_mut(run.count) {
        let len = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 || (run.count > 0 && digits + len > MOST_DIGITS) {
            break;
        }
        *group = (at, at + len);
        run.count += 1;
        run.end = at + len;
        digits += len;
        let Some(next) = behind_marks(bytes, run.end) else { break };
        at = next;
    }
    run
}

/// Where the next group starts, if no more than a mark or two stand between.
fn behind_marks(bytes: &[u8], from: usize) -> Option<usize> {
    let between = bytes.get(from..(from + 5).min(bytes.len()))?;
    let len = match between {
        [b' ' | b'-' | b'.' | b'/' | b'(' | b')', b'0'..=b'9', ..] => 1,
        [b' ' | b'-', b'(', b'0'..=b'9', ..]
        | [b')', b' ' | b'-' | b'/' | b'.', b'0'..=b'9', ..]
        | [0xc2, 0xa0, b'0'..=b'9', ..] => 2,
        // The last are the hyphens and the dash that are no ASCII: U+2010, U+2011, U+2013.
        [b' ', b'-' | b'/' | b'.', b' ', b'0'..=b'9', ..] | [0xe2, 0x80, 0x90 | 0x91 | 0x93, b'0'..=b'9', ..] => 3,
        _ => return None,
    };
    Some(from + len)
}

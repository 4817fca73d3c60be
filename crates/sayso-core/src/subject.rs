/// What a verdict is about.
///
/// Borrowed, because a verdict is asked for every pair of a crawl. Kinds that only a claim can name (an
/// account, a perceptual hash) join when the registry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The picture's URL, absolute.
    pub url: &'a str,
    /// The page on which it was found, absolute; empty where none is known.
    pub page_url: &'a str,
}

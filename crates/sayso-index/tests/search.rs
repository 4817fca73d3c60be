//! What queries find, through the crate's front door.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod corpus;

use corpus::{SAMPLE, index, options, rows, sorted_rows};
use sayso_core::Stance;
use sayso_index::{Behind, Found, IndexError, IndexedSample, Query, TextIndex, TextIndexWriter};

fn gallery(dir: &std::path::Path) -> TextIndex {
    let sample = |caption, creator, licence, verdict| IndexedSample { caption, creator, licence, verdict, ..SAMPLE };
    index(
        dir,
        &[
            sample("A black cat on a mat", Some("Ana Müller"), Some("cc-by-4.0"), Stance::Allowed),
            sample("The cat is black", None, Some("https://www.example.org/Terms"), Stance::Unknown),
            sample("A dog, by Ana", Some("Jörg O'Brien"), Some("CC BY-NC 4.0"), Stance::Disallowed),
            IndexedSample {
                picture_host: "img.shop.example.co.uk",
                domain: "example.co.uk",
                page_host: "blog.example.com",
                page_domain: "example.com",
                ..sample("黒い猫と東京タワー", Some("山田太郎"), None, Stance::Unknown)
            },
            sample("고양이가 잔다 👍🏽 IMG_1234.jpg", Some("ana"), Some("cc0-1.0"), Stance::Allowed),
            sample("", None, None, Stance::Unknown),
        ],
    )
}

#[test]
fn words_phrases_and_fields() {
    let dir = tempfile::tempdir().unwrap();
    let gallery = gallery(&dir.path().join("text"));
    for (query, expected) in [
        ("cat", &[0, 1][..]),
        ("CAT black", &[0, 1]),
        ("\"black cat\"", &[0]),
        ("“Cat is”", &[1]),
        ("cat dog", &[]),
        ("muller", &[0]),
        ("MÜLLER", &[0]),
        ("ana", &[0, 2, 4]),
        ("creator:ana", &[0, 4]),
        ("caption:ana", &[2]),
        ("Creator:\"ana muller\"", &[0]),
        ("creator:\"muller ana\"", &[]),
        ("o'brien", &[2]),
        ("brien", &[2]),
        ("猫", &[3]),
        ("い猫", &[3]),
        ("黒い猫", &[3]),
        ("黒猫", &[]),
        ("東京 タワー", &[3]),
        ("太郎", &[3]),
        ("고양이", &[4]),
        ("👍", &[4]),
        ("1234", &[4]),
        ("img_1234.jpg", &[4]),
        ("cat -mat", &[1]),
        ("cat -\"black cat\"", &[1]),
        ("-cat", &[2, 3, 4, 5]),
        ("-cat -ana -猫", &[5]),
        ("cat & black", &[0, 1]),
        ("site:example.org", &[0, 1, 2, 4, 5]),
        ("site:cdn.example.org", &[0, 1, 2, 4, 5]),
        ("site:www.example.net dog", &[2]),
        ("site:org", &[]),
        ("site:example.co.uk", &[3]),
        ("site:*.shop.example.co.uk", &[3]),
        ("site:https://blog.example.com/", &[3]),
        ("-site:example.org", &[3]),
        ("licence:cc-by-4.0", &[0]),
        ("license:cc-by", &[0, 2]),
        ("licence:CC", &[0, 2, 4]),
        ("licence:\"cc by\"", &[0, 2]),
        ("licence:http://example.org/t", &[1]),
        ("licence:none", &[3, 5]),
        ("-licence:unknown", &[0, 1, 2, 4]),
        ("verdict:allowed", &[0, 4]),
        ("verdict:unknown -licence:none", &[1]),
        ("verdict:Disallowed ana", &[2]),
        ("verdict:allowed verdict:unknown", &[]),
    ] {
        assert_eq!(sorted_rows(&gallery, query), expected, "{query}");
    }
}

#[test]
fn the_creator_comes_before_the_caption() {
    let dir = tempfile::tempdir().unwrap();
    let gallery = gallery(&dir.path().join("text"));
    assert_eq!(rows(&gallery, "ana").last(), Some(&2));
}

#[test]
fn hits_of_one_score_come_in_the_order_of_rows_and_windows_fit_together() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("text");
    // The least memory there is gives several parts for this much text.
    let mut writer = TextIndexWriter::create(&path, options(1, 3)).unwrap();
    let filler = "lorem ipsum dolor sit amet ".repeat(40);
    let captions: Vec<String> =
        (0..6_000).map(|n| format!("{} {filler} number{n}", ["one", "two", "three"][n % 3])).collect();
    for (n, caption) in (0..).zip(&captions) {
        writer.add(&IndexedSample { shard: n / 1_000, row: n % 1_000, caption, ..SAMPLE }).unwrap();
    }
    writer.finish(corpus::snapshot()).unwrap();
    let parts = std::fs::read_dir(&path)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "idx"));
    assert!(parts.count() > 1, "the test is of several parts");
    let index = TextIndex::open(&path).unwrap();
    assert_eq!(index.documents(), 6_000);
    assert_eq!(index.snapshot().0, "manifest-000001");
    for query in ["two", "\"two lorem\"", "-one -three", "site:example.org -one -three", "caption:two verdict:unknown"]
    {
        let query = Query::parse(query).unwrap();
        let key = |hit: &sayso_index::RowHit| hit.shard * 1_000 + hit.row;
        let whole = index.search(&query, 0, 5_000).unwrap();
        let keys: Vec<u32> = whole.hits.iter().map(key).collect();
        assert_eq!(keys, (0..2_000).map(|n| n * 3 + 1).collect::<Vec<_>>(), "{query:?}");
        let mut pages = Vec::new();
        for offset in (0..2_500).step_by(333) {
            let page = index.search(&query, offset, 333).unwrap();
            assert_eq!(page.total, 2_000);
            pages.extend(page.hits);
        }
        assert_eq!(pages, whole.hits);
    }
    let found = index.search(&Query::parse("number4711").unwrap(), 0, 10).unwrap();
    assert_eq!(found.hits.iter().map(|hit| (hit.shard, hit.row)).collect::<Vec<_>>(), [(4, 711)]);
}

#[test]
fn a_list_goes_on_behind_any_hit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("text");
    let mut writer = TextIndexWriter::create(&path, options(1, 3)).unwrap();
    let filler = "lorem ipsum dolor sit amet ".repeat(60);
    let captions: Vec<String> =
        (0..4_000).map(|n| format!("{} {filler}{}", "cat ".repeat(n % 5), "dog ".repeat(n % 3))).collect();
    for (row, caption) in (0..).zip(&captions) {
        writer.add(&IndexedSample { row, caption, creator: (row % 7 == 0).then_some("Cat"), ..SAMPLE }).unwrap();
    }
    writer.finish(corpus::snapshot()).unwrap();
    let index = TextIndex::open(&path).unwrap();
    let places = |found: &Found| found.hits.iter().map(|hit| hit.place).collect::<Vec<_>>();
    // One word that can be pruned, two that cannot, and a query that only divides.
    for query in ["cat", "cat dog", "caption:cat -dog", "-cat"] {
        let query = Query::parse(query).unwrap();
        let whole = index.search(&query, 0, 4_000).unwrap();
        assert!(whole.hits.len() > 600);
        for at in [0, 1, 17, 500, whole.hits.len() - 2, whole.hits.len() - 1] {
            let last = whole.hits[at];
            let found = index.search_behind(&query, Behind { score: last.score, place: last.place + 1 }, 25).unwrap();
            assert_eq!((found.total, &*found.hits), (whole.total, &whole.hits[at + 1..whole.hits.len().min(at + 26)]));
        }
        let all = index.search_in_order(&query, 0, 0, 10_000).unwrap();
        let middle = all.hits[all.hits.len() / 2].place;
        let found = index.search_in_order(&query, middle, 3, 9).unwrap();
        let at = all.hits.len() / 2 + 3;
        assert_eq!((found.total, &*found.hits), (all.total, &all.hits[at..at + 9]));
        // By a key of one's own: what the key leaves out is counted and not listed.
        let rank = |place: u64| (place % 11 != 3).then_some(place * 7_919 % 101);
        let mut expected: Vec<u64> = places(&all).into_iter().filter(|place| place % 11 != 3).collect();
        expected.sort_by_key(|place| (rank(*place), *place));
        let found = index.search_by(&query, 60, &rank).unwrap();
        assert_eq!((found.total, places(&found).as_slice()), (all.total, &expected[..60]));
    }
}

#[test]
fn windows_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let gallery = gallery(&dir.path().join("text"));
    let cat = Query::parse("cat").unwrap();
    assert!(matches!(gallery.search(&cat, 1, TextIndex::MAX_WINDOW), Err(IndexError::Window { .. })));
    assert!(matches!(gallery.search(&cat, usize::MAX, 1), Err(IndexError::Window { .. })));
    let counted = gallery.search(&cat, 0, 0).unwrap();
    assert_eq!((counted.total, counted.hits.len()), (2, 0));
    let beyond = gallery.search(&cat, 2, 10).unwrap();
    assert_eq!((beyond.total, beyond.hits.len()), (2, 0));
}

#[test]
fn many_threads_search_at_once() {
    fn shared<T: Send + Sync>(_: &T) {}
    let dir = tempfile::tempdir().unwrap();
    let gallery = gallery(&dir.path().join("text"));
    shared(&gallery);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(sorted_rows(&gallery, "cat"), [0, 1]);
                    assert_eq!(sorted_rows(&gallery, "licence:cc"), [0, 2, 4]);
                }
            });
        }
    });
}

#[test]
fn an_empty_dataset_has_an_index_too() {
    let dir = tempfile::tempdir().unwrap();
    let empty = index(&dir.path().join("text"), &[]);
    for query in ["cat", "-cat", "site:example.org", "licence:cc", "\"a b\""] {
        assert!(rows(&empty, query).is_empty());
    }
}

#[test]
fn matches_are_shown() {
    let shown = |query: &str, field, text: &str| {
        let ranges = Query::parse(query).unwrap().matches(field, text);
        ranges.into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>()
    };
    use sayso_index::Field::{Caption, Creator, Licence, Site, Verdict};
    assert_eq!(shown("cat müller", Caption, "A Cat by Mu\u{308}ller's cat"), ["Cat", "Mu\u{308}ller", "cat"]);
    assert_eq!(shown("\"black cat\" cat", Caption, "cat, a black: cat"), ["cat", "black: cat"]);
    assert_eq!(shown("creator:cat", Caption, "cat"), [""; 0]);
    assert_eq!(shown("creator:cat dog", Creator, "dog, cat"), ["dog", "cat"]);
    assert_eq!(shown("dog -cat", Caption, "cat dog"), ["dog"]);
    assert_eq!(shown("東京タワー", Caption, "夜の東京タワーと東京"), ["東京タワー"]);
    assert_eq!(shown("京 東", Caption, "東京"), ["東京"]);
    assert_eq!(shown("👍", Caption, "ok👍🏽!"), ["👍🏽"]);
    assert_eq!(shown("site:example.org", Site, "https://cdn.example.org/a"), ["example.org"]);
    assert_eq!(shown("licence:cc-by", Licence, "cc-by-4.0"), ["cc-by"]);
    assert_eq!(shown("licence:cc-by", Licence, "CC BY 4.0"), ["CC BY 4.0"]);
    assert_eq!(shown("licence:cc-by", Licence, "cc0"), [""; 0]);
    assert_eq!(shown("verdict:unknown", Verdict, "unknown"), ["unknown"]);
}

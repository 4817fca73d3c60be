//! What a file is asked about: addresses near the paths that it names, and others. The same for the same file.

/// Addresses a file.
pub const COUNT: usize = 100;
/// How many of them may come from the file itself.
const OWN: usize = 70;

const MADE_UP: [&str; 24] = [
    "/",
    "/index.html",
    "/robots.txt",
    "/images/a.jpg?x=1&y=2",
    "/search?q=%E3%83%84",
    "/search?q=ツ",
    "/a/b/c/d/e/f.html",
    "/wp-admin/admin-ajax.php",
    "/wp-content/uploads/2026/01/cat.jpeg",
    "/~user/photo%7E1.png",
    "/caf%c3%a9/menu",
    "/café/menu",
    "/a b.jpg",
    "/static/js/main.3f2a.js",
    "/api/v1/items?page=2&sort=asc",
    "/en-US/news/2026/11/22/a-long-title-of-an-article-with-many-words.html",
    "/login?next=/account/",
    "/?s=search+words",
    "/cgi-bin/x.cgi",
    "/feed/",
    "/tag/art/page/3/",
    "/price$list",
    "/100%25.png",
    "/x;jsessionid=1A2B",
];

/// The addresses for one file.
pub fn of(file: &[u8]) -> Vec<String> {
    let mut own = Vec::new();
    for line in String::from_utf8_lossy(file).split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if !matches!(key.as_str(), "allow" | "disallow") || value.is_empty() {
            continue;
        }
        let path = value.trim_end_matches('$').replace('*', "x1");
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        let shorter: String = path.chars().take(path.chars().count().saturating_sub(1).max(1)).collect();
        own.extend([path.clone(), format!("{path}a/b.html"), shorter, format!("{path}?q=1&p=2")]);
    }
    own.sort_unstable();
    own.dedup();
    // Evenly from everything that the file names, so that a long file is asked about its end as well.
    let step = own.len().div_ceil(OWN).max(1);
    let mut addresses: Vec<String> = own.into_iter().step_by(step).collect();
    addresses.extend(MADE_UP.map(str::to_owned));
    let mut number = 0;
    while addresses.len() < COUNT {
        addresses.push(format!("/p{number}/{}/picture-{number}.jpg", number * 7919 % 1000));
        number += 1;
    }
    addresses.truncate(COUNT);
    addresses
}

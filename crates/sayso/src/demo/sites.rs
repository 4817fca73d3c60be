use sayso_core::Stance;

use super::draw::Style;
use super::page::{Charset, Page};

/// A made-up site: who speaks, what is wished and how, and what is found there.
pub(super) struct Site {
    pub(super) origin: &'static str,
    pub(super) artist: &'static str,
    pub(super) wish: &'static str,
    /// What every pair on its pages is judged to be for `train-genai` under `opt-out`.
    pub(super) stance: Stance,
    pub(super) visited: &'static str,
    pub(super) robots: Robots,
    /// What every page and picture is sent with.
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) pages: &'static [Page],
    pub(super) pictures: &'static [Picture],
}

/// What a site answers to the question for its robots.txt.
pub(super) enum Robots {
    /// 200, and this file.
    Says(&'static str),
    /// 404.
    Missing,
    /// 503.
    Broken,
}

/// A picture that a site serves: where, and how it is drawn.
pub(super) struct Picture {
    pub(super) path: &'static str,
    pub(super) style: Style,
    pub(super) seed: u64,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Site {
    pub(super) fn domain(&self) -> &'static str {
        self.origin.split_once("://").map_or(self.origin, |(_, domain)| domain)
    }
}

const fn picture(path: &'static str, style: Style, seed: u64, (width, height): (u16, u16)) -> Picture {
    Picture { path, style, seed, width, height }
}

macro_rules! page {
    ($path:literal, $file:literal) => {
        Page::new($path, include_str!(concat!("web/", $file)))
    };
}

const LANDSCAPE: (u16, u16) = (448, 296);
const TOWN: (u16, u16) = (448, 336);
const PRINT: (u16, u16) = (432, 288);
const PANEL: (u16, u16) = (304, 304);
const PLATE: (u16, u16) = (360, 360);
const CHART: (u16, u16) = (352, 352);
const HERBAL: (u16, u16) = (288, 384);
const PORTRAIT: (u16, u16) = (384, 384);
const SHEET: (u16, u16) = (384, 288);
const POSTER: (u16, u16) = (288, 400);

/// The web of the demo.
pub(super) static SITES: &[Site] = &[
    Site {
        origin: "https://thornwick.example",
        artist: "Marisol Thackaberry-Vane",
        wish: "Says nothing about machines anywhere, and has no robots.txt.",
        stance: Stance::Unknown,
        visited: "2026-03-02T06:10:00Z",
        robots: Robots::Missing,
        headers: &[],
        pages: &[
            page!("/", "thornwick/index.html"),
            page!("/journal/white-week.html", "thornwick/journal.html"),
            page!("/about.html", "thornwick/about.html"),
        ],
        pictures: &[
            picture("/paintings/first-green.png", Style::Hills, 1, LANDSCAPE),
            picture("/paintings/red-evening.png", Style::Hills, 2, LANDSCAPE),
            picture("/paintings/moonrise.png", Style::Hills, 3, LANDSCAPE),
            picture("/paintings/white-week.png", Style::Hills, 4, LANDSCAPE),
            picture("/paintings/stubble.png", Style::Hills, 5, LANDSCAPE),
        ],
    },
    Site {
        origin: "https://oehlmuehl.example",
        artist: "Jürgen Öhlmühl-Grieß",
        wish: "Keeps all crawlers out of /private/ by robots.txt, and says nothing about training.",
        stance: Stance::Unknown,
        visited: "2026-03-02T06:20:00Z",
        robots: Robots::Says(include_str!("web/oehlmuehl/robots.txt")),
        headers: &[],
        pages: &[
            page!("/", "oehlmuehl/index.html"),
            page!("/stadt/muehlbach.html", "oehlmuehl/muehlbach.html"),
            page!("/fachwerk.html", "oehlmuehl/fachwerk.html").charset(Charset::Windows1252),
        ],
        pictures: &[
            picture("/bilder/muehlbach.png", Style::Houses, 9, TOWN),
            picture("/bilder/gruenau.png", Style::Houses, 8, TOWN),
            picture("/bilder/nachtheim.png", Style::Houses, 11, TOWN),
            picture("/bilder/spitzgiebel.png", Style::Houses, 6, TOWN),
        ],
    },
    Site {
        origin: "https://naminoutsuro.example",
        artist: "波野うつろ",
        wish: "Turns away GPTBot, CCBot and Google-Extended by name in robots.txt.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T06:30:00Z",
        robots: Robots::Says(include_str!("web/naminoutsuro/robots.txt")),
        headers: &[],
        pages: &[
            page!("/", "naminoutsuro/index.html"),
            page!("/diary/natsu.html", "naminoutsuro/natsu.html"),
            page!("/furui/", "naminoutsuro/furui.html").charset(Charset::ShiftJis),
        ],
        pictures: &[
            picture("/hanga/akai-hi.png", Style::Waves, 0, PRINT),
            picture("/hanga/akai-hi-small.png", Style::Waves, 0, (216, 144)),
            picture("/hanga/asanagi.png", Style::Waves, 1, PRINT),
            picture("/hanga/usuzuki.png", Style::Waves, 7, PRINT),
            picture("/hanga/yuunagi.png", Style::Waves, 3, PRINT),
            picture("/hanga/wakaba.png", Style::Waves, 4, PRINT),
        ],
    },
    Site {
        origin: "https://vasebrune.example",
        artist: "Célestine Vasebrune",
        wish: "Sends `X-Robots-Tag: noai, noimageai` with every answer.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T06:40:00Z",
        robots: Robots::Says(include_str!("web/vasebrune/robots.txt")),
        headers: &[("X-Robots-Tag", "noai, noimageai")],
        pages: &[page!("/", "vasebrune/index.html"), page!("/panneaux/marees.html", "vasebrune/marees.html")],
        pictures: &[
            picture("/panneaux/etoile-d-ete.png", Style::Mosaic, 4, PANEL),
            picture("/panneaux/soleil-de-mars.png", Style::Mosaic, 6, PANEL),
            picture("/panneaux/marees.png", Style::Mosaic, 10, PANEL),
            picture("/panneaux/losanges.png", Style::Mosaic, 17, PANEL),
        ],
    },
    Site {
        origin: "http://quillfeather.example",
        artist: "Isembard Quillfeather",
        wish: "Sends `X-Robots-Tag: unavailable_after: 25 Jun 2027 15:00:00 PST, noai`: a date full of colons before the wish.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T06:50:00Z",
        robots: Robots::Says(include_str!("web/quillfeather/robots.txt")),
        headers: &[("X-Robots-Tag", "unavailable_after: 25 Jun 2027 15:00:00 PST, noai")],
        pages: &[page!("/", "quillfeather/index.html"), page!("/exhibition.html", "quillfeather/exhibition.html")],
        pictures: &[
            picture("/plates/moon.png", Style::Maze, 5, PLATE),
            picture("/plates/mountain.png", Style::Maze, 6, PLATE),
            picture("/plates/sea.png", Style::Maze, 7, PLATE),
            picture("/plates/vase.png", Style::Maze, 8, PLATE),
        ],
    },
    Site {
        origin: "https://najma-waraq.example",
        artist: "نجمة بنت ورق",
        wish: "Says `noai` in a robots meta element, on a page that is sent in gzip and in chunks.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T07:00:00Z",
        robots: Robots::Says(include_str!("web/najma-waraq/robots.txt")),
        headers: &[],
        pages: &[page!("/", "najma-waraq/index.html").packed(), page!("/samaa/", "najma-waraq/samaa.html")],
        pictures: &[
            picture("/samaa/kuhli.png", Style::Stars, 0, CHART),
            picture("/samaa/zumurrud.png", Style::Stars, 1, CHART),
            picture("/samaa/rumman.png", Style::Stars, 2, CHART),
            picture("/samaa/banafsaj.png", Style::Stars, 3, CHART),
        ],
    },
    Site {
        origin: "https://jardimvagalume.example",
        artist: "Conceição Vagalume",
        wish: "Reserves text and data mining by TDMRep headers and file, and names a policy to ask under.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T07:10:00Z",
        robots: Robots::Says(include_str!("web/jardimvagalume/robots.txt")),
        headers: &[("tdm-reservation", "1"), ("tdm-policy", "https://jardimvagalume.example/politica-tdm/")],
        pages: &[
            page!("/.well-known/tdmrep.json", "jardimvagalume/tdmrep.json"),
            page!("/", "jardimvagalume/index.html"),
            page!("/arvores/", "jardimvagalume/arvores.html"),
            page!("/politica-tdm/", "jardimvagalume/politica.html"),
        ],
        pictures: &[
            picture("/wp-content/uploads/2026/02/girassol.png", Style::Botany, 11, HERBAL),
            picture("/wp-content/uploads/2026/01/feto-nocturno.png", Style::Botany, 4, HERBAL),
            picture("/wp-content/uploads/2025/11/laranjeira.png", Style::Botany, 6, HERBAL),
            picture("/wp-content/uploads/2025/11/funcho.png", Style::Botany, 15, HERBAL),
        ],
    },
    Site {
        origin: "https://klebek.example",
        artist: "Ździsława Kłębek",
        wish: "Reserves text and data mining by a TDMRep meta element; its robots.txt answers 503.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T07:20:00Z",
        robots: Robots::Broken,
        headers: &[],
        pages: &[page!("/", "klebek/index.html"), page!("/sweter.html", "klebek/sweter.html")],
        pictures: &[
            picture("/wzory/jarzebina.png", Style::Knitting, 0, PANEL),
            picture("/wzory/jarzebina-mini.png", Style::Knitting, 0, (160, 160)),
            picture("/wzory/mroz.png", Style::Knitting, 1, PANEL),
            picture("/wzory/mech.png", Style::Knitting, 2, PANEL),
            picture("/wzory/zorza.png", Style::Knitting, 4, PANEL),
        ],
    },
    Site {
        origin: "https://tinwhistle.example",
        artist: "Bleepa Tinwhistle",
        wish: "Sends `Content-Usage: train-ai=n` with every answer.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T07:30:00Z",
        robots: Robots::Says(include_str!("web/tinwhistle/robots.txt")),
        headers: &[("Content-Usage", "train-ai=n")],
        pages: &[page!("/", "tinwhistle/index.html"), page!("/family/", "tinwhistle/family.html")],
        pictures: &[
            picture("/sitters/unit-0.png", Style::Robots, 0, PORTRAIT),
            picture("/sitters/unit-1.png", Style::Robots, 1, PORTRAIT),
            picture("/sitters/unit-2.png", Style::Robots, 2, PORTRAIT),
            picture("/sitters/unit-3.png", Style::Robots, 3, PORTRAIT),
            picture("/sitters/aunt.png", Style::Robots, 4, PORTRAIT),
            picture("/sitters/nephew.png", Style::Robots, 5, PORTRAIT),
        ],
    },
    Site {
        origin: "https://sawantarangini.example",
        artist: "सावन तरंगिणी",
        wish: "Grants training: sends `Content-Usage: train-ai=y` with every answer.",
        stance: Stance::Allowed,
        visited: "2026-03-02T07:40:00Z",
        robots: Robots::Says(include_str!("web/sawantarangini/robots.txt")),
        headers: &[("Content-Usage", "train-ai=y")],
        pages: &[page!("/", "sawantarangini/index.html"), page!("/chitra/", "sawantarangini/chitra.html")],
        pictures: &[
            picture("/chitra/neeli-barish.png", Style::Monsoon, 10, SHEET),
            picture("/chitra/jamuni-shaam.png", Style::Monsoon, 6, SHEET),
            picture("/chitra/hari-subah.png", Style::Monsoon, 7, SHEET),
            picture("/chitra/godhuli.png", Style::Monsoon, 8, SHEET),
        ],
    },
    Site {
        origin: "https://sivukirjain.example",
        artist: "Aino Sivukirjain",
        wish: "Puts everything under CC BY 4.0, by rel=license and JSON-LD; says nothing else about training.",
        stance: Stance::Unknown,
        visited: "2026-03-02T07:50:00Z",
        robots: Robots::Says(include_str!("web/sivukirjain/robots.txt")),
        headers: &[],
        pages: &[page!("/", "sivukirjain/index.html"), page!("/kaytto.html", "sivukirjain/kaytto.html")],
        pictures: &[
            picture("/julisteet/valo.png", Style::Posters, 1, POSTER),
            picture("/julisteet/uni.png", Style::Posters, 2, POSTER),
            picture("/julisteet/keskiyo.png", Style::Posters, 4, POSTER),
            picture("/julisteet/juuri.png", Style::Posters, 6, POSTER),
            picture("/julisteet/tuuli.png", Style::Posters, 5, POSTER),
        ],
    },
    Site {
        origin: "https://nadalandia.example",
        artist: "Cartoteca de Nadalandia",
        wish: "Dedicates everything to the public domain under CC0 1.0; its first page was captured twice, unchanged.",
        stance: Stance::Unknown,
        visited: "2026-03-02T08:00:00Z",
        robots: Robots::Says(include_str!("web/nadalandia/robots.txt")),
        headers: &[],
        pages: &[
            page!("/", "nadalandia/index.html").seen_again("2026-03-09T08:00:00Z"),
            page!("/fichas/las-ausentes.html", "nadalandia/ausentes.html"),
        ],
        pictures: &[
            picture("/hojas/nadalandia.png", Style::Contours, 0, CHART),
            picture("/hojas/isla-tinta.png", Style::Contours, 1, CHART),
            picture("/hojas/cabo-nunca.png", Style::Contours, 2, CHART),
            picture("/hojas/las-ausentes.png", Style::Contours, 3, CHART),
        ],
    },
    Site {
        origin: "https://hvorforderfor.example",
        artist: "Janus Hvorfor & Signe Derfor",
        wish: "Contradicts itself: its pages send `Content-Usage: train-ai=y`, its robots.txt says `Content-Signal: ai-train=no`.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T08:10:00Z",
        robots: Robots::Says(include_str!("web/hvorforderfor/robots.txt")),
        headers: &[("Content-Usage", "train-ai=y")],
        pages: &[page!("/", "hvorforderfor/index.html"), page!("/flere", "hvorforderfor/flere.html")],
        pictures: &[
            picture("/baand/solbaand.png", Style::Ribbons, 0, PANEL),
            picture("/baand/engbaand.png", Style::Ribbons, 1, PANEL),
            picture("/baand/havbaand.png", Style::Ribbons, 6, PANEL),
            picture("/baand/nattebaand.png", Style::Ribbons, 3, PANEL),
        ],
    },
    Site {
        origin: "https://wonderpile.example",
        artist: "nobody",
        wish: "Says nothing, and shows pictures straight from the servers of two artists who refuse.",
        stance: Stance::Disallowed,
        visited: "2026-03-02T08:20:00Z",
        robots: Robots::Says(include_str!("web/wonderpile/robots.txt")),
        headers: &[],
        pages: &[page!("/", "wonderpile/index.html"), page!("/p/88121", "wonderpile/pin.html")],
        pictures: &[],
    },
    Site {
        origin: "https://pixelattic.example",
        artist: "nobody",
        wish: "Says nothing, and serves shrunken copies of three refused pictures: only a claim on the picture itself finds them.",
        stance: Stance::Unknown,
        visited: "2026-03-02T08:30:00Z",
        robots: Robots::Says(include_str!("web/pixelattic/robots.txt")),
        headers: &[],
        pages: &[page!("/", "pixelattic/index.html"), page!("/download/IMG_0017.html", "pixelattic/download.html")],
        pictures: &[
            picture("/files/IMG_0017.png", Style::Waves, 0, (300, 200)),
            picture("/files/IMG_0018.png", Style::Botany, 11, (216, 288)),
            picture("/files/IMG_0019.png", Style::Stars, 0, (256, 256)),
        ],
    },
];

use sayso_consent::files::{AiTxt, Rsl, TdmrepFile};
use sayso_core::{Limits, Speaker, Statement};
use sayso_crawl::{SiteFile, path_of};

/// A file by which a site speaks for many of its addresses, read.
#[derive(Debug)]
pub(crate) enum SiteFileRead {
    Tdmrep(TdmrepFile),
    AiTxt(AiTxt),
    Rsl(Rsl),
}

impl SiteFileRead {
    /// Reads the file for what it is.
    pub(crate) fn read(file: SiteFile, content_type: &str, body: &str, limits: &Limits) -> Self {
        let (bytes, limit, signal) = (body.as_bytes(), limits.robots_bytes, limits.signal_bytes);
        let content_type = Some(content_type).filter(|content_type| !content_type.is_empty());
        match file {
            SiteFile::Tdmrep => Self::Tdmrep(TdmrepFile::parse(bytes, limit, signal)),
            SiteFile::AiTxt => Self::AiTxt(AiTxt::parse(bytes, content_type, limit, signal)),
            SiteFile::Rsl => Self::Rsl(Rsl::parse(bytes, content_type, limit, signal)),
        }
    }

    /// What it says of the uses of `url`.
    pub(crate) fn statements(&self, speaker: Speaker, url: &str) -> Vec<Statement> {
        match self {
            Self::Tdmrep(file) => file.statements(speaker, path_of(url)),
            Self::AiTxt(file) => file.statements(speaker, path_of(url)),
            Self::Rsl(file) => file.statements(speaker, url),
        }
    }
}

use super::answer::{Body, Flaw};
use super::ask::Online;
use super::failure::Failure;
use super::fetch::Want;
use super::target::Target;

/// Bytes of a text in which a token is looked for: the start of a page is where a profile says who it is.
const TEXT_BYTES: usize = 512 << 10;

impl Online {
    /// Reads the text at `url`, whoever asks having been asked to by whom it belongs to; so robots.txt is not.
    ///
    /// Everything else is as ever: each address on the way is checked, the request waits its turn, and it is read within
    /// limits. `is_own` says of each address on the way, and of its host, whether it still speaks for the first. Of what was kept of
    /// earlier answers nothing is used: it is about what stands there now.
    pub(crate) fn text(&self, url: &str, is_own: &dyn Fn(&str, &str) -> bool) -> Result<String, Failure> {
        let target = Target::parse(url, &self.options.allow_private)?;
        let may_go = |at: &Target| {
            let is_safe = at.as_str().starts_with("https://") || self.options.allow_private.allows(at.host());
            if is_own(at.as_str(), at.host()) && is_safe {
                Ok(())
            } else {
                Err(Failure::Refused(format!("it leads to {}, which does not speak for it", at.host())))
            }
        };
        // What is wanted as a picture is neither kept nor taken from what was.
        let found = self.follow(&target, Want::Picture, &may_go)?;
        match (found.answer.body, found.answer.flaw) {
            (Body::Bytes(bytes), None | Some(Flaw::Cut { .. })) => {
                let start = bytes.get(..TEXT_BYTES).unwrap_or(&bytes);
                Ok(String::from_utf8_lossy(start).into_owned())
            }
            _ => Err(Failure::Partly("it is no text")),
        }
    }
}

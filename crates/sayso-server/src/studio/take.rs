use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use sayso::studio::Incoming;

use super::desk::StudioDesk;
use super::guest::Guest;
use super::share::Share;
use crate::refusal::Refusal;
use crate::registry::{Act, Form, RegistryDesk};

/// Bytes of a form's token, with room for more.
const TOKEN_BYTES: usize = 256;

/// Bytes that lie in memory before they are written to the disk.
const PIECE: usize = 256 << 10;

impl StudioDesk {
    /// Takes a form in: from a page of ours, by whoever has the session that it was made for, and not too often.
    pub(crate) async fn take(&self, registry: &RegistryDesk, request: Request) -> Result<(Guest, Form), Refusal> {
        let (parts, form) = registry.take_fields(Act::Step, request).await?;
        let mut guest = self.guest(&parts.headers).ok_or(Refusal::NoStudioSession)?;
        guest.from = registry.peer(&parts);
        if guest.is_own_form(form.get("form").unwrap_or_default()) {
            Ok((guest, form))
        } else {
            Err(Refusal::OtherSite)
        }
    }

    /// Takes pictures in, one after the other: each is written into its session's folder while it comes. They are checked when the
    /// last one is there.
    pub(crate) async fn take_pictures(&self, registry: &RegistryDesk, request: Request) -> Result<Guest, Refusal> {
        let (parts, body) = request.into_parts();
        registry.count(Act::Step, &parts)?;
        registry.comes_from_here(&parts.headers)?;
        let mut guest = self.guest(&parts.headers).ok_or(Refusal::NoStudioSession)?;
        guest.from = registry.peer(&parts);
        // Whoever has no session takes nobody's place, and nothing is read of what they send.
        let token = guest.token();
        self.work(move |studio| studio.is_open(&token)).await?;
        let _receiving = self.receive(token)?;
        let _place = self.uploads.try_acquire().map_err(|_| Refusal::Busy)?;
        self.count(&guest, Share::Kibibytes, self.announced(&parts))?;
        let mut form =
            Multipart::from_request(Request::from_parts(parts, body), &()).await.map_err(|_| Refusal::NoPicture)?;
        let mut is_own = false;
        let mut first = None;
        while let Some(field) = self.in_time(form.next_field()).await? {
            match field.name() {
                Some("form") => {
                    is_own = guest.is_own_form(self.token(field).await?.trim());
                }
                Some("pictures") => {
                    // The token stands before the pictures, or it is none of our forms.
                    if !is_own {
                        return Err(Refusal::OtherSite);
                    }
                    match self.take_picture(&guest, field).await {
                        Ok(()) => {}
                        // What is no picture is told, and the others are taken.
                        Err(refusal @ (Refusal::Studio { .. } | Refusal::StudioShare { .. })) => {
                            first.get_or_insert(refusal);
                        }
                        Err(refusal) => return Err(refusal),
                    }
                }
                _ => {}
            }
        }
        if !is_own {
            return Err(Refusal::OtherSite);
        }
        let token = guest.token();
        self.judge(&guest, move |studio| studio.check_all(&token)).await?;
        match first {
            None => Ok(guest),
            Some(refusal) => Err(refusal),
        }
    }

    /// KiB that will come, as the form says itself; who does not say counts as if it were all that may come.
    fn announced(&self, parts: &Parts) -> u64 {
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        length.unwrap_or(self.body_bytes() as u64).div_ceil(1024)
    }

    /// Takes one picture in. Of one that is refused the rest is read and forgotten, so that those behind it can be taken.
    async fn take_picture(&self, guest: &Guest, mut field: Field<'_>) -> Result<(), Refusal> {
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut first = self.in_time(field.chunk()).await?;
        if name.is_empty() && first.as_ref().is_none_or(axum::body::Bytes::is_empty) {
            // A form whose field was left empty.
            return Ok(());
        }
        let token = guest.token();
        let counted = self.count(guest, Share::Pictures, 1);
        let begun = match counted {
            Ok(()) => self.work(move |studio| studio.receive(&token)).await,
            Err(refusal) => Err(refusal),
        };
        let (mut picture, refused) = match begun {
            Ok(picture) => (Some(picture), None),
            Err(refusal) => (None, Some(refusal)),
        };
        let mut piece = Vec::new();
        loop {
            let next = match first.take() {
                Some(bytes) => Some(bytes),
                None => self.in_time(field.chunk()).await?,
            };
            let is_last = next.is_none();
            if picture.is_some() {
                piece.extend_from_slice(&next.unwrap_or_default());
            }
            if piece.len() >= PIECE || is_last {
                picture = written(picture, std::mem::take(&mut piece)).await?;
            }
            if is_last {
                break;
            }
        }
        match (picture, refused) {
            (Some(picture), _) => self.work(move |studio| studio.put(&token, &name, picture)).await,
            (None, Some(refusal)) => Err(refusal),
            (None, None) => Err(Refusal::Stopped),
        }
    }

    /// The form's token; none of ours is long.
    async fn token(&self, mut field: Field<'_>) -> Result<String, Refusal> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.in_time(field.chunk()).await? {
            if bytes.len() + chunk.len() > TOKEN_BYTES {
                return Err(Refusal::OtherSite);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits for a part of a form, though not for ever.
    async fn in_time<T>(
        &self,
        part: impl Future<Output = Result<T, axum::extract::multipart::MultipartError>>,
    ) -> Result<T, Refusal> {
        let read = tokio::time::timeout(self.picture_time, part).await.map_err(|_| Refusal::SlowBody)?;
        let most_bytes = self.body_bytes();
        read.map_err(|error| match error.status().as_u16() {
            413 => Refusal::StudioBody { most_bytes },
            _ => Refusal::NoPicture,
        })
    }
}

/// Writes a piece of a picture, on a thread that may block.
async fn written(picture: Option<Incoming>, piece: Vec<u8>) -> Result<Option<Incoming>, Refusal> {
    let Some(mut picture) = picture else { return Ok(None) };
    let written = tokio::task::spawn_blocking(move || picture.write(&piece).map(|()| picture));
    Ok(Some(written.await.map_err(|_| Refusal::Stopped)??))
}

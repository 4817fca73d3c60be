use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use sayso::studio::StudioError;

use super::desk::StudioDesk;
use super::guest::Guest;
use crate::refusal::Refusal;
use crate::registry::{Act, Form, RegistryDesk};

/// Bytes of a form's token, with room for more.
const TOKEN_BYTES: usize = 256;

impl StudioDesk {
    /// Takes a form in: from a page of ours, by whoever has the session that it was made for, and not too often.
    pub(crate) async fn take(&self, registry: &RegistryDesk, request: Request) -> Result<(Guest, Form), Refusal> {
        let (parts, form) = registry.take_fields(Act::Step, request).await?;
        let guest = self.guest(&parts.headers).ok_or(Refusal::NoStudioSession)?;
        if guest.is_own_form(form.get("form").unwrap_or_default()) {
            Ok((guest, form))
        } else {
            Err(Refusal::OtherSite)
        }
    }

    /// Takes pictures in, one after the other: each lies in memory until it is in its session's folder. They are checked when the last
    /// one is there.
    pub(crate) async fn take_pictures(&self, registry: &RegistryDesk, request: Request) -> Result<Guest, Refusal> {
        let (parts, body) = request.into_parts();
        registry.count(Act::Step, &parts)?;
        registry.comes_from_here(&parts.headers)?;
        let guest = self.guest(&parts.headers).ok_or(Refusal::NoStudioSession)?;
        // Whoever has no session takes nobody's place, and nothing is read of what they send.
        let token = guest.token();
        self.work(move |studio| studio.is_open(&token)).await?;
        let _place = self.uploads.try_acquire().map_err(|_| Refusal::Busy)?;
        let mut form =
            Multipart::from_request(Request::from_parts(parts, body), &()).await.map_err(|_| Refusal::NoPicture)?;
        let most = self.studio().limits().picture_bytes;
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
                    let name = field.file_name().unwrap_or_default().to_owned();
                    let bytes = match self.read(field, &name, most).await {
                        Err(refusal @ Refusal::Studio { .. }) => {
                            first.get_or_insert(refusal);
                            continue;
                        }
                        read => read?,
                    };
                    if name.is_empty() && bytes.is_empty() {
                        // A form whose field was left empty.
                        continue;
                    }
                    let token = guest.token();
                    let put = self.work(move |studio| studio.put(&token, &name, &bytes)).await;
                    match put {
                        Ok(()) => {}
                        // What is no picture is told, and the others are taken.
                        Err(refusal @ Refusal::Studio { .. }) => {
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
        self.work(move |studio| studio.check_all(&token)).await?;
        match first {
            None => Ok(guest),
            Some(refusal) => Err(refusal),
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

    async fn read(&self, mut field: Field<'_>, name: &str, most: u64) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.in_time(field.chunk()).await? {
            // Of one that is too large the rest is read and forgotten, so that those behind it can be taken.
            if bytes.len() as u64 <= most {
                bytes.extend_from_slice(&chunk);
            }
        }
        if bytes.len() as u64 > most {
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(120).collect();
            let source = StudioError::TooLarge { name, most_bytes: most, of: "of a picture" };
            return Err(Refusal::Studio { source: Box::new(source) });
        }
        Ok(bytes)
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

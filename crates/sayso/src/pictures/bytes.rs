use std::path::Path;

use sayso_picture::{PictureFault, PictureFaultKind};

use super::{BadPicture, PicturePlace};
use crate::check::draft::{Read, read_picture};
use crate::check::sidecar::read_extent;
use crate::check::source::{Extent, Unit};
use crate::check::{Fault, FaultKind, Origin};

/// What a unit turned out to be.
pub(super) enum Opened {
    /// The buffer holds a picture's bytes.
    Picture(PicturePlace),
    Bad(BadPicture),
    Other,
}

/// Reads the bytes of a picture, at most `file_bytes`.
pub(super) fn open(unit: Unit, file_bytes: u64, buffer: &mut Vec<u8>) -> Opened {
    match unit {
        Unit::File { path, is_named, .. } => of_file(&path, is_named, file_bytes, buffer),
        Unit::Member { tar, name, extent, .. } => {
            let read = read_extent(&tar, extent, file_bytes, buffer);
            let Extent { offset, bytes } = extent;
            let place = PicturePlace::Found(Origin::Member { tar, name, offset, bytes });
            match read {
                Err(error) => Opened::Bad(unreadable(&place, &error)),
                Ok(()) if bytes > file_bytes => Opened::Bad(too_large(&place, file_bytes)),
                Ok(()) => Opened::Picture(place),
            }
        }
        Unit::Fault(fault) => Opened::Bad(fault.into()),
        // Addresses of pictures are no pictures.
        Unit::Row(_) | Unit::Url(_) | Unit::Other => Opened::Other,
    }
}

fn of_file(path: &Path, is_named: bool, file_bytes: u64, buffer: &mut Vec<u8>) -> Opened {
    let place = PicturePlace::Found(Origin::File(path.to_owned()));
    match read_picture(path, is_named, file_bytes, buffer) {
        Ok(Read::None) => Opened::Other,
        Ok(Read::Whole) => Opened::Picture(place),
        Ok(Read::TooLarge) => Opened::Bad(too_large(&place, file_bytes)),
        Err(error) => Opened::Bad(unreadable(&place, &error)),
    }
}

fn unreadable(place: &PicturePlace, error: &std::io::Error) -> BadPicture {
    Fault::new(FaultKind::PictureUnreadable, place.to_string(), error.to_string()).into()
}

pub(super) fn too_large(place: &PicturePlace, file_bytes: u64) -> BadPicture {
    let message = format!("there are more than {file_bytes} bytes");
    BadPicture::of(place, PictureFault { kind: PictureFaultKind::TooManyBytes, message })
}

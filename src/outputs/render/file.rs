//! PNG files, animated where there are several frames, with texts that say where a picture comes from.

use super::canvas::Canvas;
use crate::error::{Error, Result};
use crate::outputs::PendingFile;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter, Writer};
use std::path::Path;

/// Frames of an animation in a second.
const FRAMES_PER_S: u16 = 4;

/// A file that is being written, frame by frame.
pub struct Picture<'a> {
    writer: Writer<&'a mut PendingFile>,
    path: &'a Path,
}

fn failed(path: &Path, cause: EncodingError) -> Error {
    Error::Failed(format!("could not write {}: {cause}", path.display()))
}

impl<'a> Picture<'a> {
    /// Begins a picture of this size with texts, each a keyword and a value.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn begin(
        file: &'a mut PendingFile,
        path: &'a Path,
        (width, height): (i32, i32),
        frames: usize,
        texts: &[(&str, String)],
    ) -> Result<Picture<'a>> {
        let begin = || {
            let mut encoder = Encoder::new(file, width as u32, height as u32);
            encoder.set_color(ColorType::Rgb);
            encoder.set_depth(BitDepth::Eight);
            encoder.set_compression(Compression::High);
            encoder.set_filter(Filter::Adaptive);
            if frames > 1 {
                encoder.set_animated(frames as u32, 0)?;
                encoder.set_frame_delay(1, FRAMES_PER_S)?;
            }
            for (keyword, value) in texts {
                // Old readers know plain texts alone.
                match value.is_ascii() {
                    true => encoder.add_text_chunk((*keyword).to_owned(), value.clone())?,
                    false => encoder.add_itxt_chunk((*keyword).to_owned(), value.clone())?,
                }
            }
            encoder.write_header()
        };
        Ok(Picture { writer: begin().map_err(|cause| failed(path, cause))?, path })
    }

    /// Writes the next frame.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn add(&mut self, canvas: &Canvas) -> Result<()> {
        self.writer.write_image_data(&canvas.pixels).map_err(|cause| failed(self.path, cause))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn finish(self) -> Result<()> {
        self.writer.finish().map_err(|cause| failed(self.path, cause))
    }
}

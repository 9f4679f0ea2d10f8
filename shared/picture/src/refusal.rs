//! The reasons for refusing a picture, with advice for the photographer.

/// The type of a file that is neither a JPEG nor a PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Apple's camera format.
    Heic,
    /// AV1 still picture.
    Avif,
    /// A camera's raw file (CR2, CR3, NEF, ARW, RAF, DNG, …).
    Raw,
    /// TIFF.
    Tiff,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// BMP.
    Bmp,
    /// A Photoshop document.
    Photoshop,
    /// A video.
    Video,
    /// SVG: it can contain programs, so it is not a photo.
    Svg,
    /// PDF.
    Pdf,
    /// A ZIP, RAR or 7z archive.
    Archive,
    /// A web page.
    Html,
    /// An empty file.
    Empty,
    /// Any other type.
    Unknown,
}

/// A complete JPEG of an unsupported kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JpegKind {
    /// Colours for a printing press (CMYK, YCCK), which a screen cannot show unconverted.
    Cmyk,
    /// More than 8 bits per colour.
    TwelveBit,
    /// Arithmetic coding.
    Arithmetic,
    /// Lossless or hierarchical coding.
    Lossless,
    /// More scans than any camera writes: designed to keep a decoder busy.
    ManyScans,
    /// More tables and headers than any picture needs: designed to fill memory.
    ManySegments,
    /// Progressive, and too large to fit in memory.
    LargeProgressive,
    /// Any other kind that the standard allows and no camera writes.
    Other,
}

/// A complete PNG of an unsupported kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PngKind {
    /// More than one frame.
    Animated,
    /// Brightness beyond white (HDR: PQ or HLG), which a JPEG cannot store.
    HighDynamicRange,
    /// More tables and headers than any picture needs: designed to fill memory.
    ManyChunks,
    /// Interlaced, and too large to fit in memory.
    LargeInterlaced,
}

/// Why a picture was refused. The code is stable; the sentence is for the photographer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum Refusal {
    /// Neither a JPEG nor a PNG.
    NotAPicture(Foreign),
    /// The file ends too early.
    Truncated,
    /// A second file of another kind is hidden behind the picture.
    Polyglot,
    /// Larger than [`super::MAX_PIXELS`].
    TooManyPixels {
        /// The number in the header, in whole megapixels.
        megapixels: u32,
    },
    /// A side longer than [`super::MAX_SIDE`].
    SideTooLong {
        /// The longer side, in pixels.
        pixels: u32,
    },
    /// The file violates the rules of its own format.
    Damaged,
    /// An unsupported kind of JPEG.
    UnsupportedJpeg(JpegKind),
    /// An unsupported kind of PNG.
    UnsupportedPng(PngKind),
}

impl Refusal {
    /// Returns the stable code, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAPicture(foreign) => foreign.code(),
            Self::Truncated => "picture_truncated",
            Self::Polyglot => "picture_hides_another_file",
            Self::TooManyPixels { .. } => "picture_too_many_pixels",
            Self::SideTooLong { .. } => "picture_side_too_long",
            Self::Damaged => "picture_damaged",
            Self::UnsupportedJpeg(kind) => match kind {
                JpegKind::Cmyk => "jpeg_cmyk_not_supported",
                JpegKind::TwelveBit => "jpeg_twelve_bit_not_supported",
                JpegKind::Arithmetic => "jpeg_arithmetic_not_supported",
                JpegKind::Lossless => "jpeg_lossless_not_supported",
                JpegKind::ManyScans => "jpeg_too_many_scans",
                JpegKind::ManySegments => "jpeg_too_many_segments",
                JpegKind::LargeProgressive => "jpeg_progressive_too_large",
                JpegKind::Other => "jpeg_kind_not_supported",
            },
            Self::UnsupportedPng(kind) => match kind {
                PngKind::Animated => "png_animated_not_supported",
                PngKind::HighDynamicRange => "png_hdr_not_supported",
                PngKind::ManyChunks => "png_too_many_chunks",
                PngKind::LargeInterlaced => "png_interlaced_too_large",
            },
        }
    }

    /// Returns the photographer's text: what is wrong and what to do about it.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotAPicture(foreign) => foreign.sentence().to_owned(),
            Self::Truncated => "This file is cut off: its end is missing. \
                Copy it from the camera card again and upload that."
                .to_owned(),
            Self::Polyglot => "Another file is attached behind this picture. \
                Export the picture again as JPEG and upload that."
                .to_owned(),
            Self::TooManyPixels { megapixels } => format!(
                "This picture has {megapixels} megapixels; up to 100 are taken. \
                 Export it smaller and upload that."
            ),
            Self::SideTooLong { pixels } => format!(
                "This picture is {pixels} pixels long; up to 20,000 are taken. \
                 Export it smaller and upload that."
            ),
            Self::Damaged => "This file is damaged and cannot be shown. \
                Copy it from the camera card again, or export it again, and upload that."
                .to_owned(),
            Self::UnsupportedJpeg(kind) => kind.sentence().to_owned(),
            Self::UnsupportedPng(kind) => match kind {
                PngKind::Animated => {
                    "Animated pictures are not taken. \
                    Export the frame you want as JPEG and upload that."
                }
                PngKind::HighDynamicRange => {
                    "This PNG holds HDR colours (PQ or HLG). Export it as an ordinary sRGB picture, \
                    as JPEG, and upload that."
                }
                PngKind::ManyChunks => {
                    "This PNG has more tables than any picture needs. Export it again as JPEG and upload that."
                }
                PngKind::LargeInterlaced => {
                    "This interlaced PNG is too large to be read. \
                    Save it without interlacing, or as JPEG, and upload that."
                }
            }
            .to_owned(),
        }
    }
}

impl Foreign {
    const fn code(self) -> &'static str {
        match self {
            Self::Heic => "heic_not_supported",
            Self::Avif => "avif_not_supported",
            Self::Raw => "raw_not_supported",
            Self::Tiff => "tiff_not_supported",
            Self::Gif => "gif_not_supported",
            Self::Webp => "webp_not_supported",
            Self::Bmp => "bmp_not_supported",
            Self::Photoshop => "photoshop_not_supported",
            Self::Video => "video_not_supported",
            Self::Svg => "svg_not_supported",
            Self::Pdf => "pdf_not_supported",
            Self::Archive => "archive_not_supported",
            Self::Html => "html_not_supported",
            Self::Empty => "file_empty",
            Self::Unknown => "not_a_picture",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Heic => {
                "HEIC is not taken. Choose JPEG (“Most Compatible”) in the camera’s settings, or \
                 export as JPEG, and upload that."
            }
            Self::Raw => {
                "Raw files are not taken. Export as JPEG in your camera or raw converter and \
                 upload that."
            }
            Self::Avif
            | Self::Tiff
            | Self::Gif
            | Self::Webp
            | Self::Bmp
            | Self::Photoshop
            | Self::Svg
            | Self::Pdf => {
                "This format is not taken. Export as JPEG in your picture program and upload that."
            }
            Self::Video => "Films are not taken, only photos: JPEG or PNG.",
            Self::Archive => "Archives are not taken. Unpack it and upload the JPEG files inside.",
            Self::Html => "This is a web page, not a photo. Upload the JPEG file itself.",
            Self::Empty => "This file is empty. Copy it from the camera card again and upload it.",
            Self::Unknown => {
                "This is neither a JPEG nor a PNG. Export as JPEG in your camera or picture \
                 program and upload that."
            }
        }
    }
}

impl JpegKind {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Cmyk => {
                "This JPEG has the colours of a printing press (CMYK). Export it in RGB (sRGB) \
                 and upload that."
            }
            Self::TwelveBit => {
                "This JPEG has 12 bits per colour, which few programs show. Export it with 8 bits \
                 per colour and upload that."
            }
            Self::Arithmetic => {
                "This JPEG is compressed with arithmetic coding, which few programs show. \
                 Export it as a baseline (“standard”) JPEG, with Huffman coding, and upload that."
            }
            Self::Lossless => {
                "This is a lossless or hierarchical JPEG, which few programs show. Export it as \
                 a baseline (“standard”) JPEG and upload that."
            }
            Self::ManyScans => {
                "This progressive JPEG has more than 64 passes. Export it as a baseline (“standard”) \
                 JPEG and upload that."
            }
            Self::ManySegments => {
                "This JPEG has more tables than any picture needs. Export it again as a baseline \
                 (“standard”) JPEG and upload that."
            }
            Self::LargeProgressive => {
                "This progressive JPEG is too large to be read. Save it as a baseline (“standard”) \
                 JPEG and upload that."
            }
            Self::Other => {
                "This is an unusual kind of JPEG. Export it again as a baseline (“standard”) JPEG \
                 and upload that."
            }
        }
    }
}

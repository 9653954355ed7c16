//! How large a picture would be once it is unpacked, read from its head without unpacking anything. A few kilobytes can hold
//! more than a machine has room for; such a picture is shown to nobody. Linear in the file's length.

/// The most pixels of a picture, all its frames together.
const MOST_PIXELS: u64 = 50_000_000;
/// The longest side.
const LONGEST_SIDE: u64 = 16_384;
/// The most frames.
const MOST_FRAMES: u64 = 500;

/// True where a browser can be expected to show it; false too where its head says nothing that makes sense.
#[must_use]
pub fn is_modest(kind: &str, bytes: &[u8]) -> bool {
    let size = match kind {
        "image/png" => png(bytes),
        "image/gif" => gif(bytes),
        "image/jpeg" => jpeg(bytes),
        "image/webp" => webp(bytes),
        _ => None,
    };
    size.is_some_and(|Size { width, height, frames }| {
        let fits = |side: u64| (1..=LONGEST_SIDE).contains(&side);
        fits(width) && fits(height) && frames <= MOST_FRAMES && width * height * frames.max(1) <= MOST_PIXELS
    })
}

struct Size {
    width: u64,
    height: u64,
    frames: u64,
}

fn big(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

fn little(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

fn to_usize(n: u64) -> Option<usize> {
    usize::try_from(n).ok()
}

fn png(bytes: &[u8]) -> Option<Size> {
    let mut size = Size { width: big(bytes, 16, 4)?, height: big(bytes, 20, 4)?, frames: 1 };
    let mut at = 8;
    // an animation says so before the first picture
    while let (Some(length), Some(name)) = (big(bytes, at, 4), bytes.get(at + 4..at + 8)) {
        match name {
            b"acTL" => size.frames = big(bytes, at + 8, 4)?,
            b"IDAT" | b"IEND" => break,
            _ => {}
        }
        at = at.checked_add(to_usize(length)?)?.checked_add(12)?;
    }
    Some(size)
}

fn gif(bytes: &[u8]) -> Option<Size> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut size = Size { width: little(bytes, 6, 2)?, height: little(bytes, 8, 2)?, frames: 0 };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match bytes.get(at) {
            Some(0x21) => at += 2,
            Some(0x2c) => {
                size.frames += 1;
                // a frame may be larger than what it says it is drawn on, or lie far off
                size.width = size.width.max(little(bytes, at + 1, 2)? + little(bytes, at + 5, 2)?);
                size.height = size.height.max(little(bytes, at + 3, 2)? + little(bytes, at + 7, 2)?);
                at += 11 + table(*bytes.get(at + 9)?);
            }
            _ => return Some(size),
        }
        // the blocks that follow, each with its length in front
        while let Some(length) = bytes.get(at) {
            at += 1 + usize::from(*length);
            if *length == 0 {
                break;
            }
        }
    }
}

/// ITU T.81, table B.1: which marks may stand before the size.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        let (mark, code) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        if mark != 0xff {
            return None;
        }
        match code {
            0xff => at += 1,
            0x01 | 0xd0..=0xd7 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some(Size { height: big(bytes, at + 5, 2)?, width: big(bytes, at + 7, 2)?, frames: 1 });
            }
            // tables, what programs add, and words
            0xc4 | 0xcc | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {
                let length = to_usize(big(bytes, at + 2, 2)?).filter(|length| *length >= 2)?;
                at = at.checked_add(2)?.checked_add(length)?;
            }
            // a browser would look for the next mark its own way, and could find another size
            _ => return None,
        }
    }
}

fn webp(bytes: &[u8]) -> Option<Size> {
    match bytes.get(12..16)? {
        b"VP8 " => {
            Some(Size { width: little(bytes, 26, 2)? & 0x3fff, height: little(bytes, 28, 2)? & 0x3fff, frames: 1 })
        }
        b"VP8L" => {
            let bits = little(bytes, 21, 4)?;
            Some(Size { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, frames: 1 })
        }
        b"VP8X" => {
            let mut size = Size { width: little(bytes, 24, 3)? + 1, height: little(bytes, 27, 3)? + 1, frames: 0 };
            let mut at = 12;
            while let (Some(name), Some(length)) = (bytes.get(at..at + 4), little(bytes, at + 4, 4)) {
                size.frames += u64::from(name == b"ANMF");
                // each begins at an even place
                at = at.checked_add(8)?.checked_add(to_usize(length)?)?.checked_add(to_usize(length & 1)?)?;
            }
            Some(size)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_png(width: u32, height: u32, frames: Option<u32>) -> Vec<u8> {
        let mut all = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        all.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        all.extend(b"\x08\x06\0\0\0crcc");
        if let Some(frames) = frames {
            all.extend([&b"\0\0\0\x08acTL"[..], &frames.to_be_bytes(), b"\0\0\0\0crcc"].concat());
        }
        all.extend(b"\0\0\0\x02IDATxxcrcc\0\0\0\0IENDcrcc");
        all
    }

    fn a_gif(width: u16, height: u16, frames: usize, of: u16) -> Vec<u8> {
        let mut all = [&b"GIF89a"[..], &width.to_le_bytes(), &height.to_le_bytes(), b"\x80\0\0", &[0; 6]].concat();
        for _ in 0..frames {
            all.extend(b"\x21\xf9\x04\0\0\0\0\0");
            all.extend([&b"\x2c\0\0\0\0"[..], &of.to_le_bytes(), &of.to_le_bytes(), b"\0\x02\x02\x4c\x01\0"].concat());
        }
        all.push(0x3b);
        all
    }

    fn a_jpeg(width: u16, height: u16) -> Vec<u8> {
        let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
        [&b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x03x\xff\xc2\0\x0b\x08"[..], &size, b"\x01\x01\x11\0\xff\xd9"].concat()
    }

    /// A small JPEG with something else in front of its size.
    fn behind(part: &[u8]) -> Vec<u8> {
        let whole = a_jpeg(10, 10);
        [&whole[..2], part, &whole[2..]].concat()
    }

    /// The first frame of a GIF elsewhere.
    fn placed(mut gif: Vec<u8>, left: u16) -> Vec<u8> {
        let at = gif.iter().rposition(|b| *b == 0x2c).expect("a frame");
        gif[at + 1..at + 3].copy_from_slice(&left.to_le_bytes());
        gif
    }

    fn a_webp(side: u32, frames: usize) -> Vec<u8> {
        let mut all = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0".to_vec();
        all.extend([&(side - 1).to_le_bytes()[..3], &(side - 1).to_le_bytes()[..3]].concat());
        all.extend(b"ANMF\x03\0\0\0abc\0".repeat(frames));
        all
    }

    #[test]
    fn s31_a_picture_that_would_unpack_into_too_much_is_shown_to_nobody() {
        for (what, kind, bytes, is) in [
            ("a small one", "image/png", a_png(640, 480, None), true),
            ("as a camera makes them", "image/png", a_png(8_000, 6_000, None), true),
            ("fifty thousand by fifty thousand", "image/png", a_png(50_000, 50_000, None), false),
            ("a line", "image/png", a_png(100_000, 1, None), false),
            ("nothing", "image/png", a_png(0, 10, None), false),
            ("a short animation", "image/png", a_png(100, 100, Some(20)), true),
            ("a long animation", "image/png", a_png(1_000, 1_000, Some(4_000_000_000)), false),
            ("a small one", "image/gif", a_gif(100, 100, 12, 100), true),
            ("many frames", "image/gif", a_gif(1_000, 1_000, 400, 1_000), false),
            ("very many frames", "image/gif", a_gif(1, 1, 20_000, 1), false),
            ("frames larger than the picture", "image/gif", a_gif(1, 1, 2, 60_000), false),
            ("a frame far off", "image/gif", placed(a_gif(100, 100, 1, 100), 60_000), false),
            ("a frame at its place", "image/gif", placed(a_gif(200, 200, 1, 100), 100), true),
            ("as a camera makes them", "image/jpeg", a_jpeg(6_000, 4_000), true),
            ("a stuffed zero for a mark", "image/jpeg", behind(b"\xff\x00\0\x04ab"), false),
            ("a reserved mark", "image/jpeg", behind(b"\xff\x02\0\x04ab"), false),
            ("a mark of another process", "image/jpeg", behind(b"\xff\xc8\0\x04ab"), false),
            ("a scan without a size", "image/jpeg", behind(b"\xff\xda\0\x04ab"), false),
            ("a second beginning", "image/jpeg", behind(b"\xff\xd8"), false),
            ("a part shorter than its length", "image/jpeg", behind(b"\xff\xe0\0\x01"), false),
            ("words", "image/jpeg", behind(b"\xff\xfe\0\x04ab"), true),
            ("the largest there can be", "image/jpeg", a_jpeg(65_535, 65_535), false),
            ("a small one", "image/webp", a_webp(200, 10), true),
            ("the largest there can be", "image/webp", a_webp(16_777_216, 1), false),
            ("many frames", "image/webp", a_webp(500, 400), false),
            ("another kind", "image/svg+xml", b"<svg/>".to_vec(), false),
        ] {
            assert_eq!(is_modest(kind, &bytes), is, "{kind}: {what}");
            // cut off anywhere it is refused or read, and nothing worse
            for end in (0..bytes.len()).step_by(1 + bytes.len() / 200) {
                let _ = is_modest(kind, &bytes[..end]);
            }
        }
    }
}

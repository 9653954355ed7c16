//! Real PNG files: a few dozen small landscapes are drawn and encoded once; every object key gets a copy of one.

use super::dice::Dice;
use anyhow::Context as _;
use std::{collections::HashSet, fs, path::Path, sync::Arc};

/// How many pictures there are to choose from.
const COUNT: usize = 36;

/// An encoded picture.
pub struct Picture {
    /// Pixels across.
    pub width: i64,
    /// Pixels down.
    pub height: i64,
    png: Vec<u8>,
}

impl Picture {
    /// The size of the file.
    pub fn size(&self) -> i64 {
        i64::try_from(self.png.len()).unwrap_or(i64::MAX)
    }
}

/// The pictures, and which file is a copy of which.
pub struct Shelf {
    drawn: Arc<Drawn>,
    files: Vec<File>,
}

struct Drawn {
    pictures: Vec<Picture>,
    // of each picture, for previews and faces
    small: Vec<Picture>,
}

struct File {
    key: String,
    picture: usize,
    is_small: bool,
}

impl Shelf {
    /// Draws the pictures.
    pub fn draw() -> anyhow::Result<Self> {
        let mut dice = Dice::of("pictures");
        let sizes = [(64, 64), (64, 48), (48, 64), (32, 32)];
        let drawn: Vec<_> = (0..COUNT).map(|n| Drawing::landscape(&mut dice, sizes[n % sizes.len()])).collect();
        let pictures = drawn.iter().map(Drawing::encoded).collect::<anyhow::Result<_>>()?;
        let small = drawn.iter().map(|drawing| drawing.quarter().encoded()).collect::<anyhow::Result<_>>()?;
        Ok(Self { drawn: Arc::new(Drawn { pictures, small }), files: Vec::new() })
    }

    /// The same pictures, of which no file is a copy yet.
    pub fn emptied(&self) -> Self {
        Self { drawn: self.drawn.clone(), files: Vec::new() }
    }

    /// The picture of an image.
    pub fn of(&self, id: i64) -> &Picture {
        &self.drawn.pictures[which(id)]
    }

    /// A file for an image; its key.
    pub fn image(&mut self, id: i64) -> String {
        self.file(key(id), id, false)
    }

    /// A file for the preview of an image; its key.
    pub fn preview(&mut self, id: i64) -> String {
        self.file(key(id).replace(".png", "-preview.png"), id, true)
    }

    /// A file for somebody's face; its key.
    pub fn avatar(&mut self, id: i64) -> String {
        self.file(format!("avatars/{id}.png"), id, true)
    }

    fn file(&mut self, key: String, id: i64, is_small: bool) -> String {
        self.files.push(File { key: key.clone(), picture: which(id), is_small });
        key
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Writes every file under `folder`.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let mut made = HashSet::new();
        for File { key, picture, is_small } in &self.files {
            let file = folder.join(key);
            let parent = file.parent().unwrap_or(folder).to_owned();
            if !made.contains(&parent) {
                fs::create_dir_all(&parent).with_context(|| format!("{} cannot be made", parent.display()))?;
                made.insert(parent);
            }
            let from = if *is_small { &self.drawn.small } else { &self.drawn.pictures };
            fs::write(&file, &from[*picture].png).with_context(|| format!("{} cannot be written", file.display()))?;
        }
        Ok(())
    }
}

/// Which picture shows what is behind a key.
fn which(id: i64) -> usize {
    Dice::of(&format!("picture {id}")).index(COUNT)
}

/// The object key of an image: spread over folders, as stores of files like it.
pub fn key(id: i64) -> String {
    let spread = Dice::of(&id.to_string()).throw();
    format!("images/{:02x}/{:02x}/gen-{id:06}.png", spread % 32, (spread >> 8) % 8)
}

type Colour = [u8; 3];

/// Sky from top to horizon in eight steps, a sun, two rows of hills.
#[rustfmt::skip]
const MOODS: [[Colour; 5]; 6] = [
    // top, horizon, sun, far hills, near hills
    [[38, 70, 120], [246, 190, 140], [255, 236, 190], [92, 84, 120], [40, 44, 70]],
    [[120, 190, 220], [236, 244, 238], [255, 244, 170], [110, 160, 120], [50, 104, 80]],
    [[24, 26, 58], [70, 60, 120], [240, 236, 216], [40, 44, 84], [18, 20, 42]],
    [[232, 120, 60], [250, 210, 110], [255, 246, 214], [170, 70, 50], [96, 38, 40]],
    [[150, 160, 170], [224, 226, 224], [250, 250, 244], [130, 142, 148], [84, 96, 104]],
    [[90, 60, 120], [240, 150, 160], [255, 220, 190], [120, 70, 120], [60, 34, 80]],
];
const STEPS: u8 = 8;

/// A picture in few colours before it is encoded.
struct Drawing {
    width: usize,
    pixels: Vec<u8>,
    palette: Vec<u8>,
}

impl Drawing {
    fn landscape(dice: &mut Dice, (w, h): (i64, i64)) -> Self {
        let mood = dice.pick(&MOODS);
        let (sun_x, sun_y) = (dice.between(w / 5, w * 4 / 5), dice.between(h / 6, h / 2));
        let sun = dice.between(w / 12, w / 6);
        let ridges = [(h * 3 / 5, w / 4, 3), (h * 4 / 5, w / 3, 4)].map(|(level, wave, slope)| {
            let shift = dice.between(0, w);
            move |x: i64| level - ((x + shift) % (2 * wave) - wave).abs() / slope
        });
        let mut pixels = Vec::new();
        for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
            let is_sun = (x - sun_x).pow(2) + (y - sun_y).pow(2) <= sun * sun;
            pixels.push(match (y >= ridges[1](x), y >= ridges[0](x), is_sun) {
                (true, ..) => STEPS + 2,
                (_, true, _) => STEPS + 1,
                (.., true) => STEPS,
                _ => u8::try_from(y * i64::from(STEPS) / h).unwrap_or(0),
            });
        }
        let mix = |a: u8, b: u8, n: u8| {
            let mixed = u16::from(a) * u16::from(STEPS - n) + u16::from(b) * u16::from(n);
            u8::try_from(mixed / u16::from(STEPS)).unwrap_or(0)
        };
        let sky = (0..STEPS).flat_map(|n| (0..3).map(move |c| mix(mood[0][c], mood[1][c], n)));
        let palette = sky.chain(mood[2..].iter().flatten().copied()).collect();
        Self { width: usize::try_from(w).unwrap_or(1), pixels, palette }
    }

    /// Every fourth pixel of every fourth row.
    fn quarter(&self) -> Self {
        let rows = self.pixels.chunks(self.width).step_by(4);
        let pixels = rows.flat_map(|row| row.iter().step_by(4).copied()).collect();
        Self { width: self.width.div_ceil(4), pixels, palette: self.palette.clone() }
    }

    fn encoded(&self) -> anyhow::Result<Picture> {
        let (width, height) = (u32::try_from(self.width)?, u32::try_from(self.pixels.len() / self.width)?);
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, width, height);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(self.palette.as_slice());
        let mut writer = encoder.write_header().context("a picture cannot be encoded")?;
        writer.write_image_data(&self.pixels).context("a picture cannot be encoded")?;
        writer.finish().context("a picture cannot be encoded")?;
        Ok(Picture { width: width.into(), height: height.into(), png })
    }
}

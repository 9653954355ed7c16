//! Real PNG files: a few dozen small landscapes are drawn and encoded once; every object key gets a copy of one.

use super::dice::Dice;
use anyhow::Context as _;
use std::{collections::HashSet, fs, path::Path};

/// How many pictures there are to choose from.
const LARGE: usize = 36;
/// How many small ones, for previews and faces.
const SMALL: usize = 8;

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
    pictures: Vec<Picture>,
    files: Vec<(String, usize)>,
}

impl Shelf {
    /// Draws the pictures.
    pub fn draw() -> anyhow::Result<Self> {
        let mut dice = Dice::of("pictures");
        let sizes = [(64, 64), (64, 48), (48, 64), (32, 32)];
        let large = (0..LARGE).map(|n| sizes[n % sizes.len()]);
        let all = large.chain([(16, 16); SMALL]);
        let pictures = all.map(|(width, height)| landscape(&mut dice, width, height)).collect::<anyhow::Result<_>>()?;
        Ok(Self { pictures, files: Vec::new() })
    }

    /// A file for an image, unless it was lost; the object key and what is in it.
    pub fn picture(&mut self, dice: &mut Dice, id: i64, lost: bool) -> (String, &Picture) {
        let (key, n) = (key(id, ""), dice.index(LARGE));
        if !lost {
            self.files.push((key.clone(), n));
        }
        (key, &self.pictures[n])
    }

    /// A file for the preview of an image; its key.
    pub fn preview(&mut self, id: i64) -> String {
        self.small(key(id, "-preview"), id)
    }

    /// A file for somebody's face; its key.
    pub fn avatar(&mut self, id: i64) -> String {
        self.small(format!("avatars/{id}.png"), id)
    }

    fn small(&mut self, key: String, id: i64) -> String {
        self.files.push((key.clone(), LARGE + usize::try_from(id).unwrap_or(0) % SMALL));
        key
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Writes every file under `folder`.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let mut made = HashSet::new();
        for (key, n) in &self.files {
            let file = folder.join(key);
            let parent = file.parent().unwrap_or(folder).to_owned();
            if !made.contains(&parent) {
                fs::create_dir_all(&parent).with_context(|| format!("{} cannot be made", parent.display()))?;
                made.insert(parent);
            }
            fs::write(&file, &self.pictures[*n].png)
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
        Ok(())
    }
}

/// The object key of an image: spread over folders, as stores of files like it.
fn key(id: i64, suffix: &str) -> String {
    let spread = Dice::of(&id.to_string()).throw();
    format!("images/{:02x}/{:02x}/gen-{id:06}{suffix}.png", spread % 32, (spread >> 8) % 8)
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

fn landscape(dice: &mut Dice, width: u32, height: u32) -> anyhow::Result<Picture> {
    let (w, h) = (i64::from(width), i64::from(height));
    let mood = dice.pick(&MOODS);
    let (sun_x, sun_y, sun) = (dice.between(w / 5, w * 4 / 5), dice.between(h / 6, h / 2), dice.between(w / 12, w / 6));
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
    let mix =
        |a: u8, b: u8, n: u8| (u16::from(a) * u16::from(STEPS - n) + u16::from(b) * u16::from(n)) / u16::from(STEPS);
    let sky = (0..STEPS).flat_map(|n| (0..3).map(move |c| u8::try_from(mix(mood[0][c], mood[1][c], n)).unwrap_or(0)));
    let palette: Vec<u8> = sky.chain(mood[2..].iter().flatten().copied()).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette);
    let mut writer = encoder.write_header().context("a picture cannot be encoded")?;
    writer.write_image_data(&pixels).context("a picture cannot be encoded")?;
    writer.finish().context("a picture cannot be encoded")?;
    Ok(Picture { width: w, height: h, png })
}

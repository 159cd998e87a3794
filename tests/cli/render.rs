//! Pictures of a run: known cells have their colours at their places, the scale bar its length, and wrong requests
//! their messages.

use super::program::Scratch;
use parquet::data_type::{ByteArray, ByteArrayType, FloatType, Int32Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fs::{self, File};
use std::sync::Arc;

/// Three cells of known places that do not move.
const THREE: &str = r#"
title = "Three cells"
duration = "2 h"
seed = 3
preset = "coarse"
[domain]
geometry = "tissue"
size = ["200 um", "200 um", "200 um"]
[cell_types.t_cell]
volume = "500 um^3"
[cell_types.tumour]
volume = "2494 um^3"
[[place]]
table = "cells.csv"
[snapshots]
every = "1 h"
"#;
const CELLS: &str = "x,y,z,type\n-60,0,0,tumour\n60,30,0,tumour\n0,-60,4,t_cell\n";

const T_CELL: [u8; 3] = [0xe6, 0x9f, 0x00];
const TUMOUR: [u8; 3] = [0x56, 0xb4, 0xe9];
const GROUND: [u8; 3] = [0xf3, 0xf4, 0xf6];
const INK: [u8; 3] = [0x1f, 0x29, 0x37];
/// Left, top and edge of the square that shows the tissue.
const PANEL: (f32, f32, f32) = (40.0, 112.0, 828.0);
/// Radius of a ball of 2494 um³.
const RADIUS_UM: f32 = 8.412;
/// Pixels in 1 um: the cells that reach farthest, with a margin, fill the square.
const SCALE: f32 = 828.0 / (2.0 * 1.08 * (60.0 + RADIUS_UM));

fn three() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("three.toml", THREE);
    scratch.write("cells.csv", CELLS);
    scratch.run("three.toml --device cpu -o out");
    scratch
}

/// A PNG as it is read back.
struct Png {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    /// Of an animation.
    frames: Vec<Vec<u8>>,
    texts: Vec<(String, String)>,
}

impl Png {
    #[track_caller]
    fn render(scratch: &Scratch, arguments: &str, file: &str) -> Png {
        let ended = scratch.texpop(&format!("render {arguments} -o {file}"));
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        assert!(ended.stdout.starts_with(&format!("written to {file}")), "{}", ended.stdout);
        Png::read(scratch, file)
    }

    fn read(scratch: &Scratch, file: &str) -> Png {
        let bytes = fs::read(scratch.path(file)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let count = reader.info().animation_control().map_or(1, |it| it.num_frames);
        let size = reader.output_buffer_size().unwrap();
        let frames: Vec<Vec<u8>> = (0..count)
            .map(|_| {
                let mut pixels = vec![0; size];
                reader.next_frame(&mut pixels).unwrap();
                pixels
            })
            .collect();
        let info = reader.info();
        let texts = info.uncompressed_latin1_text.iter().map(|it| (it.keyword.clone(), it.text.clone())).collect();
        let (width, height) = (info.width as usize, info.height as usize);
        Png { width, height, pixels: frames[0].clone(), frames, texts }
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = 3 * (y * self.width + x);
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }

    /// The pixel at a place in um.
    fn at(&self, x_um: f32, y_um: f32) -> [u8; 3] {
        let (left, top, edge) = PANEL;
        self.pixel((left + 0.5 * edge + x_um * SCALE) as usize, (top + 0.5 * edge - y_um * SCALE) as usize)
    }

    fn text(&self, keyword: &str) -> &str {
        self.texts.iter().find(|it| it.0 == keyword).map_or("", |it| &it.1)
    }
}

#[test]
fn cells_of_known_places_have_their_colours_and_cuts() {
    let scratch = three();
    let picture = Png::render(&scratch, "out --at 1h", "a.png");
    assert_eq!((picture.width, picture.height), (1200, 980));
    assert_eq!([picture.at(-60.0, 0.0), picture.at(60.0, 30.0)], [TUMOUR; 2]);
    assert_eq!([picture.at(-60.0 + 0.85 * RADIUS_UM, 0.0), picture.at(-60.0 + 1.1 * RADIUS_UM, 0.0)], [TUMOUR, GROUND]);
    // A ball of radius 4.92 um is cut 4 um off its middle: √(4.92² − 4²) = 2.87 um.
    assert_eq!([picture.at(0.0, -60.0), picture.at(2.2, -60.0), picture.at(3.2, -60.0)], [T_CELL, T_CELL, GROUND]);
    assert_eq!(picture.at(0.0, 0.0), GROUND);
    // At z = 4 um it is whole; beyond z = 9 um there is nothing.
    let through = Png::render(&scratch, "out --at 1h --slice z=4um", "b.png");
    assert!(through.pixels.chunks(3).any(|it| it == TUMOUR) && through.pixels != picture.pixels);
    let beyond = Png::render(&scratch, "out --at 1h --slice z=9um", "c.png");
    assert_eq!(beyond.pixel(454, 526), GROUND);
}

#[test]
fn the_scale_bar_is_as_long_as_it_says() {
    let scratch = three();
    let picture = Png::render(&scratch, "out", "a.png");
    let row = (PANEL.1 + PANEL.2) as usize - 56 + 34;
    let inked = (0..picture.width).filter(|x| picture.pixel(*x, row) == INK).count();
    // 0.3 of the square is 44 um, so the bar says 20 um.
    assert!((inked as f32 - 20.0 * SCALE).abs() <= 1.0, "{inked} pixels, not {}", 20.0 * SCALE);
}

#[test]
fn equal_runs_give_equal_bytes_that_tell_their_origin() {
    let scratch = three();
    scratch.run("three.toml --device cpu -o again");
    for arguments in ["", "--project", "--color-by volume_um3", "--color-by phase --slice x=0"] {
        let first = Png::render(&scratch, &format!("out --at 2h {arguments}"), "first.png");
        Png::render(&scratch, &format!("again --at 2h {arguments}"), "second.png");
        let bytes = |file| fs::read(scratch.path(file)).unwrap();
        assert!(bytes("first.png") == bytes("second.png"), "{arguments}");
        let manifest = scratch.manifest("out");
        assert_eq!(first.text("scenario_hash"), manifest["scenario_hash"]);
        assert_eq!(first.text("seed"), manifest["replicates"][0]["seed"]);
        assert_eq!((first.text("time_h"), first.text("Title"), first.text("arm")), ("2", "Three cells", "base"));
        for file in ["first.png", "second.png"] {
            fs::remove_file(scratch.path(file)).unwrap();
        }
    }
}

#[test]
fn an_animation_has_a_frame_a_snapshot() {
    let scratch = Scratch::new();
    scratch.run("small.toml --device cpu -o out");
    let ended = scratch.texpop("render out --arm car_t --replicate 2 --animate");
    assert_eq!(ended.stdout, "written to out_car_t_2_animated.png (2 frames)\n", "{}", ended.stderr);
    let picture = Png::read(&scratch, "out_car_t_2_animated.png");
    assert_eq!((picture.frames.len(), picture.text("time_h")), (2, "0 1"));
    assert_ne!(picture.frames[0], picture.frames[1]);
}

/// A field that rises by 1 a um along x, on voxels of 20 um.
fn write_fields(scratch: &Scratch) {
    let schema = "message fields { required binary arm (UTF8); required int32 replicate; required float x_um;
        required float y_um; required float z_um; required float oxygen; }";
    fs::create_dir_all(scratch.path("out/fields")).unwrap();
    let file = File::create(scratch.path("out/fields/t000001.00h.parquet")).unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(file, schema, Default::default()).unwrap();
    let place = |index: i32| 20.0 * index as f32 - 90.0;
    let voxels: Vec<[f32; 3]> = (0..1000).map(|it| [place(it % 10), place(it / 10 % 10), place(it / 100)]).collect();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&vec![ByteArray::from("base"); 1000], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int32Type>().write_batch(&[1; 1000], None, None).unwrap();
    column.close().unwrap();
    for values in [0, 1, 2, 0].map(|axis| voxels.iter().map(|it| it[axis]).collect::<Vec<f32>>()) {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<FloatType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

#[test]
fn a_substrate_lies_behind_the_cells() {
    let scratch = three();
    write_fields(&scratch);
    let picture = Png::render(&scratch, "out --at 1h --substrate oxygen", "a.png");
    assert_eq!(picture.at(-60.0, 0.0), TUMOUR);
    let reddest = |x: f32| picture.at(x, -20.0)[0];
    assert!(reddest(-70.0) > reddest(0.0) && reddest(0.0) > reddest(70.0), "a rise makes it darker");
    // Half way between the least and the greatest value is between the third and the fourth of six colours.
    let off = picture
        .at(0.0, -20.0)
        .into_iter()
        .zip([0xcb, 0xcb, 0xe3])
        .map(|(got, expected): (u8, u8)| got.abs_diff(expected));
    assert!(off.max().unwrap() <= 2, "{:?}", picture.at(0.0, -20.0));
    let other = scratch.texpop("render out --at 1h --substrate oxigen -o b.png");
    other.refused(2, &["there is no substrate `oxigen`", "did you mean `oxygen`?"]);
    let early = scratch.texpop("render out --at 0h --substrate oxygen -o b.png");
    early.refused(2, &["there are no fields of substrates at 0 h", "hint: ask for fields"]);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_a_way_out() {
    let scratch = three();
    let refused = |arguments: &str, parts: &[&str]| {
        scratch.texpop(&format!("render {arguments} -o a.png")).refused(2, parts);
        assert!(!scratch.path("a.png").exists() && !scratch.path(".a.png.texpop-0.tmp").exists(), "{arguments}");
    };
    refused("nowhere", &["nowhere: there is no such folder", "hint: give the folder that `texpop run` wrote"]);
    refused(".", &[". is no run folder", "it holds manifest.json"]);
    refused("out --at 20d", &["there is no snapshot near 480 h", "hint: there are 0h, 1h, 2h"]);
    refused("out --at soon", &["--at soon: ", "such as --at 20d"]);
    refused("out --color-by volume", &["there is no column `volume`", "hint: there are arm, replicate"]);
    refused("out --color-by presure", &["there is no column `presure`", "did you mean `pressure`?"]);
    refused("out --arm bas", &["there is no arm `bas`", "did you mean `base`?"]);
    refused("out --replicate 2", &["there is no replicate 2", "numbered 1 to 1"]);
    refused("out --slice w=3", &["`w=3` is not an axis and a place, such as z=0"]);
    refused(
        "out --slice y=120um",
        &["the slice y = 120 um lies outside of the tissue", "y goes from -100 um to 100 um"],
    );
    refused("out --range 5,1", &["--range 5,1: give two numbers, the second larger"]);
    scratch.write("taken.png", "mine");
    scratch.texpop("render out -o taken.png").refused(2, &["taken.png is there already", "--force"]);
    assert_eq!(scratch.text("taken.png"), "mine");
    assert_eq!(scratch.texpop("render out -o taken.png --force").code, Some(0));
    scratch.texpop("render out -o out").refused(2, &["out is a folder", "such as -o a.png"]);
    scratch.texpop("render out -o taken.png/a.png").refused(1, &["could not create"]);
    fs::remove_dir_all(scratch.path("out/cells")).unwrap();
    refused("out", &["out has no snapshots of cells", "[snapshots] every"]);
}

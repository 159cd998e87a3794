//! Small scenarios with substrates at random: any level, boundary, rate, clock and number of cycles, and what makes levels jump.

use std::fmt::Write;
use texpop::random::{philox, uniform};

/// A periodic edge that is wide enough for the cells.
const LEAST_PERIODIC_UM: u32 = 40;

/// Draws of one scenario.
pub struct Draws {
    seed: u32,
    count: u32,
}

impl Draws {
    pub fn new(seed: u32) -> Draws {
        Draws { seed, count: 0 }
    }

    /// From 0 to 1.
    pub fn part(&mut self) -> f64 {
        self.count += 1;
        f64::from(uniform(philox([41, 42], [self.seed, self.count, 0, 0])[0]))
    }

    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[(self.part() * all.len() as f64) as usize % all.len()]
    }

    pub fn is(&mut self, probability: f64) -> bool {
        self.part() < probability
    }

    /// Between two numbers, evenly by their logarithms.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.part())
    }

    /// Same, or 0.
    fn some(&mut self, probability: f64, low: f64, high: f64) -> f64 {
        if self.is(probability) { self.between(low, high) } else { 0.0 }
    }
}

/// A scenario, and what its levels are multiplied by.
pub struct Random {
    draws: Draws,
    factor: f64,
    /// A drug that comes in through the first substrate.
    is_fed: bool,
    is_periodic: bool,
    voxels: [u32; 3],
    voxel_um: u32,
}

impl Random {
    /// The scenario of a number.
    pub fn text(seed: u32) -> String {
        Random::drawn(seed, 1.0, 0.3)
    }

    /// The scenario of a number, without a drug, with all levels multiplied by a factor.
    pub fn in_unit(seed: u32, factor: f64) -> String {
        Random::drawn(seed, factor, 0.0)
    }

    fn drawn(seed: u32, factor: f64, fed: f64) -> String {
        let mut draws = Draws::new(seed);
        let dimensions = draws.one_of(&[1, 2, 3, 3]);
        let voxels = [0, 1, 2].map(|axis| if axis < dimensions { draws.one_of(&[2, 3, 4, 5, 7, 9]) } else { 1 });
        let voxel_um = draws.one_of(&[20, 25, 40]);
        let is_fed = draws.is(fed);
        let is_wide = voxels.iter().all(|count| count * voxel_um >= LEAST_PERIODIC_UM);
        let is_periodic = draws.is(0.3) && is_wide;
        Random { draws, factor, is_fed, is_periodic, voxels, voxel_um }.written()
    }

    fn written(mut self) -> String {
        let clock_s = self.draws.one_of(&[3, 6, 30, 60, 600]);
        let report_steps = self.draws.one_of(&[1, 2, 5]);
        let steps = 12;
        let size = self.voxels.map(|count| format!("\"{} um\"", count * self.voxel_um)).join(", ");
        let boundary = if self.is_periodic { "periodic" } else { "closed" };
        let cycles =
            if self.draws.is(0.4) { format!("cycles = {}\n", self.draws.one_of(&[1, 2, 3, 6])) } else { String::new() };
        let mut text = format!(
            "duration = \"{} s\"\npreset = \"coarse\"\nreplicates = 2\nseed = 3\n\
             [clocks]\nmechanics = \"{} s\"\nsubstrates = \"{clock_s} s\"\n[statistics]\nevery = \"{} s\"\n\
             [domain]\ngeometry = \"tissue\"\nboundary = \"{boundary}\"\nsize = [{size}]\n\
             [diffusion]\nvoxel = \"{} um\"\n{cycles}\
             [cell_types.cell]\nvolume = \"500 um^3\"\n[[place]]\ncell_type = \"cell\"\ncount = {}\n",
            clock_s * steps,
            clock_s.min(60),
            clock_s * report_steps,
            self.voxel_um,
            self.draws.one_of(&[1, 5, 20]),
        );
        for name in ["a", "b"] {
            self.substrate(&mut text, name);
        }
        self.walk(&mut text);
        self.jumps(&mut text, clock_s);
        text
    }

    /// A level, in nM where a drug comes in.
    fn level(&mut self, name: &str) -> String {
        let level = self.draws.some(0.8, 1e-3, 1e3) * self.factor;
        if self.is_fed && name == "a" { format!("\"{level:e} nM\"") } else { format!("{level:e}") }
    }

    fn substrate(&mut self, text: &mut String, name: &str) {
        let diffusion = self.draws.some(0.9, 1.0, 1e5);
        let decay = self.draws.some(0.8, 1e-4, 1e3);
        let is_fed = self.is_fed && name == "a";
        let kind = if is_fed { "fixed" } else { self.draws.one_of(&["fixed", "faces", "held", "no_flux", "domain"]) };
        let value = self.level(name);
        let boundary = match kind {
            "faces" => {
                let high = self.level(name);
                format!("boundary = \"fixed\"\nfaces = {{ x_low = {value}, x_high = {high} }}\n")
            }
            "fixed" => format!("boundary = \"fixed\"\nboundary_value = {value}\n"),
            "held" => {
                let half_um = 0.5 * f64::from(self.voxels[0] * self.voxel_um);
                let beyond = half_um * (0.4 + 0.6 * self.draws.part());
                format!("boundary = \"held\"\nboundary_value = {value}\nbeyond = \"{beyond} um\"\n")
            }
            "no_flux" => "boundary = \"no_flux\"\n".into(),
            _ => String::new(),
        };
        let is_lost = decay > 0.0 || (diffusion > 0.0 && ["fixed", "faces", "held"].contains(&kind));
        let is_steady = is_lost && self.draws.is(0.4);
        let initial = self.level(name);
        write!(
            text,
            "[substrates.{name}]\ndiffusion = \"{diffusion:e} um^2/min\"\ndecay = \"{decay:e} /min\"\ninitial = {initial}\n\
             quasi_steady = {is_steady}\n{boundary}"
        )
        .unwrap();
        let [secretion, uptake] = [self.draws.some(0.5, 1e-3, 1e3), self.draws.some(0.7, 1e-3, 1e5)];
        let target = self.level(name);
        write!(
            text,
            "[cell_types.cell.substrates.{name}]\nsecretion = \"{secretion:e} /min\"\ntarget = {target}\n\
             uptake = \"{uptake:e} /min\"\n"
        )
        .unwrap();
    }

    /// Cells follow the second substrate, faster where there is much of it, and slower where it is steep.
    fn walk(&mut self, text: &mut String) {
        let half = self.draws.between(1e-2, 1e2) * self.factor;
        write!(
            text,
            "[cell_types.cell.motility]\nspeed = \"1 um/min\"\npersistence = \"2 min\"\nbias = 0.5\nfollows = \"b\"\n\
             [[rules]]\ncell_type = \"cell\"\nsignal = \"b\"\neffect = \"increases\"\nbehaviour = \"migration speed\"\n\
             saturation = \"4 um/min\"\nhalf_maximum = {half:e}\nhill_power = 2\n\
             [[rules]]\ncell_type = \"cell\"\nsignal = \"b gradient\"\neffect = \"decreases\"\n\
             behaviour = \"migration speed\"\nsaturation = \"0.1 um/min\"\nhalf_maximum = \"{half:e} /mm\"\nhill_power = 2\n"
        )
        .unwrap();
    }

    /// Cells that come and go, and a drug, in the midst of the run.
    fn jumps(&mut self, text: &mut String, clock_s: u32) {
        if self.draws.is(0.3) {
            let at = clock_s * 4;
            write!(text, "[[add_cells]]\nat = \"{at} s\"\ncell_type = \"cell\"\ncount = 10\n").unwrap();
        }
        if self.draws.is(0.3) {
            let at = clock_s * 7;
            write!(text, "[[remove_cells]]\nat = \"{at} s\"\ncell_type = \"cell\"\nfraction = 0.9\n").unwrap();
        }
        if self.is_fed {
            let half_life = self.draws.between(0.1, 1e3);
            write!(text, "[drugs.drug]\nhalf_life = \"{half_life} min\"\nsubstrate = \"a\"\n").unwrap();
            let concentration = self.draws.between(1e-2, 1e4);
            let at = clock_s * self.draws.one_of(&[0, 3, 6]);
            write!(text, "[[doses]]\ndrug = \"drug\"\nat = \"{at} s\"\nconcentration = \"{concentration} nM\"\n")
                .unwrap();
        }
    }
}

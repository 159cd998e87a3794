//! The WGSL of all kernels: the files of `shaders/`, and the text that the tables of Rust become.

use crate::cells::{columns, events};
use crate::device::compose::Library;
use crate::plan::{cytometry, parameters, rules};

/// All shaders.
pub const SHADERS: Library = Library {
    generated: &[
        ("columns", columns::wgsl),
        ("parameters", parameters::wgsl),
        ("rules", rules::wgsl),
        ("events", events::wgsl),
        ("cytometry", cytometry::wgsl),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::compose::{Source, paths};

    fn fault(source: Source) -> String {
        source.parse().err().map(|error| error.to_string()).unwrap_or_default()
    }

    /// Names of the kernels: the files that no folder holds.
    fn kernels() -> impl Iterator<Item = &'static str> {
        paths().filter(|path| !path.contains('/')).map(|path| path.trim_end_matches(".wgsl"))
    }

    #[test]
    fn every_kernel_parses_and_validates() {
        for name in kernels() {
            assert_eq!(fault(SHADERS.kernel(name, &[]).unwrap()), "", "{name}");
        }
    }

    #[test]
    fn a_shared_file_that_no_kernel_includes_validates_on_its_own() {
        let included: Vec<String> =
            kernels().flat_map(|name| SHADERS.kernel(name, &[]).unwrap().files().to_vec()).collect();
        for path in paths().filter(|path| !included.iter().any(|file| file == path)) {
            let alone = SHADERS.text("alone", &format!("//#include \"{path}\"\n"), &[]).unwrap();
            assert_eq!(fault(alone), "", "{path}");
        }
    }
}

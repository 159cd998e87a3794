//! `report.html` in a browser: headless Chromium opens it, without a network, and says what went wrong and what it drew.

use super::Scratch;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Goes before all else in the page: notes errors and requests, and once all is there what is drawn and how it reads.
const PROBE: &str = r#"<script>
const found = { errors: [] };
addEventListener('error', event => found.errors.push(event.message || 'a file is missing'), true);
addEventListener('securitypolicyviolation', event => found.errors.push('asks for ' + event.blockedURI));
addEventListener('load', () => {
  document.querySelectorAll('details').forEach(it => { it.open = true; });
  const shows = frame => it => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    return right - left + bottom - top > 0 && left >= frame.left - 2 && right <= frame.right + 2
      && top >= frame.top - 2 && bottom <= frame.bottom + 2;
  };
  found.marks = [...document.querySelectorAll('figure svg')].map(svg =>
    [...svg.querySelectorAll('polyline:not(.legend), polygon, circle:not(.legend)')]
      .filter(shows(svg.getBoundingClientRect())).length);
  found.requests = performance.getEntriesByType('resource').map(it => it.name);
  const light = colour => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map(it => it / 255)
      .map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  found.paper = paper;
  // Contrast as WCAG 2 defines it.
  found.contrast = Math.min(...[...document.querySelectorAll('p, li, td, th, a, span, figcaption, summary')]
    .map(it => light(getComputedStyle(it).color))
    .map(ink => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)));
  found.overflows = document.documentElement.scrollWidth > innerWidth;
  const focusable = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')];
  found.focused = focusable.filter(it => { it.focus(); return document.activeElement === it; }).length;
  found.focusable = focusable.length;
  found.unnamed = document.querySelectorAll('[tabindex="0"]:not([aria-label]):not(pre)').length;
  const note = document.createElement('pre');
  note.id = 'found';
  note.textContent = JSON.stringify(found);
  document.body.append(note);
});
</script>"#;

/// The browser, by the names that distributions give it.
fn chromium() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let found = names.iter().flat_map(|name| folders.iter().map(move |it| it.join(name))).find(|it| it.is_file());
    found.unwrap_or_else(|| {
        panic!("there is no Chromium to open report.html in; on Debian: apt-get install -y --no-install-recommends chromium")
    })
}

/// What a page says of itself, and what the console said.
struct Opened {
    found: Value,
    console: Vec<String>,
}

/// Opens a copy of a page with the probe in it.
fn open(page: &str, is_dark: bool) -> Opened {
    let scratch = Scratch::new();
    let path = scratch.0.join("probed.html");
    let probed = page.replacen("<head>", &format!("<head>{PROBE}"), 1);
    assert_ne!(probed, page, "the page has a head");
    fs::write(&path, probed).unwrap();
    let scheme = if is_dark { 0 } else { 1 };
    let ended = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--enable-logging=stderr", "--v=0", "--window-size=1280,1600", "--timeout=20000", "--dump-dom"])
        .args(["--disable-extensions", "--disable-background-networking", "--disable-component-update"])
        .arg("--host-resolver-rules=MAP * ~NOTFOUND")
        .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
        .arg(format!("--user-data-dir={}", scratch.0.join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let (dom, log) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    let start = dom.find("<pre id=\"found\">").unwrap_or_else(|| panic!("the page was not read to its end: {log}"));
    let note = &dom[start + "<pre id=\"found\">".len()..];
    let note = note[..note.find("</pre>").unwrap()].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let console = log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Opened { found: serde_json::from_str(&note).unwrap(), console }
}

impl Opened {
    fn numbers(&self, key: &str) -> Vec<u64> {
        self.found[key].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect()
    }

    /// What is wrong with the page; empty where nothing is.
    fn faults(&self, pictures: usize) -> Vec<String> {
        let texts =
            |key: &'static str| self.found[key].as_array().unwrap().iter().map(move |it| format!("{key}: {it}"));
        let mut faults: Vec<String> = texts("errors").chain(texts("requests")).chain(self.console.clone()).collect();
        let marks = self.numbers("marks");
        if marks.len() != pictures || marks.contains(&0) {
            faults.push(format!("marks of the pictures: {marks:?}, of {pictures} pictures"));
        }
        let contrast = self.found["contrast"].as_f64().unwrap();
        if contrast.is_nan() || contrast < 4.5 {
            faults.push(format!("contrast: {contrast}"));
        }
        if self.found["overflows"] != false {
            faults.push("the page is wider than the window".into());
        }
        if self.found["focused"] != self.found["focusable"] || self.found["unnamed"] != 0 {
            faults.push(format!("keyboard: {}", self.found));
        }
        faults
    }
}

/// The report of a run of a shipped scenario.
fn report(scratch: &Scratch, arguments: &[&str]) -> String {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(arguments[1]);
    let ended = Command::new(env!("CARGO_BIN_EXE_texpop"))
        .arg(arguments[0])
        .arg(scenario)
        .args(&arguments[2..])
        .args(["--device", "cpu", "-o"])
        .arg(scratch.run())
        .output()
        .unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    fs::read_to_string(scratch.run().join("report.html")).unwrap()
}

/// Of a study: what asks, ranks and shows the distributions, in light and dark.
#[test]
fn a_study_reads_in_light_and_dark() {
    let scratch = Scratch::new();
    let page = report(&scratch, &["study", "car_t_rest.toml", "--until", "4d", "--set", "replicates=2"]);
    let pictures = fs::read_dir(scratch.run()).unwrap();
    let pictures = pictures.filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "svg")).count();
    assert!(
        pictures >= 3 && page.matches("<figure>").count() == pictures,
        "every picture of the folder is in the page"
    );
    let [light, dark] = [false, true].map(|is_dark| open(&page, is_dark));
    assert_eq!((light.faults(pictures), dark.faults(pictures)), (vec![], vec![]));
    let paper = |it: &Opened| it.found["paper"].as_f64().unwrap();
    assert!(paper(&light) > 0.9 && paper(&dark) < 0.1, "{} {}", paper(&light), paper(&dark));
}

/// Of a tissue; and what is wrong with a page shows.
#[test]
fn a_tissue_is_drawn_and_faults_are_found() {
    let scratch = Scratch::new();
    let page = report(&scratch, &["study", "one_or_two_doses.toml", "--until", "3h", "--set", "replicates=2"]);
    let opened = open(&page, false);
    // Ranking, times, front, the overview with its sections, and the oncoprotein.
    assert_eq!(opened.faults(5), [""; 0]);
    assert!(opened.numbers("marks")[3] > 50, "the cells of four sections: {:?}", opened.numbers("marks"));

    let empty = page.find("<figure>").unwrap()..page.rfind("</figure>").unwrap();
    let broken = page[..empty.start].replace("http-equiv=\"Content-Security-Policy\"", "name=\"none\"")
        + "<div style=\"width: 3000px\">wide</div>"
        + "<figure><svg width=\"90\" height=\"90\"><line x2=\"9\" y2=\"9\"/><polyline class=\"series\" points=\"NaN,1 NaN,2\"/></svg>"
        + "<div style=\"color: #eee\"><p>pale</p><img src=\"https://example.org/a.png\" alt=\"\"></div>"
        + "<script>no_such_function()</script>"
        + &page[empty.end..];
    let said = open(&broken, false).faults(1).join("\n");
    let expected = ["no_such_function", "a file is missing", "example.org", "CONSOLE", "[0]", "contrast", "wider"];
    let missing: Vec<_> = expected.into_iter().filter(|it| !said.contains(it)).collect();
    assert!(missing.is_empty(), "{missing:?} not in\n{said}");
    // The page itself forbids what it does not need.
    let asking = page.replacen("<main>", "<main><img src=\"https://example.org/a.png\" alt=\"\">", 1);
    assert!(open(&asking, false).faults(5).join("\n").contains("asks for https://example.org"));
}

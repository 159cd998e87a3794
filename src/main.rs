//! The program: reads the command line, and turns a failure into a message and an exit code.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use texpop::cli::Cli;
use texpop::outputs::escape;

fn main() -> ExitCode {
    // Mesa's device chooser complains on headless machines, and texpop chooses by itself.
    // SAFETY: no other thread has been started yet.
    unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    match Cli::parse().execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = error.to_string();
            let text = escape::plain(text.trim_end());
            // A standard error that cannot be written to leaves the exit code to tell.
            let _ = writeln!(std::io::stderr(), "{}{text}", if text.starts_with("error") { "" } else { "error: " });
            ExitCode::from(error.exit_code())
        }
    }
}

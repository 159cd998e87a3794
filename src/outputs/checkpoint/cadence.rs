//! When a checkpoint is due: after so much time, after so much simulated time, and when a signal asks for one.

use crate::error::{Error, Result};
use signal_hook::SigId;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often checkpoints are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// On the clock on the wall.
    pub every: Duration,
    /// Of simulated time besides, in ticks.
    pub every_ticks: Option<u32>,
}

impl Default for Cadence {
    fn default() -> Cadence {
        Cadence { every: Duration::from_secs(600), every_ticks: None }
    }
}

/// Tells when a checkpoint is due, and when the run is to stop; listens to signals until it is dropped.
pub struct Due {
    cadence: Cadence,
    last: Instant,
    last_tick: u32,
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicBool>,
    signals: Vec<SigId>,
}

impl Due {
    /// Listens to signals from now on: the interrupt of Ctrl-C, a polite kill, SIGUSR1 and the hang-up of a closed terminal
    /// stop the run, SIGUSR2 asks for a checkpoint alone. A second interrupt or kill ends the program at once; a second
    /// hang-up does not, since a shell and its terminal may each send one. A hang-up that was ignored when the program
    /// started, as `nohup` has it, stays ignored.
    ///
    /// # Errors
    /// `Failed` where signals cannot be listened to.
    pub fn new(cadence: Cadence) -> Result<Due> {
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let signals = listen(&stop, &asked);
        let signals = signals.map_err(|error| Error::Failed(format!("signals cannot be listened for: {error}")))?;
        Ok(Due { cadence, last: Instant::now(), last_tick: 0, stop, asked, signals })
    }

    /// Whether a signal asked the run to stop.
    pub fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether a checkpoint is due at a tick.
    pub fn is_due(&self, tick: u32) -> bool {
        let ticks = tick.saturating_sub(self.last_tick);
        self.stops()
            || self.asked.load(Ordering::Relaxed)
            || self.last.elapsed() >= self.cadence.every
            || self.cadence.every_ticks.is_some_and(|every| ticks >= every)
    }

    /// A checkpoint of a tick was written.
    pub fn written(&mut self, tick: u32) {
        self.asked.store(false, Ordering::Relaxed);
        (self.last, self.last_tick) = (Instant::now(), tick);
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        for it in self.signals.drain(..) {
            signal_hook::low_level::unregister(it);
        }
    }
}

fn listen(stop: &Arc<AtomicBool>, asked: &Arc<AtomicBool>) -> std::io::Result<Vec<SigId>> {
    use signal_hook::{consts, flag};
    let mut signals = Vec::new();
    #[cfg(unix)]
    signals.push(flag::register(consts::SIGUSR2, asked.clone())?);
    #[cfg(not(unix))]
    let _ = asked;
    let stopping = [
        consts::SIGINT,
        consts::SIGTERM,
        #[cfg(unix)]
        consts::SIGUSR1,
    ];
    for signal in stopping {
        signals.push(flag::register_conditional_shutdown(signal, 130, stop.clone())?);
        signals.push(flag::register(signal, stop.clone())?);
    }
    #[cfg(unix)]
    if !is_ignored(consts::SIGHUP) {
        signals.push(flag::register(consts::SIGHUP, stop.clone())?);
    }
    Ok(signals)
}

/// Whether the program that started this one had a signal ignored.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    // SAFETY: without a new action, `sigaction` only fills in the present one, for which zeroes are valid.
    let present = unsafe {
        let mut present: libc::sigaction = std::mem::zeroed();
        (libc::sigaction(signal, std::ptr::null(), &raw mut present) == 0).then_some(present.sa_sigaction)
    };
    present == Some(libc::SIG_IGN)
}

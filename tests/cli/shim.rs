//! Calls of the C library that change files, of which the one of number FAIL_AT fails; with FAIL_ON those that follow too.
//! Built by the test `faults`, and loaded in front of the library of the system.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicU64, Ordering};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn getenv(name: *const c_char) -> *const c_char;
    fn atoll(text: *const c_char) -> i64;
    fn lseek(fd: c_int, offset: i64, whence: c_int) -> i64;
    fn __errno_location() -> *mut c_int;
}

/// The next library that has the name.
const RTLD_NEXT: *mut c_void = -1isize as *mut c_void;
const SEEK_CUR: c_int = 1;
const EIO: c_int = 5;
const ENOSPC: c_int = 28;

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Whether the call that comes now fails; then errno says why.
fn fails(name: &str) -> bool {
    // SAFETY: the names end with a zero, and the texts of the environment are not changed meanwhile.
    let (at, goes_on) = unsafe {
        let at = getenv(c"FAIL_AT".as_ptr());
        (if at.is_null() { 0 } else { atoll(at) as u64 }, !getenv(c"FAIL_ON".as_ptr()).is_null())
    };
    let call = 1 + CALLS.fetch_add(1, Ordering::SeqCst);
    if at == 0 || call < at || call > at && !goes_on {
        return false;
    }
    if call == at {
        // To a stream that is not counted: this is no file.
        eprintln!("call that fails: {name}");
    }
    // SAFETY: the place of errno is that of this thread.
    unsafe { *__errno_location() = if goes_on { ENOSPC } else { EIO } };
    true
}

/// Whether it is a file, and no terminal or pipe; the messages of the program are none that a disk loses.
fn is_file(fd: c_int) -> bool {
    // SAFETY: nothing is moved.
    fd > 2 && unsafe { lseek(fd, 0, SEEK_CUR) } >= 0
}

macro_rules! failing {
    ($name:ident, $text:literal, ($($argument:ident: $kind:ty),*) -> $result:ty, $counts:expr) => {
        /// As that of the system.
        ///
        /// # Safety
        /// As that of the system.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $kind),*) -> $result {
            if $counts && fails(stringify!($name)) {
                return -1;
            }
            type Next = unsafe extern "C" fn($($kind),*) -> $result;
            // SAFETY: the function of the system has this name and these arguments.
            unsafe {
                let next: Next = std::mem::transmute(dlsym(RTLD_NEXT, $text.as_ptr()));
                next($($argument),*)
            }
        }
    };
}

failing!(write, c"write", (fd: c_int, bytes: *const c_void, count: usize) -> isize, is_file(fd));
failing!(fsync, c"fsync", (fd: c_int) -> c_int, true);
failing!(fdatasync, c"fdatasync", (fd: c_int) -> c_int, true);
failing!(rename, c"rename", (from: *const c_char, to: *const c_char) -> c_int, true);
failing!(ftruncate64, c"ftruncate64", (fd: c_int, length: i64) -> c_int, true);
failing!(unlink, c"unlink", (path: *const c_char) -> c_int, true);
failing!(mkdir, c"mkdir", (path: *const c_char, mode: c_uint) -> c_int, true);

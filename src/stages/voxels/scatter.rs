//! Writing from many threads to places of one slice, each place by one thread.

use std::marker::PhantomData;

/// A slice that threads share, of which each place belongs to one thread at a time.
pub struct Scatter<'a, T> {
    start: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: the methods ask their callers to keep to places of their own.
unsafe impl<T: Send> Sync for Scatter<'_, T> {}

impl<'a, T> Scatter<'a, T> {
    /// Shares a slice.
    pub fn new(slice: &'a mut [T]) -> Scatter<'a, T> {
        Scatter { start: slice.as_mut_ptr(), len: slice.len(), slice: PhantomData }
    }

    /// The value at a place.
    ///
    /// # Safety
    /// No other thread uses the place while the reference lives.
    #[allow(clippy::mut_from_ref, reason = "the point of this type; see the safety condition")]
    pub unsafe fn at(&self, place: usize) -> &mut T {
        assert!(place < self.len);
        // SAFETY: the place is inside the slice, and the caller keeps others away from it.
        unsafe { &mut *self.start.add(place) }
    }
}

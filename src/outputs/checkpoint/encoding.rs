//! Values as bytes, one after the other, little-endian; lists and texts begin with their length.

/// Bytes under way.
#[derive(Clone, Debug, Default)]
pub struct Packed(pub Vec<u8>);

impl Packed {
    pub fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub fn count(&mut self, value: usize) {
        self.0.extend((value as u64).to_le_bytes());
    }

    pub fn words(&mut self, words: &[u32]) {
        self.count(words.len());
        self.0.extend_from_slice(bytemuck::cast_slice(words));
    }

    pub fn numbers(&mut self, numbers: &[f64]) {
        self.count(numbers.len());
        self.0.extend_from_slice(bytemuck::cast_slice(numbers));
    }

    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Bytes that are read; none where they end too early, or are no text.
#[derive(Clone, Copy, Debug)]
pub struct Unpacked<'a>(pub &'a [u8]);

impl<'a> Unpacked<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (own, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(own)
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?)).ok()
    }

    fn list<T: bytemuck::Pod>(&mut self) -> Option<Vec<T>> {
        let count = self.count()?;
        Some(bytemuck::pod_collect_to_vec(self.bytes(count.checked_mul(size_of::<T>())?)?))
    }

    pub fn words(&mut self) -> Option<Vec<u32>> {
        self.list()
    }

    pub fn numbers(&mut self) -> Option<Vec<f64>> {
        self.list()
    }

    pub fn text(&mut self) -> Option<String> {
        let count = self.count()?;
        String::from_utf8(self.bytes(count)?.to_vec()).ok()
    }

    /// So many values, as `one` reads them.
    pub fn each<T>(&mut self, one: impl Fn(&mut Unpacked<'a>) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        // A wrong count must not ask for more memory than the bytes take.
        let mut all = Vec::with_capacity(count.min(self.0.len() / size_of::<T>().max(1)));
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }
}

//! A set of places that takes a bit each: small enough to stay in the processor's cache, for telling quickly what need not be looked up.

/// A set of places.
#[derive(Debug, Clone)]
pub(super) struct Bits(Vec<u64>);

impl Default for Bits {
    fn default() -> Bits {
        Bits::new(0)
    }
}

impl Bits {
    /// For at least so many places; further places share the bits of those.
    pub(super) fn new(places: usize) -> Bits {
        Bits(vec![0; places.div_ceil(64).next_power_of_two()])
    }

    pub(super) fn add(&mut self, place: usize) {
        let word = self.word(place);
        self.0[word] |= 1 << (place % 64);
    }

    #[inline]
    pub(super) fn has(&self, place: usize) -> bool {
        self.0[self.word(place)] >> (place % 64) & 1 == 1
    }

    #[inline]
    fn word(&self, place: usize) -> usize {
        (place / 64) & (self.0.len() - 1)
    }
}

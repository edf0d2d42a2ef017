//! How many packages reach a package.

use super::Components;

/// Words of 64 sources that are pushed through the graph together: 64 bytes, one cache line, a
/// component, so 100,000 components take 6.4 MB.
const WORDS: usize = 8;

/// For each node, how many of `sources` reach it, itself not counted.
///
/// A bit for each source is passed down the acyclic graph of components, in blocks of sources
/// so that memory stays linear. Takes sources / 64 word operations for each edge.
pub fn count_reaching(components: &Components, sources: &[u32]) -> Vec<u32> {
    let of = |node: u32| components.of[node as usize] as usize;
    let mut sources = sources.to_vec();
    sources.sort_unstable_by_key(|&source| of(source));
    let mut counts = vec![0; components.len()];
    let mut bits = vec![[0u64; WORDS]; components.len()];
    for block in sources.chunks(WORDS * 64) {
        // Nothing before the component of the first source can be reached from the block.
        let first = of(block[0]);
        bits[first..].fill([0; WORDS]);
        for (bit, &source) in block.iter().enumerate() {
            bits[of(source)][bit / 64] |= 1 << (bit % 64);
        }
        spread(components, first, &mut bits, &mut counts);
    }
    let mut reaching: Vec<u32> = components.of.iter().map(|&c| counts[c as usize]).collect();
    for &source in &sources {
        reaching[source as usize] -= 1;
    }
    reaching
}

/// Passes the bits of each component from `first` on to its dependencies, and counts them.
fn spread(components: &Components, first: usize, bits: &mut [[u64; WORDS]], counts: &mut [u32]) {
    for (component, count) in counts.iter_mut().enumerate().skip(first) {
        let (above, own) = bits.split_at_mut(component);
        let own = &mut own[0];
        for &dependent in components.dependents.row(component as u32) {
            if dependent as usize >= first {
                for (word, more) in own.iter_mut().zip(&above[dependent as usize]) {
                    *word |= more;
                }
            }
        }
        *count += own.iter().map(|word| word.count_ones()).sum::<u32>();
    }
}

/// Does `work` with the widest vectors that this processor has, which is found out when the program runs. What `work` calls
/// must be inlined for that; a loop over slices is enough. The results are the same on every processor: nothing is
/// reordered, and no product is fused with a sum.
#[inline(always)]
pub fn wide<Made>(work: impl FnOnce() -> Made) -> Made {
    pulp::Arch::new().dispatch(work)
}

//! The pipeline of JSON values of this instance.

use std::cell::RefCell;

use remotemedia_core::offline::{OfflineError, ValuePipeline};

use crate::answer::{answer, nothing_here};
use crate::text::{reply, take};

thread_local! {
    static PIPELINE: RefCell<Option<ValuePipeline>> = const { RefCell::new(None) };
}

/// Compiles a manifest; replies with what the graph is made of.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn values_create(pointer: *mut u8, bytes: usize) -> i32 {
    // SAFETY: the caller's duty.
    let manifest = unsafe { take(pointer, bytes) };
    answer(|| {
        let pipeline = ValuePipeline::compile(&manifest)?;
        reply(pipeline.graph_info());
        PIPELINE.set(Some(pipeline));
        Ok(0)
    })
}

/// Runs the pipeline on a JSON text; replies with the result.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn values_execute(pointer: *mut u8, bytes: usize) -> i32 {
    // SAFETY: the caller's duty.
    let input = unsafe { take(pointer, bytes) };
    with(|pipeline| {
        reply(pipeline.execute(&input)?);
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn values_reset() -> i32 {
    with(|pipeline| {
        pipeline.reset();
        Ok(0)
    })
}

fn with(work: impl FnOnce(&mut ValuePipeline) -> Result<u32, OfflineError>) -> i32 {
    PIPELINE.with_borrow_mut(|pipeline| {
        answer(|| pipeline.as_mut().ok_or_else(nothing_here).and_then(work))
    })
}

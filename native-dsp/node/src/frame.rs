//! A frame that JavaScript and Rust both see, allocated once.

use std::cell::UnsafeCell;
use std::sync::Arc;

use napi::bindgen_prelude::{Env, Float32Array, JsObjectValue, Object};
use napi::{Property, PropertyAttributes};

/// Samples in memory of Rust's own. JavaScript's view holds a share of it, so that neither side can free
/// it under the other. Both sides touch it on JavaScript's thread only.
#[derive(Clone)]
pub struct SharedFrame(Arc<UnsafeCell<Box<[f32]>>>);

// SAFETY: the finalizer that drops JavaScript's share may be called on another thread, where it does
// nothing but count.
unsafe impl Send for SharedFrame {}
unsafe impl Sync for SharedFrame {}

impl SharedFrame {
    #[allow(clippy::arc_with_non_send_sync, reason = "see the marker traits above")]
    pub fn silent(samples: usize) -> Self {
        Self(Arc::new(UnsafeCell::new(vec![0.0; samples].into())))
    }

    /// JavaScript's view.
    pub fn view(&self) -> Float32Array {
        // SAFETY: the memory lives until both shares are dropped, and is never moved.
        let samples: &mut [f32] = unsafe { &mut *self.0.get() };
        let (pointer, length) = (samples.as_mut_ptr(), samples.len());
        let share = self.clone();
        // SAFETY: as above; the share is dropped by the finalizer.
        unsafe { Float32Array::with_external_data(pointer, length, move |_, _| drop(share)) }
    }

    /// Copies what JavaScript wrote.
    pub fn read_into(&self, samples: &mut [f32]) {
        // SAFETY: called on JavaScript's thread, so JavaScript is not writing.
        samples.copy_from_slice(unsafe { &*self.0.get() });
    }

    /// Copies to where JavaScript reads.
    pub fn write_from(&self, samples: &[f32]) {
        // SAFETY: called on JavaScript's thread, so JavaScript is not reading.
        let shared: &mut [f32] = unsafe { &mut *self.0.get() };
        shared.copy_from_slice(samples);
    }

    pub fn fill_silence(&self) {
        // SAFETY: as for `write_from`.
        let shared: &mut [f32] = unsafe { &mut *self.0.get() };
        shared.fill(0.0);
    }
}

/// Makes `input` and `output` properties of the object, each always the same array.
pub fn share(
    env: &Env,
    object: &mut Object<'_>,
    input: &SharedFrame,
    output: &SharedFrame,
) -> napi::Result<()> {
    for (name, frame) in [("input", input), ("output", output)] {
        let property = Property::new()
            .with_utf8_name(name)?
            .with_napi_value(env, frame.view())?
            .with_property_attributes(PropertyAttributes::Enumerable);
        object.define_properties(&[property])?;
    }
    Ok(())
}

//! Media threads run before others, where the system permits it.

/// Niceness of audio threads on desktops and in browsers, too.
#[cfg(target_os = "linux")]
const NICENESS: i32 = -11;

/// Raises the priority of the calling thread. Without the right to (`CAP_SYS_NICE`) all goes on as before:
/// under load the tail of the latency is then the scheduler's.
pub(crate) fn raise() {
    #[cfg(target_os = "linux")]
    // SAFETY: plain values. On Linux process 0 is the calling thread alone (setpriority(2), "C library/kernel
    // differences").
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS);
    }
}

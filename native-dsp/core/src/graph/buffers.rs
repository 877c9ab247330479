//! Which frame of memory holds which stream: a buffer is used again as soon as its stream is heard out.

use super::step::Step;
use crate::format::Format;

/// Renames the streams in `steps` (by number, stream 0 exists before the first step) to buffers. Returns
/// the formats of the buffers and the buffer of every stream. `kept` is needed after the last step.
pub(super) fn assign(
    steps: &mut [Step],
    streams: &[Format],
    kept: Option<usize>,
) -> (Vec<Format>, Vec<usize>) {
    let mut last_use = vec![0; streams.len()];
    for (at, step) in steps.iter().enumerate() {
        // A stream that nobody hears lives only in the step that makes it.
        for &stream in step.reads().iter().chain(&step.writes()) {
            last_use[stream] = at;
        }
    }
    if let Some(kept) = kept {
        last_use[kept] = usize::MAX;
    }

    let mut buffers = vec![streams[0]];
    let mut holder = vec![0; streams.len()];
    let mut free: Vec<usize> = Vec::new();
    for (at, step) in steps.iter_mut().enumerate() {
        let touched: Vec<usize> = step.reads().iter().copied().chain(step.writes()).collect();
        if let Some(made) = step.writes() {
            let format = streams[made];
            let found = free.iter().position(|&buffer| buffers[buffer] == format);
            holder[made] = match found {
                Some(place) => free.swap_remove(place),
                None => {
                    buffers.push(format);
                    buffers.len() - 1
                }
            };
        }
        step.rename(&holder);
        for stream in touched.into_iter().filter(|&stream| last_use[stream] == at) {
            if !free.contains(&holder[stream]) {
                free.push(holder[stream]);
            }
        }
    }
    (buffers, holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(from: usize, to: usize) -> Step {
        Step::Run {
            node: 0,
            from,
            to: Some(to),
        }
    }

    #[test]
    fn a_long_chain_needs_two_buffers() {
        let mut steps: Vec<Step> = (0..20).map(|n| run(n, n + 1)).collect();
        let (buffers, _) = assign(&mut steps, &[Format::VOICE; 21], Some(20));
        assert_eq!(buffers.len(), 2);
    }

    #[test]
    fn a_stream_that_is_heard_later_keeps_its_buffer() {
        let mut steps = vec![
            run(0, 1),
            run(1, 2),
            run(2, 3),
            Step::Mix {
                from: vec![1, 3],
                to: 4,
            },
        ];
        let (buffers, holder) = assign(&mut steps, &[Format::VOICE; 5], Some(4));
        assert_ne!(holder[1], holder[2]);
        assert_ne!(holder[1], holder[3]);
        assert!(!steps[3].reads().contains(&holder[4]));
        assert_eq!(buffers.len(), 3);
    }

    #[test]
    fn the_output_is_not_written_over() {
        let mut steps = vec![run(0, 1), run(1, 2), run(1, 3), run(3, 4)];
        let (_, holder) = assign(&mut steps, &[Format::VOICE; 5], Some(2));
        assert!(![holder[3], holder[4]].contains(&holder[2]));
    }

    #[test]
    fn formats_do_not_share_a_buffer() {
        let (wide, narrow) = (Format::VOICE, Format::mono(16_000));
        let mut steps = vec![run(0, 1), run(1, 2), run(2, 3)];
        let (buffers, holder) = assign(&mut steps, &[wide, narrow, wide, narrow], Some(3));
        assert_eq!(buffers[holder[1]], narrow);
        assert_eq!(holder[2], 0);
        assert_eq!(holder[3], holder[1]);
    }
}

//! The one kernel of the network: a linear layer applied to a few columns at once.

use super::weights::Layer;

/// Outputs whose weights lie together.
pub const PANEL: usize = 32;

/// `output[o][t] = bias[o] + sum over i of weight[o][i] * input[i][t]`, for `T` columns t.
pub fn linear<const T: usize>(layer: Layer, input: &[[f32; T]], output: &mut [[f32; T]]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the processor has the features that the function is compiled for.
        return unsafe { linear_avx2(layer, input, output) };
    }
    /// Part of the baseline there.
    const FUSED: bool = cfg!(target_arch = "aarch64");
    // With 16 registers of 4 lanes, 32 sums stay in registers beside the weights.
    match T {
        4 => sweep::<T, 8, FUSED>(layer, input, output),
        2 => sweep::<T, 16, FUSED>(layer, input, output),
        _ => sweep::<T, 32, FUSED>(layer, input, output),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn linear_avx2<const T: usize>(layer: Layer, input: &[[f32; T]], output: &mut [[f32; T]]) {
    match T {
        4 => sweep::<T, 16, true>(layer, input, output),
        _ => sweep::<T, 32, true>(layer, input, output),
    }
}

/// The loop itself, `S` outputs of a panel at a time, with `FUSED` multiply-add where that is an instruction
/// (elsewhere it would be a call).
#[inline(always)]
fn sweep<const T: usize, const S: usize, const FUSED: bool>(
    layer: Layer,
    input: &[[f32; T]],
    output: &mut [[f32; T]],
) {
    let panels = layer.panels.chunks_exact(input.len() * PANEL);
    for ((panel, bias), output) in panels
        .zip(layer.bias.chunks_exact(PANEL))
        .zip(output.chunks_exact_mut(PANEL))
    {
        for start in (0..PANEL).step_by(S) {
            let mut sums = [[0.0f32; S]; T];
            for sum in &mut sums {
                sum.copy_from_slice(&bias[start..start + S]);
            }
            for (row, column) in panel.chunks_exact(PANEL).zip(input) {
                let row: &[f32; S] = row[start..start + S].try_into().expect("S values");
                for t in 0..T {
                    for lane in 0..S {
                        sums[t][lane] = if FUSED {
                            row[lane].mul_add(column[t], sums[t][lane])
                        } else {
                            sums[t][lane] + row[lane] * column[t]
                        };
                    }
                }
            }
            for (lane, output) in output[start..start + S].iter_mut().enumerate() {
                for t in 0..T {
                    output[t] = sums[t][lane];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_multiplies_panels_by_columns_with_and_without_fused_instructions() {
        let outputs = 2 * PANEL;
        let weight = |output: usize, input: usize| (output * 3 + input) as f32 / 64.0;
        let mut panels = Vec::new();
        for base in (0..outputs).step_by(PANEL) {
            for input in 0..3 {
                panels.extend((0..PANEL).map(|lane| weight(base + lane, input)));
            }
        }
        let bias: Vec<f32> = (0..outputs).map(|output| output as f32).collect();
        let layer = Layer {
            bias: bias.leak(),
            panels: panels.leak(),
        };
        let input = [[1.0, 2.0], [-1.0, 0.5], [4.0, 0.0]];
        let mut output = vec![[0.0; 2]; outputs];
        linear(layer, &input, &mut output);
        let mut baseline = vec![[0.0; 2]; outputs];
        sweep::<2, 16, false>(layer, &input, &mut baseline);
        // These numbers are exact in f32, so the order of the sums does not show.
        assert_eq!(output, baseline);
        for (row, values) in output.iter().enumerate() {
            for (t, value) in values.iter().enumerate() {
                let products = (0..3).map(|i| weight(row, i) * input[i][t]);
                assert_eq!(*value, row as f32 + products.sum::<f32>());
            }
        }
    }
}

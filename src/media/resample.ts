/** Half width of the interpolation kernel, in zero crossings of the sinc. */
const lobes = 12;

/**
 * Resamples by a Hann-windowed sinc whose cut-off is the lower of the two Nyquist frequencies, so
 * that 48 kHz speech brought down to 16 kHz does not alias. Same rate: the input itself.
 */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  if (fromHz === toHz || samples.length === 0) return samples;
  const ratio = fromHz / toHz;
  const cutoff = Math.min(1, toHz / fromHz);
  const reach = lobes / cutoff;
  const out = new Float32Array(Math.floor(samples.length / ratio));
  for (let i = 0; i < out.length; i++) {
    const centre = i * ratio;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    let weights = 0;
    for (let j = first; j <= last; j++) {
      const weight = kernel((j - centre) * cutoff);
      sum += weight * (samples[j] as number);
      weights += weight;
    }
    out[i] = weights === 0 ? 0 : sum / weights;
  }
  return out;
}

function kernel(x: number): number {
  if (x === 0) return 1;
  const phase = Math.PI * x;
  return (Math.sin(phase) / phase) * (0.5 + 0.5 * Math.cos(phase / lobes));
}

/** Mean of the channels; all must be equally long. */
export function mixDown(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0] ?? new Float32Array(0);
  if (channels.length === 1) return first;
  const out = new Float32Array(first.length);
  for (const channel of channels) {
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + channel[i]! / channels.length;
  }
  return out;
}

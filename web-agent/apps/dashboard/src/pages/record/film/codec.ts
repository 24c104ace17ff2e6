// What the browser's decoder has to be told about a track.

const NAL_SEQUENCE_PARAMETERS = 7;

/** True when this browser can decode pictures at all, in this place. */
export function canDecode(): boolean {
  return typeof VideoDecoder === 'function' && typeof EncodedVideoChunk === 'function';
}

/**
 * The decoder's configuration for a track that begins with this keyframe; null when the frame does
 * not say what it is. H.264 comes as Annex B (ISO 14496-10), so there is no description.
 */
export function decoderConfig(codec: string, keyframe: Uint8Array): VideoDecoderConfig | null {
  if (codec === 'vp8') return { codec: 'vp8', optimizeForLatency: true };
  if (codec !== 'h264') return null;
  const at = sequenceParameters(keyframe);
  const [profile, limits, level] = [keyframe[at], keyframe[at + 1], keyframe[at + 2]];
  if (at < 0 || profile === undefined || limits === undefined || level === undefined) return null;
  const hex = [profile, limits, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { codec: `avc1.${hex}`, optimizeForLatency: true };
}

/** Where profile, constraints and level of the first sequence parameter set stand; -1 without one. */
function sequenceParameters(bytes: Uint8Array): number {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    if (((bytes[at + 3] ?? 0) & 0x1f) === NAL_SEQUENCE_PARAMETERS) return at + 4;
  }
  return -1;
}

//! Speech: a quote as a passage's `speech` column has it, packed into 64 bits.

use crate::engine::indexed_text::CONFIDENCES;
use crate::quote::{Confidence, SpeechKind};
use crate::text::fold::key;

/// A quote in the `speech` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speech {
    /// First 24 bits of the hash of the speaker's name; within one passage that tells speakers
    /// apart.
    pub speaker: u32,
    /// First position of the words, in characters of the exact text.
    pub start: u32,
    /// One past the last position of the words.
    pub end: u32,
    /// The confidence of the attribution.
    pub confidence: Confidence,
    /// The kind of the quote.
    pub kind: SpeechKind,
}

const KINDS: [SpeechKind; 3] = [SpeechKind::Direct, SpeechKind::Indirect, SpeechKind::Mixed];
/// Bits of a position in a packed [`Speech`]; a passage longer than that is quoted to its end.
const POSITION_BITS: u32 = 17;

impl Speech {
    /// Packs: speaker 24 bits, start 17, end 17, confidence 3, kind 2.
    pub fn pack(self) -> u64 {
        let most = (1u64 << POSITION_BITS) - 1;
        let confidence = CONFIDENCES.iter().position(|&c| c == self.confidence).unwrap_or(0) as u64;
        let kind = KINDS.iter().position(|&k| k == self.kind).unwrap_or(0) as u64;
        (((u64::from(self.speaker) & 0xff_ffff) << POSITION_BITS | u64::from(self.start).min(most))
            << POSITION_BITS
            | u64::from(self.end).min(most))
            << 5
            | confidence << 2
            | kind
    }

    /// Unpacks what [`Speech::pack`] packed.
    pub fn unpack(packed: u64) -> Speech {
        let most = (1u64 << POSITION_BITS) - 1;
        Speech {
            speaker: (packed >> (5 + 2 * POSITION_BITS)) as u32,
            start: (packed >> (5 + POSITION_BITS) & most) as u32,
            end: (packed >> 5 & most) as u32,
            confidence: CONFIDENCES[(packed >> 2 & 7).min(4) as usize],
            kind: KINDS[(packed & 3).min(2) as usize],
        }
    }

    /// The 24 bits that stand for a speaker's name; names are compared as [`key`] has them.
    pub fn speaker_bits(name: &str) -> u32 {
        let hash = blake3::hash(key(name).as_bytes());
        let b = hash.as_bytes();
        u32::from_le_bytes([b[0], b[1], b[2], 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn speech_is_packed_without_loss(
            speaker in 0u32..1 << 24,
            start in 0u32..1 << 17,
            end in 0u32..1 << 17,
            c in 0usize..5,
            k in 0usize..3,
        ) {
            let (confidence, kind) = (CONFIDENCES[c], KINDS[k]);
            let speech = Speech { speaker, start, end, confidence, kind };
            prop_assert_eq!(Speech::unpack(speech.pack()), speech);
        }
    }
}

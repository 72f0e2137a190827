//! The content hash that reports cite: FNV-1a of 128 bits. It tells two versions of a book apart; it is no signature.

use alloc::{format, string::String};

/// The hash of some texts, as 32 hexadecimal digits. Where one text ends and the next begins counts too.
pub(super) fn hex(texts: &[&str]) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for text in texts {
        // 0xFF is in no UTF-8 text.
        for byte in text.bytes().chain([0xFF]) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013B);
        }
    }
    format!("{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn texts_and_their_borders_count() {
        assert_eq!(hex(&["a"]).len(), 32);
        assert_ne!(hex(&["ab", ""]), hex(&["a", "b"]));
        // The published FNV-1a value of "a" followed by FF, by the definition.
        let step = |h: u128, b: u8| (h ^ u128::from(b)).wrapping_mul((1u128 << 88) + 0x13B);
        let basis = 144_066_263_297_769_815_596_495_629_667_062_367_629u128;
        assert_eq!(hex(&["a"]), alloc::format!("{:032x}", step(step(basis, b'a'), 0xFF)));
    }
}

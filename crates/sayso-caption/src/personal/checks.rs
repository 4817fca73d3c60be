/// The check digit of payment cards (ISO/IEC 7812-1, annex B).
pub(super) fn luhn(digits: impl DoubleEndedIterator<Item = u32>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, double @ 10..) => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The check digits of an IBAN (ISO 13616): the first four characters at the end, letters as numbers, 1 modulo 97.
pub(super) fn iban(characters: &[u8]) -> bool {
    let (Some(head), Some(tail)) = (characters.get(..4), characters.get(4..)) else { return false };
    let rest = tail.iter().chain(head).try_fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    });
    rest == Some(1)
}

/// The two check digits of a CPF; a number of one digit eleven times is none.
pub(super) fn cpf(digits: &[u32]) -> bool {
    let Some((number, check)) = digits.split_last_chunk::<2>() else { return false };
    if digits.len() != 11 || digits.iter().all(|digit| Some(digit) == digits.first()) {
        return false;
    }
    let digit = |digits: &mut dyn Iterator<Item = &u32>, from: u32| {
        let sum: u32 = digits.zip((2..=from).rev()).map(|(digit, weight)| digit * weight).sum();
        (sum * 10 % 11) % 10
    };
    digit(&mut number.iter(), 10) == check[0] && digit(&mut number.iter().chain(&check[..1]), 11) == check[1]
}

/// The check of a burgerservicenummer: weights 9 to 2, and minus 1 for the last digit, dividable by 11.
pub(super) fn bsn(digits: &[u32]) -> bool {
    let Some((last, first)) = digits.split_last().filter(|_| digits.len() == 9) else { return false };
    let sum: u32 = first.iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    sum > 0 && (sum + 10 * last).is_multiple_of(11)
}

/// The letter of a DNI for its number.
pub(super) fn dni(number: u32) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize).copied().unwrap_or_default()
}

/// The letter of a codice fiscale: characters at odd places count by a table, those at even places by their place in the
/// alphabet.
pub(super) fn codice_fiscale(code: &[u8]) -> bool {
    let Some((check, code)) = code.split_last().filter(|_| code.len() == 16) else { return false };
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum = code.iter().enumerate().try_fold(0, |sum, (at, byte)| {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A',
            _ => return None,
        };
        // Places are counted from 1: the first one is odd.
        Some(sum + if at % 2 == 0 { *ODD.get(usize::from(value))? } else { u32::from(value) })
    });
    sum.is_some_and(|sum| u32::from(b'A') + sum % 26 == u32::from(*check))
}

#[cfg(test)]
mod tests {
    use super::{bsn, codice_fiscale, cpf, dni, iban, luhn};

    fn digits(text: &str) -> Vec<u32> {
        text.bytes().map(|byte| u32::from(byte - b'0')).collect()
    }

    /// Numbers that are published as examples, and the same with one digit changed.
    #[test]
    fn checks_hold_for_examples_and_not_for_their_neighbours() {
        assert!(luhn(digits("4111111111111111").into_iter()) && !luhn(digits("4111111111111112").into_iter()));
        assert!(iban(b"GB82WEST12345698765432") && !iban(b"GB82WEST12345698765431") && !iban(b"GB8"));
        assert!(iban(b"DE89370400440532013000") && !iban(b"DE89 3704"));
        assert!(cpf(&digits("52998224725")) && !cpf(&digits("52998224726")) && !cpf(&digits("11111111111")));
        assert!(bsn(&digits("111222333")) && !bsn(&digits("111222334")) && !bsn(&digits("000000000")));
        assert_eq!((dni(12_345_678), dni(0)), (b'Z', b'T'));
        assert!(codice_fiscale(b"RSSMRA85T10A562S") && !codice_fiscale(b"RSSMRA85T10A562T"));
    }
}

//! A distinguished name as text in RFC 4514's form, as Keycloak compares it: `CN=acme,O=Catena,C=DE`.

use super::certificate::Der;

/// The names of RFC 4514 §3, by their object identifiers.
const NAMES: [(&[u8], &str); 9] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
];

/// The content of a name's sequence, from the last part to the first.
pub fn text(sequence: &[u8]) -> String {
    let mut parts: Vec<String> = Der(sequence).map(|(_, set)| part(set)).collect();
    parts.reverse();
    parts.join(",")
}

fn part(set: &[u8]) -> String {
    let attributes = Der(set).filter_map(|(_, attribute)| {
        let mut fields = Der(attribute);
        let (oid, value) = (fields.next()?.1, fields.0);
        let known = NAMES.iter().find(|(known, _)| *known == oid);
        Some(match known {
            Some((_, name)) => format!("{name}={}", escaped(&String::from_utf8_lossy(Der(value).next()?.1))),
            // RFC 4514 §2.4: the value in hexadecimal.
            None => format!("{}=#{}", dotted(oid), value.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        })
    });
    attributes.collect::<Vec<_>>().join("+")
}

/// RFC 4514 §2.4.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let is_special =
        |at: usize, c: char| "\"+,;<>\\".contains(c) || at == 0 && "# ".contains(c) || at == last && c == ' ';
    let spelt = |(at, c)| if is_special(at, c) { format!("\\{c}") } else { String::from(c) };
    value.chars().enumerate().map(spelt).collect()
}

/// An object identifier (X.690 §8.19) as numbers.
fn dotted(oid: &[u8]) -> String {
    let (mut numbers, mut number) = (Vec::new(), 0_u64);
    for byte in oid {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first.to_string());
                number -= 40 * first;
            }
            numbers.push(number.to_string());
            number = 0;
        }
    }
    numbers.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_are_numbers() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]), "1.2.840.113549.1.9.1");
        assert_eq!(dotted(&[0x55, 4, 5]), "2.5.4.5");
    }

    #[test]
    fn what_separates_names_is_escaped() {
        for (value, text) in
            [("Catena, Inc.", "Catena\\, Inc."), ("#a", "\\#a"), (" a b ", "\\ a b\\ "), ("a+b", "a\\+b")]
        {
            assert_eq!(escaped(value), text);
        }
    }
}

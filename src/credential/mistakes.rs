//! Common copy-and-paste mistakes in a client id or a secret. The value is never printed.

use super::are_swapped;

/// `Unexpanded`: a reference, as `$NAME` or `${{ … }}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Unexpanded,
    Quoted,
    Blank,
    /// The secret is the client id.
    SameAsId,
    /// The client id looks like a secret, and the secret does not.
    Swapped,
}

/// A secret that is the id, or in its place.
pub(crate) fn confused(id: &str, secret: &str) -> Option<Mistake> {
    let swapped = || are_swapped(id, Some(secret)).then_some(Mistake::Swapped);
    if id == secret { Some(Mistake::SameAsId) } else { swapped() }
}

pub(crate) fn mistakes(value: &str) -> impl Iterator<Item = Mistake> {
    let looks = [
        is_unexpanded(value).then_some(Mistake::Unexpanded),
        is_quoted(value).then_some(Mistake::Quoted),
        (value.trim() != value).then_some(Mistake::Blank),
    ];
    looks.into_iter().flatten()
}

/// `$NAME` in one case (mixed case may be a password), or a text enclosed in `${}`, `$()` or `{{}}`.
fn is_unexpanded(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let is_one_case = |name: &str| name == name.to_ascii_uppercase() || name == name.to_ascii_lowercase();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts_well = |name: &str| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = |name: &str| starts_well(name) && name.chars().all(is_part) && is_one_case(name);
    let is_between = |(start, end): &(&str, &str)| value.starts_with(start) && value.ends_with(end);
    let brackets = [("${", "}"), ("$(", ")"), ("{{", "}}")];
    value.strip_prefix('$').is_some_and(is_name) || brackets.iter().any(is_between)
}

fn is_quoted(value: &str) -> bool {
    let value = value.trim();
    ['"', '\'', '`'].into_iter().any(|quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slip_is_told_apart() {
        let found = |value: &str| mistakes(value).collect::<Vec<_>>();
        for reference in
            ["$CATENA_SECRET", "$secret", "${X}", "${{ secrets.X }}", "'${{secrets.X}}'", "$(pass x)", "{{ x }}"]
        {
            assert_eq!(found(reference).first(), Some(&Mistake::Unexpanded), "{reference}");
        }
        assert_eq!(found("\"secret\""), [Mistake::Quoted]);
        assert_eq!(found(" secret"), [Mistake::Blank]);
        assert_eq!(found("'secret' "), [Mistake::Quoted, Mistake::Blank]);
    }

    #[test]
    fn what_a_server_makes_is_no_slip() {
        for secret in [
            "Zk3vQ9xW7tB2nM5rL8pY1sD4",
            "$5Zk3v+Q9/x",
            "$aZ3kQ9xW7tB2",
            "a$b",
            "",
            "$",
            "s3cr3t+/=&% ü",
            "it's",
            "{a:b}",
        ] {
            assert_eq!(mistakes(secret).count(), 0, "{secret}");
        }
    }
}

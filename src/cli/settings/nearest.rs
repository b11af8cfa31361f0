//! The name that was probably meant.

/// The most similar of `names`, if it is similar enough. `_`, `-` and the case do not matter.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const SIMILAR: f64 = 0.5;
    let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    let wanted = plain(wanted);
    let likeness = |own: &str| match plain(own) {
        // `CATENA_SECRET` is short for `CATENA_CLIENT_SECRET`.
        own if !wanted.is_empty() && own.strip_suffix(&wanted).is_some_and(|rest| rest.ends_with('-')) => 1.0,
        own => strsim::normalized_damerau_levenshtein(&own, &wanted),
    };
    let all = names.into_iter().map(|own| (likeness(own), own));
    all.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.len().cmp(&a.1.len())))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .map(|(_, own)| own)
}

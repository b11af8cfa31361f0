//! Median and quartiles.

/// The values below which a quarter, half and three quarters of `values` lie.
pub struct Quartiles {
    pub first: f64,
    pub median: f64,
    pub third: f64,
}

impl Quartiles {
    /// `values` is not empty.
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        Self { first: quantile(&sorted, 0.25), median: quantile(&sorted, 0.5), third: quantile(&sorted, 0.75) }
    }
}

/// Between two neighbours, in proportion.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

//! The figures of a round as rows: written once, whatever the templates are.

use anyhow::Result;
use rayon::prelude::*;

use super::figures::Data;
use super::material::Material;
use super::tables;
use crate::digest;
use crate::statistics::AuthorityStatistics;

/// The figures as rows, whatever the templates are.
pub struct FigureRows {
    /// The national ones, as CSV.
    pub national: Vec<u8>,
    /// The same, as the proof compares them with what is printed.
    pub national_data: Data,
    /// The digest of every figure, national and of each authority: what a sign-off names.
    pub digest: String,
}

impl FigureRows {
    /// Writes them.
    pub fn of(material: Material<'_>) -> Result<Self> {
        let year = material.round.settings.year;
        let national = tables::csv(year, material.statistics.national.rows(), true)?;
        let own =
            |authority: &AuthorityStatistics| Ok(digest::sha256(tables::csv(year, authority.figures.rows(), true)?));
        let own = material.statistics.authorities.par_iter().map(own).collect::<Result<Vec<String>>>()?;
        Ok(Self {
            digest: digest::sha256(digest::sha256(&national) + &own.concat()),
            national_data: Data::read(&national, &material.round.settings.pay_bands)?,
            national,
        })
    }
}

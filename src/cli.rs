//! The command line: arguments and their help, nothing else.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::statistics::{self, Edition, Scope};

/// Builds the national report and the benchmark packs of the Social Care Workforce Race Equality Standard.
#[derive(Parser, Debug)]
#[command(name = "scwres", version, arg_required_else_help = true)]
pub struct Cli {
    /// The folder with the standard, the register of England and the rounds.
    #[arg(long, value_name = "DIR", default_value = "data", global = true)]
    pub data: PathBuf,
    /// The folder with everything that a report author edits.
    #[arg(long, value_name = "DIR", default_value = "report-templates", global = true)]
    pub templates: PathBuf,
    /// The folder that a year's folder is written to.
    #[arg(long, value_name = "DIR", default_value = "output", global = true)]
    pub output: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Builds a whole year: national report, benchmark packs, tables, checks and manifest.
    Build(Build),
    /// Tells what differs between a year as it was built and another build of it, and why.
    Changes(Changes),
    /// Reads and checks the submissions.
    Check(Check),
    /// Writes a page on which an authority checks its return in its own browser, before it sends it.
    Checker(Checker),
    /// Explains one figure: its cells, formula, methods, protection, and what is published of it.
    Explain(Explain),
    /// Proposes groups of like authorities from what the returns hold; writes nothing.
    Groups(Groups),
    /// Writes empty collection workbooks for the authorities to fill in.
    Workbook(Workbook),
    /// Starts a round from the newest one: settings, register, an empty folder for submissions.
    New(New),
    /// Serves the author's desk: documents, where their numbers come from, findings and changes; it follows templates and data.
    Preview(Preview),
    /// Records who checked a point of the figures as built last, and with which outcome.
    SignOff(SignOff),
    /// Puts a built round on record: what was published, for good.
    Release(Release),
    /// Prepares what goes to each authority: its files, a message, and a log. Sends nothing.
    Dispatch(Dispatch),
    /// Writes a synthetic round of fictional authorities into the data folder.
    Synthesise(Synthesise),
}

/// Which edition of the benchmark packs to build.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PackEdition {
    /// For the authority alone: its own figures are exact.
    Own,
    /// For everybody: its own figures are protected.
    Public,
}

impl From<PackEdition> for Edition {
    fn from(edition: PackEdition) -> Edition {
        match edition {
            PackEdition::Own => Edition::Own,
            PackEdition::Public => Edition::Public,
        }
    }
}

/// Builds a whole year.
#[derive(clap::Args, Debug)]
pub struct Build {
    /// The year; the newest in the data folder when left out.
    pub year: Option<i32>,
    /// Build only the pack of the authority with this code; the rest of the year's folder stays as it is. Repeatable.
    #[arg(long, value_name = "CODE")]
    pub only: Vec<String>,
    /// The edition of the benchmark packs.
    #[arg(long, value_enum, default_value = "own")]
    pub edition: PackEdition,
    /// Build without the submissions that have errors.
    #[arg(long)]
    pub without_rejected: bool,
    /// How many packs to make at the same time; as many as there are cores when left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Let files go that this program did not write, and with --only, put packs beside documents made from other data.
    #[arg(long)]
    pub force: bool,
}

/// Tells what differs from another build: in short on stderr, or all of it as JSON on stdout.
#[derive(clap::Args, Debug)]
pub struct Changes {
    /// The year; the newest in the data folder when left out.
    pub year: Option<i32>,
    /// The other build: the folder of its year, or `release` for the last release on record.
    #[arg(long, value_name = "FOLDER|release", default_value = "release")]
    pub against: String,
    /// How it is shown: for people on stderr, or as JSON on stdout.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// Reads and checks the submissions.
#[derive(clap::Args, Debug)]
pub struct Check {
    /// The year; the newest in the data folder when left out.
    pub year: Option<i32>,
    /// How findings are shown: for people on stderr, or as JSON on stdout.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Write the table of findings, a page for each authority and marked copies of the workbooks to `output/YEAR-checks`.
    #[arg(long)]
    pub pages: bool,
}

/// Writes pages that check returns in a browser, without a network.
#[derive(clap::Args, Debug)]
pub struct Checker {
    /// The year of the round.
    pub year: i32,
    /// A page for the authority with this code, with its own counts of the round before; repeatable. Without it, one page for
    /// every authority, which holds no counts.
    #[arg(long, value_name = "CODE")]
    pub authority: Vec<String>,
    /// A page of its own for every registered authority.
    #[arg(long, conflicts_with = "authority")]
    pub all: bool,
}

/// Explains one figure, exact: what it prints is not protected and not for publication.
#[derive(clap::Args, Debug)]
pub struct Explain {
    /// The year; or a figure's id, such as `2024/england/2/all/relative_likelihood`, and nothing else.
    #[arg(value_name = "YEAR|ID")]
    pub year: String,
    /// `england`, a region's or type's name or a group's id in lower case with hyphens, or an authority's code.
    #[arg(requires = "indicator")]
    pub area: Option<String>,
    /// The indicator's identifier, such as 7a.
    pub indicator: Option<String>,
    /// The services.
    #[arg(long, value_enum, default_value = "all")]
    pub service: Services,
    /// A pay band's identifier, or `ethnicity:GROUP`.
    #[arg(long, value_name = "B")]
    pub breakdown: Option<String>,
    /// How it is shown: for people, or as JSON.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// The edition whose published figure is told; the protection of the other one is then not worked out, which saves time.
    #[arg(long, value_enum)]
    pub edition: Option<PackEdition>,
}

/// The services a figure covers.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Services {
    /// All services together.
    All,
    /// Adults' services.
    Adults,
    /// Children's services.
    Childrens,
}

impl From<Services> for Scope {
    fn from(services: Services) -> Scope {
        match services {
            Services::All => Scope::All,
            Services::Adults => Scope::Adults,
            Services::Childrens => Scope::Childrens,
        }
    }
}

/// Proposes groups of like authorities, from exact counts: what it prints is not for publication.
#[derive(clap::Args, Debug)]
pub struct Groups {
    /// The year of the round.
    pub year: i32,
    /// What authorities are likened by: all of it when left out.
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',', default_value = "size,share,services")]
    pub by: Vec<Likeness>,
    /// The least size of a group; one more than protection needs when left out, and no less than 4.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub least: Option<u16>,
    /// How many groups at most.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=26), default_value_t = 5)]
    pub number: u16,
    /// How it is shown: for people, or as JSON.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// What authorities are likened by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Likeness {
    /// The size of the workforce.
    Size,
    /// The share of minoritised ethnic staff.
    Share,
    /// The services that the return covers.
    Services,
}

impl From<Likeness> for statistics::Likeness {
    fn from(likeness: Likeness) -> Self {
        match likeness {
            Likeness::Size => Self::Size,
            Likeness::Share => Self::Share,
            Likeness::Services => Self::Services,
        }
    }
}

/// Writes collection workbooks.
#[derive(clap::Args, Debug)]
pub struct Workbook {
    /// The year of the round.
    pub year: i32,
    /// Whose workbooks.
    #[command(flatten)]
    pub whose: Whose,
}

/// The authorities that workbooks are made for.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// The authority with this code; repeatable.
    #[arg(long, value_name = "CODE")]
    pub authority: Vec<String>,
    /// Every registered authority.
    #[arg(long)]
    pub all: bool,
}

/// Starts a round.
#[derive(clap::Args, Debug)]
pub struct New {
    /// The year of the round.
    pub year: i32,
}

/// Serves the author's desk on this machine alone.
#[derive(clap::Args, Clone, Debug)]
pub struct Preview {
    /// The year; the newest in the data folder when left out.
    pub year: Option<i32>,
    /// Name the pack of the authority with this code, at `/CODE`; with --sample, write it in place of the national report. Repeatable.
    #[arg(long, value_name = "CODE")]
    pub only: Vec<String>,
    /// The port; a free one from 3000 to 3005 when left out.
    #[arg(long)]
    pub port: Option<u16>,
    /// Write the templates with this document's data and charts into a new folder, for editors that know Typst, and end.
    #[arg(long, value_name = "FOLDER")]
    pub sample: Option<PathBuf>,
}

/// Records who checked what.
#[derive(clap::Args, Debug)]
pub struct SignOff {
    /// The year of the round.
    pub year: i32,
    /// The point, one of those that `sign_off` in round.yaml lists, such as `methods`.
    pub point: String,
    /// Who checked it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// With which outcome.
    #[arg(long, value_name = "TEXT", default_value = "no objection")]
    pub outcome: String,
    /// When, such as 2025-05-06; today when left out.
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
}

/// Puts a built round on record.
#[derive(clap::Args, Debug)]
pub struct Release {
    /// The year; the newest in the data folder when left out.
    pub year: Option<i32>,
}

/// Prepares what goes to each authority.
#[derive(clap::Args, Debug)]
pub struct Dispatch {
    /// The year; the newest in the data folder when left out.
    pub year: Option<i32>,
    /// Prepare only what goes to the authority with this code. Repeatable.
    #[arg(long, value_name = "CODE")]
    pub only: Vec<String>,
}

/// How findings and figures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For programs, on stdout.
    Json,
}

/// Writes a synthetic round.
#[derive(clap::Args, Debug)]
pub struct Synthesise {
    /// The year of the round.
    pub year: i32,
    /// How many authorities submit a return; the year's published number when left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub authorities: Option<u16>,
    /// Equal seeds give equal bytes.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// How many of a hundred returns give some measures in another way than the rest: some groups alone, a total alone, both
    /// services together; the year's own share when left out.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub mixed: Option<u8>,
}

//! Parses the arguments, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match scwres::run(&scwres::cli::Cli::parse()) {
        Ok(scwres::Outcome::Done) => ExitCode::SUCCESS,
        Ok(scwres::Outcome::InputHasErrors) => ExitCode::from(1),
        Err(error) => {
            scwres::commands::tell(&format!("error: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}

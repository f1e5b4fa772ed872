//! Parses the arguments, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// Typesetting asks for memory in small pieces, which this allocator gives faster than most systems.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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

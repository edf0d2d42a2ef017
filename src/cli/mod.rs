//! Command line and exit codes.

mod arguments;
mod audit;
mod check;
mod database;
mod explain;
mod forecast;
mod fund;
mod network;
mod output;
mod progress;
mod trend;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::model::{Error, Failure};
use crate::report;
use arguments::{Arguments, Command, SchemaOf};
use output::Output;

/// How a run ended; each is an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: the gate passes, or the command did what it was asked.
    Pass,
    /// 1: the gate fails.
    Fail,
    /// 2: wrong usage or bad input.
    Input,
    /// 3: there is nothing to audit.
    Nothing,
    /// 4: facts that the verdict needs are missing, or a source failed.
    Source,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Pass => 0,
            Exit::Fail => 1,
            Exit::Input => 2,
            Exit::Nothing => 3,
            Exit::Source => 4,
        })
    }
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Input => Self::Input,
            Failure::Nothing => Self::Nothing,
            Failure::Source => Self::Source,
        }
    }
}

/// Runs the program with its arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => {
            let has_control = |it: &OsString| it.to_string_lossy().contains(char::is_control);
            if error.use_stderr() && given.iter().any(has_control) {
                // It repeats arguments, which could then begin a line.
                output::say(&[error.to_string()]);
            } else {
                // A closed pipe is the only way this can fail, and then nobody is listening.
                let _ = error.print();
            }
            let exit = if error.use_stderr() { Exit::Input } else { Exit::Pass };
            return exit.into();
        }
    };
    let output = Output::new(arguments.color, arguments.quiet);
    match run(&arguments, &output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.error(&error);
            Exit::from(error.failure).into()
        }
    }
}

fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Error> {
    match &arguments.command {
        Command::Audit(audit) => audit::command(audit, arguments, output),
        Command::Check(check) => check::run(check, arguments, output),
        Command::Explain(explain) => explain::run(explain, arguments, output),
        Command::Fund(fund) => fund::run(fund, arguments, output),
        Command::Trend(trend) => trend::run(trend, arguments, output),
        Command::Db(command) => database::run(command, arguments, output),
        Command::Forecast(command) => forecast::run(command, arguments, output),
        Command::Schema { report } => {
            let schema = match report {
                SchemaOf::Audit => report::schema::schema(),
                SchemaOf::Fund => report::schema::fund(),
                SchemaOf::Trend => report::schema::trend(),
            };
            output.print(&schema).map(|()| Exit::Pass)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "headwater", &mut script);
            output.print(&String::from_utf8_lossy(&script)).map(|()| Exit::Pass)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command())
                .render(&mut page)
                .map_err(|error| Error::input(format!("the page cannot be written: {error}")))?;
            output.print(&String::from_utf8_lossy(&page)).map(|()| Exit::Pass)
        }
    }
}

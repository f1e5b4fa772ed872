//! The desk: what is known of the round now, and who answers which address.
//!
//! A round is read as soon as its data change, and what was found is shown at once; its figures follow when they are measured.
//! Until then addresses that need them say so.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use minijinja::context;

use super::server::{Answer, Asked, CHECK};
use super::{going_out, overview, problem, returns};
use crate::cli::Cli;
use crate::commands::Opened;
use crate::reports::DeskPages;
use crate::statistics::{Protection, Studies};

/// What is shown now, and where it is made.
pub(super) struct Desk {
    /// The folders.
    pub cli: Cli,
    /// The year that was asked for.
    pub year: Option<i32>,
    /// The codes of the authorities whose packs were asked for.
    pub only: Vec<String>,
    state: Mutex<State>,
    changed: Condvar,
    /// Figures are measured one round at a time.
    pub measuring: Mutex<()>,
    /// What protection found out, of which most holds still when some cells have changed.
    pub studies: Arc<Studies>,
    /// What it decided last.
    pub decided: Mutex<Protection>,
}

struct State {
    /// How often what is shown has changed.
    version: u64,
    /// How often the round was read.
    reading: u64,
    /// The round as it was read last.
    opened: Option<Arc<Opened>>,
    stage: Stage,
}

/// How far the round has come.
enum Stage {
    /// It is being read or measured.
    Working,
    /// Whoever holds its figures answers; whether what is withheld is proved to be enough.
    Ready(Sender<Message>, bool),
    /// This stands in the way.
    Failed(String),
}

/// What whoever holds the figures is told.
pub(super) enum Message {
    /// A browser asks.
    Asked(Box<Asked>, Sender<Answer>),
    /// Templates have changed.
    Templates,
    /// What was decided without proof is proved, or something else in its place.
    Proved,
}

impl Desk {
    pub(super) fn new(cli: Cli, year: Option<i32>, only: Vec<String>) -> Self {
        let state = State { version: 0, reading: 0, opened: None, stage: Stage::Working };
        Self {
            cli,
            year,
            only,
            state: Mutex::new(state),
            changed: Condvar::new(),
            measuring: Mutex::new(()),
            studies: Arc::default(),
            decided: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.version += 1;
        self.changed.notify_all();
    }

    /// The data have changed: what is read from now on is of this number.
    pub(super) fn begins(&self) -> u64 {
        let mut number = 0;
        self.change(|state| {
            state.reading += 1;
            state.stage = Stage::Working;
            number = state.reading;
        });
        number
    }

    /// Whether nothing newer is being read.
    pub(super) fn is_newest(&self, number: u64) -> bool {
        self.state().reading == number
    }

    /// Notes what became of a reading, if none has begun since.
    fn became(&self, number: u64, change: impl FnOnce(&mut State)) {
        if self.is_newest(number) {
            self.change(change);
        }
    }

    /// The round is read: what was found in it can be shown.
    pub(super) fn is_read(&self, number: u64, opened: &Arc<Opened>) {
        self.became(number, |state| state.opened = Some(Arc::clone(opened)));
    }

    /// Its figures are measured: from now on they are shown.
    pub(super) fn is_ready(&self, number: u64, sender: Sender<Message>, proved: bool) {
        self.became(number, |state| state.stage = Stage::Ready(sender, proved));
    }

    /// What is withheld is proved to be enough.
    pub(super) fn is_proved(&self, number: u64) {
        self.became(number, |state| {
            if let Stage::Ready(_, proved) = &mut state.stage {
                *proved = true;
            }
        });
    }

    /// Something has to be mended first.
    pub(super) fn has_failed(&self, number: u64, message: String) {
        self.became(number, |state| state.stage = Stage::Failed(message));
    }

    /// Templates have changed, and the data have not.
    pub(super) fn has_new_templates(&self) {
        self.change(|state| {
            if let Stage::Ready(sender, _) = &state.stage {
                let _ = sender.send(Message::Templates);
            }
        });
    }

    /// What the year's folder holds has changed.
    pub(super) fn has_new_build(&self) {
        self.change(|_| {});
    }

    /// Waits until what is shown is no longer of this version; tells whether it is.
    pub(super) fn changed_since(&self, version: u64, patience: Duration) -> bool {
        let same = |state: &mut State| state.version == version;
        let waited = self.changed.wait_timeout_while(self.state(), patience, same);
        waited.unwrap_or_else(PoisonError::into_inner).0.version != version
    }

    /// Answers a browser.
    pub(super) fn answer(&self, asked: Asked) -> Answer {
        let version = self.state().version;
        // Pages of the desk tell what is wrong in their own words; where they cannot, the message stands alone.
        self.route(version, asked).unwrap_or_else(|error| Answer::page(version, problem(&format!("{error:#}"))))
    }

    fn route(&self, version: u64, asked: Asked) -> Result<Answer> {
        let (opened, failed) = {
            let state = self.state();
            let failed = if let Stage::Failed(message) = &state.stage { Some(message.clone()) } else { None };
            (state.opened.clone(), failed)
        };
        let parts: Vec<&str> = asked.address.trim_matches('/').split('/').collect();
        if asked.address == CHECK {
            return match (&opened, &asked.sent) {
                (Some(opened), Some(bytes)) => returns::sent(self, opened, &asked, bytes),
                _ => Ok(Answer::nothing()),
            };
        }
        if parts[..] == ["favicon.ico"] {
            return Ok(Answer::part(String::new()).with_status(204)); // browsers ask for it, and there is none
        }
        let own = match (&opened, &parts[..]) {
            (Some(opened), [""]) => Some(overview::page(self, opened, self.standing())),
            (Some(opened), ["returns"]) => Some(returns::list(self, opened)),
            (Some(opened), ["returns", code]) => Some(returns::page(self, opened, code, asked.value("at"))),
            (Some(opened), ["dispatch"]) => Some(going_out::page(self, opened)),
            (Some(_), ["template"]) => return super::words::answer(self, version, &asked),
            _ => None,
        };
        if let Some(page) = own {
            return Ok(page?.map_or_else(Answer::nothing, |html| Answer::page(version, html)));
        }
        if let Some(message) = failed {
            return Ok(Answer::page(version, self.explained("The figures cannot be shown", &message)?));
        }
        self.ask(version, asked)
    }

    /// Asks whoever holds the figures; where nobody does yet, the page says so and loads again as soon as somebody does.
    fn ask(&self, version: u64, asked: Asked) -> Result<Answer> {
        let sender = if let Stage::Ready(sender, _) = &self.state().stage { Some(sender.clone()) } else { None };
        let (reply, answer) = mpsc::channel();
        let sent = sender.is_some_and(|sender| sender.send(Message::Asked(Box::new(asked), reply)).is_ok());
        match answer.recv() {
            Ok(answer) if sent => Ok(answer),
            _ => {
                let pages = DeskPages::load(&self.cli.templates)?;
                let html = pages.page("desk/waiting.html", "The figures are being worked out", context! {})?;
                Ok(Answer::page(version, html).with_status(503))
            }
        }
    }

    /// A page of the desk about a mistake.
    pub(super) fn explained(&self, title: &str, message: &str) -> Result<String> {
        let pages = DeskPages::load(&self.cli.templates)?;
        pages.page("desk/problem.html", title, context! { title, message })
    }

    /// How far the round has come, in words, and what stands in the way.
    pub(super) fn standing(&self) -> overview::Standing {
        match &self.state().stage {
            Stage::Working => overview::Standing::Working,
            Stage::Ready(_, true) => overview::Standing::Ready,
            Stage::Ready(_, false) => overview::Standing::Proving,
            Stage::Failed(message) => overview::Standing::Failed(message.clone()),
        }
    }

    /// How often what is shown has changed.
    pub(super) fn version(&self) -> u64 {
        self.state().version
    }
}

//! Whoever holds a round's figures: measures them, and answers what is asked of them until the data change.
//!
//! An author waits for figures, not for the proof that nobody else can work counts out: what was withheld before a cell changed is withheld
//! at first, and what the proof finds takes its place.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};

use super::desk::{Desk, Message};
use super::server::{Answer, Asked};
use super::{differing, problem, protection, provenance, reading};
use crate::commands::kept::Kept;
use crate::commands::{Opened, open, released};
use crate::reports::{self, FigureRows, Material, Press};
use crate::statistics::{Edition, Explainer, Protection};

/// All that answers are made of.
pub(super) struct Figures<'a> {
    pub desk: &'a Desk,
    pub opened: &'a Opened,
    pub explainer: &'a Explainer<'a>,
    pub press: &'a Press<'a>,
}

/// Reads the round, measures it, and answers until something newer is read.
pub(super) fn hold(desk: &Desk, number: u64) {
    if let Err(error) = read(desk, number) {
        let message = format!("{error:#}");
        if desk.is_newest(number) {
            crate::commands::tell(&format!("error: {message}\n"));
        }
        desk.has_failed(number, message);
    }
}

fn read(desk: &Desk, number: u64) -> Result<()> {
    let kept = Kept::of(&desk.cli, desk.year);
    let opened = Arc::new(open(&desk.cli.data, desk.year)?);
    desk.is_read(number, &opened);
    if opened.returns.accepted.is_empty() {
        bail!("{} has no accepted return", opened.round.settings.year);
    }
    let Opened { standard, england, round, returns, earlier, .. } = &*opened;
    let measured = |known: Protection, studies| {
        let (known, _) = released::beside(known, &desk.cli.data, &opened)?;
        let decided = desk.decided.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = known.with_studies(studies).with_decisions(&decided);
        Explainer::new(standard, england, earlier, round, returns, Edition::Own, &known)
    };
    let known = kept.as_ref().map(|kept| kept.protection(Edition::Own)).unwrap_or_default();
    let quick = Arc::new(desk.studies.guessing());
    let mut explainer = measured(known, Arc::clone(&quick))?;
    let keep = |explainer: &Explainer<'_>| {
        let protection = &explainer.statistics().protection;
        desk.decided.lock().unwrap_or_else(PoisonError::into_inner).clone_from(protection);
        if let Some(kept) = &kept {
            kept.keep_protection(Edition::Own, protection);
        }
        desk.studies.forget_unused();
    };
    let proved = !quick.has_guessed();
    if proved {
        keep(&explainer);
    }
    let (sender, receiver) = mpsc::channel();
    if desk.is_newest(number) {
        let packs = desk.only.iter().map(|code| format!(" /{code}")).collect::<String>();
        crate::commands::tell(&format!("ready: / /national{packs}\n"));
        desk.is_ready(number, sender.clone(), proved);
    }
    // Where protection was known, its way there was not: it is found meanwhile, so that the first cell that an author mends does not take
    // as long as a round.
    let meanwhile = !proved || desk.studies.is_empty();
    let exact = Mutex::new(None);
    std::thread::scope(|scope| {
        let (exact, measured) = (&exact, &measured);
        if meanwhile {
            scope.spawn(move || {
                let _measuring = desk.measuring.lock().unwrap_or_else(PoisonError::into_inner);
                if desk.is_newest(number) {
                    let found = measured(Protection::default(), Arc::clone(&desk.studies));
                    if !proved {
                        *exact.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
                        let _ = sender.send(Message::Proved); // nobody waits for what is not the newest any more
                    }
                }
            });
        } else {
            drop(sender);
        }
        loop {
            let material = Material { round, standard, statistics: explainer.statistics(), plans: &opened.plans.plans };
            let rows = Arc::new(FigureRows::of(material)?);
            let mut next = Next::Templates;
            while next == Next::Templates {
                next = answer(desk, &opened, &explainer, (material, &rows), &receiver);
            }
            if next == Next::Nobody {
                return Ok(());
            }
            if let Some(found) = exact.lock().unwrap_or_else(PoisonError::into_inner).take() {
                explainer = found?;
                keep(&explainer);
                desk.is_proved(number);
            }
        }
    })
}

/// Why whoever answers does not go on as before.
#[derive(PartialEq)]
enum Next {
    /// There are other templates.
    Templates,
    /// What was decided without proof is proved, or another was found.
    Proved,
    /// Nobody will ask any more.
    Nobody,
}

/// Answers with the templates as they are now, until something else has to be done.
fn answer(
    desk: &Desk,
    opened: &Opened,
    explainer: &Explainer<'_>,
    (material, rows): (Material<'_>, &Arc<FigureRows>),
    receiver: &Receiver<Message>,
) -> Next {
    let press = Press::with_rows(&desk.cli.templates, material, Arc::clone(rows));
    let press = press.map_err(|error| format!("{error:#}"));
    std::thread::scope(|scope| {
        loop {
            match receiver.recv() {
                Ok(Message::Asked(asked, reply)) => {
                    let press = &press;
                    scope.spawn(move || {
                        let version = desk.version();
                        let answer = match press {
                            Ok(press) => route(&Figures { desk, opened, explainer, press }, version, &asked),
                            Err(message) => desk
                                .explained("The templates cannot be used", message)
                                .map(|html| Answer::page(version, html)),
                        };
                        let answer = answer.or_else(|error| {
                            let html = desk.explained("This cannot be shown", &format!("{error:#}"))?;
                            Ok::<_, anyhow::Error>(Answer::page(version, html))
                        });
                        let plain = |error: anyhow::Error| Answer::page(version, problem(&format!("{error:#}")));
                        let _ = reply.send(answer.unwrap_or_else(plain));
                    });
                }
                Ok(Message::Templates) => return Next::Templates,
                Ok(Message::Proved) => return Next::Proved,
                Err(_) => return Next::Nobody,
            }
        }
    })
}

fn route(figures: &Figures<'_>, version: u64, asked: &Asked) -> Result<Answer> {
    let parts: Vec<&str> = asked.address.trim_matches('/').split('/').collect();
    let page = |html: String| Answer::page(version, html);
    match parts[..] {
        ["documents"] => reading::list(figures).map(page),
        ["figure"] => provenance::answer(figures, version, asked),
        ["changes"] => differing::page(figures, asked).map(page),
        ["protection"] => protection::page(figures, asked).map(page),
        [..] => {
            let answer = reading::answer(figures, version, &parts, asked);
            reports::forget(); // memory stays bounded
            answer
        }
    }
}

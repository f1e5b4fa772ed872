//! Whoever holds a round's figures: measures them once, and answers what is asked of them until the data change.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, PoisonError};

use anyhow::{Result, bail};

use super::desk::{Desk, Message};
use super::server::{Answer, Asked};
use super::{differing, problem, protection, provenance, reading};
use crate::commands::kept::Kept;
use crate::commands::{Opened, open, released};
use crate::reports::{self, FigureRows, Material, Press};
use crate::statistics::{self, Edition, Explainer, Protection};

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
    let measuring = desk.measuring.lock().unwrap_or_else(PoisonError::into_inner);
    if !desk.is_newest(number) {
        return Ok(());
    }
    let Opened { standard, england, round, returns, earlier, .. } = &*opened;
    let known = kept.as_ref().map(|kept| kept.protection(Edition::Own)).unwrap_or_default();
    let (known, _) = released::beside(known, &desk.cli.data, &opened)?;
    let known = known.with_studies(&desk.studies);
    let explainer = Explainer::new(standard, england, earlier, round, returns, Edition::Own, &known)?;
    if let Some(kept) = &kept {
        kept.keep_protection(Edition::Own, &explainer.statistics().protection);
    }
    desk.studies.forget_unused();
    drop(measuring);
    let (sender, receiver) = mpsc::channel();
    if desk.is_newest(number) {
        let packs = desk.only.iter().map(|code| format!(" /{code}")).collect::<String>();
        crate::commands::tell(&format!("ready: / /national{packs}\n"));
        desk.is_ready(number, sender);
    }
    let material = Material { round, standard, statistics: explainer.statistics(), plans: &opened.plans.plans };
    let rows = Arc::new(FigureRows::of(material)?);
    std::thread::scope(|scope| {
        // What protection found out was known, and its way there was not: it is found again meanwhile, so that the first cell that an
        // author mends does not take as long as a round.
        if desk.studies.is_empty() {
            let known = released::beside(Protection::default(), &desk.cli.data, &opened);
            scope.spawn(|| {
                let known = known?.0.with_studies(&desk.studies);
                statistics::measure(standard, england, earlier, round, returns, Edition::Own, &known).map(|_| ())
            });
        }
        while answer(desk, &opened, &explainer, (material, &rows), &receiver) {}
    });
    Ok(())
}

/// Answers with the templates as they are now; tells whether to go on with others.
fn answer(
    desk: &Desk,
    opened: &Opened,
    explainer: &Explainer<'_>,
    (material, rows): (Material<'_>, &Arc<FigureRows>),
    receiver: &Receiver<Message>,
) -> bool {
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
                Ok(Message::Templates) => return true,
                Err(_) => return false,
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

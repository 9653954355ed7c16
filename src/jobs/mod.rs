//! Durable work at work: claims jobs, has them done by `app`, and takes care that nothing is lost or done twice.
//! A job here is about ten lines and calls one verb.
//!
//! To add a job: a variant in `domain::work`, an arm in `work_on`, a test that runs it twice.

pub mod notary;
pub mod postman;
pub mod runner;
pub mod schedule;

use crate::{
    app::{
        App, Error, account_links,
        account_mail::{self, Sent},
        alarms,
        alarms::Called,
        deliver,
        deliver::Delivered,
        exports,
        exports::Packed,
        follow_ups,
        follow_ups::Told,
        intake, material,
        material::Disposed,
        retention,
        retention::{Applied, RequesterErased},
        runs,
        runs::Executed,
        tidy,
    },
    domain::work::Work,
};

/// Why a job is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// It failed, and is tried again later; says why.
    Failed(String),
    /// It waits for something outside, for so many milliseconds. Counts as no try.
    Later(String, i64),
    /// It has done its turn and there is more: others first, then on with it. Counts as no try.
    More,
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Does one piece of work. `last` is true on the last try.
///
/// # Errors
/// Says why it has to be tried again.
pub async fn work_on(app: &App, work: &Work, last: bool) -> Result<(), NotDone> {
    match work {
        Work::ReadMessage { message } => intake::read(app, *message).await.map(|_| ())?,
        Work::DisposeMaterial { message } => match material::dispose(app, *message).await? {
            Disposed::Done => {}
            Disposed::Later(why) => return Err(NotDone::Failed(why)),
        },
        Work::SendMail { mail } => match deliver::send_mail(app, *mail).await? {
            Delivered::Accepted | Delivered::Failed => {}
            Delivered::Later(why, delay) => return Err(NotDone::Later(why, delay)),
        },
        Work::SendAccountLink { link } => match account_links::send_account_link(app, *link).await? {
            Sent::Done => {}
            Sent::Later(why) => return Err(NotDone::Failed(why)),
        },
        Work::SendAccountNews { staff, news, at } => {
            match account_mail::send_account_news(app, *staff, *news, *at).await? {
                Sent::Done => {}
                Sent::Later(why) => return Err(NotDone::Failed(why)),
            }
        }
        Work::ExecuteRun { run } => match runs::execute_run(app, *run, last).await? {
            Executed::Done => {}
            Executed::More => return Err(NotDone::More),
            Executed::Later(why) => return Err(NotDone::Failed(why)),
        },
        Work::PackExport { run } => match exports::pack_export(app, *run, last).await? {
            Packed::Done => {}
            Packed::Later(why) => return Err(NotDone::Failed(why)),
        },
        Work::LockDownload { download } => exports::lock_download(app, *download, last).await?,
        Work::DestroyPackage { package } => exports::destroy_package(app, *package).await?,
        Work::ExpirePackages => exports::expire_packages(app).await?,
        Work::ExpireRuns => runs::expire_runs(app).await?,
        Work::SweepClocks => alarms::sweep_clocks(app).await.map(|_| ())?,
        Work::CallWebhook { case, seq } => match alarms::call_webhook(app, *case, *seq).await? {
            Called::Taken => {}
            Called::Refused(why) => return Err(NotDone::Failed(why)),
        },
        Work::TellRecipient { follow_up } => match follow_ups::tell_recipient(app, *follow_up, last).await? {
            Told::Done => {}
            Told::Later(why) => return Err(NotDone::Failed(why)),
        },
        Work::EndFollowUps => follow_ups::end_follow_ups(app).await?,
        Work::DestroySealed => follow_ups::destroy_sealed(app).await?,
        Work::ApplyRetention => match retention::apply_retention(app).await? {
            Applied::Done => {}
            Applied::More => return Err(NotDone::More),
        },
        Work::EraseRequester { erasure } => match retention::erase_requester(app, *erasure).await? {
            RequesterErased::Done => {}
            RequesterErased::Later(why) => return Err(NotDone::Failed(why)),
        },
        Work::TidyUp => tidy::tidy_up(app).await?,
    }
    Ok(())
}

/// Does everything that is due now, one after the other, in this task: for tests and for the demo's past.
///
/// # Errors
/// When the database fails.
pub async fn drain(app: &App) -> Result<usize, crate::store::Error> {
    let mut done = 0;
    loop {
        let claimed = runner::claim(app, 10, runner::LEASE, (false, true)).await?;
        if claimed.is_empty() {
            return Ok(done);
        }
        for job in claimed {
            let result = work_on(app, &job.work, job.attempt >= job.max_attempts).await;
            runner::settle(app, &[(job, result)]).await?;
            done += 1;
        }
    }
}

/// Sends the mails a case has in its outbox, oldest first, in this task: for the demo's past. The jobs that wait
/// for them find them sent.
///
/// # Errors
/// When the database fails.
pub async fn send_for(app: &App, case: crate::domain::identity::Reference) -> Result<(), Error> {
    for mail in deliver::waiting(app, case).await? {
        deliver::send_mail(app, mail).await?;
    }
    Ok(())
}

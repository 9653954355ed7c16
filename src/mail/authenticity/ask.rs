//! Asks the domains themselves: DKIM keys, SPF and DMARC policies, by DNS. Answers are kept for a while; a resolver that
//! does not answer is left alone for a minute, so that mail never waits for it twice.

use super::{Authenticity, Outcome, Source, headers::HandedIn};
use crate::domain::mail::Verdict;
use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, DnsError, Error, MX, MessageAuthenticator, Parameters, RecordSet,
    ResolverCache, SpfOutput, SpfResult, Txt, dmarc::verify::DmarcParameters, spf::verify::SpfParameters,
};
use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many answers of one kind are kept.
const MOST: usize = 2_000;
/// How long a resolver that did not answer is left alone.
const REST: Duration = Duration::from_mins(1);

/// Answers by name, each until its time is over.
pub(super) struct Answers<K, V>(Mutex<HashMap<K, (V, Instant)>>);

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq, V: Clone> ResolverCache<K, V> for Answers<K, V> {
    fn get<Q>(&self, name: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).filter(|(_, until)| *until > Instant::now()).map(|(value, _)| value.clone())
    }

    fn remove<Q>(&self, name: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name).map(|(value, _)| value)
    }

    fn insert(&self, key: K, value: V, valid_until: Instant) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, (value, valid_until));
    }
}

type Records<T> = Answers<Box<str>, RecordSet<T>>;
/// Something to be asked, and the answers that are known.
type Question<'a, P> = Parameters<
    'a,
    P,
    Answers<Box<str>, Txt>,
    Records<MX>,
    Records<Ipv4Addr>,
    Records<Ipv6Addr>,
    Answers<IpAddr, RecordSet<Box<str>>>,
>;

#[derive(Default)]
struct Kept {
    txt: Answers<Box<str>, Txt>,
    mx: Records<MX>,
    ipv4: Records<Ipv4Addr>,
    ipv6: Records<Ipv6Addr>,
    ptr: Answers<IpAddr, RecordSet<Box<str>>>,
    rests_until: Mutex<Option<Instant>>,
}

/// Asks by DNS; cheap to clone.
#[derive(Clone)]
pub(super) struct Asker {
    resolver: MessageAuthenticator,
    kept: Arc<Kept>,
}

impl Asker {
    /// One that asks the system's resolver.
    pub fn system() -> Result<Self, String> {
        let resolver = MessageAuthenticator::new_system_conf().map_err(|e| format!("the system's resolver: {e}"))?;
        Ok(Self { resolver, kept: Arc::default() })
    }

    fn with<P>(&self, params: P) -> Question<'_, P> {
        Parameters {
            params,
            cache_txt: Some(&self.kept.txt),
            cache_mx: Some(&self.kept.mx),
            cache_ptr: Some(&self.kept.ptr),
            cache_ipv4: Some(&self.kept.ipv4),
            cache_ipv6: Some(&self.kept.ipv6),
        }
    }

    /// What the domains say of the mail.
    pub async fn ask(&self, raw: &[u8], handed_in: Option<HandedIn>) -> Authenticity {
        let Some(message) = AuthenticatedMessage::parse(raw) else { return Authenticity::default() };
        let domain = domain_of(message.froms().first().map_or("", String::as_str)).to_lowercase();
        let mut found = Authenticity { source: Source::Asked, domain, ..Authenticity::default() };
        if self.rests() {
            return found;
        }
        let signatures = self.resolver.verify_dkim(self.with(&message)).await;
        found.dkim = dkim(&signatures.iter().map(mail_auth::DkimOutput::result).collect::<Vec<_>>());
        let spf = match &handed_in {
            Some(client) => Some(self.spf(client).await),
            None => None,
        };
        found.spf = spf.as_ref().map_or(Outcome::Unknown, |spf| outcome_of(spf.result()));
        let unknown = SpfOutput::new(String::new());
        let mail_from = handed_in.as_ref().map(|client| domain_of(&client.mail_from).to_owned()).unwrap_or_default();
        let asked = self
            .resolver
            .verify_dmarc(self.with(DmarcParameters {
                message: &message,
                dkim_output: &signatures,
                dkim2_output: None,
                rfc5321_mail_from_domain: &mail_from,
                spf_output: spf.as_ref().unwrap_or(&unknown),
            }))
            .await;
        let failed = [asked.dkim_result(), asked.spf_result()].into_iter().any(is_silence);
        if failed || signatures.iter().any(|one| is_silent(one.result())) {
            self.rest();
        }
        let passed = [asked.dkim_result(), asked.spf_result()].into_iter().any(|r| *r == DmarcResult::Pass);
        found.dmarc = match (passed, asked.dmarc_record().is_some()) {
            (true, _) => Verdict::Pass,
            (false, _) if failed => Verdict::Unknown,
            (false, false) => Verdict::None,
            // where nobody knows who handed it in, SPF may well have held
            (false, true) if found.spf == Outcome::Unknown => Verdict::Unknown,
            (false, true) => Verdict::Fail,
        };
        found
    }

    async fn spf(&self, client: &HandedIn) -> SpfOutput {
        let HandedIn { ip, helo, mail_from, host } = client;
        let params = SpfParameters::verify_mail_from(*ip, helo, host, mail_from);
        self.resolver.verify_spf(self.with(params)).await
    }

    fn rests(&self) -> bool {
        let until = self.kept.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| until > Instant::now())
    }

    fn rest(&self) {
        let mut until = self.kept.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some(Instant::now() + REST);
    }

    /// One that has nobody to ask: for tests.
    #[cfg(test)]
    pub fn without_servers() -> Self {
        use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
        let resolver = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default());
        Self { resolver: resolver.expect("a resolver"), kept: Arc::default() }
    }

    /// Knows an answer without asking: for tests.
    #[cfg(test)]
    pub fn knows(&self, name: &str, record: Txt) {
        self.kept.txt.insert(name.into(), record, Instant::now() + REST);
    }
}

/// One signature that holds is enough; a domain that could not be asked says nothing.
fn dkim(results: &[&DkimResult]) -> Outcome {
    let any = |test: fn(&DkimResult) -> bool| results.iter().any(|result| test(result));
    if any(|r| *r == DkimResult::Pass) {
        Outcome::Pass
    } else if any(|r| matches!(r, DkimResult::TempError(_))) {
        Outcome::Unknown
    } else if any(|r| *r != DkimResult::None) {
        Outcome::Fail
    } else {
        Outcome::None
    }
}

const fn outcome_of(result: SpfResult) -> Outcome {
    match result {
        SpfResult::Pass => Outcome::Pass,
        SpfResult::Fail | SpfResult::SoftFail | SpfResult::PermError => Outcome::Fail,
        SpfResult::None | SpfResult::Neutral => Outcome::None,
        SpfResult::TempError => Outcome::Unknown,
    }
}

/// True where the resolver, and not the domain, is to blame.
const fn is_silence(result: &DmarcResult) -> bool {
    matches!(result, DmarcResult::TempError(Error::Dns(DnsError::Resolver(_))))
}

const fn is_silent(result: &DkimResult) -> bool {
    matches!(result, DkimResult::TempError(Error::Dns(DnsError::Resolver(_))))
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

//! Where passkeys work: a browser ties each to the name of a host, and uses it over TLS or on this machine only. Both come
//! from `server.public_url`.

use super::super::{App, Error};
use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder};

const NO_NAME: &str = "Passkeys cannot be used here: browsers tie them to the name of a host, and the address of this \
                       console is a number. Your administrator can set server.public_url to an address with a name.";
const NO_TLS: &str = "Passkeys cannot be used here: browsers use them over https only, and the address of this console \
                      begins with http. Your administrator can change that, and then server.public_url.";

/// Why passkeys cannot be used at this console's address, in a sentence for people; none where they can.
#[must_use]
pub fn why_not(app: &App) -> Option<&'static str> {
    name_of(&app.settings.public_url).err()
}

/// The address, and the name of the host that passkeys are tied to.
fn name_of(address: &str) -> Result<(Url, String), &'static str> {
    let url = Url::parse(address).map_err(|_| NO_NAME)?;
    let name = url.domain().ok_or(NO_NAME)?.to_owned();
    let is_here = name == "localhost" || name.ends_with(".localhost");
    if url.scheme() == "https" || is_here { Ok((url, name)) } else { Err(NO_TLS) }
}

/// What judges the answers of passkeys.
pub(super) fn site(app: &App) -> Result<Webauthn, Error> {
    let (url, name) = name_of(&app.settings.public_url).map_err(|says| Error::NotAllowed(says.to_owned()))?;
    let built = WebauthnBuilder::new(&name, &url).and_then(|builder| builder.rp_name("Recourse").build());
    built.map_err(|error| super::broken(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_needs_a_name_and_tls_or_this_machine() {
        for (address, name) in [
            ("https://desk.imagegen.example", Ok("desk.imagegen.example")),
            ("https://desk.imagegen.example:8443", Ok("desk.imagegen.example")),
            ("http://localhost:8080", Ok("localhost")),
            ("http://desk.localhost:8080", Ok("desk.localhost")),
            ("http://127.0.0.1:8080", Err(NO_NAME)),
            ("https://192.0.2.7", Err(NO_NAME)),
            ("https://[2001:db8::7]", Err(NO_NAME)),
            ("http://desk.imagegen.example", Err(NO_TLS)),
            ("", Err(NO_NAME)),
        ] {
            assert_eq!(name_of(address).map(|(_, name)| name), name.map(str::to_owned), "{address}");
        }
    }
}

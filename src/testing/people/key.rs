//! A passkey without a browser: makes and signs what a browser would send, and whatever else somebody might try.

use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

pub const ORIGIN: &str = "https://desk.imagegen.example";
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const NEW: u8 = 64;

/// A passkey, and how it behaves.
#[derive(Clone)]
pub struct Key {
    /// Its private half.
    pub pkcs8: Vec<u8>,
    pub id: Vec<u8>,
    /// Its next count; 0 for one that never counts.
    pub counter: u32,
    /// Whether it asks for a finger or a PIN.
    pub verifies: bool,
    /// Where the browser says that it is.
    pub origin: &'static str,
}

fn base64(bytes: &[u8]) -> String {
    data_encoding::BASE64URL_NOPAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    data_encoding::BASE64URL_NOPAD.decode(value.as_str().expect("text").as_bytes()).expect("Base64")
}

impl Key {
    pub fn new() -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
        let (pkcs8, id) = (pkcs8.as_ref().to_vec(), crate::store::vault::random::<20>().expect("randomness").to_vec());
        Self { pkcs8, id, counter: 1, verifies: true, origin: ORIGIN }
    }

    fn pair(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8, &SystemRandom::new()).expect("a key")
    }

    fn says(&self, what: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().expect("a challenge");
        json!({ "type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    /// What the authenticator itself says, counting.
    fn head(&mut self, flags: u8) -> Vec<u8> {
        let mut head = digest(&SHA256, b"desk.imagegen.example").as_ref().to_vec();
        head.push(flags | PRESENT | if self.verifies { VERIFIED } else { 0 });
        head.extend(self.counter.to_be_bytes());
        self.counter += u32::from(self.counter > 0);
        head
    }

    /// The answer to a challenge to make a passkey, as a form brings it.
    pub fn makes(&mut self, begun: &Value) -> String {
        let client = self.says("webauthn.create", &begun["publicKey"]);
        let pair = self.pair();
        let point = pair.public_key().as_ref();
        let mut data = self.head(NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        // a COSE key: EC2, ES256, P-256, and the point
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        let response = json!({ "clientDataJSON": base64(&client), "attestationObject": base64(&object), "transports": ["usb", "new"] });
        self.sent(begun, &response)
    }

    /// The answer to a challenge to sign.
    pub fn signs(&mut self, begun: &Value) -> String {
        let client = self.says("webauthn.get", &begun["publicKey"]);
        let data = self.head(0);
        let mut whole = data.clone();
        whole.extend(digest(&SHA256, &client).as_ref());
        let signature = self.pair().sign(&SystemRandom::new(), &whole).expect("a signature");
        let response = json!({
            "clientDataJSON": base64(&client), "authenticatorData": base64(&data), "signature": base64(signature.as_ref()),
        });
        self.sent(begun, &response)
    }

    fn sent(&self, begun: &Value, response: &Value) -> String {
        let id = base64(&self.id);
        let credential =
            json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} });
        json!({ "ceremony": begun["ceremony"], "credential": credential }).to_string()
    }

    /// Whether a challenge asks for this one.
    pub fn is_asked_for(&self, begun: &Value) -> bool {
        let list = begun["publicKey"]["allowCredentials"].as_array().expect("a list");
        list.iter().any(|one| bytes(&one["id"]) == self.id)
    }
}

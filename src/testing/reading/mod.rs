//! Mail on the screen: secrets covered and shown, redacted for good, HTML for a frame, attachments; on both engines and
//! over the real router.

mod frame;
mod redact;

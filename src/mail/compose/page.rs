//! A letter as it reads on the page of a case, for a person without an address: there is no mail that could be answered.
//! Whole phrases of our templates give way to others; what staff wrote themselves stays.

/// What a mail says, and what the page says instead; where one phrase stands in another, the longer one first.
const PHRASES: &[(&str, &str)] = &[
    ("Please answer this mail with one of these:", "Please write one of these to us on this page:"),
    ("An answer to this mail is enough.", "An answer on this page is enough."),
    ("as an answer to this mail", "on this page"),
    ("by answering this mail", "on this page"),
    ("answer this mail with it and we look again", "write it to us on this page and we look again"),
    ("answer our last mail", "answer our last letter"),
    ("Answer this mail", "Write to us on this page"),
    ("answer this mail", "write to us on this page"),
    ("Do not pass this mail on.", "Do not pass this on."),
    (
        "Bitte beantworten Sie diese E-Mail mit einer der folgenden Angaben:",
        "Bitte schreiben Sie uns auf dieser Seite eine der folgenden Angaben:",
    ),
    ("Eine Antwort auf diese E-Mail genügt.", "Eine Antwort auf dieser Seite genügt."),
    ("als Antwort auf diese E-Mail", "auf dieser Seite"),
    ("mit einer Antwort auf diese E-Mail", "auf dieser Seite"),
    ("Antworten Sie dann auf diese E-Mail", "Schreiben Sie uns dann auf dieser Seite"),
    ("antworten Sie bitte einfach auf diese E-Mail", "schreiben Sie uns bitte einfach auf dieser Seite"),
    ("antworten Sie bitte vorher auf diese E-Mail", "schreiben Sie uns bitte vorher auf dieser Seite"),
    ("antworten Sie auf diese E-Mail", "schreiben Sie uns auf dieser Seite"),
    ("auf unsere letzte E-Mail", "auf unseren letzten Brief"),
    ("Leiten Sie diese E-Mail nicht weiter.", "Geben Sie dies nicht weiter."),
    ("responda a este mensaje con uno de estos datos:", "escriba en esta página uno de estos datos:"),
    ("responda sin más a este mensaje", "escríbanos sin más en esta página"),
    ("Responda entonces a este mensaje", "Escríbanos entonces en esta página"),
    ("responda a este mensaje", "escríbanos en esta página"),
    ("responda a este correo", "escríbanos en esta página"),
    ("respondiendo a este mensaje", "en esta página"),
    ("responder a este mensaje", "responder en esta página"),
    ("como respuesta a este mensaje", "en esta página"),
    ("No reenvíe este mensaje.", "No comparta esto con nadie."),
    ("Veuillez répondre à ce message avec l’un", "Veuillez écrire sur cette page l’un"),
    ("Une réponse à ce message suffit.", "Une réponse sur cette page suffit."),
    ("en réponse à ce message", "sur cette page"),
    ("en répondant à ce message", "sur cette page"),
    ("Répondez alors à ce message", "Écrivez-nous alors sur cette page"),
    ("répondez simplement à ce message", "écrivez-nous simplement sur cette page"),
    ("répondez à ce message", "écrivez-nous sur cette page"),
    ("répondez-y immédiatement", "écrivez-nous immédiatement sur cette page"),
    ("Ne transmettez ce message à personne.", "Ne transmettez ceci à personne."),
    ("इनमें से किसी एक के साथ इस ईमेल का उत्तर दें:", "इस पृष्ठ पर इनमें से कोई एक लिखें:"),
    ("इस ईमेल का उत्तर देना", "इस पृष्ठ पर उत्तर देना"),
    ("इस ईमेल का उत्तर देकर", "इस पृष्ठ पर लिखकर"),
    ("इसी ईमेल का उत्तर देकर", "इसी पृष्ठ पर लिखकर"),
    ("इस ईमेल का उत्तर दें", "इस पृष्ठ पर हमें लिखें"),
    ("इस मेल का उत्तर दें", "इस पृष्ठ पर हमें लिखें"),
    ("इस ईमेल के उत्तर में", "इस पृष्ठ पर"),
    ("इस ईमेल के उत्तर के रूप में", "इस पृष्ठ पर"),
    ("हमारे पिछले ईमेल का उत्तर दें", "हमारे पिछले पत्र का उत्तर दें"),
    ("यह ईमेल किसी को आगे न भेजें", "इसे किसी को आगे न भेजें"),
];

/// What still speaks of a mail to be answered, in any language; for the tests of the templates.
#[cfg(test)]
pub const SPEAKS_OF_A_MAIL: &[&str] = &[
    "answer this mail",
    "answering this mail",
    "answer to this mail",
    "pass this mail",
    "our last mail",
    "Sie diese E-Mail",
    "auf diese E-Mail",
    "unsere letzte E-Mail",
    "a este mensaje",
    "a este correo",
    "à ce message",
    "répondez-y",
    "इस ईमेल",
    "इसी ईमेल",
    "इस मेल",
    "पिछले ईमेल",
];

/// `text` with words for a page where it says to answer the mail.
#[must_use]
pub fn for_page(text: &str) -> String {
    PHRASES.iter().fold(text.to_owned(), |text, (mail, page)| text.replace(mail, page))
}

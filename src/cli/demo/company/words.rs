//! What the demo's people are called and what they write: lists to draw from, put together at random.

/// A country with names that are common there.
pub struct Country {
    /// Its two letters.
    pub code: &'static str,
    /// What bills are written in there.
    pub currency: &'static str,
    /// Given names.
    pub given: &'static [&'static str],
    /// Family names.
    pub family: &'static [&'static str],
    /// Streets and towns.
    pub places: &'static [&'static str],
}

/// Where the people live.
#[rustfmt::skip]
pub const COUNTRIES: &[Country] = &[
    Country { code: "IN", currency: "INR",
        given: &["Aarav", "Meera", "Kabir", "Ishita", "Rohan", "Kavya", "Nikhil", "Tara", "Devansh", "Pooja", "Vivek", "Anjali"],
        family: &["Bhosale", "Chatterjee", "Naidu", "Saxena", "Pillai", "Grewal", "Mukherjee", "Hegde", "Rathore", "Joshi"],
        places: &["Lake Road, Kolkata", "Temple Street, Madurai", "Ring Road, Indore", "Hill View, Pune"] },
    Country { code: "DE", currency: "EUR",
        given: &["Jörg", "Käthe", "Anneliese", "Tilman", "Mareike", "Henning", "Frauke", "Sören", "Wiebke", "Lorenz"],
        family: &["Grünwald", "Äckerle", "Petersen", "Vollmer", "Köhnke", "Rademacher", "Süßmilch", "Brandl"],
        places: &["Ahornweg, Leipzig", "Am Mühlbach, Kassel", "Lindenallee, Husum"] },
    Country { code: "FR", currency: "EUR",
        given: &["Maëlle", "Théo", "Océane", "Gaël", "Anaïs", "Loïc", "Inès", "Rémi"],
        family: &["Bérard", "Lemoine", "Caillaux", "Guérin", "Prévost", "Rousselot"],
        places: &["rue du Lavoir, Dole", "quai des Brumes, Nantes", "place du Four, Albi"] },
    Country { code: "ES", currency: "EUR",
        given: &["Íñigo", "Begoña", "Andrés", "Rocío", "Joaquín", "Nuria", "Matías", "Ximena"],
        family: &["Muñoz Rey", "Ibáñez", "Cárdenas", "Quiroga", "Peñalver", "Zubiri"],
        places: &["calle del Pozo, Valladolid", "paseo del Río, Soria", "plaza Mayor, Teruel"] },
    Country { code: "BR", currency: "EUR",
        given: &["Conceição", "Tiago", "Luíza", "Vinícius", "Débora", "Caetano", "Iracema", "Rogério"],
        family: &["Magalhães", "Frazão", "Brandão", "do Vale", "Assunção", "Teixeira"],
        places: &["rua das Palmeiras, Recife", "travessa do Sol, Olinda", "rua do Porto, Santos"] },
    Country { code: "PL", currency: "EUR",
        given: &["Łucja", "Stanisław", "Bożena", "Zbigniew", "Małgorzata", "Krzysztof", "Jagoda", "Radosław"],
        family: &["Gołębiewska", "Wrzesień", "Żak", "Dąbek", "Kościelny", "Śliwa"],
        places: &["ulica Lipowa, Radom", "ulica Młyńska, Sanok", "ulica Cicha, Toruń"] },
    Country { code: "JP", currency: "USD",
        given: &["結衣", "蓮", "陽菜", "大輝", "Aoi", "Riku", "Sakura", "Daichi"],
        family: &["小川", "森田", "Hayashi", "Nishimura", "Okada", "Fujii"],
        places: &["Kita, Sapporo", "Higashi, Kobe", "Minato, Nagoya"] },
    Country { code: "NG", currency: "USD",
        given: &["Ọlábísí", "Chidinma", "Tólú", "Ifeanyi", "Adésùwà", "Kelechi", "Yétúndé", "Uche"],
        family: &["Ọláyínká", "Nwosu", "Ekpo", "Bassey", "Okonjo", "Danladi"],
        places: &["Market Road, Enugu", "Station Lane, Ibadan", "Palm Close, Jos"] },
    Country { code: "US", currency: "USD",
        given: &["Zoë", "Marlon", "Renée", "Wyatt", "Delphine", "Jamal", "Brooke", "Hector"],
        family: &["Ashdown", "O'Malley-Ruiz", "Pickering", "Thornbury", "Castellano", "Whitlock"],
        places: &["Orchard Avenue, Dayton", "Third Street, Boise", "Canal Road, Mobile"] },
    Country { code: "GB", currency: "USD",
        given: &["Siân", "Callum", "Imogen", "Rhys", "Niamh", "Alistair", "Beatrix", "Owen"],
        family: &["Featherstone", "Llewelyn", "MacAskill", "Okafor-Bell", "Penhaligon", "Shaw"],
        places: &["Mill Lane, Leicester", "Harbour View, Fowey", "Castle Hill, Conwy"] },
    Country { code: "SE", currency: "EUR",
        given: &["Åsa", "Björn", "Märta", "Göran", "Elsa", "Örjan"],
        family: &["Sjöström", "Åkerlund", "Nyqvist", "Hägg", "Lindblad"],
        places: &["Storgatan, Umeå", "Sjövägen, Visby"] },
    Country { code: "TR", currency: "EUR",
        given: &["Gülşah", "Çağrı", "İpek", "Ozan", "Şule", "Tuğba"],
        family: &["Yıldırım", "Öztürk", "Karaağaç", "Demirbaş", "Ünal"],
        places: &["Çınar Sokak, Bursa", "Deniz Caddesi, İzmir"] },
    Country { code: "VN", currency: "USD",
        given: &["Thảo", "Minh", "Hạnh", "Đức", "Quỳnh", "Sơn"],
        family: &["Nguyễn", "Đặng", "Trần", "Phạm", "Lý"],
        places: &["đường Hoa Sen, Huế", "đường Sông Hàn, Đà Nẵng"] },
];

/// Halves of user names.
pub const FIRST: &[&str] = &["paper", "quiet", "teal", "lantern", "pixel", "salty", "moss", "copper", "tiny", "night"];
/// The other halves.
pub const SECOND: &[&str] = &["fox", "kite", "harbor", "otter", "atlas", "moth", "bakery", "comet", "willow", "drum"];

/// What pictures show.
pub const SUBJECTS: &[&str] = &[
    "a lighthouse",
    "a heron",
    "an old tram",
    "two cats on a wall",
    "a market stall with lemons",
    "a paper boat",
    "a wooden church",
    "a robot that waters plants",
    "a mountain hut",
    "a brass band",
    "a whale above the roofs",
    "a bicycle with flowers",
    "a library on stilts",
    "a bowl of noodles",
    "a fox in a raincoat",
    "my grandmother's kitchen",
    "an astronaut with a kite",
    "a poster for a summer fair",
];
/// Where.
pub const SCENES: &[&str] = &[
    "in the fog",
    "at two in the morning",
    "by the sea",
    "in a snowed-in village",
    "under a copper sky",
    "in the first light",
    "after the rain",
    "on a market square",
    "in an overgrown garden",
    "seen from above",
];
/// In which manner.
pub const STYLES: &[&str] = &[
    "as a watercolour",
    "as a linocut in two colours",
    "like an old postcard",
    "in soft pastels",
    "as a woodblock print",
    "as a pencil sketch",
    "in flat shapes",
    "as a stained glass window",
    "as a stop-motion set",
    "as a school mural",
];
/// What pictures shall not show.
pub const UNWANTED: &[&str] = &["text, watermark", "blurry", "people", "extra fingers", "dark borders"];

/// Titles of galleries.
pub const TITLES: &[&str] =
    &["Evenings", "For the kitchen wall", "Postcards", "Work in progress", "Best of the year", "Animals with jobs"];

/// What people write about themselves.
pub const BIOS: &[&str] =
    &["I make posters for small bands.", "Mostly herons.", "Teacher, here for the worksheets.", "Only on Saturdays."];

/// Subject and text of messages to the support.
pub const MESSAGES: &[(&str, &str)] = &[
    ("Credits", "I bought credits this morning and the counter still says zero. Could you have a look?"),
    ("Slow today", "A picture takes four minutes today. Yesterday it was ten seconds."),
    ("Refund", "I pressed the big plan by mistake. Can I go back to the small one?"),
    ("Hands", "My pianist has seven fingers again. I have given up counting, but perhaps you have not."),
    ("Print size", "What size do I need for a poster of 50 by 70 centimetres?"),
    ("Filter", "The filter refuses the word 'cockatoo'. It is a bird. Please let it be a bird."),
    ("Invoice", "Please put the name of our society on the next bill."),
    ("Thanks", "The kitchen calendar is printed and everybody wants one. Thank you."),
    ("Sign in", "The sign-in mail reaches me an hour late, every time."),
    ("Gallery", "Can two people look after one gallery together?"),
];

//! The people of imagegen-artisticmonk who write to the privacy desk in the demo, and what each is there to show.

use crate::cli::demo::company::crowd::{Crowd, Known};

/// About two hundred pictures, remixed by others, in other people's galleries, mentioned in somebody's message to the
/// support; invoices of which some are past their period.
pub const HEAVY: &str = "lena.hoffmann@mail.example";
/// Shares a tablet with her sister [`SISTER`] and has a telephone of her own.
pub const SHARING: &str = "sangeeta.yadav@mail.example";
/// The sister.
pub const SISTER: &str = "kavita.yadav@post.example";
/// Writes from an address that only the sign-in through somebody else knows.
pub const ELSEWHERE: &str = "tunde.adeyemi@inbox.example";
/// Stored in capitals in part; remixed by others; a prompt of somebody else has the address.
pub const CAPITALS: &str = "bkr@bkr-garage.example";
/// An ordinary account.
pub const PLAIN: &str = "farhan.qureshi@mail.example";
/// Nothing but an account and what comes with it.
pub const BARE: &str = "priya.sundaram@mail.example";

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    (HEAVY, "lenamalt", "Lena Hoffmann", "DE", "2016-05-09", 200, ""),
    ("emeka.obiora@post.example", "emeka_obiora", "Chukwuemeka Obiora", "NG", "2025-02-11", 24, "the cover of a radio programme"),
    ("lucia.fdez@post.example", "luciafdez", "Lucía Fernández Ortega", "ES", "2023-10-02", 31, ""),
    (SHARING, "sangeeta_y", "संगीता यादव", "IN", "2025-11-03", 12, "a wedding card with marigolds"),
    (SISTER, "kavita_y", "कविता यादव", "IN", "2025-11-05", 3, "a wedding card with marigolds"),
    ("BKR@bkr-garage.example", "bkr_garage", "Brandon Kowalczyk-Reyes", "US", "2024-06-17", 58, "an orange car"),
    (PLAIN, "farhanq", "Farhan Qureshi", "IN", "2023-03-20", 37, "a poster for a night market"),
    ("haruka.shimizu@inbox.example", "haruka_s", "Haruka Shimizu", "JP", "2024-01-08", 44, ""),
    ("siddharth.menon@inbox.example", "smenon", "Siddharth Menon", "IN", "2024-07-15", 9, ""),
    ("tunde.ade@post.example", "tunde_ib", "Babatunde Adeyemi", "NG", "2024-09-01", 15, ""),
    ("kenji.t@post.example", "kenji_t", "田辺 健二", "JP", "2025-04-06", 18, ""),
    ("jb.figueiredo@mail.example", "joao_samba", "João Batista Figueiredo Neto", "BR", "2024-02-13", 26, "a samba parade"),
    ("ananya.deshpande@mail.example", "ananya_d", "Ananya Deshpande", "IN", "2025-08-19", 14, ""),
    ("thomas@bergqvist.example", "tbergqvist", "Thomas Bergqvist", "SE", "2023-06-01", 40, ""),
    ("thais.araujo@inbox.example", "thais_maps", "Thaís Gonçalves de Araújo", "BR", "2023-05-22", 35, "the map of an invented island"),
    ("h.osei-bonsu@inbox.example", "harriet_ob", "Harriet Osei-Bonsu", "GB", "2023-09-12", 11, ""),
    ("w.zielinski@inbox.example", "stolarnia", "Wojciech Zieliński", "PL", "2024-04-02", 6, "a poster for a carpenter's workshop"),
    ("raghavendra.kulkarni@inbox.example", "r_kulkarni", "Raghavendra Kulkarni", "IN", "2023-01-26", 22, "an old family photograph"),
    ("elodie.marchand@post.example", "heron240", "Élodie Marchand", "FR", "2023-11-30", 30, "a heron"),
    ("v.l.k.s.t.ananthapadmanabhan@mail.example", "vlkst", "Venkatasubramanian Lakshminarayana Krishnam", "IN", "2024-05-04", 3, ""),
    ("imtiaz.lone@post.example", "imtiaz_lone", "Imtiaz Ahmad Lone", "IN", "2024-08-21", 5, ""),
    ("yuki.tanabe@post.example", "yukitanabe", "Yuki Tanabe", "JP", "2023-12-12", 28, "an ink drawing of a harbour"),
    ("gh.sampaio@mail.example", "ghsampaio", "Gustavo Henrique Sampaio", "BR", "2024-11-11", 7, ""),
    ("a.wojcik@mail.example", "awojcik", "Agnieszka Wójcik", "PL", "2024-03-03", 9, "a wooden church"),
    ("ji.urrutia@inbox.example", "jiurrutia", "Jose Ignacio Urutia Pena", "ES", "2024-10-05", 8, ""),
    ("tl08@mail.example", "teal-lantern-08", "Teal Lantern", "IN", "2026-02-14", 4, "a friendly dragon"),
    (BARE, "priya_s", "Priya Sundaram", "IN", "2026-06-01", 0, ""),
];

/// Everybody with an account.
pub const CROWD: Crowd = Crowd { topic: "people", known: KNOWN, count: 300, home: "IN", first: 1_001 };

//! What people ask of each of the demo's products, carried out on every engine: an erasure, a copy, and what is particular
//! to the product.

use super::world;
use crate::{
    cli::demo::company::{Company, IMAGEGEN, IMAGODRAW, IMGEN, IMGPROMPTS, IMGUS, imagegen::people::PLAIN},
    generation::{Aim, Source, Target},
    testing::generation::{
        on_every_engine,
        opened::{Opened, copy_for},
        world::{On, World, carry_out, target},
    },
};

/// Somebody's account in a company's database.
struct Somebody {
    world: World,
    source: Source,
    target: Target,
    key: String,
}

impl Somebody {
    async fn of(company: &Company, on: On, kind: &str, value: &str) -> Self {
        let world = world(company, on).await;
        let source = world.source(company.map);
        let target = target(&source, kind, value).await;
        assert_eq!(target.subjects.len(), 1, "{value}");
        let key = target.subjects[0].0.join(",");
        Self { world, source, target, key }
    }

    /// How many rows of a table a condition holds for; `{me}` stands for the key.
    async fn count(&self, table: &str, condition: &str) -> usize {
        let me = if self.key.parse::<i64>().is_ok() { self.key.clone() } else { format!("'{}'", self.key) };
        self.world.rows(table, &condition.replace("{me}", &me)).await.len()
    }

    async fn none(&self, table: &str, condition: &str) {
        assert_eq!(self.count(table, condition).await, 0, "{table} where {condition}");
    }

    /// Writes a choice down; nothing is left to do then, and doing it again changes nothing.
    async fn chooses(&self, what: &str, stops: bool) {
        let target = Target { aim: Aim::Choose { what: what.to_owned(), stops }, ..self.target.clone() };
        let plan = self.source.plan(&target).await.expect("it plans");
        assert!(plan.may_run(), "{what}: {:?}", plan.warnings);
        for _ in 0..2 {
            let (_, verified) = carry_out(&self.source, &target).await.expect("it is carried out");
            assert_eq!((verified.left, verified.mentions), (vec![], vec![]), "{what}");
        }
    }

    /// Erases; nothing is left then.
    async fn goes(&self) {
        let plan = self.source.plan(&self.target).await.expect("it plans");
        assert!(plan.may_run(), "{:?}", plan.warnings);
        let (_, verified) = carry_out(&self.source, &self.target).await.expect("it is carried out");
        assert_eq!(verified.left, vec![]);
    }

    /// The copy for the person, which names nobody else.
    async fn copy(&self) -> Opened {
        let opened = copy_for(&self.world, &self.source, self.target.clone()).await;
        opened.is_sound();
        opened
    }
}

on_every_engine! {
    async fn imagegen_opts_out_of_training_and_letters(on: On) {
        let me = Somebody::of(&IMAGEGEN, on, "email", PLAIN).await;
        let others = me.count("training_flags", "user_id <> {me} AND is_allowed").await;
        me.chooses("training", true).await;
        me.none("training_flags", "user_id = {me} AND is_allowed").await;
        assert_eq!(me.count("training_flags", "user_id = {me} AND scope IN ('images', 'prompts')").await, 2);
        assert_eq!(me.count("training_flags", "user_id <> {me} AND is_allowed").await, others);
        me.chooses("marketing", true).await;
        me.none("consents", "user_id = {me} AND purpose = 'newsletter' AND withdrawn_at IS NULL").await;
        assert!(me.count("consents", "user_id <> {me} AND purpose = 'newsletter' AND withdrawn_at IS NULL").await > 20);
        let copied = me.copy().await;
        assert_eq!(copied.rows("training_flags").len(), 2);
        assert!(copied.rows("training_flags").iter().all(|row| row.contains("\"is_allowed\":false") || row.contains("\"is_allowed\":0")));
        assert!(copied.files().count() > 20);
        me.goes().await;
        for table in ["training_flags", "consents", "images", "invoices"] {
            me.none(table, "user_id = {me}").await;
        }
    }

    async fn imagodraw_withdraws_an_opt_in_and_keeps_nothing_of_private_mode(on: On) {
        let me = Somebody::of(&IMAGODRAW, on, "email", "Rosalie.Quint@inbox.example").await;
        assert_eq!(me.count("choices", "account_id = {me} AND purpose = 'training' AND is_on").await, 1);
        let others = me.count("choices", "account_id <> {me}").await;
        me.chooses("training", true).await;
        assert_eq!(me.count("choices", "account_id = {me} AND purpose = 'training' AND NOT is_on").await, 1);
        me.chooses("sale", true).await;
        assert_eq!(me.count("choices", "account_id = {me} AND purpose = 'sale' AND NOT is_on").await, 1, "a row was added");
        assert_eq!(me.count("choices", "account_id <> {me}").await, others);

        let private = me.count("edits", "account_id = {me} AND is_private").await;
        assert!(private > 2);
        me.none("edits", "is_private AND (prompt IS NOT NULL OR upload_id IS NOT NULL)").await;
        me.none("pictures", "edit_id IN (SELECT id FROM edits WHERE is_private)").await;
        let copied = me.copy().await;
        let rows = copied.rows("edits");
        let is_private = |row: &&String| row.contains("\"is_private\":true") || row.contains("\"is_private\":1");
        assert_eq!(rows.iter().filter(is_private).count(), private);
        assert!(rows.iter().filter(is_private).all(|row| row.contains("\"prompt\":null")), "{rows:?}");
        let charges = me.count("charges", "account_id = {me}").await;
        let all = me.count("charges", "1 = 1").await;
        me.goes().await;
        for table in ["edits", "pictures", "uploads", "choices", "charges"] {
            me.none(table, "account_id = {me}").await;
        }
        assert!(charges > 0);
        assert_eq!(me.count("charges", "1 = 1").await, all, "payments stay");
    }

    async fn imgen_takes_public_images_back_and_keeps_its_books(on: On) {
        let me = Somebody::of(&IMGEN, on, "email", "marit.solberg@post.example").await;
        let mine = "(SELECT id FROM images WHERE user_id = {me})";
        let others = "user_id <> {me}";
        let remixes = me.count("images", &format!("{others} AND remix_of IN {mine}")).await;
        assert!(remixes > 1);
        for table in ["likes", "saves"] {
            assert!(me.count(table, &format!("{others} AND image_id IN {mine}")).await > 1, "{table}");
        }
        let hung = format!("image_id IN {mine} AND gallery_id NOT IN (SELECT id FROM galleries WHERE user_id = {{me}})");
        assert!(me.count("gallery_images", &hung).await > 1);
        let images = me.count("images", others).await;
        let (records, payments) = (me.count("credit_records", "1 = 1").await, me.count("payments", "1 = 1").await);
        let booked = me.count("credit_records", "user_id = {me}").await;
        let mine_before = me.world.texts(&format!("SELECT object_key FROM images WHERE user_id = {}", me.key)).await;
        assert_eq!(me.copy().await.rows("images").len(), mine_before.len());
        me.goes().await;
        for table in ["images", "likes", "saves", "galleries", "sessions", "payments", "credit_records", "security_log"] {
            me.none(table, "user_id = {me}").await;
        }
        assert!(mine_before.iter().all(|key| !me.world.files().join(key).exists()));
        assert_eq!(me.count("images", others).await, images, "remixes are their makers' own");
        for table in ["gallery_images", "likes", "saves"] {
            me.none(table, "image_id NOT IN (SELECT id FROM images)").await;
        }
        assert_eq!((me.count("credit_records", "1 = 1").await, me.count("payments", "1 = 1").await), (records, payments));
        let anonymous = me.world.texts("SELECT account_ref FROM credit_records WHERE user_id IS NULL").await;
        assert_eq!(anonymous.len(), booked);
        assert!(anonymous.iter().all(|account| account.starts_with("p_") && *account == anonymous[0]));
    }

    async fn imgprompts_restricts_and_lifts_it(on: On) {
        let me = Somebody::of(&IMGPROMPTS, on, "email", "gwen.parry@inbox.example").await;
        let before = me.world.dump().await;
        let prompts = me.count("prompts", "member_id = {me}").await;
        let hidden = me.count("prompts", "is_hidden").await;
        me.chooses("restriction", true).await;
        assert_eq!(me.count("members", "id = {me} AND is_restricted").await, 1);
        assert_eq!(me.count("members", "is_restricted").await, 1);
        assert_eq!(me.count("prompts", "is_hidden").await, hidden, "what was hidden before must be so after");
        me.chooses("restriction", false).await;
        assert!(me.world.dump().await == before, "it is as it was");
        me.chooses("marketing", true).await;
        me.none("members", "id = {me} AND wants_letters").await;
        let hers = "(SELECT id FROM prompts WHERE member_id = {me})";
        assert!(me.count("prompts", &format!("member_id <> {{me}} AND forked_from IN {hers}")).await > 0);
        assert!(me.count("votes", &format!("member_id <> {{me}} AND prompt_id IN {hers}")).await > 2);
        assert_eq!(me.copy().await.rows("prompts").len(), prompts);
        let others = me.count("prompts", "member_id <> {me}").await;
        // the others are past their year already
        let recent = me.count("sessions", "member_id = {me} AND created_at >= '2025-11-24'").await;
        me.goes().await;
        for table in ["sessions", "prompts", "comments", "votes", "purchases"] {
            me.none(table, "member_id = {me}").await;
        }
        let sealed = me.count("sessions_sealed", "member_id = {me} AND sealed_run = 'E-1'").await;
        assert!(recent > 0 && sealed == recent, "{recent} sign-ins are kept out of use, not {sealed}");
        assert_eq!(me.count("prompts", "1 = 1").await, others, "what others made of hers stays");
    }

    async fn imgus_knows_a_device_and_nobody_s_address(on: On) {
        let me = Somebody::of(&IMGUS, on, "device", " IGUS-7F3A-91C2-04BE ").await;
        assert_eq!((me.key.as_str(), me.target.texts.len()), ("igus-7f3a-91c2-04be", 0), "there is nowhere to write to");
        me.chooses("training", true).await;
        me.chooses("restriction", true).await;
        assert_eq!(me.count("devices", "is_restricted").await, 1);
        let copied = me.copy().await;
        assert!(copied.rows("devices")[0].contains("igus-7f3a-91c2-04be"));
        assert!(copied.rows("generations").len() >= 10 && copied.files().count() > 5);
        assert!(!copied.page().contains("igus-20d8"));
        let (reports, mine) = (me.count("reports", "1 = 1").await, me.count("reports", "device_id = {me}").await);
        assert!(mine > 0);
        me.goes().await;
        for table in ["sessions", "generations", "images", "reports"] {
            me.none(table, "device_id = {me}").await;
        }
        me.none("devices", "id = {me}").await;
        assert_eq!(me.count("reports", "1 = 1").await, reports);
        assert_eq!(me.count("reports", "words = '(erased)' AND image_id IS NULL").await, mine);
    }
}

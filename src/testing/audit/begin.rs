//! What was written before there was a chain is chained once, as it stands.

use super::verified_without_folder;
use crate::{
    store::{audit::chain_begin, per_engine, sql},
    testing::on_both,
};

on_both! {
    async fn s38_what_was_written_before_is_chained_once(house: House) {
        let mut tx = house.app.db.begin().await.expect("a writer");
        for statement in [
            per_engine("ALTER TABLE audit DISABLE TRIGGER USER", "DROP TRIGGER audit_keeps"),
            sql("DELETE FROM audit"),
            per_engine("ALTER TABLE audit ENABLE TRIGGER USER", "SELECT 1"),
            sql("INSERT INTO audit_before (id, at, staff_id, action, case_id, object) VALUES (7, 1000, NULL, 'case_opened', 10001, '')"),
            sql("INSERT INTO audit_before (id, at, staff_id, action, case_id, object) VALUES (9, 2000, 1, 'secret_shown', 10001, '4')"),
            sql("INSERT INTO audit_before (id, at, staff_id, action, case_id, object) VALUES (12, 3000, NULL, 'export_fetched', 10001, '')"),
        ] {
            statement.run(&mut tx).await.expect("it runs");
        }
        tx.commit().await.expect("it commits");
        for _ in 0..2 {
            chain_begin(&house.app.db).await.expect("it begins");
            let mut tx = house.app.db.read().await.expect("a reader");
            let rows = sql("SELECT id, at, who || ' ' || action || ' ' || object FROM audit ORDER BY id").all::<(i64, i64, String)>(&mut tx).await;
            let rows = rows.expect("it reads");
            let said: Vec<_> = rows.iter().map(|(id, at, says)| (*id, *at, says.trim_end())).collect();
            assert_eq!(said[..3], [(1, 1000, "system case_opened"), (2, 2000, "staff secret_shown 4"), (3, 3000, "requester export_fetched")]);
            assert_eq!((said.len(), said[3].0, said[3].2), (4, 4, "system chain_began 3"));
            let (left,): (i64,) = sql("SELECT COUNT(*) FROM audit_before").one(&mut tx).await.expect("it reads");
            assert_eq!(left, 0);
        }
        assert!(verified_without_folder(&house).await.whole);
    }
}

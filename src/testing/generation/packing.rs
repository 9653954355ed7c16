//! How a copy is packed: files, what stops it, what it refuses.

use super::{
    on_every_engine,
    opened::{Memory, Opened, copy, order},
    world::{MAP, World, target},
};
use crate::generation::{
    Error,
    export::{Shelf, Watch},
};
use std::{
    fs,
    sync::{Arc, atomic::Ordering},
};

on_every_engine! {
    async fn other_programs_open_it(on: On) {
        let world = World::new(on).await;
        let (source, order) = order(&world, MAP, "1").await;
        let file = world.folder.path().join("copy.zip");
        let (_, shelf) = source.write_copy(&order, Memory::default(), Arc::default()).await.expect("it is written");
        fs::write(&file, &shelf.0[0]).expect("it is written");
        let Ok(told) = std::process::Command::new("unzip").arg("-tq").arg(&file).output() else {
            eprintln!("unzip is not here; nothing was asked of it");
            return;
        };
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
    }

    async fn a_file_that_is_missing_is_no_error(on: On) {
        let world = World::new(on).await;
        fs::remove_file(world.files().join("a/11.png")).expect("it goes");
        let copied = copy(&world, MAP, "1").await;
        assert_eq!((copied.told.files.count, copied.told.missing), (2, 1));
        let manifest = copied.manifest();
        let missing = manifest["missing_files"][0].as_str().expect("it is listed").to_owned();
        assert!(missing.starts_with("files/") && !copied.entries.contains_key(&missing));
        assert!(copied.rows("images").iter().any(|row| row.contains(&missing)));
        copied.is_sound();
    }

    async fn s32_a_name_that_leads_out_of_the_folder_is_refused(on: On) {
        let world = World::new(on).await;
        fs::write(world.folder.path().join("secret.png"), "secret").expect("it is written");
        std::os::unix::fs::symlink(world.folder.path().join("secret.png"), world.files().join("link.png")).expect("it links");
        let (source, order) = order(&world, MAP, "1").await;
        for name in ["../secret.png", "/etc/passwd", "a/../../secret.png", "link.png", "a"] {
            world.run(&format!("UPDATE images SET object_key = '{name}' WHERE id = 10")).await;
            let refused = source.write_copy(&order, Memory::default(), Arc::default()).await.err().expect("it is refused");
            assert!(matches!(refused, Error::Files(_)), "{name}: {refused}");
            assert!(!refused.to_string().contains("secret"), "{refused}");
        }
        fs::remove_dir_all(world.files()).expect("it goes");
        let refused = source.write_copy(&order, Memory::default(), Arc::default()).await.err().expect("no folder");
        assert!(matches!(refused, Error::Files(_)), "{refused}");
    }

    async fn another_scope_is_not_copied(on: On) {
        let world = World::new(on).await;
        let (source, approved) = order(&world, MAP, "1").await;
        let mut other = approved.clone();
        other.subjects = target(&source, "account", "2").await.subjects;
        let refused = source.write_copy(&other, Memory::default(), Arc::default()).await.err().expect("another person");
        assert!(matches!(refused, Error::Drift(_)), "{refused}");
        other.subjects.clear();
        assert!(source.write_copy(&other, Memory::default(), Arc::default()).await.is_err(), "nobody");
        world.run("CREATE TABLE more (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id))").await;
        let refused = source.write_copy(&approved, Memory::default(), Arc::default()).await.err().expect("another schema");
        assert!(matches!(refused, Error::Drift(_)), "{refused}");
        world.run("DROP TABLE more").await;
        source.write_copy(&approved, Memory::default(), Arc::default()).await.expect("the approved one");
        let plan = source.plan_copy(&approved.subjects, &[], (approved.form, &approved.extent)).await.expect("it plans");
        let erasure = source.plan(&target(&source, "account", "1").await).await.expect("it plans");
        assert_eq!(plan.scope_hash, approved.scope_hash);
        assert_ne!(plan.scope_hash, erasure.scope_hash);
    }

    async fn it_stops_when_it_is_told_to_and_begins_again(on: On) {
        let world = World::new(on).await;
        let (source, order) = order(&world, MAP, "1").await;
        let watch = Arc::new(Watch::default());
        watch.cancel.store(true, Ordering::Relaxed);
        let stopped = source.write_copy(&order, Memory::default(), watch.clone()).await.err().expect("it stops");
        assert!(matches!(stopped, Error::Cancelled), "{stopped}");
        assert_eq!(watch.shown().tables, []);
        assert_eq!(fs::read_dir(&order.spool).expect("it lists").count(), 0, "nothing stays");
        let watch = Arc::new(Watch::default());
        let (copied, shelf) = source.write_copy(&order, Memory::default(), watch.clone()).await.expect("it goes");
        let shown = watch.shown();
        assert_eq!(shown.files, 3);
        let rows: Vec<_> = copied.tables.iter().map(|table| (table.table.clone(), table.rows)).collect();
        assert_eq!(shown.tables, rows);
        Opened::new(copied, 0, &shelf.0[0]).is_sound();
    }

    async fn what_cannot_be_written_says_so(on: On) {
        struct Full;
        impl std::io::Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        impl Shelf for Full {
            type Out = Self;
            fn begin(&mut self, _: u32, _: bool) -> std::io::Result<Self> {
                Ok(Self)
            }
            fn finish(&mut self, _: Self) -> std::io::Result<()> {
                panic!("nothing was written to its end")
            }
        }
        let world = World::new(on).await;
        let (source, mut order) = order(&world, MAP, "1").await;
        let full = source.write_copy(&order, Full, Arc::default()).await.err().expect("there is no room");
        assert!(matches!(full, Error::Package(std::io::ErrorKind::StorageFull)), "{full}");
        order.spool = "/nowhere/at/all".into();
        let nowhere = source.write_copy(&order, Memory::default(), Arc::default()).await.err().expect("no spool");
        assert!(matches!(nowhere, Error::Package(std::io::ErrorKind::NotFound)), "{nowhere}");
    }
}

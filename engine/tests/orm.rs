//! What objects, sessions and flushes do, seen from a host without a language.

#[path = "orm/world.rs"]
mod world;

use backproof_engine::attr::{self, NewValue};
use backproof_engine::map::Cascades;
use backproof_engine::session;
use backproof_engine::state::Slot;
use backproof_engine::value::Value;
use pretty_assertions::assert_eq;
use world::{Asked, World, message};

const VERSIONS: [&str; 3] = ["1.3.24", "1.4.54", "2.0.51"];

fn texts<const N: usize>(items: [&str; N]) -> Vec<String> {
    items.map(str::to_owned).to_vec()
}

#[test]
fn a_backref_is_in_step_before_any_flush() {
    for version in VERSIONS {
        let mut world = World::new(version, &Asked::default());
        let (user, address) = (world.user("u"), world.address("a"));
        world.append(&user, &address);
        assert_eq!(world.one(&address, "user"), Some(user.clone()));
        world.set(&address, "user", NewValue::One(None));
        assert_eq!(world.items(&user, "addresses"), vec![]);
        world.set(&address, "user", NewValue::One(Some(user.clone())));
        assert_eq!(world.items(&user, "addresses"), vec![address]);
    }
}

#[test]
fn an_object_leaves_its_old_parent_for_the_new_one() {
    let mut world = World::new("1.4", &Asked::default());
    let (first, second, address) = (world.user("first"), world.user("second"), world.address("a"));
    world.append(&first, &address);
    world.append(&second, &address);
    assert_eq!(world.items(&first, "addresses"), vec![]);
    assert_eq!(world.items(&second, "addresses"), vec![address.clone()]);
    assert_eq!(world.one(&address, "user"), Some(second));
}

#[test]
fn a_replaced_list_tells_of_nothing() {
    let mut world = World::new("2.0", &Asked::default());
    let (user, a, b) = (world.user("u"), world.address("a"), world.address("b"));
    world.append(&user, &a);
    let old = world.list(&user, "addresses");
    world.set(&user, "addresses", NewValue::Many(vec![b.clone()]));
    assert_eq!(world.one(&a, "user"), None);
    assert_eq!(world.one(&b, "user"), Some(user.clone()));
    let c = world.address("c");
    attr::append(&mut world.cx(), &old, c.clone()).expect("appended");
    assert_eq!(world.one(&c, "user"), None);
    assert_eq!(world.history(&user, "addresses"), [texts(["b"]), vec![], vec![]]);
}

#[test]
fn slices_and_indices_fire_for_what_comes_and_goes() {
    let mut world = World::new("1.4", &Asked::default());
    let user = world.user("u");
    let all: Vec<_> = ["a", "b", "c", "d"].map(|email| world.address(email)).to_vec();
    let list = world.list(&user, "addresses");
    attr::extend(&mut world.cx(), &list, all[..3].to_vec()).expect("extended");
    attr::set_slice(&mut world.cx(), &list, (Some(1), None, None), vec![all[3].clone()]).expect("set");
    assert_eq!(world.items(&user, "addresses"), vec![all[0].clone(), all[3].clone()]);
    assert_eq!(world.one(&all[1], "user"), None);
    assert_eq!(world.one(&all[3], "user"), Some(user.clone()));
    attr::set_index(&mut world.cx(), &list, -1, all[2].clone()).expect("set");
    assert_eq!(world.one(&all[3], "user"), None);
    attr::del_slice(&mut world.cx(), &list, (None, None, Some(-1))).expect("deleted");
    assert_eq!(world.one(&all[0], "user"), None);
    let error = attr::pop(&mut world.cx(), &list, None).expect_err("empty");
    assert_eq!(message(&error), "IndexError: pop from empty list");
    let error = attr::remove(&mut world.cx(), &list, &all[0]).expect_err("empty");
    assert_eq!(message(&error), "ValueError: list.remove(x): x not in list");
}

#[test]
fn what_is_no_mapped_object_or_list_is_refused() {
    let mut world = World::new("1.4", &Asked::default());
    let (user, address) = (world.user("u"), world.address("a"));
    let mut refused = |object: &backproof_engine::state::ObjRef, key: &str, value| {
        message(&attr::set(&mut world.cx(), object.id(), &key.into(), value).expect_err("refused"))
    };
    assert_eq!(
        refused(&address, "user", NewValue::Value(Value::text("x"))),
        "AttributeError: 'str' object has no attribute '_sa_instance_state'"
    );
    assert_eq!(
        refused(&user, "addresses", NewValue::Value(Value::Null)),
        "TypeError: Incompatible collection type: None is not list-like"
    );
    let other = user.clone();
    assert_eq!(refused(&address, "user", NewValue::One(Some(address.clone()))), "KeyError: addresses");
    assert_eq!(refused(&user, "addresses", NewValue::Many(vec![other])), "KeyError: user");
}

#[test]
fn reading_an_empty_collection_shows_in_the_dict_up_to_1_3() {
    for (version, shows) in [("1.3.24", true), ("1.4.54", false), ("2.0.51", false)] {
        let mut world = World::new(version, &Asked::default());
        let user = world.user("u");
        world.items(&user, "addresses");
        assert_eq!(attr::is_loaded(&world.orm, user.id(), "addresses"), shows, "{version}");
        let address = world.address("a");
        world.append(&user, &address);
        assert!(attr::is_loaded(&world.orm, user.id(), "addresses"));
        assert_eq!(world.history(&user, "addresses"), [texts(["a"]), vec![], vec![]]);
    }
}

#[test]
fn adding_one_side_cascades_along_both_in_1_x() {
    for (version, asked, expected) in [
        ("1.4", Asked::default(), true),
        ("1.4", Asked { cascade_backrefs: Some(false), ..Asked::default() }, false),
        ("2.0", Asked::default(), false),
    ] {
        let mut world = World::new(version, &asked);
        let (user, address) = (world.user("u"), world.address("a"));
        let session = world.session();
        session::add(&mut world.cx(), session, &user).expect("added");
        world.set(&address, "user", NewValue::One(Some(user)));
        assert_eq!(session::contains(&world.orm, session, address.id()), expected, "{version}");
    }
}

#[test]
fn an_append_cascades_in_every_version() {
    for version in VERSIONS {
        let mut world = World::new(version, &Asked::default());
        let (user, address) = (world.user("u"), world.address("a"));
        let session = world.session();
        session::add(&mut world.cx(), session, &user).expect("added");
        world.append(&user, &address);
        assert_eq!(session::new_objects(&world.orm, session), vec![user, address], "{version}");
    }
}

#[test]
fn a_pending_orphan_leaves_the_session() {
    let cascade = Cascades {
        save_update: true,
        merge: true,
        expunge: true,
        refresh_expire: true,
        delete: true,
        delete_orphan: true,
    };
    let mut world = World::new("2.0", &Asked { cascade: Some(cascade), ..Asked::default() });
    let (user, address) = (world.user("u"), world.address("a"));
    world.append(&user, &address);
    let session = world.session();
    session::add(&mut world.cx(), session, &user).expect("added");
    let list = world.list(&user, "addresses");
    attr::remove(&mut world.cx(), &list, &address).expect("removed");
    assert_eq!(session::new_objects(&world.orm, session), vec![user]);
}

#[test]
fn an_object_belongs_to_one_session() {
    let mut world = World::new("1.4", &Asked::default());
    let user = world.user("u");
    let (first, second) = (world.session(), world.session());
    session::add(&mut world.cx(), first, &user).expect("added");
    let error = session::add(&mut world.cx(), second, &user).expect_err("refused");
    let text = attr::object_text(&mut world.cx(), user.id());
    assert_eq!(
        message(&error),
        format!("InvalidRequestError: Object '{text}' is already attached to session '1' (this is '2')")
    );
    session::expunge(&mut world.cx(), first, &user).expect("expunged");
    session::add(&mut world.cx(), second, &user).expect("added");
}

#[test]
fn a_flush_writes_parents_first_and_copies_their_keys() {
    let mut world = World::new("1.4.54", &Asked::default()).with_tables();
    let session = world.session();
    let (user, a, b) = (world.user("u"), world.address("a"), world.address("b"));
    world.append(&user, &a);
    session::add_all(&mut world.cx(), session, &[b, user.clone()]).expect("added");
    session::flush(&mut world.cx(), session).expect("flushed");
    let statements: Vec<String> = world.log().into_iter().filter(|line| !line.starts_with('[')).collect();
    assert_eq!(
        statements,
        texts([
            "BEGIN (implicit)",
            "INSERT INTO user (name) VALUES (?)",
            "INSERT INTO address (email, user_id) VALUES (?, ?)",
            "INSERT INTO address (email, user_id) VALUES (?, ?)",
        ])
    );
    assert!(matches!(world.get(&a, "user_id"), Slot::Value(Value::Int(1))));
    assert!(matches!(world.get(&a, "id"), Slot::Value(Value::Int(2))));
    assert_eq!(world.history(&user, "addresses"), [vec![], texts(["a"]), vec![]]);
    assert_eq!(session::new_objects(&world.orm, session), vec![]);
}

#[test]
fn a_rollback_makes_new_objects_transient_and_expires_the_others() {
    let mut world = World::new("2.0.51", &Asked::default()).with_tables();
    let session = world.session();
    let (old, new) = (world.user("old"), world.user("new"));
    session::add(&mut world.cx(), session, &old).expect("added");
    session::commit(&mut world.cx(), session, None).expect("committed");
    session::add(&mut world.cx(), session, &new).expect("added");
    world.set(&old, "name", NewValue::Value(Value::text("changed")));
    session::flush(&mut world.cx(), session).expect("flushed");
    session::rollback(&mut world.cx(), session, None).expect("rolled back");
    assert_eq!(session::object_state(&world.orm, new.id()), session::ObjectState::Transient);
    assert!(matches!(world.get(&old, "name"), Slot::Value(Value::Text(name)) if &*name == "old"));
}

#[test]
fn a_failed_flush_wants_a_rollback() {
    let mut world = World::new("2.0.51", &Asked::default()).with_tables();
    let session = world.session();
    let (first, second) = (world.user("1"), world.user("2"));
    for user in [&first, &second] {
        world.set(user, "id", NewValue::Value(Value::Int(1)));
    }
    session::add_all(&mut world.cx(), session, &[first, second]).expect("added");
    let error = session::flush(&mut world.cx(), session).expect_err("one identity twice");
    assert_eq!(format!("{:?}", error.kind()), "IntegrityError");
    assert!(!session::is_active(&world.orm, session));
    let error = session::commit(&mut world.cx(), session, None).expect_err("not active");
    assert_eq!(format!("{:?}", error.kind()), "PendingRollbackError");
    session::rollback(&mut world.cx(), session, None).expect("rolled back");
    session::commit(&mut world.cx(), session, None).expect("committed");
}

#[test]
fn deleting_a_parent_clears_its_children_s_keys() {
    let mut world = World::new("2.0.51", &Asked::default()).with_tables();
    let session = world.session();
    let (user, a) = (world.user("u"), world.address("a"));
    world.append(&user, &a);
    session::add(&mut world.cx(), session, &user).expect("added");
    session::flush(&mut world.cx(), session).expect("flushed");
    world.log();
    session::delete(&mut world.cx(), session, &user).expect("deleted");
    session::flush(&mut world.cx(), session).expect("flushed");
    let statements: Vec<String> = world.log().into_iter().filter(|line| !line.starts_with('[')).collect();
    assert_eq!(
        statements,
        texts(["UPDATE address SET user_id=? WHERE address.id = ?", "DELETE FROM user WHERE user.id = ?"])
    );
    assert_eq!(session::object_state(&world.orm, user.id()), session::ObjectState::Deleted);
    session::rollback(&mut world.cx(), session, None).expect("rolled back");
    assert_eq!(session::object_state(&world.orm, user.id()), session::ObjectState::Transient);
}

//! What one step leaves for the next.

use backproof::outcome::{End, Outcome};
use backproof::world::{Limits, Mode, Source, World};
use backproof_engine::version::Profile;

fn run(world: &mut World, code: &str) -> Outcome {
    world.run(Source { code, file: "page.md", line: 1, mode: Mode::Prompt })
}

fn unsupported(outcome: &Outcome) -> &str {
    match &outcome.end {
        End::Unsupported(unsupported) => &unsupported.what,
        other => panic!("the step ended with {other:?}"),
    }
}

#[test]
fn a_name_that_an_unsupported_step_would_have_bound_is_unsupported_too() {
    let mut world = World::new(Profile::default(), Limits::default());
    assert_eq!(run(&mut world, "x = 1\n").end, End::Done);
    unsupported(&run(&mut world, "x = open('secret')\n"));
    let next = run(&mut world, "y = x + 1\n");
    assert!(unsupported(&next).starts_with("`x`, which needs what was not run before"), "{next:?}");
    let after = run(&mut world, "y\n");
    assert!(unsupported(&after).starts_with("`y`, which needs what was not run before"), "{after:?}");
    assert_eq!(unsupported(&after).matches("which needs").count(), 1, "the root is named once: {after:?}");
}

#[test]
fn a_withheld_name_is_refused_where_an_object_or_a_value_belongs() {
    let mut world = World::new(Profile::default(), Limits::default());
    let model = "from sqlalchemy import Column, Integer\n\
                 from sqlalchemy.orm import Session, declarative_base\n\
                 Base = declarative_base()\n\
                 class Cup(Base):\n    __tablename__ = 'cup'\n    id = Column(Integer, primary_key=True)\n\
                 session = Session()\n";
    assert_eq!(run(&mut world, model).end, End::Done);
    unsupported(&run(&mut world, "lost = open('secret')\n"));
    unsupported(&run(&mut world, "session.add(lost)\n"));
    unsupported(&run(&mut world, "Cup(id=lost)\n"));
    unsupported(&run(&mut world, "Cup.id == lost\n"));
}

#[test]
fn what_ran_before_the_unsupported_statement_keeps_its_value() {
    let mut world = World::new(Profile::default(), Limits::default());
    unsupported(&run(&mut world, "kept = 1\nlost = open('secret')\nnever = 2\n"));
    assert_eq!(run(&mut world, "kept\n").stdout(), "1\n");
    unsupported(&run(&mut world, "never\n"));
}

#[test]
fn an_unsupported_value_cannot_be_caught_by_the_page() {
    let mut world = World::new(Profile::default(), Limits::default());
    let caught = run(&mut world, "try:\n    open('secret')\nexcept BaseException:\n    print('caught')\n");
    unsupported(&caught);
    assert_eq!(caught.stdout(), "");
}

#[test]
fn the_log_and_python_read_one_clock() {
    let mut world = World::new(Profile::default(), Limits::default());
    let code = "import datetime\n\
                from sqlalchemy import create_engine\n\
                engine = create_engine('sqlite://', echo=True)\n\
                before = datetime.datetime.now()\n\
                with engine.begin():\n    pass\n\
                print(before.strftime('%Y-%m-%d %H:%M:%S'))\n";
    let outcome = run(&mut world, code);
    assert_eq!(outcome.end, End::Done);
    let log = outcome.log();
    let first = log.first().expect("the engine echoes");
    assert!(first.time.starts_with(outcome.stdout().trim()), "{} and {}", first.time, outcome.stdout());
}

#[test]
fn a_step_that_stops_in_a_function_of_an_earlier_one_withholds_its_own_names() {
    let mut world = World::new(Profile::default(), Limits::default());
    assert_eq!(run(&mut world, "def read():\n    before = 1\n    return open('secret')\n").end, End::Done);
    let stopped = run(&mut world, "kept = 1\nlost = read()\n");
    let End::Unsupported(reason) = &stopped.end else { panic!("{stopped:?}") };
    assert_eq!(reason.line, Some(2), "the line is the step's own");
    assert_eq!(run(&mut world, "kept\n").stdout(), "1\n");
    unsupported(&run(&mut world, "lost\n"));
}

#[test]
fn a_builtin_that_was_given_a_withheld_name_raises_nothing_of_its_own() {
    let mut world = World::new(Profile::default(), Limits::default());
    unsupported(&run(&mut world, "lost = open('secret')\n"));
    unsupported(&run(&mut world, "import dataclasses\ndataclasses.asdict(lost)\n"));
    unsupported(&run(&mut world, "int(lost)\n"));
}

#[test]
fn only_what_can_have_acted_is_undone() {
    let mut world = World::new(Profile::default(), Limits::default());
    unsupported(&run(&mut world, "from secrets import choice, nothing\nx = open\nasync def f(): pass\n"));
    assert!(!world.undone(), "names alone are withheld");
    unsupported(&run(&mut world, "print(open)\nopen('secret')\n"));
    assert!(world.undone());
}

//! A run stands for every release that answers alike all that it asked: pages on which each kind of question decides.

use backproof::case::{Case, Plan};
use backproof::check::check;
use backproof::report::when::WhenDocument;
use backproof::when::{Inquiry, spans};
use backproof::world::Limits;
use pretty_assertions::assert_eq;

const PAGES: &[(&str, &str)] = &[
    ("the version itself", ">>> import sqlalchemy\n>>> sqlalchemy.__version__\n'1.4.54'\n"),
    (
        "names of modules",
        ">>> from sqlalchemy.orm import DeclarativeBase\n>>> from sqlalchemy.orm import mapper\n",
    ),
    (
        "names of a package read as attributes",
        ">>> from sqlalchemy import exc, orm\n>>> hasattr(orm, 'registry')\nTrue\n>>> orm.WriteOnlyMapped.__name__\n'WriteOnlyMapped'\n",
    ),
    (
        "all names of a module",
        ">>> from sqlalchemy import *\n>>> event.listen is not None\nTrue\n>>> len(dir()) > 90\nTrue\n",
    ),
    (
        "members of objects",
        ">>> from sqlalchemy import create_engine\n>>> engine = create_engine('sqlite://')\n>>> hasattr(engine, 'execute'), hasattr(engine, 'clear_compiled_cache')\n(True, True)\n",
    ),
    (
        "the series in the links of errors",
        ">>> from sqlalchemy import create_engine, text\n>>> create_engine('sqlite://').connect().execute(text('SELECT nothing'))\nTraceback (most recent call last):\n    ...\nsqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such column: nothing\n[SQL: SELECT nothing]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)\n",
    ),
    (
        "behaviours",
        ">>> from sqlalchemy import Column, Integer, create_engine\n>>> from sqlalchemy.ext.declarative import declarative_base\n>>> from sqlalchemy.orm import Session\n>>> Base = declarative_base()\n>>> class Pear(Base):\n...     __tablename__ = 'pear'\n...     id = Column(Integer, primary_key=True)\n>>> engine = create_engine('sqlite://', echo=True)\n>>> Base.metadata.create_all(engine) # doctest:+ELLIPSIS\nI...BEGIN (implicit)...\n>>> session = Session(engine)\n>>> session.add_all([Pear(), Pear()])\n>>> session.query(Pear).filter(Pear.id.in_([1, 2])).count() # doctest:+ELLIPSIS\nI...INSERT INTO pear DEFAULT VALUES...\n2\n",
    ),
];

fn case(text: &str) -> Case {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.txt");
    std::fs::write(&path, text).expect("the page is written");
    Case::load(&Plan::of(&path)).expect("the page is read")
}

/// What is known once nothing more is wanted, and how many runs it took.
fn asked(case: &Case) -> (Vec<WhenDocument>, usize) {
    let mut inquiry = Inquiry::new(case);
    let mut runs = 0;
    loop {
        let wanted = inquiry.wanted();
        if wanted.is_empty() {
            return (inquiry.finish(), runs);
        }
        for profile in wanted {
            inquiry.told(profile, Some(&check(case, profile, Limits::default())));
            runs += 1;
        }
    }
}

#[test]
fn a_run_stands_for_the_releases_that_would_have_shown_the_same() {
    for (what, text) in PAGES {
        let case = case(text);
        let (documents, _) = asked(&case);
        for (place, (span, profile)) in spans().into_iter().enumerate() {
            let own = check(&case, profile, Limits::default());
            let own: Vec<_> =
                own.documents[0].steps.iter().map(|step| (step.verdict, step.detail.clone())).collect();
            let told = documents[0]
                .steps
                .iter()
                .map(|step| (step.seen[place].verdict, step.seen[place].detail.clone()));
            assert_eq!(own, told.collect::<Vec<_>>(), "{what}, {span:?}");
        }
    }
}

#[test]
fn releases_among_which_nothing_that_is_asked_differs_are_run_once() {
    let (_, runs) = asked(&case(">>> sorted([3, 1, 2])\n[1, 2, 3]\n"));
    // The two ends are asked for at once.
    assert_eq!(runs, 2);
}

//! The pieces of work that are held against one another.

use backproof::case::{Case, Plan};
use backproof::check::check;
use backproof::outcome::End;
use backproof::report::when::WhenDocument;
use backproof::when::Inquiry;
use backproof::world::{Limits, Mode, Source, World};
use backproof_engine::map::MapperId;
use backproof_engine::schema::SqlType;
use backproof_engine::version::Profile;
use std::fmt::Write;
use std::hint::black_box;

/// Pieces of work that do the same, or as much.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) lines: Vec<Line>,
}

/// One of them.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    /// Makes ready, which does not count, and gives the work that does.
    pub(crate) prepare: Box<dyn Fn() -> Work>,
}

pub(crate) type Work = Box<dyn FnOnce()>;

fn line<W: FnOnce() + 'static>(name: &'static str, prepare: impl Fn() -> W + 'static) -> Line {
    Line { name, prepare: Box::new(move || Box::new(prepare())) }
}

/// As many as the program writes.
const ROWS: usize = 1000;

pub(crate) fn groups() -> Vec<Group> {
    vec![
        Group {
            name: "a page of 300 outputs",
            lines: vec![
                line("checked in one release", checking(page(300, None))),
                line("checked, with a mistake in the middle", asking(page(300, Some(150)), true)),
                line("asked in every release", asking(page(300, None), false)),
            ],
        },
        Group {
            name: "pages by their length",
            lines: vec![
                line("300 outputs", checking(page(300, None))),
                line("600 outputs", checking(page(600, None))),
                line("1200 outputs", checking(page(1200, None))),
            ],
        },
        Group {
            name: "a thousand rows written",
            lines: vec![
                line("SQLite alone, a statement a row", || || drop(black_box(written_by_sqlite()))),
                line("the engine, from Rust", || || drop(black_box(written_by_engine()))),
                line("a program", || || drop(black_box(run(&[MODEL, WRITING])))),
            ],
        },
        Group {
            name: "a thousand rows read",
            lines: vec![
                line("SQLite alone", || {
                    let connection = written_by_sqlite();
                    move || read_by_sqlite(&connection)
                }),
                line("the engine, from Rust", || {
                    let written = written_by_engine();
                    move || read_by_engine(written)
                }),
                line("a program", || {
                    let mut world = run(&[MODEL, WRITING]);
                    move || step(&mut world, READING)
                }),
            ],
        },
    ]
}

const MODEL: &str = "\
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()

class Author(Base):
    __tablename__ = 'author'
    id = Column(Integer, primary_key=True)
    name = Column(String)
    books = relationship('Book', back_populates='author')

class Book(Base):
    __tablename__ = 'book'
    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey('author.id'))
    author = relationship('Author', back_populates='books')

engine = create_engine('sqlite://')
Base.metadata.create_all(engine)
session = Session(engine)
";

const WRITING: &str = "\
session.add_all([Author(name=str(number)) for number in range(1000)])
session.commit()
session.close()
";

const READING: &str = "authors = session.query(Author).all()\n";

/// A world in which some steps have run.
fn run(steps: &[&str]) -> World {
    let mut world = World::new(Profile::default(), Limits::default());
    for code in steps {
        step(&mut world, code);
    }
    world
}

fn step(world: &mut World, code: &str) {
    let outcome = world.run(Source { code, mode: Mode::Program, file: "page", line: 1 });
    assert!(matches!(outcome.end, End::Done), "{:?}", outcome.end);
}

/// A page with a number of outputs, one of them wrong.
fn page(outputs: usize, wrong: Option<usize>) -> String {
    let mut page = format!("```python\n{MODEL}```\n\n");
    for number in 1..=outputs {
        let shown = if wrong == Some(number) { 2 } else { 1 };
        let written = write!(
            page,
            ">>> author = Author(name='{number}', books=[Book()])\n>>> session.add(author)\n>>> session.flush()\n\
             >>> author.id, len(author.books)\n({number}, {shown})\n"
        );
        written.expect("a string takes all that is written");
    }
    page
}

fn case(page: &str) -> Case {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.txt");
    std::fs::write(&path, page).expect("the page is written");
    Case::load(&Plan::of(&path)).expect("the page is read")
}

fn checking(page: String) -> impl Fn() -> Work {
    move || {
        let page = page.clone();
        Box::new(move || drop(black_box(check(&case(&page), Profile::default(), Limits::default()))))
    }
}

/// As `check` does for the steps that fail, and as `when` does for all.
fn asking(page: String, only_failing: bool) -> impl Fn() -> Work {
    move || {
        let page = page.clone();
        Box::new(move || drop(black_box(answers(&case(&page), only_failing))))
    }
}

fn answers(case: &Case, only_failing: bool) -> Vec<WhenDocument> {
    let mut inquiry = if only_failing {
        let profile = Profile::default();
        let checked = check(case, profile, Limits::default());
        let steps = checked.documents[0].steps.iter().enumerate();
        let failing = steps.filter(|(_, step)| step.verdict.fails(false)).map(|(number, _)| number).collect();
        Inquiry::about(case, profile, &checked, failing)
    } else {
        Inquiry::new(case)
    };
    loop {
        let wanted = inquiry.wanted();
        if wanted.is_empty() {
            return inquiry.finish();
        }
        for profile in wanted {
            inquiry.told(profile, Some(&check(case, profile, Limits::default())));
        }
    }
}

fn written_by_sqlite() -> rusqlite::Connection {
    let write = || -> rusqlite::Result<rusqlite::Connection> {
        let mut connection = rusqlite::Connection::open_in_memory()?;
        connection
            .execute("CREATE TABLE author (id INTEGER NOT NULL, name VARCHAR, PRIMARY KEY (id))", [])?;
        let transaction = connection.transaction()?;
        let mut insert = transaction.prepare("INSERT INTO author (name) VALUES (?)")?;
        for number in 0..ROWS {
            insert.execute([number.to_string()])?;
        }
        drop(insert);
        transaction.commit()?;
        Ok(connection)
    };
    write().expect("SQLite writes the rows")
}

fn read_by_sqlite(connection: &rusqlite::Connection) {
    let read = || -> rusqlite::Result<Vec<(i64, String)>> {
        let mut select = connection.prepare("SELECT id, name FROM author")?;
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    black_box(read().expect("SQLite reads the rows"));
}

fn written_by_engine() -> (backproof_engine::World, MapperId) {
    let write = || -> backproof_engine::Result<_> {
        let mut world = backproof_engine::World::new(Profile::default())?;
        let author = world.class("Author", "author").key("id").column("name", SqlType::String(None)).map()?;
        world.create_all()?;
        let session = world.session();
        for number in 0..ROWS {
            let object = world.object(author, [("name", number.to_string())])?;
            world.add(session, &object)?;
        }
        world.commit(session)?;
        Ok((world, author))
    };
    write().expect("the engine writes the rows")
}

fn read_by_engine((mut world, author): (backproof_engine::World, MapperId)) {
    let session = world.session();
    let query = world.select(author);
    black_box(world.all(session, &query).expect("the engine reads the rows"));
}

//! Paths on the command line to plans: pages alone, pages with their case files, cases.

use crate::case::{CaseFile, Plan, Problem, unreadable};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

const PAGES: &[&str] = &["md", "rst", "txt"];
const CASE: &str = ".case.toml";

pub(super) fn is_case(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(CASE))
}

fn is_page(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| PAGES.contains(&extension))
}

/// The case file beside a page: `page.case.toml`, or `page.md.case.toml`.
fn case_beside(page: &Path) -> Option<PathBuf> {
    let name = page.file_name()?.to_string_lossy().into_owned();
    let stem = page.file_stem()?.to_string_lossy().into_owned();
    [name, stem]
        .into_iter()
        .map(|name| page.with_file_name(format!("{name}{CASE}")))
        .find(|path| path.is_file())
}

/// The page that a case file without `documents` stands beside.
fn page_beside(case: &Path) -> Option<PathBuf> {
    let name = case.file_name()?.to_string_lossy().into_owned();
    let stem = name.strip_suffix(CASE)?;
    let own = case.with_file_name(stem);
    if is_page(&own) && own.is_file() {
        return Some(own);
    }
    PAGES
        .iter()
        .map(|extension| case.with_file_name(format!("{stem}.{extension}")))
        .find(|path| path.is_file())
}

/// What a case file asks to be run.
pub fn case_plan(path: &Path) -> Result<Plan, Problem> {
    let mut file = CaseFile::read(path)?;
    let pages = std::mem::take(&mut file.documents);
    let pages = if pages.is_empty() {
        let page = page_beside(path).ok_or_else(|| {
            Problem::new(
                path,
                None,
                "names no `documents`, and no page stands beside it: add `documents = [\"page.md\"]`",
            )
        })?;
        vec![page]
    } else {
        pages
    };
    if let Some(missing) = pages.iter().find(|page| !page.is_file()) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().position(|line| line.contains("documents")).map(|index| index + 1);
        let message = format!(
            "`documents` names {}, which is not there: give paths relative to this file",
            missing.display()
        );
        return Err(Problem::new(path, line, message));
    }
    Ok(Plan { name: path.to_owned(), pages, beside: vec![file], ..Plan::default() })
}

/// A page with the case file beside it, if there is one.
fn page_plan(path: &Path) -> Result<Plan, Problem> {
    match case_beside(path) {
        Some(case) => {
            let file = CaseFile::read(&case)?;
            if file.documents.is_empty() || file.documents.iter().all(|page| same(page, path)) {
                let name = path.to_owned();
                return Ok(Plan {
                    name,
                    pages: vec![path.to_owned()],
                    beside: vec![file],
                    ..Plan::default()
                });
            }
            case_plan(&case)
        }
        None => Ok(Plan::of(path)),
    }
}

fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Everything below a folder: its cases, and the pages that no case names. In order of their paths.
fn folder_plans(folder: &Path) -> Vec<Result<Plan, Problem>> {
    let mut pages = Vec::new();
    let mut cases = Vec::new();
    let mut plans: Vec<(PathBuf, Result<Plan, Problem>)> = Vec::new();
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        match entry {
            Ok(entry) if !entry.file_type().is_file() && !entry.path().is_file() => {}
            Ok(entry) if is_case(entry.path()) => cases.push(entry.into_path()),
            Ok(entry) if is_page(entry.path()) => pages.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let problem =
                    Problem::new(&path, None, format!("cannot be walked ({error}): check its permissions"));
                plans.push((path, Err(problem)));
            }
        }
    }
    let mut named: Vec<PathBuf> = Vec::new();
    for case in cases {
        let plan = case_plan(&case);
        match &plan {
            Ok(plan) => named.extend(plan.pages.iter().filter_map(|page| page.canonicalize().ok())),
            // A page is not run without the context that its case file should have given.
            Err(_) => named.extend(page_beside(&case).and_then(|page| page.canonicalize().ok())),
        }
        plans.push((case, plan));
    }
    for page in pages {
        if page.canonicalize().is_ok_and(|page| named.contains(&page)) {
            continue;
        }
        let plan = Plan::of(&page);
        plans.push((page, Ok(plan)));
    }
    if plans.is_empty() {
        let message = "holds no documents (.md, .rst, .txt): name a folder that does, or a file";
        return vec![Err(Problem::new(folder, None, message))];
    }
    plans.sort_by(|(one, _), (other, _)| one.cmp(other));
    plans.into_iter().map(|(_, plan)| plan).collect()
}

/// The plans for one path of the command line.
pub fn plans(path: &Path) -> Vec<Result<Plan, Problem>> {
    match std::fs::metadata(path) {
        Err(error) => vec![Err(unreadable(path, &error))],
        Ok(metadata) if metadata.is_dir() => folder_plans(path),
        Ok(_) if is_case(path) => vec![case_plan(path)],
        Ok(_) if path.extension().is_some_and(|extension| extension == "py") => {
            let message = "is a program, not a page: use `backproof run`";
            vec![Err(Problem::new(path, None, message))]
        }
        Ok(_) => vec![page_plan(path)],
    }
}

/// A case's name: its path below `folder` without endings, with dots for slashes.
pub fn id(path: &Path, folder: &Path) -> String {
    let inner = path.strip_prefix(folder).unwrap_or(path);
    let parts = inner.components().map(|part| part.as_os_str().to_string_lossy());
    let name = parts.collect::<Vec<_>>().join(".");
    [CASE, ".md", ".rst", ".txt"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .map_or_else(|| name.clone(), ToOwned::to_owned)
}

/// All paths as one plan, in their order.
pub(super) fn together(paths: &[PathBuf]) -> Result<Plan, Problem> {
    let mut all = Plan::default();
    for path in paths {
        for plan in plans(path) {
            let plan = plan?;
            if all.pages.is_empty() {
                all.name = plan.name;
            }
            all.pages.extend(plan.pages);
            all.beside.extend(plan.beside);
        }
    }
    Ok(all)
}

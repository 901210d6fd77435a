//! Which variable each name is, worked out for a whole source before it runs.
//!
//! Every scope's names are resolved once: a frame has a slot for each local and a cell only for what an inner
//! scope really uses, so values die when CPython's would.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    ExceptHandler, Expr, ExprContext, ParameterWithDefault, Parameters, Pattern, Stmt, StmtClassDef,
    StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Deepest nesting of expressions and statements that is run.
const DEEPEST: usize = 1000;

/// What a name means in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Local(usize),
    /// Own cells come first, then those of enclosing scopes.
    Cell(usize),
    Global,
}

/// The kind of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Module,
    Class,
    Function,
    Comprehension,
}

/// The names of one scope.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) kind: Kind,
    pub(super) symbols: HashMap<Rc<str>, Symbol>,
    pub(super) locals: Vec<Rc<str>>,
    /// Cells made here.
    pub(super) cells: Vec<Rc<str>>,
    /// Cells taken from the enclosing scope.
    pub(super) frees: Vec<Rc<str>>,
    pub(super) is_generator: bool,
    /// The class whose name private names are mangled with.
    pub(super) private: Option<Rc<str>>,
}

impl Scope {
    pub(super) fn symbol(&self, name: &str) -> Symbol {
        self.symbols.get(name).copied().unwrap_or(Symbol::Global)
    }
}

/// Why the names of a source cannot be resolved.
pub(super) enum Problem {
    /// CPython's `SyntaxError` message.
    Syntax(String, TextRange),
    TooDeep(TextRange),
}

/// Every scope of a source, by the range of the node that makes it.
pub(super) type Scopes = HashMap<TextRange, Rc<Scope>>;

/// Resolves the names of a module's body.
pub(super) fn resolve(body: &[Stmt]) -> Result<Scopes, Problem> {
    let mut builder = Builder { stack: vec![Draft::default()], ..Builder::default() };
    builder.visit_body(body);
    if let Some(problem) = builder.problem {
        return Err(problem);
    }
    let mut scopes = Scopes::new();
    for child in std::mem::take(&mut builder.stack[0].children) {
        settle(child, &HashSet::new(), &mut scopes)?;
    }
    Ok(scopes)
}

/// `__name` as it is called inside a class.
pub(super) fn mangle<'a>(private: Option<&Rc<str>>, name: &'a str) -> std::borrow::Cow<'a, str> {
    match private {
        Some(class) if name.starts_with("__") && !name.ends_with("__") && !name.contains('.') => {
            let class = class.trim_start_matches('_');
            if class.is_empty() { name.into() } else { format!("_{class}{name}").into() }
        }
        _ => name.into(),
    }
}

/// A scope while it is being read.
#[derive(Default)]
struct Draft {
    range: TextRange,
    kind: Kind,
    private: Option<Rc<str>>,
    parameters: Vec<Rc<str>>,
    bound: Vec<Rc<str>>,
    used: Vec<Rc<str>>,
    globals: HashSet<Rc<str>>,
    nonlocals: Vec<(Rc<str>, TextRange)>,
    is_generator: bool,
    loops: usize,
    children: Vec<Draft>,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Draft>,
    depth: usize,
    problem: Option<Problem>,
}

impl Builder {
    fn top(&mut self) -> &mut Draft {
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    fn name(&mut self, name: &str) -> Rc<str> {
        mangle(self.top().private.as_ref(), name).into()
    }

    fn bind(&mut self, name: &str) {
        let name = self.name(name);
        self.top().bound.push(name);
    }

    fn use_name(&mut self, name: &str) {
        let name = self.name(name);
        self.top().used.push(name);
    }

    fn open(&mut self, kind: Kind, range: TextRange) {
        let private = self.top().private.clone();
        self.stack.push(Draft { range, kind, private, ..Draft::default() });
    }

    fn close(&mut self) {
        if let Some(draft) = self.stack.pop() {
            self.top().children.push(draft);
        }
    }

    /// Defaults and annotations belong to the enclosing scope.
    fn outside_parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = parameter.default() {
                self.visit_expr(default);
            }
            if let Some(annotation) = parameter.annotation() {
                self.visit_expr(annotation);
            }
        }
        for parameter in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            if let Some(annotation) = parameter.annotation() {
                self.visit_expr(annotation);
            }
        }
    }

    fn inside_parameters(&mut self, parameters: &Parameters) {
        // As CPython numbers them: `*args` and `**kwargs` come after every other parameter.
        let named = parameters.iter_non_variadic_params().map(ParameterWithDefault::name);
        let extra = [&parameters.vararg, &parameters.kwarg].into_iter().flatten();
        for parameter in named.chain(extra.map(|parameter| &parameter.name)) {
            let name = self.name(parameter.as_str());
            if self.top().parameters.contains(&name) {
                let message = format!("duplicate argument '{name}' in function definition");
                self.syntax(message, parameters.range);
            }
            self.top().parameters.push(name.clone());
            self.top().bound.push(name);
        }
    }

    fn function(&mut self, def: &StmtFunctionDef) {
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.outside_parameters(&def.parameters);
        if let Some(returns) = &def.returns {
            self.visit_expr(returns);
        }
        self.bind(&def.name);
        self.open(Kind::Function, def.range);
        self.inside_parameters(&def.parameters);
        self.visit_body(&def.body);
        self.close();
    }

    fn class(&mut self, def: &StmtClassDef) {
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        if let Some(arguments) = &def.arguments {
            self.visit_arguments(arguments);
        }
        self.bind(&def.name);
        self.open(Kind::Class, def.range);
        self.top().private = Some(def.name.as_str().into());
        self.visit_body(&def.body);
        self.close();
    }

    fn comprehension(
        &mut self,
        range: TextRange,
        elements: &[&Expr],
        generators: &[ruff_python_ast::Comprehension],
    ) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        self.open(Kind::Comprehension, range);
        for (index, generator) in generators.iter().enumerate() {
            if index > 0 {
                self.visit_expr(&generator.iter);
            }
            self.visit_expr(&generator.target);
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
        for element in elements {
            self.visit_expr(element);
        }
        self.close();
    }

    fn syntax(&mut self, message: impl Into<String>, range: TextRange) {
        self.problem.get_or_insert(Problem::Syntax(message.into(), range));
    }

    /// The body of a loop, then what runs when it ends by itself.
    fn looping(&mut self, body: &[Stmt], orelse: &[Stmt]) {
        self.top().loops += 1;
        self.visit_body(body);
        self.top().loops -= 1;
        self.visit_body(orelse);
    }

    fn enter(&mut self, range: TextRange) -> bool {
        self.depth += 1;
        if self.depth > DEEPEST && self.problem.is_none() {
            self.problem = Some(Problem::TooDeep(range));
        }
        self.problem.is_none()
    }
}

impl<'a> Visitor<'a> for Builder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.enter(stmt.range()) {
            match stmt {
                Stmt::FunctionDef(def) => self.function(def),
                Stmt::ClassDef(def) => self.class(def),
                Stmt::Global(global) => {
                    for name in &global.names {
                        let name = self.name(name);
                        if self.stack.len() > 1
                            && self.top().bound.contains(&name)
                            && !self.top().parameters.contains(&name)
                        {
                            let message = format!("name '{name}' is assigned to before global declaration");
                            self.syntax(message, global.range);
                        } else if self.stack.len() > 1 && self.top().used.contains(&name) {
                            self.syntax(
                                format!("name '{name}' is used prior to global declaration"),
                                global.range,
                            );
                        }
                        self.top().globals.insert(name);
                    }
                }
                Stmt::Nonlocal(nonlocal) => {
                    if self.stack.len() == 1 {
                        self.syntax("nonlocal declaration not allowed at module level", nonlocal.range);
                    }
                    for name in &nonlocal.names {
                        let name = self.name(name);
                        self.top().nonlocals.push((name, nonlocal.range));
                    }
                }
                Stmt::Import(import) => {
                    for alias in &import.names {
                        match &alias.asname {
                            Some(name) => self.bind(name),
                            None => self.bind(alias.name.split('.').next().unwrap_or_default()),
                        }
                    }
                }
                Stmt::ImportFrom(import) => {
                    for alias in &import.names {
                        if alias.name.as_str() != "*" {
                            self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
                        }
                    }
                }
                Stmt::For(node) => {
                    self.visit_expr(&node.iter);
                    self.visit_expr(&node.target);
                    self.looping(&node.body, &node.orelse);
                }
                Stmt::While(node) => {
                    self.visit_expr(&node.test);
                    self.looping(&node.body, &node.orelse);
                }
                Stmt::Break(node) if self.top().loops == 0 => self.syntax("'break' outside loop", node.range),
                Stmt::Continue(node) if self.top().loops == 0 => {
                    self.syntax("'continue' not properly in loop", node.range);
                }
                Stmt::Return(node) if self.top().kind != Kind::Function => {
                    self.syntax("'return' outside function", node.range);
                }
                Stmt::AnnAssign(assign) => {
                    // An annotated name is local even where nothing is assigned to it.
                    self.visit_expr(&assign.annotation);
                    if let Some(value) = &assign.value {
                        self.visit_expr(value);
                    }
                    self.visit_expr(&assign.target);
                }
                _ => visitor::walk_stmt(self, stmt),
            }
        }
        self.depth -= 1;
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if self.enter(pattern.range()) {
            match pattern {
                Pattern::MatchAs(inner) => inner.name.iter().for_each(|name| self.bind(name)),
                Pattern::MatchStar(inner) => inner.name.iter().for_each(|name| self.bind(name)),
                Pattern::MatchMapping(inner) => inner.rest.iter().for_each(|name| self.bind(name)),
                Pattern::MatchValue(_)
                | Pattern::MatchSingleton(_)
                | Pattern::MatchSequence(_)
                | Pattern::MatchClass(_)
                | Pattern::MatchOr(_) => {}
            }
            visitor::walk_pattern(self, pattern);
        }
        self.depth -= 1;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.enter(expr.range()) {
            match expr {
                Expr::Name(name) => match name.ctx {
                    ExprContext::Load => {
                        self.use_name(&name.id);
                        if name.id.as_str() == "super" {
                            self.top().used.push("__class__".into());
                        }
                    }
                    ExprContext::Store | ExprContext::Del => self.bind(&name.id),
                    ExprContext::Invalid => {}
                },
                Expr::Named(named) => {
                    self.visit_expr(&named.value);
                    if let Expr::Name(name) = &*named.target {
                        self.walrus(&name.id, named.range);
                    }
                }
                Expr::Lambda(lambda) => {
                    if let Some(parameters) = &lambda.parameters {
                        self.outside_parameters(parameters);
                    }
                    self.open(Kind::Function, lambda.range);
                    if let Some(parameters) = &lambda.parameters {
                        self.inside_parameters(parameters);
                    }
                    self.visit_expr(&lambda.body);
                    self.close();
                }
                Expr::ListComp(comp) => self.comprehension(comp.range, &[&comp.elt], &comp.generators),
                Expr::SetComp(comp) => self.comprehension(comp.range, &[&comp.elt], &comp.generators),
                Expr::Generator(comp) => self.comprehension(comp.range, &[&comp.elt], &comp.generators),
                Expr::DictComp(comp) => {
                    let mut elements: Vec<&Expr> = comp.key.iter().map(AsRef::as_ref).collect();
                    elements.push(&comp.value);
                    self.comprehension(comp.range, &elements, &comp.generators);
                }
                Expr::Yield(_) | Expr::YieldFrom(_) => {
                    if matches!(self.top().kind, Kind::Module | Kind::Class) {
                        self.syntax("'yield' outside function", expr.range());
                    }
                    self.top().is_generator = true;
                    visitor::walk_expr(self, expr);
                }
                _ => visitor::walk_expr(self, expr),
            }
        }
        self.depth -= 1;
    }
}

impl Builder {
    /// `:=` binds in the nearest scope that is no comprehension.
    fn walrus(&mut self, name: &str, range: TextRange) {
        let name = self.name(name);
        let Some(target) = self.stack.iter().rposition(|draft| draft.kind != Kind::Comprehension) else {
            return;
        };
        for draft in &mut self.stack[target + 1..] {
            draft.used.push(name.clone());
        }
        let inside = target + 1 < self.stack.len();
        let draft = &mut self.stack[target];
        if inside && draft.kind == Kind::Class {
            let message = "assignment expression within a comprehension cannot be used in a class body";
            self.syntax(message, range);
        } else if inside && draft.kind == Kind::Module {
            for draft in &mut self.stack[target + 1..] {
                draft.globals.insert(name.clone());
            }
        } else {
            draft.bound.push(name);
        }
    }
}

/// Works out a scope whose enclosing functions have these names; gives the cells it needs from outside.
fn settle(draft: Draft, outer: &HashSet<Rc<str>>, scopes: &mut Scopes) -> Result<Vec<Rc<str>>, Problem> {
    let is_class = draft.kind == Kind::Class;
    let nonlocals: HashSet<Rc<str>> = draft.nonlocals.iter().map(|(name, _)| name.clone()).collect();
    for (name, range) in &draft.nonlocals {
        if draft.parameters.contains(name) {
            return Err(Problem::Syntax(format!("name '{name}' is parameter and nonlocal"), *range));
        }
        if !outer.contains(name) {
            return Err(Problem::Syntax(format!("no binding for nonlocal '{name}' found"), *range));
        }
    }
    if let Some(name) = draft.parameters.iter().find(|name| draft.globals.contains(*name)) {
        return Err(Problem::Syntax(format!("name '{name}' is parameter and global"), draft.range));
    }
    if draft.is_generator && draft.kind == Kind::Comprehension {
        return Err(Problem::Syntax("'yield' inside list comprehension".into(), draft.range));
    }
    let mut own: Vec<Rc<str>> = Vec::new();
    let mut seen: HashSet<Rc<str>> = HashSet::new();
    for name in &draft.bound {
        if !draft.globals.contains(name) && !nonlocals.contains(name) && seen.insert(name.clone()) {
            own.push(name.clone());
        }
    }
    let mut visible = outer.clone();
    for name in &draft.globals {
        visible.remove(name);
    }
    if is_class {
        visible.insert("__class__".into());
    } else {
        visible.extend(own.iter().cloned());
    }
    let mut wanted: Vec<Rc<str>> = Vec::new();
    for child in draft.children {
        wanted.extend(settle(child, &visible, scopes)?);
    }
    let mut cells: Vec<Rc<str>> = Vec::new();
    let mut frees: Vec<Rc<str>> = Vec::new();
    let add = |names: &mut Vec<Rc<str>>, name: &Rc<str>| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    };
    for name in &wanted {
        if is_class && &**name == "__class__" || !is_class && seen.contains(name) {
            add(&mut cells, name);
        } else {
            add(&mut frees, name);
        }
    }
    for name in draft.used.iter().filter(|name| !draft.globals.contains(*name)) {
        if !seen.contains(name) && outer.contains(name) {
            add(&mut frees, name);
        }
    }
    for name in &nonlocals {
        add(&mut frees, name);
    }
    let mut scope = Scope {
        kind: draft.kind,
        is_generator: draft.is_generator,
        private: draft.private,
        ..Scope::default()
    };
    for name in own.iter().filter(|name| !cells.contains(name)) {
        scope.symbols.insert(name.clone(), Symbol::Local(scope.locals.len()));
        scope.locals.push(name.clone());
    }
    for (index, name) in cells.iter().chain(&frees).enumerate() {
        if !(is_class && (seen.contains(name) || &**name == "__class__" && cells.contains(name))) {
            scope.symbols.insert(name.clone(), Symbol::Cell(index));
        }
    }
    scope.cells = cells;
    scope.frees.clone_from(&frees);
    scopes.insert(draft.range, Rc::new(scope));
    Ok(frees)
}

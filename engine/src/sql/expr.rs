//! The expression tree.
//!
//! Nodes are plain data; building with operators is in `operate`, walking in `traverse`, text in `compile`.

use super::from::Alias;
use super::op::Op;
use super::select::Body;
use super::window::Windowed;
use crate::host::Callback;
use crate::schema::{Column, SqlType};
use crate::value::Value;
use crate::version::Behaviour;
use std::cell::RefCell;
use std::rc::Rc;

/// An SQL expression. Clones are cheap and share structure.
#[derive(Debug, Clone)]
pub struct Expr(pub(crate) Rc<Node>);

/// A node of the tree, with how deep the tree below it is.
#[derive(Debug)]
pub(crate) struct Node {
    kind: ExprKind,
    depth: u32,
}

/// How deep an expression may nest. What is deeper becomes [`ExprKind::TooDeep`], which no operation accepts.
const MAX_DEPTH: u32 = 250;

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    Column(Column),
    /// A column of an alias, subquery or CTE.
    AliasColumn(AliasColumn),
    Bind(Bind),
    Null,
    True,
    False,
    /// SQL given as text, with `:name` parameters.
    Text(Text),
    /// `literal_column()`: SQL given as text that stands for a value of a type.
    Literal {
        text: Rc<str>,
        ty: SqlType,
    },
    /// A prefix operator (`NOT x`, `-x`, `DISTINCT x`) or a suffix one (`x DESC`).
    Unary {
        op: Op,
        operand: Expr,
        ty: SqlType,
    },
    /// `negated` is the operator that `not_()` turns it into, where it has one.
    Binary {
        left: Expr,
        right: Expr,
        op: Op,
        ty: SqlType,
        negated: Option<Op>,
        escape: Option<Rc<str>>,
    },
    /// Several expressions between one operator: `AND`, `OR`, a comma.
    List {
        op: Op,
        items: Vec<Expr>,
    },
    /// `( … )`
    Grouping(Expr),
    /// `( … )` in the versions that group so.
    GroupingSince(Expr, Behaviour),
    /// A truth value that is no comparison: `x = 1` where the database has no booleans.
    AsBoolean {
        element: Expr,
        negated: bool,
    },
    /// A name given as a string to `ORDER BY` or `GROUP BY`, looked up among the select's columns.
    LabelReference(Rc<str>),
    /// The right side of `COLLATE`.
    Collation(Rc<str>),
    /// `EXTRACT(field FROM element)`.
    Extract {
        field: Rc<str>,
        element: Expr,
    },
    Function(Function),
    Label {
        name: LabelName,
        element: Expr,
        ty: SqlType,
    },
    Cast {
        element: Expr,
        ty: SqlType,
    },
    Case(Case),
    Exists(Body),
    /// A select in parentheses that stands for one value.
    ScalarSelect(Body),
    /// A select as the right side of `IN`.
    SelectList(Body),
    /// `type_coerce()`: an expression that is read and written as of another type; prints as its element does.
    TypeCoerce {
        element: Expr,
        ty: SqlType,
    },
    Windowed(Windowed),
    /// What nested deeper than the engine goes.
    TooDeep,
    /// Marks for a join condition; prints as its element does.
    Annotated {
        element: Expr,
        foreign: bool,
        remote: bool,
    },
    /// A column as an attribute of a class, by the numbers that the class's maker gave; prints as its element does.
    OfEntity {
        element: Expr,
        mapper: u32,
        alias: Option<u32>,
    },
}

/// How a label is called.
#[derive(Debug, Clone)]
pub enum LabelName {
    Named(Rc<str>),
    /// `anon_1`: one name for each such token in a statement.
    Anonymous(Token),
}

/// An identity: what is anonymous is named by it when a statement is compiled.
#[derive(Debug, Clone, Default)]
pub struct Token(Rc<u8>);

impl Token {
    pub fn new() -> Self {
        Token::default()
    }

    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A column of an alias, subquery or CTE.
#[derive(Debug, Clone)]
pub struct AliasColumn {
    pub alias: Alias,
    /// The column's name inside the alias.
    pub name: Rc<str>,
    pub key: Rc<str>,
    pub ty: SqlType,
    /// Its place among the columns of the select that the alias is of.
    pub position: Option<usize>,
    /// The table's column it stands for, where it does for one.
    pub base: Option<Column>,
}

impl PartialEq for AliasColumn {
    fn eq(&self, other: &Self) -> bool {
        self.alias == other.alias && self.name == other.name && self.position == other.position
    }
}

/// What works a bound value out when its statement is executed.
#[derive(Clone)]
pub struct Late(pub Callback<Value>);

impl std::fmt::Debug for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Late")
    }
}

/// A bound parameter.
#[derive(Debug, Clone)]
pub struct Bind {
    /// The name, or the stem that a number is put after.
    pub key: Rc<str>,
    /// Named anew in every statement: `email_1`. Others keep `key`.
    pub unique: bool,
    /// Tells unique binds apart: one identity, one name.
    pub token: Token,
    /// `None` where a value must be given at execution.
    pub value: Option<Value>,
    /// Works the value out when the statement is executed.
    pub late: Option<Late>,
    /// The types of a row, where an `IN` has rows: its values are theirs, one after the other.
    pub tuple: Option<Rc<[SqlType]>>,
    /// The values of an `IN`; the text has one placeholder each once the values are known.
    pub expanding: Option<Vec<Value>>,
    pub ty: SqlType,
    /// A wildcard put around the value when it is bound, as `startswith(autoescape=…)` does not need.
    pub literal_execute: bool,
}

/// SQL given as text. `:name` stands for a parameter, `\:` for a colon.
#[derive(Debug, Clone, Default)]
pub struct Text {
    pub text: Rc<str>,
    /// Values given by `bindparams()`.
    pub values: RefCell<Vec<(Rc<str>, Value)>>,
}

/// A function call.
#[derive(Debug, Clone)]
pub struct Function {
    /// As written, with dots for packages.
    pub name: Rc<str>,
    pub args: Vec<Expr>,
    pub ty: SqlType,
    /// `count(*)`.
    pub star: bool,
    /// `current_timestamp`, written without parentheses.
    pub bare: bool,
    /// The places of the two arguments that it compares, from nothing on, where it stands for a comparison
    /// (`as_comparison()`).
    pub compares: Option<(usize, usize)>,
}

/// `CASE … END`.
#[derive(Debug, Clone)]
pub struct Case {
    pub value: Option<Expr>,
    pub whens: Vec<(Expr, Expr)>,
    pub otherwise: Option<Expr>,
    pub ty: SqlType,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind) -> Self {
        let mut expr = Expr(Rc::new(Node { kind, depth: 0 }));
        let below = expr.children().iter().map(Expr::depth).max().unwrap_or(0);
        let below = match expr.kind() {
            ExprKind::AliasColumn(column) => column.alias.depth(),
            ExprKind::Exists(select) | ExprKind::ScalarSelect(select) | ExprKind::SelectList(select) => {
                below.max(select.depth_of_from())
            }
            _ => below,
        };
        if below >= MAX_DEPTH {
            return Expr(Rc::new(Node { kind: ExprKind::TooDeep, depth: 0 }));
        }
        if let Some(node) = Rc::get_mut(&mut expr.0) {
            node.depth = below + 1;
        }
        expr
    }

    /// An expression of a kind that has no constructor of its own.
    pub fn of(kind: ExprKind) -> Self {
        Expr::new(kind)
    }

    /// How deep the tree is.
    pub(crate) fn depth(&self) -> u32 {
        self.0.depth
    }

    pub fn kind(&self) -> &ExprKind {
        &self.0.kind
    }

    pub fn column(column: &Column) -> Self {
        Expr::new(ExprKind::Column(column.clone()))
    }

    /// A value for a column in `values(…)`, bound under the column's key.
    pub fn for_column(column: &Column, value: Value) -> Self {
        Expr::bind_named(&column.key(), false, Some(value), column.ty())
    }

    /// A name given as a string to `order_by()` or `group_by()`.
    pub fn label_reference(name: &str) -> Self {
        Expr::new(ExprKind::LabelReference(Rc::from(name)))
    }

    /// `func.name(…)` with bare values among its arguments, which are bound under the function's name.
    pub fn call(name: &str, args: Vec<super::Operand>) -> Self {
        let stem = name.rsplit('.').next().unwrap_or(name);
        let args = args
            .into_iter()
            .map(|arg| match arg {
                super::Operand::Expr(expr) => expr,
                super::Operand::Value(Value::Null) => Expr::null(),
                super::Operand::Value(value) => {
                    let ty = super::infer::type_of(&value);
                    Expr::bind_named(stem, true, Some(value), ty)
                }
                super::Operand::Values(values) => {
                    let items = values.into_iter().map(Expr::bind).collect();
                    Expr::new(ExprKind::List { op: Op::Comma, items })
                }
                super::Operand::Exprs(items) => Expr::new(ExprKind::List { op: Op::Comma, items }),
                super::Operand::Select(body) => Expr::new(ExprKind::ScalarSelect(body)),
            })
            .map(|arg| arg.self_group(Op::Comma))
            .collect();
        Expr::function(name, args)
    }

    /// `case(…)`.
    pub fn case(value: Option<Expr>, whens: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Self {
        let ty = whens.last().map(|(_, then)| then.ty()).unwrap_or_default();
        let whens = whens.into_iter().map(|(when, then)| (when.self_group(Op::Largest), then)).collect();
        Expr::new(ExprKind::Case(Case { value, whens, otherwise, ty }))
    }

    /// A bound value of the type that its Python type suggests, as `literal(value)`.
    pub fn bind(value: Value) -> Self {
        let ty = super::infer::type_of(&value);
        Expr::bind_named("param", true, Some(value), ty)
    }

    /// A bound value of a known type with an anonymous name.
    pub fn bind_typed(value: Value, ty: SqlType) -> Self {
        Expr::bind_named("param", true, Some(value), ty)
    }

    /// `bindparam(name)`: a value given at execution under `name`.
    pub fn param(name: &str, ty: SqlType) -> Self {
        Expr::bind_named(name, false, None, ty)
    }

    pub fn bind_named(key: &str, unique: bool, value: Option<Value>, ty: SqlType) -> Self {
        Expr::new(ExprKind::Bind(Bind {
            key: Rc::from(key),
            unique,
            token: Token::new(),
            value,
            late: None,
            tuple: None,
            expanding: None,
            ty,
            literal_execute: false,
        }))
    }

    /// A bound value that is worked out when the statement is executed.
    pub fn bind_late(key: &str, ty: SqlType, late: Callback<Value>) -> Self {
        let expr = Expr::bind_named(key, true, None, ty);
        match expr.kind() {
            ExprKind::Bind(bind) => {
                Expr::new(ExprKind::Bind(Bind { late: Some(Late(late)), ..bind.clone() }))
            }
            _ => expr,
        }
    }

    pub fn null() -> Self {
        Expr::new(ExprKind::Null)
    }

    pub fn true_() -> Self {
        Expr::new(ExprKind::True)
    }

    pub fn false_() -> Self {
        Expr::new(ExprKind::False)
    }

    pub fn text(text: &str) -> Self {
        Expr::new(ExprKind::Text(Text { text: Rc::from(text), values: RefCell::default() }))
    }

    pub fn literal_column(text: &str, ty: SqlType) -> Self {
        Expr::new(ExprKind::Literal { text: Rc::from(text), ty })
    }

    /// `func.name(args…)`, of the type that the library knows for the name.
    pub fn function(name: &str, args: Vec<Expr>) -> Self {
        super::infer::function(name, args)
    }

    pub fn cast(element: &Expr, ty: SqlType) -> Self {
        Expr::new(ExprKind::Cast { element: element.clone(), ty })
    }

    pub fn label(&self, name: &str) -> Self {
        Expr::new(ExprKind::Label {
            name: LabelName::Named(Rc::from(name)),
            element: self.unlabelled().self_group(Op::As),
            ty: self.ty(),
        })
    }

    /// `type_coerce(expr, type)`; of a bare bind, the bind itself with the type.
    pub fn type_coerce(&self, ty: SqlType) -> Self {
        match self.kind() {
            ExprKind::Bind(bind) => Expr::new(ExprKind::Bind(Bind { ty, ..bind.clone() })),
            _ => Expr::new(ExprKind::TypeCoerce { element: self.clone(), ty }),
        }
    }

    /// A label with a name made up when the statement is compiled: `anon_1`.
    pub fn label_anonymous(&self) -> Self {
        Expr::new(ExprKind::Label {
            name: LabelName::Anonymous(Token::new()),
            element: self.unlabelled().self_group(Op::As),
            ty: self.ty(),
        })
    }

    fn unlabelled(&self) -> Expr {
        match self.kind() {
            ExprKind::Label { element, .. } => element.clone(),
            _ => self.clone(),
        }
    }

    pub fn exists(select: impl Into<Body>) -> Self {
        Expr::new(ExprKind::Exists(select.into()))
    }

    pub fn scalar_select(select: impl Into<Body>) -> Self {
        Expr::new(ExprKind::ScalarSelect(select.into()))
    }

    /// `foreign(expr)`.
    pub fn foreign(&self) -> Self {
        self.annotated(true, false)
    }

    /// `remote(expr)`.
    pub fn remote(&self) -> Self {
        self.annotated(false, true)
    }

    pub(crate) fn annotated(&self, foreign: bool, remote: bool) -> Self {
        match self.kind() {
            ExprKind::Annotated { element, foreign: was_foreign, remote: was_remote } => {
                Expr::new(ExprKind::Annotated {
                    element: element.clone(),
                    foreign: foreign || *was_foreign,
                    remote: remote || *was_remote,
                })
            }
            _ => Expr::new(ExprKind::Annotated { element: self.clone(), foreign, remote }),
        }
    }

    pub fn is_foreign(&self) -> bool {
        matches!(self.kind(), ExprKind::Annotated { foreign: true, .. })
    }

    pub fn is_remote(&self) -> bool {
        matches!(self.kind(), ExprKind::Annotated { remote: true, .. })
    }

    /// The expression without marks for a join condition, and without its class.
    pub fn unannotated(&self) -> &Expr {
        match self.kind() {
            ExprKind::Annotated { element, .. } => match element.kind() {
                ExprKind::OfEntity { element, .. } => element,
                _ => element,
            },
            ExprKind::OfEntity { element, .. } => element,
            _ => self,
        }
    }

    /// The expression as an attribute of a class.
    pub fn of_entity(&self, mapper: u32, alias: Option<u32>) -> Self {
        Expr::new(ExprKind::OfEntity { element: self.clone(), mapper, alias })
    }

    /// The classes whose attributes the expression names, in order, each once; not those inside of subqueries.
    pub fn entities(&self) -> Vec<(u32, Option<u32>)> {
        let mut found = Vec::new();
        self.visit(&mut |expr| {
            if let ExprKind::OfEntity { mapper, alias, .. } = expr.kind()
                && !found.contains(&(*mapper, *alias))
            {
                found.push((*mapper, *alias));
            }
        });
        found
    }

    /// The expression without the classes of its columns.
    pub fn without_entities(&self) -> Self {
        self.rewrite(&mut |expr| match expr.kind() {
            ExprKind::OfEntity { element, .. } => Some(element.clone()),
            _ => None,
        })
    }

    /// The table's column that this is, where it is one, under marks or not.
    pub fn as_column(&self) -> Option<&Column> {
        match self.unannotated().kind() {
            ExprKind::Column(column) => Some(column),
            _ => None,
        }
    }

    /// The table's column that this is or, in an alias, stands for.
    pub fn base_column(&self) -> Option<&Column> {
        match self.unannotated().kind() {
            ExprKind::Column(column) => Some(column),
            ExprKind::AliasColumn(column) => column.base.as_ref(),
            _ => None,
        }
    }

    pub fn ty(&self) -> SqlType {
        super::infer::ty(self)
    }

    /// The key under which a select's result has it, where it has a name.
    pub fn key(&self) -> Option<Rc<str>> {
        match self.unannotated().kind() {
            ExprKind::Column(column) => Some(column.key()),
            ExprKind::AliasColumn(column) => Some(column.key.clone()),
            ExprKind::Label { name: LabelName::Named(name), .. } => Some(name.clone()),
            ExprKind::Function(function) if function.compares.is_none() => Some(function.name.clone()),
            ExprKind::Literal { text, .. } => Some(text.clone()),
            _ => None,
        }
    }
}

impl From<&Column> for Expr {
    fn from(column: &Column) -> Self {
        Expr::column(column)
    }
}

impl From<Column> for Expr {
    fn from(column: Column) -> Self {
        Expr::new(ExprKind::Column(column))
    }
}

//! Expressions.
//!
//! Every variant of the tree is spelled out. The frame's `at` is the expression that an error belongs to.

use super::args::Args;
use super::code::{Body, Code, Frame, signature};
use super::error::{PyResult, Stop};
use super::function::Function;
use super::interp::Interp;
use super::iterate::is_iterable;
use super::object::{BinaryOp, CompareOp, UnaryOp};
use super::scope::{self, Symbol};
use super::unavailable::Unavailable;
use super::value::{Dict, Int, Set, Slice, Value, fresh_identity};
use super::{Map, MapSet, class::Namespace};
use num_bigint::BigInt;
use ruff_python_ast::{
    self as ast, Arguments, BoolOp, CmpOp, Expr, Number, Operator, Parameters, UnaryOp as AstUnary,
};
use ruff_text_size::{Ranged, TextRange};
use std::rc::Rc;

/// The evaluator's operator for one of the tree's.
pub(super) fn binary_op(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::Div => BinaryOp::Div,
        Operator::Mod => BinaryOp::Mod,
        Operator::Pow => BinaryOp::Pow,
        Operator::LShift => BinaryOp::LShift,
        Operator::RShift => BinaryOp::RShift,
        Operator::BitOr => BinaryOp::Or,
        Operator::BitXor => BinaryOp::Xor,
        Operator::BitAnd => BinaryOp::And,
        Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

impl Interp {
    /// Evaluates an expression.
    pub(super) fn eval(&mut self, frame: &mut Frame, expr: &Expr) -> PyResult<Value> {
        self.charge(1)?;
        self.guard()?;
        let value = match expr {
            Expr::Name(name) => {
                frame.at = name.range;
                self.load_name(frame, &name.id)
            }
            Expr::NumberLiteral(number) => literal_number(self, &number.value),
            Expr::StringLiteral(text) => Ok(Value::str(text.value.to_str())),
            Expr::BytesLiteral(bytes) => Ok(Value::Bytes(bytes.value.bytes().collect())),
            Expr::BooleanLiteral(literal) => Ok(Value::Bool(literal.value)),
            Expr::NoneLiteral(_) => Ok(Value::None),
            Expr::EllipsisLiteral(_) => Ok(Value::Ellipsis),
            Expr::FString(fstring) => self.eval_fstring(frame, fstring),
            Expr::Attribute(attribute) => self.eval_attribute(frame, attribute),
            Expr::Call(call) => self.eval_call(frame, call),
            Expr::Subscript(subscript) => {
                let value = self.eval(frame, &subscript.value)?;
                let key = self.eval(frame, &subscript.slice)?;
                frame.at = subscript.range;
                self.get_item(&value, &key)
            }
            Expr::Slice(slice) => {
                let mut part = |interp: &mut Interp, part: &Option<Box<Expr>>| match part {
                    Some(part) => interp.eval(frame, part),
                    None => Ok(Value::None),
                };
                let start = part(self, &slice.lower)?;
                let stop = part(self, &slice.upper)?;
                let step = part(self, &slice.step)?;
                Ok(Value::Slice(Rc::new(Slice { start, stop, step })))
            }
            Expr::BoolOp(op) => self.eval_bool_op(frame, op),
            Expr::BinOp(op) => {
                let left = self.eval(frame, &op.left)?;
                let right = self.eval(frame, &op.right)?;
                frame.at = op.range;
                self.binary(binary_op(op.op), &left, &right)
            }
            Expr::UnaryOp(unary) => {
                let operand = self.eval(frame, &unary.operand)?;
                frame.at = unary.range;
                match unary.op {
                    AstUnary::Not => Ok(Value::Bool(!self.truth(&operand)?)),
                    AstUnary::USub => self.unary(UnaryOp::Neg, &operand),
                    AstUnary::UAdd => self.unary(UnaryOp::Pos, &operand),
                    AstUnary::Invert => self.unary(UnaryOp::Invert, &operand),
                }
            }
            Expr::Compare(compare) => self.eval_compare(frame, compare),
            Expr::If(conditional) => {
                let test = self.eval(frame, &conditional.test)?;
                let branch = if self.truth(&test)? { &conditional.body } else { &conditional.orelse };
                drop(test);
                self.eval(frame, branch)
            }
            Expr::Named(named) => {
                let value = self.eval(frame, &named.value)?;
                if let Expr::Name(name) = &*named.target {
                    self.store_name(frame, &name.id, value.clone())?;
                }
                Ok(value)
            }
            Expr::Tuple(tuple) => Ok(Value::tuple(self.eval_items(frame, &tuple.elts)?)),
            Expr::List(list) => Ok(Value::list(self.eval_items(frame, &list.elts)?)),
            Expr::Set(literal) => {
                let items = self.eval_items(frame, &literal.elts)?;
                let set = Set::new(MapSet::new());
                frame.at = literal.range;
                for item in items {
                    self.set_add(&set, item)?;
                }
                Ok(Value::Set(Rc::new(set)))
            }
            Expr::Dict(dict) => self.eval_dict(frame, dict),
            Expr::ListComp(comp) => {
                self.eval_comprehension(frame, comp.range, "<listcomp>", &comp.generators, expr)
            }
            Expr::SetComp(comp) => {
                self.eval_comprehension(frame, comp.range, "<setcomp>", &comp.generators, expr)
            }
            Expr::DictComp(comp) => {
                self.eval_comprehension(frame, comp.range, "<dictcomp>", &comp.generators, expr)
            }
            Expr::Generator(comp) => self.eval_generator_expression(frame, comp),
            Expr::Lambda(lambda) => self.eval_lambda(frame, lambda),
            Expr::Starred(starred) => Err(Stop::Unsupported {
                what: "a starred expression here".into(),
                range: Some(starred.range),
            }),
            Expr::Yield(node) => Err(nested_yield(node.range)),
            Expr::YieldFrom(node) => Err(nested_yield(node.range)),
            Expr::Await(node) => Err(Stop::Unsupported { what: "`await`".into(), range: Some(node.range) }),
            Expr::TString(node) => {
                Err(Stop::Unsupported { what: "template strings".into(), range: Some(node.range) })
            }
            Expr::IpyEscapeCommand(node) => {
                Err(Stop::Unsupported { what: "IPython commands".into(), range: Some(node.range) })
            }
        };
        value.map_err(|stop| stop.at(expr.range()))
    }

    /// Items of a display, with `*parts` spread.
    pub(super) fn eval_items(&mut self, frame: &mut Frame, items: &[Expr]) -> PyResult<Vec<Value>> {
        self.charge_bytes(items.len() * 24)?;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            if let Expr::Starred(starred) = item {
                let value = self.eval(frame, &starred.value)?;
                frame.at = starred.range;
                if !is_iterable(&value) {
                    let kind = self.type_name(&value);
                    return Err(
                        self.raise("TypeError", format!("Value after * must be an iterable, not {kind}"))
                    );
                }
                values.extend(self.iterate(&value)?);
            } else {
                values.push(self.eval(frame, item)?);
            }
        }
        Ok(values)
    }

    fn eval_attribute(&mut self, frame: &mut Frame, attribute: &ast::ExprAttribute) -> PyResult<Value> {
        let value = self.eval(frame, &attribute.value)?;
        frame.at = attribute.range;
        let name = scope::mangle(frame.code.scope.private.as_ref(), attribute.attr.as_str());
        self.get_attr(&value, &name)
    }

    fn eval_bool_op(&mut self, frame: &mut Frame, op: &ast::ExprBoolOp) -> PyResult<Value> {
        let mut value = Value::None;
        for (index, part) in op.values.iter().enumerate() {
            value = self.eval(frame, part)?;
            if index + 1 < op.values.len() {
                frame.at = part.range();
                let truth = self.truth(&value)?;
                if truth == matches!(op.op, BoolOp::Or) {
                    break;
                }
            }
        }
        Ok(value)
    }

    fn eval_compare(&mut self, frame: &mut Frame, compare: &ast::ExprCompare) -> PyResult<Value> {
        let mut left = self.eval(frame, &compare.left)?;
        let mut result = Value::None;
        let last = compare.ops.len().saturating_sub(1);
        for (index, (op, comparator)) in compare.ops.iter().zip(&compare.comparators).enumerate() {
            let right = self.eval(frame, comparator)?;
            frame.at = compare.range;
            result = match op {
                CmpOp::Eq => self.compare(CompareOp::Eq, &left, &right)?,
                CmpOp::NotEq => self.compare(CompareOp::Ne, &left, &right)?,
                CmpOp::Lt => self.compare(CompareOp::Lt, &left, &right)?,
                CmpOp::LtE => self.compare(CompareOp::Le, &left, &right)?,
                CmpOp::Gt => self.compare(CompareOp::Gt, &left, &right)?,
                CmpOp::GtE => self.compare(CompareOp::Ge, &left, &right)?,
                CmpOp::Is | CmpOp::IsNot => {
                    Unavailable::refuse(&left)?;
                    Unavailable::refuse(&right)?;
                    Value::Bool(left.is(&right) == matches!(op, CmpOp::Is))
                }
                CmpOp::In => Value::Bool(self.contains(&right, &left)?),
                CmpOp::NotIn => Value::Bool(!self.contains(&right, &left)?),
            };
            if index < last && !self.truth(&result)? {
                break;
            }
            left = right;
        }
        Ok(result)
    }

    fn eval_dict(&mut self, frame: &mut Frame, literal: &ast::ExprDict) -> PyResult<Value> {
        let dict = Dict::new(Map::new());
        for item in &literal.items {
            if let Some(key) = &item.key {
                let key = self.eval(frame, key)?;
                let value = self.eval(frame, &item.value)?;
                frame.at = literal.range;
                self.dict_set(&dict, key, value)?;
            } else {
                let other = self.eval(frame, &item.value)?;
                frame.at = item.value.range();
                let Some(items) = self.mapping_items(&other)? else {
                    let kind = self.type_name(&other);
                    return Err(self.raise("TypeError", format!("'{kind}' object is not a mapping")));
                };
                for (key, value) in items {
                    self.dict_set(&dict, key, value)?;
                }
            }
        }
        Ok(Value::Dict(Rc::new(dict)))
    }

    /// Keys and values of a dict or of anything with `keys()`; `None` where it is no mapping.
    pub fn mapping_items(&mut self, value: &Value) -> PyResult<Option<Vec<(Value, Value)>>> {
        if let Some(dict) = self.as_dict(value) {
            let items = dict.map.borrow().items();
            return Ok(Some(items));
        }
        let Some(keys) = self.get_attr_opt(value, "keys")? else { return Ok(None) };
        let keys = self.call(&keys, Args::none())?;
        let mut items = Vec::new();
        for key in self.iterate(&keys)? {
            let item = self.get_item(value, &key)?;
            items.push((key, item));
        }
        Ok(Some(items))
    }

    fn eval_call(&mut self, frame: &mut Frame, call: &ast::ExprCall) -> PyResult<Value> {
        let callee = self.eval(frame, &call.func)?;
        let plain = call.arguments.args.is_empty() && call.arguments.keywords.is_empty();
        if plain
            && matches!(&callee, Value::Class(class) if &*class.name() == "super" && self.is_builtin(class))
        {
            frame.at = call.range();
            return self.zero_argument_super(frame);
        }
        let args = self.eval_arguments(frame, &callee, &call.arguments)?;
        frame.at = call.range();
        // As CPython has it, a method is called where its name stands.
        self.stands_at(match &*call.func {
            Expr::Attribute(method) => method.attr.start(),
            _ => call.start(),
        });
        if let Some(answer) = self.frame_builtin(frame, &callee, &args)? {
            return Ok(answer);
        }
        self.call(&callee, args)
    }

    pub(super) fn eval_arguments(
        &mut self,
        frame: &mut Frame,
        callee: &Value,
        arguments: &Arguments,
    ) -> PyResult<Args> {
        let mut args = Args { positional: Vec::with_capacity(arguments.args.len()), keywords: Vec::new() };
        for part in arguments.iter_source_order() {
            match part {
                ast::ArgOrKeyword::Arg(Expr::Starred(starred)) => {
                    let value = self.eval(frame, &starred.value)?;
                    frame.at = starred.range;
                    if !is_iterable(&value) {
                        let (name, kind) = (self.callee_name(callee), self.type_name(&value));
                        let message = format!("{name} argument after * must be an iterable, not {kind}");
                        return Err(self.raise("TypeError", message));
                    }
                    args.positional.extend(self.iterate(&value)?);
                }
                ast::ArgOrKeyword::Arg(arg) => {
                    let value = self.eval(frame, arg)?;
                    args.positional.push(value);
                }
                ast::ArgOrKeyword::Keyword(keyword) => {
                    let value = self.eval(frame, &keyword.value)?;
                    frame.at = keyword.range;
                    if let Some(name) = &keyword.arg {
                        self.add_keyword(&mut args, callee, name.as_str().into(), value)?;
                    } else {
                        let Some(items) = self.mapping_items(&value)? else {
                            let (name, kind) = (self.callee_name(callee), self.type_name(&value));
                            let message = format!("{name} argument after ** must be a mapping, not {kind}");
                            return Err(self.raise("TypeError", message));
                        };
                        for (key, value) in items {
                            let Value::Str(key) = key else {
                                return Err(self.raise("TypeError", "keywords must be strings"));
                            };
                            self.add_keyword(&mut args, callee, key, value)?;
                        }
                    }
                }
            }
        }
        Ok(args)
    }

    fn add_keyword(&mut self, args: &mut Args, callee: &Value, name: Rc<str>, value: Value) -> PyResult<()> {
        if args.keywords.iter().any(|(keyword, _)| *keyword == name) {
            let callee = self.callee_name(callee);
            let message = format!("{callee} got multiple values for keyword argument '{name}'");
            return Err(self.raise("TypeError", message));
        }
        args.keywords.push((name, value));
        Ok(())
    }

    /// How errors about arguments name what is called: `__main__.f()`.
    fn callee_name(&mut self, callee: &Value) -> String {
        match callee {
            Value::Function(function) => {
                let module = function.dict.get("__module__");
                match module.as_ref().and_then(Value::as_str) {
                    Some(module) => format!("{module}.{}()", function.qualname.borrow()),
                    None => format!("{}()", function.qualname.borrow()),
                }
            }
            Value::Method(method) => self.callee_name(&method.function),
            Value::Native(native) => format!("{}()", native.qualname),
            Value::Class(class) => format!("{}()", class.full_name()),
            other => {
                let kind = self.type_name(other);
                format!("{kind} object")
            }
        }
    }

    fn eval_lambda(&mut self, frame: &mut Frame, lambda: &ast::ExprLambda) -> PyResult<Value> {
        let name: Rc<str> = "<lambda>".into();
        let code = self.code_at(frame, lambda.range, &name, lambda.parameters.as_deref(), || {
            Body::Expression((*lambda.body).clone())
        })?;
        let defaults = self.eval_defaults(frame, lambda.parameters.as_deref())?;
        Ok(Value::Function(self.make_function(frame, code, defaults)))
    }

    /// Defaults, one for each parameter of the signature.
    pub(super) fn eval_defaults(
        &mut self,
        frame: &mut Frame,
        parameters: Option<&Parameters>,
    ) -> PyResult<Vec<Option<Value>>> {
        let Some(parameters) = parameters else { return Ok(Vec::new()) };
        let mut defaults = Vec::new();
        for parameter in parameters.iter_non_variadic_params() {
            defaults.push(match parameter.default() {
                Some(default) => Some(self.eval(frame, default)?),
                None => None,
            });
        }
        Ok(defaults)
    }

    pub(super) fn make_function(
        &mut self,
        frame: &Frame,
        code: Rc<Code>,
        defaults: Vec<Option<Value>>,
    ) -> Rc<Function> {
        let dict = Namespace::default();
        if let Some(module) = self.module_name(frame) {
            dict.set("__module__", module);
        }
        Rc::new(Function {
            name: code.name.clone().into(),
            qualname: code.qualname.clone().into(),
            dict,
            closure: frame.closure_for(&code.scope),
            globals: frame.globals.clone(),
            defaults,
            id: fresh_identity(),
            code,
        })
    }

    /// `__name__` as functions and classes defined here take it for `__module__`.
    pub(super) fn module_name(&mut self, frame: &Frame) -> Option<Value> {
        frame.globals.dict.get("__name__")
    }

    /// The code of the scope at `range`, made once for each source.
    pub(super) fn code_at(
        &mut self,
        frame: &Frame,
        range: TextRange,
        name: &Rc<str>,
        parameters: Option<&Parameters>,
        body: impl FnOnce() -> Body,
    ) -> PyResult<Rc<Code>> {
        let source = &frame.code.source;
        if let Some(code) = source.codes.borrow().get(&range) {
            return Ok(code.clone());
        }
        let Some(scope) = source.scopes.get(&range).cloned() else {
            return Err(Stop::Unsupported { what: "this scope".into(), range: Some(range) });
        };
        self.charge_bytes(usize::from(range.len()))?;
        let qualname: Rc<str> = match frame.code.scope.kind {
            scope::Kind::Module => name.clone(),
            scope::Kind::Class => format!("{}.{name}", frame.code.qualname).into(),
            scope::Kind::Function | scope::Kind::Comprehension => {
                format!("{}.<locals>.{name}", frame.code.qualname).into()
            }
        };
        let qualname = match frame.code.scope.symbol(name) {
            Symbol::Global if scope::Kind::Function == frame.code.scope.kind && !name.starts_with('<') => {
                name.clone()
            }
            _ => qualname,
        };
        let (signature, slots) = signature(&qualname, parameters, &scope);
        let code = Rc::new(Code {
            name: name.clone(),
            qualname,
            source: source.clone(),
            scope,
            body: body(),
            signature,
            slots,
        });
        source.codes.borrow_mut().insert(range, code.clone());
        Ok(code)
    }
}

fn nested_yield(range: TextRange) -> Stop {
    Stop::Unsupported { what: "`yield` inside a larger expression".into(), range: Some(range) }
}

fn literal_number(interp: &mut Interp, number: &Number) -> PyResult<Value> {
    match number {
        Number::Int(int) => {
            if let Some(small) = int.as_i64() {
                return Ok(Value::Int(Int::Small(small)));
            }
            let text = int.to_string().to_ascii_lowercase();
            interp.charge_bytes(text.len() * text.len() / 64)?;
            let (digits, radix) = match text.get(..2) {
                Some("0x") => (&text[2..], 16),
                Some("0o") => (&text[2..], 8),
                Some("0b") => (&text[2..], 2),
                _ => (text.as_str(), 10),
            };
            match BigInt::parse_bytes(digits.replace('_', "").as_bytes(), radix) {
                Some(big) => Ok(Value::big(big)),
                None => Err(Stop::unsupported("this number")),
            }
        }
        Number::Float(float) => Ok(Value::Float(*float)),
        Number::Complex { .. } => Err(Stop::unsupported("complex numbers")),
    }
}

//! Comprehensions and generator expressions: one machine, driven to its end or step by step.

use super::code::{Body, Code, Frame};
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::iter::{Generator, Iter, NativeIter, Resume, Yielded};
use super::value::{Dict, Set, Value};
use super::{Map, MapSet};
use ruff_python_ast::{Comprehension, Expr, ExprGenerator};
use ruff_text_size::{Ranged, TextRange};
use std::rc::Rc;

/// How far a comprehension has come: the iterators of its `for` clauses that are open.
struct Progress {
    iterators: Vec<Value>,
    /// The whole comprehension, which is what a traceback marks.
    range: TextRange,
}

impl Interp {
    /// Moves to the next combination of items that passes every condition.
    fn advance(
        &mut self,
        frame: &mut Frame,
        generators: &[Comprehension],
        progress: &mut Progress,
    ) -> PyResult<bool> {
        while let Some(iterator) = progress.iterators.last() {
            let level = progress.iterators.len() - 1;
            let Some(generator) = generators.get(level) else { return Ok(false) };
            let iterator = iterator.clone();
            frame.at = progress.range;
            self.charge(1)?;
            let Some(item) = self.next(&iterator)? else {
                progress.iterators.pop();
                continue;
            };
            self.assign(frame, &generator.target, item)?;
            let mut passes = true;
            for condition in &generator.ifs {
                let value = self.eval(frame, condition)?;
                if !self.truth(&value)? {
                    passes = false;
                    break;
                }
            }
            if !passes {
                continue;
            }
            match generators.get(level + 1) {
                Some(inner) => {
                    let value = self.eval(frame, &inner.iter)?;
                    frame.at = progress.range;
                    let iterator = self.iter(&value)?;
                    progress.iterators.push(iterator);
                }
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    fn first_iterator(
        &mut self,
        frame: &mut Frame,
        range: TextRange,
        generators: &[Comprehension],
    ) -> PyResult<Value> {
        if let Some(generator) = generators.iter().find(|generator| generator.is_async) {
            return Err(Stop::Unsupported { what: "`async for`".into(), range: Some(generator.range) });
        }
        let Some(first) = generators.first() else { return Err(Stop::unsupported("an empty comprehension")) };
        let value = self.eval(frame, &first.iter)?;
        frame.at = range;
        self.iter(&value)
    }

    pub(super) fn eval_comprehension(
        &mut self,
        frame: &mut Frame,
        range: TextRange,
        name: &str,
        generators: &[Comprehension],
        expr: &Expr,
    ) -> PyResult<Value> {
        let first = self.first_iterator(frame, range, generators)?;
        frame.at = range;
        let name: Rc<str> = name.into();
        let code = self.code_at(frame, range, &name, None, || Body::Elsewhere)?;
        let mut inner = Frame::new(code.clone(), frame.globals.clone(), &frame.closure_for(&code.scope));
        let mut progress = Progress { iterators: vec![first], range };
        let result = self.collect(&mut inner, generators, &mut progress, expr);
        if let Err(stop) = &result {
            self.note(&mut inner, stop);
        }
        result
    }

    fn collect(
        &mut self,
        frame: &mut Frame,
        generators: &[Comprehension],
        progress: &mut Progress,
        expr: &Expr,
    ) -> PyResult<Value> {
        match expr {
            Expr::ListComp(comp) => {
                let mut items = Vec::new();
                while self.advance(frame, generators, progress)? {
                    self.charge_bytes(32)?;
                    items.push(self.eval(frame, &comp.elt)?);
                }
                Ok(Value::list(items))
            }
            Expr::SetComp(comp) => {
                let set = Set::new(MapSet::new());
                while self.advance(frame, generators, progress)? {
                    self.charge_bytes(64)?;
                    let item = self.eval(frame, &comp.elt)?;
                    self.set_add(&set, item)?;
                }
                Ok(Value::Set(Rc::new(set)))
            }
            Expr::DictComp(comp) => {
                let Some(key) = &comp.key else {
                    return Err(Stop::Unsupported {
                        what: "`**` in a comprehension".into(),
                        range: Some(comp.range),
                    });
                };
                let dict = Dict::new(Map::new());
                while self.advance(frame, generators, progress)? {
                    self.charge_bytes(96)?;
                    let key = self.eval(frame, key)?;
                    let value = self.eval(frame, &comp.value)?;
                    self.dict_set(&dict, key, value)?;
                }
                Ok(Value::Dict(Rc::new(dict)))
            }
            other => Err(Stop::Unsupported { what: "this comprehension".into(), range: Some(other.range()) }),
        }
    }

    pub(super) fn eval_generator_expression(
        &mut self,
        frame: &mut Frame,
        node: &ExprGenerator,
    ) -> PyResult<Value> {
        let first = self.first_iterator(frame, node.range, &node.generators)?;
        let name: Rc<str> = "<genexpr>".into();
        let code = self.code_at(frame, node.range, &name, None, || {
            Body::Comprehension((*node.elt).clone(), node.generators.clone())
        })?;
        let inner = Frame::new(code.clone(), frame.globals.clone(), &frame.closure_for(&code.scope));
        let state = Some((inner, Progress { iterators: vec![first], range: node.range }));
        Ok(Value::Iter(Rc::new(Iter::new(GeneratorExpression { code, state }))))
    }
}

/// A generator expression under way; the state is gone once it ended.
struct GeneratorExpression {
    code: Rc<Code>,
    state: Option<(Frame, Progress)>,
}

impl GeneratorExpression {
    fn step(&mut self, interp: &mut Interp) -> PyResult<Option<Value>> {
        let Some((frame, progress)) = &mut self.state else { return Ok(None) };
        let Body::Comprehension(element, generators) = &self.code.body else { return Ok(None) };
        frame.noted = false;
        match interp.advance(frame, generators, progress) {
            Ok(true) => interp.eval(frame, element).map(Some),
            Ok(false) => Ok(None),
            Err(stop) => Err(stop),
        }
    }
}

impl NativeIter for GeneratorExpression {
    fn type_name(&self) -> &str {
        "generator"
    }

    fn next(&mut self, interp: &mut Interp) -> PyResult<Option<Value>> {
        let result = self.step(interp);
        if let (Err(stop), Some((frame, _))) = (&result, &mut self.state) {
            interp.note(frame, stop);
        }
        if !matches!(result, Ok(Some(_))) {
            self.state = None;
        }
        result
    }

    fn generator(&mut self) -> Option<&mut dyn Generator> {
        Some(self)
    }
}

impl Generator for GeneratorExpression {
    fn resume(&mut self, interp: &mut Interp, input: Resume) -> PyResult<Yielded> {
        match input {
            Resume::Send(_) => Ok(match self.next(interp)? {
                Some(value) => Yielded::Value(value),
                None => Yielded::Return(Value::None),
            }),
            Resume::Throw(exception) => {
                self.state = None;
                Err(Stop::Raise(exception))
            }
        }
    }

    fn name(&self) -> Rc<str> {
        self.code.qualname.clone()
    }
}

//! `match` statements.

use super::code::{Frame, Saved};
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::stmt::Flow;
use super::value::Value;
use super::{Dict, Map};
use ruff_python_ast::{Pattern, PatternMatchClass, PatternMatchMapping, Singleton, StmtMatch};
use ruff_text_size::Ranged;
use std::rc::Rc;

impl Interp {
    pub(super) fn exec_match(&mut self, frame: &mut Frame, node: &StmtMatch) -> PyResult<Flow> {
        let mut chosen = None;
        if frame.resuming {
            if let Some(Saved::Branch(branch)) = frame.saved.pop() {
                chosen = Some(branch);
            }
        } else {
            let subject = self.eval(frame, &node.subject)?;
            for (index, case) in node.cases.iter().enumerate() {
                frame.at = case.pattern.range();
                let mut bindings = Vec::new();
                if !self.pattern_matches(frame, &case.pattern, &subject, &mut bindings)? {
                    continue;
                }
                for (name, value) in bindings {
                    self.store_name(frame, &name, value)?;
                }
                if let Some(guard) = &case.guard {
                    let value = self.eval(frame, guard)?;
                    if !self.truth(&value)? {
                        continue;
                    }
                }
                chosen = Some(index);
                break;
            }
        }
        let Some(branch) = chosen else { return Ok(Flow::Normal) };
        let Some(case) = node.cases.get(branch) else { return Ok(Flow::Normal) };
        let flow = self.exec_block(frame, &case.body)?;
        if matches!(flow, Flow::Yield(_)) {
            frame.saved.push(Saved::Branch(branch));
        }
        Ok(flow)
    }

    fn pattern_matches(
        &mut self,
        frame: &mut Frame,
        pattern: &Pattern,
        subject: &Value,
        bindings: &mut Vec<(String, Value)>,
    ) -> PyResult<bool> {
        self.charge(1)?;
        self.guard()?;
        match pattern {
            Pattern::MatchValue(node) => {
                let value = self.eval(frame, &node.value)?;
                let equal = self.compare(super::object::CompareOp::Eq, subject, &value)?;
                self.truth(&equal)
            }
            Pattern::MatchSingleton(node) => Ok(match node.value {
                Singleton::None => subject.is_none(),
                Singleton::True => matches!(subject, Value::Bool(true)),
                Singleton::False => matches!(subject, Value::Bool(false)),
            }),
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern
                    && !self.pattern_matches(frame, inner, subject, bindings)?
                {
                    return Ok(false);
                }
                if let Some(name) = &node.name {
                    bindings.push((name.to_string(), subject.clone()));
                }
                Ok(true)
            }
            Pattern::MatchOr(node) => {
                for inner in &node.patterns {
                    let before = bindings.len();
                    if self.pattern_matches(frame, inner, subject, bindings)? {
                        return Ok(true);
                    }
                    bindings.truncate(before);
                }
                Ok(false)
            }
            Pattern::MatchSequence(node) => self.sequence_matches(frame, &node.patterns, subject, bindings),
            Pattern::MatchMapping(node) => self.mapping_matches(frame, node, subject, bindings),
            Pattern::MatchClass(node) => self.class_matches(frame, node, subject, bindings),
            Pattern::MatchStar(node) => {
                Err(Stop::Unsupported { what: "this pattern".into(), range: Some(node.range) })
            }
        }
    }

    fn sequence_matches(
        &mut self,
        frame: &mut Frame,
        patterns: &[Pattern],
        subject: &Value,
        bindings: &mut Vec<(String, Value)>,
    ) -> PyResult<bool> {
        let list = self.builtin_class("list");
        let items = match subject {
            Value::List(list) => list.items.borrow().clone(),
            Value::Tuple(items) => items.to_vec(),
            Value::Range(_) => self.iterate(subject)?,
            Value::Instance(instance)
                if matches!(instance.payload, Some(Value::List(_) | Value::Tuple(_))) =>
            {
                self.iterate(subject)?
            }
            // An object whose class is derived from `list`.
            Value::Object(_) if self.is_instance(subject, &list) => self.iterate(subject)?,
            Value::Object(object) => {
                let what = format!("a sequence pattern against '{}'", object.type_name());
                return Err(Stop::unsupported(what));
            }
            _ => return Ok(false),
        };
        let star = patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        let fits = match star {
            Some(_) => items.len() + 1 >= patterns.len(),
            None => items.len() == patterns.len(),
        };
        if !fits {
            return Ok(false);
        }
        let spread = items.len() + 1 - patterns.len().min(items.len() + 1);
        let mut at = 0;
        for pattern in patterns {
            if let Pattern::MatchStar(node) = pattern {
                if let Some(name) = &node.name {
                    bindings.push((name.to_string(), Value::list(items[at..at + spread].to_vec())));
                }
                at += spread;
            } else {
                if !self.pattern_matches(frame, pattern, &items[at], bindings)? {
                    return Ok(false);
                }
                at += 1;
            }
        }
        Ok(true)
    }

    fn mapping_matches(
        &mut self,
        frame: &mut Frame,
        node: &PatternMatchMapping,
        subject: &Value,
        bindings: &mut Vec<(String, Value)>,
    ) -> PyResult<bool> {
        let Some(dict) = self.as_dict(subject) else { return Ok(false) };
        let rest = Dict::new(Map::new());
        for (key, value) in dict.map.borrow().items() {
            self.dict_set(&rest, key, value)?;
        }
        for (key, pattern) in node.keys.iter().zip(&node.patterns) {
            let key = self.eval(frame, key)?;
            let Some(value) = self.dict_remove(&rest, &key)? else { return Ok(false) };
            if !self.pattern_matches(frame, pattern, &value, bindings)? {
                return Ok(false);
            }
        }
        if let Some(name) = &node.rest {
            bindings.push((name.to_string(), Value::Dict(Rc::new(rest))));
        }
        Ok(true)
    }

    fn class_matches(
        &mut self,
        frame: &mut Frame,
        node: &PatternMatchClass,
        subject: &Value,
        bindings: &mut Vec<(String, Value)>,
    ) -> PyResult<bool> {
        let class = self.eval(frame, &node.cls)?;
        let Value::Class(class) = class else {
            return Err(self.raise("TypeError", "called match pattern must be a class"));
        };
        if !self.is_instance(subject, &class) {
            return Ok(false);
        }
        let positional = &node.arguments.patterns;
        let itself = ["bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"];
        if self.is_builtin(&class) && itself.contains(&&*class.name()) && positional.len() == 1 {
            if !self.pattern_matches(frame, &positional[0], subject, bindings)? {
                return Ok(false);
            }
        } else if !positional.is_empty() {
            let names = self.get_attr_opt(&Value::Class(class.clone()), "__match_args__")?;
            let names = match names {
                Some(names) => self.iterate(&names)?,
                None => Vec::new(),
            };
            if names.len() < positional.len() {
                let (name, most, given) = (class.name(), names.len(), positional.len());
                let plural = if most == 1 { "" } else { "s" };
                let message =
                    format!("{name}() accepts {most} positional sub-pattern{plural} ({given} given)");
                return Err(self.raise("TypeError", message));
            }
            for (pattern, name) in positional.iter().zip(names) {
                let Value::Str(name) = name else { return Ok(false) };
                let Some(value) = self.get_attr_opt(subject, &name)? else { return Ok(false) };
                if !self.pattern_matches(frame, pattern, &value, bindings)? {
                    return Ok(false);
                }
            }
        }
        for keyword in &node.arguments.keywords {
            let Some(value) = self.get_attr_opt(subject, keyword.attr.as_str())? else { return Ok(false) };
            if !self.pattern_matches(frame, &keyword.pattern, &value, bindings)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

//! Arguments of a call, and matching them to parameters with CPython's error messages.

use super::error::PyResult;
use super::interp::Interp;
use super::value::Value;
use std::rc::Rc;

/// Positional and keyword arguments.
#[derive(Default, Clone)]
pub struct Args {
    pub positional: Vec<Value>,
    pub keywords: Vec<(Rc<str>, Value)>,
}

impl Args {
    pub fn none() -> Args {
        Args::default()
    }

    pub fn of(positional: Vec<Value>) -> Args {
        Args { positional, keywords: Vec::new() }
    }

    /// Puts a receiver in front.
    #[must_use]
    pub fn prepend(mut self, first: Value) -> Args {
        self.positional.insert(0, first);
        self
    }

    /// Takes a keyword argument out.
    pub fn take_keyword(&mut self, name: &str) -> Option<Value> {
        let at = self.keywords.iter().position(|(keyword, _)| &**keyword == name)?;
        Some(self.keywords.remove(at).1)
    }

    /// Exactly `N` positional arguments and no keywords, or CPython's error for a builtin of that name.
    pub fn exactly<const N: usize>(self, interp: &mut Interp, name: &str) -> PyResult<[Value; N]> {
        if !self.keywords.is_empty() {
            return Err(interp.raise("TypeError", format!("{name}() takes no keyword arguments")));
        }
        let given = self.positional.len();
        <[Value; N]>::try_from(self.positional).map_err(|_| {
            let takes = match N {
                0 => "takes no arguments".to_owned(),
                1 => "takes exactly one argument".to_owned(),
                _ => format!("expected {N} arguments, got {given}"),
            };
            let message =
                if N < 2 { format!("{name}() {takes} ({given} given)") } else { format!("{name} {takes}") };
            interp.raise("TypeError", message)
        })
    }

    /// Between `min` and `N` positional arguments and no keywords; what is not given is `None`.
    pub fn between<const N: usize>(
        self,
        interp: &mut Interp,
        name: &str,
        min: usize,
    ) -> PyResult<[Option<Value>; N]> {
        if !self.keywords.is_empty() {
            return Err(interp.raise("TypeError", format!("{name}() takes no keyword arguments")));
        }
        let given = self.positional.len();
        if given < min || given > N {
            let (bound, count) = if given < min { ("at least", min) } else { ("at most", N) };
            let plural = if count == 1 { "" } else { "s" };
            let message = format!("{name} expected {bound} {count} argument{plural}, got {given}");
            return Err(interp.raise("TypeError", message));
        }
        let mut given = self.positional.into_iter();
        Ok(std::array::from_fn(|_| given.next()))
    }
}

/// The parameters of a native function that is called as a Python function is.
#[derive(Debug, Clone)]
pub struct Signature {
    pub name: Rc<str>,
    pub parameters: Vec<Parameter>,
    pub varargs: bool,
    pub varkw: bool,
}

/// One parameter that is not `*args` or `**kwargs`.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: Rc<str>,
    pub kind: ParameterKind,
    pub required: bool,
}

/// How a parameter can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    PositionalOnly,
    Either,
    KeywordOnly,
}

/// Arguments matched to a [`Signature`].
#[derive(Debug, Default)]
pub struct Bound {
    /// One for each parameter, in order; `None` where it was not given.
    pub values: Vec<Option<Value>>,
    pub varargs: Vec<Value>,
    pub varkw: Vec<(Rc<str>, Value)>,
}

impl Bound {
    /// Takes the value of the parameter at `index`.
    pub fn take(&mut self, index: usize) -> Option<Value> {
        self.values.get_mut(index).and_then(Option::take)
    }
}

impl Signature {
    /// Reads parameters as Python writes them; a trailing `=` marks an optional one: `"self, name, type_=, *, key=, **kw"`.
    ///
    /// `name` is how errors name the function: its qualified name.
    pub fn new(name: &str, parameters: &str) -> Signature {
        let mut signature =
            Signature { name: name.into(), parameters: Vec::new(), varargs: false, varkw: false };
        let mut kind = ParameterKind::Either;
        for part in parameters.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part == "/" {
                for parameter in &mut signature.parameters {
                    parameter.kind = ParameterKind::PositionalOnly;
                }
            } else if part.starts_with("**") {
                signature.varkw = true;
            } else if part.starts_with('*') {
                signature.varargs = part.len() > 1;
                kind = ParameterKind::KeywordOnly;
            } else {
                let required = !part.ends_with('=');
                let name = part.trim_end_matches('=').into();
                signature.parameters.push(Parameter { name, kind, required });
            }
        }
        signature
    }

    /// Matches arguments to parameters; raises CPython's `TypeError`s for a Python function.
    pub fn bind(&self, interp: &mut Interp, args: Args) -> PyResult<Bound> {
        let name = &self.name;
        let by_position: Vec<usize> = (0..self.parameters.len())
            .filter(|&index| self.parameters[index].kind != ParameterKind::KeywordOnly)
            .collect();
        let mut bound = Bound { values: vec![None; self.parameters.len()], ..Bound::default() };
        let given = args.positional.len();
        for (place, value) in args.positional.into_iter().enumerate() {
            if let Some(&index) = by_position.get(place) {
                bound.values[index] = Some(value);
            } else {
                bound.varargs.push(value);
            }
        }
        let mut positional_as_keyword: Vec<Rc<str>> = Vec::new();
        for (keyword, value) in args.keywords {
            let found = self.parameters.iter().position(|parameter| parameter.name == keyword);
            match found {
                Some(index) if self.parameters[index].kind != ParameterKind::PositionalOnly => {
                    if bound.values[index].is_some() {
                        let message = format!("{name}() got multiple values for argument '{keyword}'");
                        return Err(interp.raise("TypeError", message));
                    }
                    bound.values[index] = Some(value);
                }
                _ if self.varkw => bound.varkw.push((keyword, value)),
                Some(_) => positional_as_keyword.push(keyword),
                None => {
                    let message = format!("{name}() got an unexpected keyword argument '{keyword}'");
                    return Err(interp.raise("TypeError", message));
                }
            }
        }
        if !positional_as_keyword.is_empty() {
            let names = positional_as_keyword.join(", ");
            let message =
                format!("{name}() got some positional-only arguments passed as keyword arguments: '{names}'");
            return Err(interp.raise("TypeError", message));
        }
        if !bound.varargs.is_empty() && !self.varargs {
            let message = self.too_many(given, &bound, by_position.len());
            return Err(interp.raise("TypeError", message));
        }
        for (kinds, what) in [(false, "positional"), (true, "keyword-only")] {
            let missing: Vec<&str> = self
                .parameters
                .iter()
                .zip(&bound.values)
                .filter(|(parameter, value)| {
                    value.is_none()
                        && parameter.required
                        && (parameter.kind == ParameterKind::KeywordOnly) == kinds
                })
                .map(|(parameter, _)| &*parameter.name)
                .collect();
            if !missing.is_empty() {
                let plural = if missing.len() == 1 { "" } else { "s" };
                let message = format!(
                    "{name}() missing {} required {what} argument{plural}: {}",
                    missing.len(),
                    list_names(&missing)
                );
                return Err(interp.raise("TypeError", message));
            }
        }
        Ok(bound)
    }

    fn too_many(&self, given: usize, bound: &Bound, most: usize) -> String {
        let optional = self
            .parameters
            .iter()
            .filter(|parameter| parameter.kind != ParameterKind::KeywordOnly && !parameter.required)
            .count();
        let keyword_only = self
            .parameters
            .iter()
            .zip(&bound.values)
            .filter(|(parameter, value)| parameter.kind == ParameterKind::KeywordOnly && value.is_some())
            .count();
        let takes =
            if optional > 0 { format!("from {} to {most}", most - optional) } else { most.to_string() };
        let plural = if most == 1 && optional == 0 { "" } else { "s" };
        let (given_words, verb) = if keyword_only > 0 {
            let positional_plural = if given == 1 { "" } else { "s" };
            let keyword_plural = if keyword_only == 1 { "" } else { "s" };
            let words = format!(
                "{given} positional argument{positional_plural} (and {keyword_only} keyword-only argument{keyword_plural})"
            );
            (words, "were")
        } else {
            (given.to_string(), if given == 1 { "was" } else { "were" })
        };
        format!("{}() takes {takes} positional argument{plural} but {given_words} {verb} given", self.name)
    }
}

/// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`.
fn list_names(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    }
}

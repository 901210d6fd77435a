//! `import`: modules are what rooms registered; nothing is read from anywhere.
//!
//! A module that exists in Python's library or on `PyPI` but not here is unsupported, so a page cannot pass by an
//! `ImportError` that only backproof raises.

use super::code::Frame;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::module::{Missing, Module};
use super::value::Value;
use ruff_python_ast::{StmtImport, StmtImportFrom};
use std::rc::Rc;

impl Interp {
    /// Imports a module by its dotted name; the module itself, not its first package.
    pub fn import(&mut self, name: &str) -> PyResult<Rc<Module>> {
        if let Some(module) = self.modules.get(name) {
            return Ok(module.clone());
        }
        if name == "__main__" {
            return Ok(self.main.clone());
        }
        if name == "builtins" {
            return Ok(self.builtins.clone());
        }
        if self.loading.iter().any(|loading| &**loading == name) {
            return Err(Stop::unsupported(format!("a circular import of `{name}`")));
        }
        // A package whose loader imports its own parts is under way already, as in CPython.
        if let Some((parent, _)) = name.rsplit_once('.')
            && !self.loading.iter().any(|loading| &**loading == parent)
        {
            self.import(parent)?;
        }
        let Some(loader) = self.loaders.get(name).cloned() else {
            return Err(self.unknown_module(name));
        };
        self.charge(100)?;
        self.loading.push(name.into());
        let loaded = loader(self);
        self.loading.pop();
        let module = loaded?;
        self.modules.insert(name.into(), module.clone());
        self.attach_parts(name, &module);
        if let Some((parent, last)) = name.rsplit_once('.')
            && let Some(parent) = self.modules.get(parent)
        {
            parent.dict.set(last, Value::Module(module.clone()));
        }
        Ok(module)
    }

    /// Binds the parts that were imported while their package was being loaded.
    fn attach_parts(&mut self, name: &str, module: &Module) {
        for (part, loaded) in &self.modules {
            if let Some(last) = part.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'))
                && !last.contains('.')
            {
                module.dict.set(last, Value::Module(loaded.clone()));
            }
        }
    }

    fn unknown_module(&mut self, name: &str) -> Stop {
        if let Some((parent, last)) = name.rsplit_once('.')
            && let Some(module) = self.modules.get(parent).cloned()
            && (module.missing)(last) == Missing::Absent
        {
            let has_parts = self.loaders.keys().any(|other| other.starts_with(&format!("{parent}.")));
            let message = if has_parts {
                format!("No module named '{name}'")
            } else {
                format!("No module named '{name}'; '{parent}' is not a package")
            };
            return self.raise("ModuleNotFoundError", message);
        }
        Stop::unsupported(format!("module `{name}` is not among those that backproof runs"))
    }

    /// A submodule that was registered, reached as an attribute of its package after its import.
    pub(super) fn submodule(&mut self, package: &str, name: &str) -> PyResult<Option<Value>> {
        let full = format!("{package}.{name}");
        Ok(self.modules.get(full.as_str()).map(|module| Value::Module(module.clone())))
    }

    pub(super) fn exec_import(&mut self, frame: &mut Frame, node: &StmtImport) -> PyResult<()> {
        for alias in &node.names {
            frame.at = node.range;
            let module = self.import(alias.name.as_str())?;
            let (name, module) = match &alias.asname {
                Some(name) => (name.as_str(), module),
                None => match alias.name.split_once('.') {
                    Some((first, _)) => (first, self.import(first)?),
                    None => (alias.name.as_str(), module),
                },
            };
            self.store_name(frame, name, Value::Module(module))?;
        }
        Ok(())
    }

    pub(super) fn exec_import_from(&mut self, frame: &mut Frame, node: &StmtImportFrom) -> PyResult<()> {
        frame.at = node.range;
        if node.level > 0 {
            let package = frame.globals.dict.get("__package__");
            if matches!(package, None | Some(Value::None)) {
                return Err(Stop::Unsupported {
                    what: "a relative import: the page's own package is not here".into(),
                    range: Some(node.range),
                });
            }
        }
        let Some(name) = &node.module else {
            return Err(Stop::Unsupported { what: "this import".into(), range: Some(node.range) });
        };
        if name.as_str() == "__future__" {
            return self.future(frame, node);
        }
        let module = self.import(name.as_str())?;
        for alias in &node.names {
            if alias.name.as_str() == "*" {
                self.import_star(frame, &module)?;
                continue;
            }
            let value = self.imported(&module, alias.name.as_str())?;
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.store_name(frame, bound.as_str(), value)?;
        }
        Ok(())
    }

    fn imported(&mut self, module: &Rc<Module>, name: &str) -> PyResult<Value> {
        if let Some(value) = module.read(name) {
            return Ok(value);
        }
        let full = format!("{}.{name}", module.name);
        if self.loaders.contains_key(full.as_str()) {
            return self.import(&full).map(Value::Module);
        }
        if (module.missing)(name) == Missing::Absent {
            let place = match module.dict.get("__file__") {
                Some(Value::Str(file)) => file,
                _ => "unknown location".into(),
            };
            let message = format!("cannot import name '{name}' from '{}' ({place})", module.name);
            return Err(self.raise("ImportError", message));
        }
        Err(Stop::unsupported(format!("`{name}` of module `{}`", module.name)))
    }

    fn import_star(&mut self, frame: &mut Frame, module: &Rc<Module>) -> PyResult<()> {
        let names = match module.read("__all__") {
            Some(all) => self.iterate(&all)?.iter().filter_map(Value::as_str).cloned().collect(),
            None => {
                let names = module.read_all().into_iter().map(|(name, _)| name);
                names.filter(|name| !name.starts_with('_')).collect::<Vec<Rc<str>>>()
            }
        };
        for name in names {
            self.charge(1)?;
            let value = self.imported(module, &name)?;
            self.store_name(frame, &name, value)?;
        }
        Ok(())
    }

    /// `from __future__ import …`: what it asks for is how the source was read already.
    fn future(&mut self, frame: &mut Frame, node: &StmtImportFrom) -> PyResult<()> {
        let module = self.import("__future__")?;
        for alias in &node.names {
            let Some(feature) =
                module.dict.get(&alias.name).filter(|_| alias.name.as_str() != "all_feature_names")
            else {
                return Err(
                    self.raise("SyntaxError", format!("future feature {} is not defined", alias.name))
                );
            };
            self.store_name(frame, alias.asname.as_ref().unwrap_or(&alias.name), feature)?;
        }
        Ok(())
    }
}

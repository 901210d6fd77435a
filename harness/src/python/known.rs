//! Names that real Python has, whether or not they are run here.
//!
//! A name in these lists that nothing defines is unsupported; any other is an error of the document.

use super::interp::Interp;
use super::value::Value;

/// Builtin names of Python 3.11.
const BUILTINS: &[&str] = &[
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup",
    "BlockingIOError", "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError",
    "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError",
    "DeprecationWarning", "EOFError", "Ellipsis", "EncodingWarning", "EnvironmentError", "Exception",
    "ExceptionGroup", "False", "FileExistsError", "FileNotFoundError", "FloatingPointError",
    "FutureWarning", "GeneratorExit", "IOError", "ImportError", "ImportWarning", "IndentationError",
    "IndexError", "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError",
    "MemoryError", "ModuleNotFoundError", "NameError", "None", "NotADirectoryError", "NotImplemented",
    "NotImplementedError", "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError",
    "ProcessLookupError", "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError",
    "RuntimeWarning", "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError",
    "SystemExit", "TabError", "TimeoutError", "True", "TypeError", "UnboundLocalError",
    "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning",
    "UserWarning", "ValueError", "Warning", "ZeroDivisionError", "abs", "aiter", "all", "anext", "any",
    "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr", "classmethod",
    "compile", "complex", "copyright", "credits", "delattr", "dict", "dir", "divmod", "enumerate", "eval",
    "exec", "exit", "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash",
    "help", "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "license", "list",
    "locals", "map", "max", "memoryview", "min", "next", "object", "oct", "open", "ord", "pow", "print",
    "property", "quit", "range", "repr", "reversed", "round", "set", "setattr", "slice", "sorted",
    "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip",
];

/// Attributes of builtin types, beside those that every object has.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("str", &[
        "__add__", "__contains__", "__getitem__", "__getnewargs__", "__iter__", "__len__", "__mod__",
        "__mul__", "__rmod__", "__rmul__", "capitalize", "casefold", "center", "count", "encode",
        "endswith", "expandtabs", "find", "format", "format_map", "index", "isalnum", "isalpha", "isascii",
        "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace",
        "istitle", "isupper", "join", "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split",
        "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
    ]),
    ("bytes", &[
        "__add__", "__bytes__", "__contains__", "__getitem__", "__getnewargs__", "__iter__", "__len__",
        "__mod__", "__mul__", "__rmod__", "__rmul__", "capitalize", "center", "count", "decode",
        "endswith", "expandtabs", "find", "fromhex", "hex", "index", "isalnum", "isalpha", "isascii",
        "isdigit", "islower", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip",
        "maketrans", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust",
        "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase",
        "title", "translate", "upper", "zfill",
    ]),
    ("int", &[
        "__abs__", "__add__", "__and__", "__bool__", "__ceil__", "__divmod__", "__float__", "__floor__",
        "__floordiv__", "__getnewargs__", "__index__", "__int__", "__invert__", "__lshift__", "__mod__",
        "__mul__", "__neg__", "__or__", "__pos__", "__pow__", "__radd__", "__rand__", "__rdivmod__",
        "__rfloordiv__", "__rlshift__", "__rmod__", "__rmul__", "__ror__", "__round__", "__rpow__",
        "__rrshift__", "__rshift__", "__rsub__", "__rtruediv__", "__rxor__", "__sub__", "__truediv__",
        "__trunc__", "__xor__", "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator",
        "from_bytes", "imag", "numerator", "real", "to_bytes",
    ]),
    ("float", &[
        "__abs__", "__add__", "__bool__", "__ceil__", "__divmod__", "__float__", "__floor__",
        "__floordiv__", "__getformat__", "__getnewargs__", "__int__", "__mod__", "__mul__", "__neg__",
        "__pos__", "__pow__", "__radd__", "__rdivmod__", "__rfloordiv__", "__rmod__", "__rmul__",
        "__round__", "__rpow__", "__rsub__", "__rtruediv__", "__sub__", "__truediv__", "__trunc__",
        "as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "is_integer", "real",
    ]),
    ("bool", &[
        "__abs__", "__add__", "__and__", "__bool__", "__ceil__", "__divmod__", "__float__", "__floor__",
        "__floordiv__", "__getnewargs__", "__index__", "__int__", "__invert__", "__lshift__", "__mod__",
        "__mul__", "__neg__", "__or__", "__pos__", "__pow__", "__radd__", "__rand__", "__rdivmod__",
        "__rfloordiv__", "__rlshift__", "__rmod__", "__rmul__", "__ror__", "__round__", "__rpow__",
        "__rrshift__", "__rshift__", "__rsub__", "__rtruediv__", "__rxor__", "__sub__", "__truediv__",
        "__trunc__", "__xor__", "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator",
        "from_bytes", "imag", "numerator", "real", "to_bytes",
    ]),
    ("list", &[
        "__add__", "__class_getitem__", "__contains__", "__delitem__", "__getitem__", "__iadd__",
        "__imul__", "__iter__", "__len__", "__mul__", "__reversed__", "__rmul__", "__setitem__", "append",
        "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
    ]),
    ("dict", &[
        "__class_getitem__", "__contains__", "__delitem__", "__getitem__", "__ior__", "__iter__",
        "__len__", "__or__", "__reversed__", "__ror__", "__setitem__", "clear", "copy", "fromkeys", "get",
        "items", "keys", "pop", "popitem", "setdefault", "update", "values",
    ]),
    ("set", &[
        "__and__", "__class_getitem__", "__contains__", "__iand__", "__ior__", "__isub__", "__iter__",
        "__ixor__", "__len__", "__or__", "__rand__", "__ror__", "__rsub__", "__rxor__", "__sub__",
        "__xor__", "add", "clear", "copy", "difference", "difference_update", "discard", "intersection",
        "intersection_update", "isdisjoint", "issubset", "issuperset", "pop", "remove",
        "symmetric_difference", "symmetric_difference_update", "union", "update",
    ]),
    ("frozenset", &[
        "__and__", "__class_getitem__", "__contains__", "__iter__", "__len__", "__or__", "__rand__",
        "__ror__", "__rsub__", "__rxor__", "__sub__", "__xor__", "copy", "difference", "intersection",
        "isdisjoint", "issubset", "issuperset", "symmetric_difference", "union",
    ]),
    ("tuple", &[
        "__add__", "__class_getitem__", "__contains__", "__getitem__", "__getnewargs__", "__iter__",
        "__len__", "__mul__", "__rmul__", "count", "index",
    ]),
    ("range", &[
        "__bool__", "__contains__", "__getitem__", "__iter__", "__len__", "__reversed__", "count", "index",
        "start", "step", "stop",
    ]),
    ("slice", &[
        "indices", "start", "step", "stop",
    ]),
    ("type", &[
        "__abstractmethods__", "__annotations__", "__base__", "__bases__", "__basicsize__", "__call__",
        "__dict__", "__dictoffset__", "__flags__", "__instancecheck__", "__itemsize__", "__module__",
        "__mro__", "__name__", "__or__", "__prepare__", "__qualname__", "__ror__", "__subclasscheck__",
        "__subclasses__", "__text_signature__", "__weakrefoffset__", "mro",
    ]),
    ("function", &[
        "__annotations__", "__builtins__", "__call__", "__closure__", "__code__", "__defaults__",
        "__dict__", "__get__", "__globals__", "__kwdefaults__", "__module__", "__name__", "__qualname__",
    ]),
    ("method", &[
        "__call__", "__func__", "__self__",
    ]),
    ("generator", &[
        "__del__", "__iter__", "__name__", "__next__", "__qualname__", "close", "gi_code", "gi_frame",
        "gi_running", "gi_suspended", "gi_yieldfrom", "send", "throw",
    ]),
    ("BaseException", &[
        "__cause__", "__context__", "__dict__", "__setstate__", "__suppress_context__", "__traceback__",
        "add_note", "args", "with_traceback",
    ]),
    ("NoneType", &[
        "__bool__",
    ]),
    ("property", &[
        "__delete__", "__get__", "__isabstractmethod__", "__set__", "__set_name__", "deleter", "fdel",
        "fget", "fset", "getter", "setter",
    ]),
    ("classmethod", &[
        "__dict__", "__func__", "__get__", "__isabstractmethod__", "__wrapped__",
    ]),
    ("staticmethod", &[
        "__call__", "__dict__", "__func__", "__get__", "__isabstractmethod__", "__wrapped__",
    ]),
    ("builtin_function_or_method", &[
        "__call__", "__module__", "__name__", "__qualname__", "__self__", "__text_signature__",
    ]),
    ("module", &[
        "__annotations__", "__dict__",
    ]),
    ("method_descriptor", &[
        "__call__", "__get__", "__name__", "__objclass__", "__qualname__", "__text_signature__",
    ]),
];

/// Attributes that every object has.
const OF_ALL: &[&str] = &[
    "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__",
    "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__", "__ne__",
    "__new__", "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__",
    "__subclasshook__",
];

/// Attributes that every class has.
const OF_CLASSES: &[&str] = &[
    "__abstractmethods__", "__annotations__", "__base__", "__bases__", "__basicsize__", "__call__",
    "__dict__", "__dictoffset__", "__flags__", "__instancecheck__", "__itemsize__", "__module__",
    "__mro__", "__name__", "__or__", "__prepare__", "__qualname__", "__ror__", "__subclasscheck__",
    "__subclasses__", "__text_signature__", "__weakrefoffset__", "mro",
];

/// Whether Python 3.11 has a builtin of that name.
pub(super) fn is_builtin_name(name: &str) -> bool {
    BUILTINS.binary_search(&name).is_ok()
}

/// Whether a builtin type has an attribute of its own by that name.
pub(super) fn has(kind: &str, name: &str) -> bool {
    ATTRIBUTES.iter().any(|(other, names)| *other == kind && names.binary_search(&name).is_ok())
}

/// Whether real Python has an attribute on a value of builtin type, or one that every object or class has.
pub(super) fn is_known_attribute(interp: &mut Interp, value: &Value, name: &str) -> bool {
    if name == "__getattr__" || matches!(value, Value::None) && !OF_ALL.contains(&name) {
        return false;
    }
    if OF_ALL.contains(&name) || matches!(value, Value::Class(_)) && OF_CLASSES.contains(&name) {
        return true;
    }
    let class = match value {
        Value::Class(class) => class.clone(),
        other => interp.class_of(other),
    };
    class.mro().iter().any(|owner| {
        let kind = owner.name();
        interp.is_builtin(owner)
            && ATTRIBUTES.iter().any(|(other, names)| **other == *kind && names.binary_search(&name).is_ok())
    })
}

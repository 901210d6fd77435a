//! Operators: their text, precedence and what negates them.
//!
//! Precedence decides where parentheses are put, and so is observable in every statement.

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Neg,
    Concat,
    And,
    Or,
    /// `NOT x`
    Not,
    Is,
    IsNot,
    IsDistinctFrom,
    IsNotDistinctFrom,
    In,
    NotIn,
    Like,
    NotLike,
    ILike,
    NotILike,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    Contains,
    NotContains,
    Between,
    NotBetween,
    Match,
    NotMatch,
    RegexpMatch,
    NotRegexpMatch,
    Collate,
    Desc,
    Asc,
    NullsFirst,
    NullsLast,
    Distinct,
    Any,
    All,
    Exists,
    /// `x = 1` as a truth value, and `x = 0`.
    IsTrue,
    IsFalse,
    BitAnd,
    BitOr,
    BitXor,
    BitNot,
    ShiftLeft,
    ShiftRight,
    /// `lower(x) LIKE lower(y)` and friends are functions; this is `x.op('…')(y)`.
    Custom {
        text: std::rc::Rc<str>,
        precedence: i32,
        is_comparison: bool,
    },
    Comma,
    /// Between the sides of `AS`.
    As,
    /// Around everything: forces nothing.
    Smallest,
}

impl Op {
    /// How tightly the operator binds; a higher number binds tighter.
    pub fn precedence(&self) -> i32 {
        match self {
            Op::Mul | Op::Div | Op::FloorDiv | Op::Mod | Op::Neg => 8,
            Op::Add | Op::Sub => 7,
            Op::BitAnd | Op::BitOr | Op::BitXor | Op::BitNot | Op::ShiftLeft | Op::ShiftRight => 7,
            Op::Concat => 6,
            Op::Match | Op::NotMatch | Op::RegexpMatch | Op::NotRegexpMatch => 5,
            Op::Like | Op::NotLike | Op::ILike | Op::NotILike => 5,
            Op::StartsWith | Op::NotStartsWith | Op::EndsWith | Op::NotEndsWith => 5,
            Op::Contains | Op::NotContains => 5,
            Op::In | Op::NotIn | Op::Is | Op::IsNot | Op::IsDistinctFrom | Op::IsNotDistinctFrom => 5,
            Op::Eq | Op::Ne | Op::Gt | Op::Lt | Op::Ge | Op::Le => 5,
            Op::Between | Op::NotBetween => 5,
            Op::Distinct | Op::Not | Op::IsTrue | Op::IsFalse => 5,
            Op::Collate => 4,
            Op::And => 3,
            Op::Or => 2,
            Op::Comma => -1,
            Op::Desc | Op::Asc | Op::NullsFirst | Op::NullsLast => 3,
            Op::As => -1,
            Op::Exists => 0,
            Op::Any | Op::All => 15,
            Op::Smallest => -100,
            Op::Custom { precedence, .. } => *precedence,
        }
    }
}

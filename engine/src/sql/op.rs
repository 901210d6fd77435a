//! Operators: their text, precedence and what negates them.
//!
//! Precedence decides where parentheses are put, and so is observable in every statement.

use std::rc::Rc;

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
    IStartsWith,
    NotIStartsWith,
    IEndsWith,
    NotIEndsWith,
    IContains,
    NotIContains,
    Between,
    NotBetween,
    BetweenSymmetric,
    NotBetweenSymmetric,
    Match,
    NotMatch,
    RegexpMatch,
    NotRegexpMatch,
    RegexpReplace,
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
    /// `x[i]` of an array.
    GetItem,
    /// `x['key']` of a JSON value.
    JsonItem,
    /// `x[('a', 1)]` of a JSON value.
    JsonPath,
    /// `x.op('…')(y)`.
    Custom {
        text: Rc<str>,
        precedence: i32,
        is_comparison: bool,
    },
    Comma,
    /// Between the sides of `AS`.
    As,
    /// Where a truth value stands alone.
    AsBool,
    /// Binds looser than everything.
    Smallest,
    /// Binds tighter than everything: what stands beside it is always in parentheses.
    Largest,
}

/// Looser than every operator with a precedence of its own.
const SMALLEST: i32 = -100;
/// Tighter than every operator with a precedence of its own.
const LARGEST: i32 = 100;

impl Op {
    fn known_precedence(&self) -> Option<i32> {
        Some(match self {
            Op::Any | Op::All | Op::GetItem | Op::JsonItem | Op::JsonPath => 15,
            Op::Mul | Op::Div | Op::FloorDiv | Op::Mod | Op::Neg | Op::BitNot => 8,
            Op::Add | Op::Sub | Op::BitAnd | Op::BitOr | Op::BitXor | Op::ShiftLeft | Op::ShiftRight => 7,
            Op::Concat => 6,
            Op::Match
            | Op::NotMatch
            | Op::RegexpMatch
            | Op::NotRegexpMatch
            | Op::RegexpReplace
            | Op::Like
            | Op::NotLike
            | Op::ILike
            | Op::NotILike
            | Op::In
            | Op::NotIn
            | Op::Is
            | Op::IsNot
            | Op::IsDistinctFrom
            | Op::IsNotDistinctFrom
            | Op::Eq
            | Op::Ne
            | Op::Gt
            | Op::Lt
            | Op::Ge
            | Op::Le
            | Op::Between
            | Op::NotBetween
            | Op::BetweenSymmetric
            | Op::NotBetweenSymmetric
            | Op::Distinct
            | Op::Not
            | Op::IsTrue
            | Op::IsFalse => 5,
            Op::Collate => 4,
            Op::And | Op::Desc | Op::Asc | Op::NullsFirst | Op::NullsLast => 3,
            Op::Or => 2,
            Op::Exists => 0,
            Op::Comma | Op::As => -1,
            Op::AsBool => -10,
            Op::Custom { precedence, .. } => *precedence,
            Op::Smallest => SMALLEST,
            Op::Largest => LARGEST,
            Op::StartsWith
            | Op::NotStartsWith
            | Op::EndsWith
            | Op::NotEndsWith
            | Op::Contains
            | Op::NotContains
            | Op::IStartsWith
            | Op::NotIStartsWith
            | Op::IEndsWith
            | Op::NotIEndsWith
            | Op::IContains
            | Op::NotIContains => return None,
        })
    }

    /// Whether it matches a text against a pattern, or one that it makes of a part: those are written as `LIKE` by every dialect.
    pub(super) fn is_pattern(&self) -> bool {
        matches!(self, Op::Like | Op::NotLike | Op::ILike | Op::NotILike) || self.known_precedence().is_none()
    }

    /// How tightly an expression of this operator binds; a higher number binds tighter.
    pub fn precedence(&self) -> i32 {
        self.known_precedence().unwrap_or(SMALLEST)
    }

    /// How tightly the operator binds its operands.
    pub fn precedence_of_operands(&self) -> i32 {
        self.known_precedence().unwrap_or(LARGEST)
    }

    /// Whether an expression of this operator needs parentheses as an operand of `against`.
    pub(crate) fn needs_group(&self, against: &Op) -> bool {
        let natural = matches!(
            self,
            Op::And | Op::Or | Op::Concat | Op::Add | Op::Mul | Op::GetItem | Op::JsonItem | Op::JsonPath
        );
        if self == against && natural {
            return false;
        }
        self.precedence() <= against.precedence_of_operands()
    }

    /// The operator that `not_()` turns it into, where it has one.
    pub fn negated(&self) -> Option<Op> {
        Some(match self {
            Op::Eq => Op::Ne,
            Op::Ne => Op::Eq,
            Op::Lt => Op::Ge,
            Op::Ge => Op::Lt,
            Op::Gt => Op::Le,
            Op::Le => Op::Gt,
            Op::Is => Op::IsNot,
            Op::IsNot => Op::Is,
            Op::IsDistinctFrom => Op::IsNotDistinctFrom,
            Op::IsNotDistinctFrom => Op::IsDistinctFrom,
            Op::In => Op::NotIn,
            Op::NotIn => Op::In,
            Op::Like => Op::NotLike,
            Op::NotLike => Op::Like,
            Op::ILike => Op::NotILike,
            Op::NotILike => Op::ILike,
            Op::StartsWith => Op::NotStartsWith,
            Op::NotStartsWith => Op::StartsWith,
            Op::EndsWith => Op::NotEndsWith,
            Op::NotEndsWith => Op::EndsWith,
            Op::Contains => Op::NotContains,
            Op::NotContains => Op::Contains,
            Op::IStartsWith => Op::NotIStartsWith,
            Op::NotIStartsWith => Op::IStartsWith,
            Op::IEndsWith => Op::NotIEndsWith,
            Op::NotIEndsWith => Op::IEndsWith,
            Op::IContains => Op::NotIContains,
            Op::NotIContains => Op::IContains,
            Op::Between => Op::NotBetween,
            Op::NotBetween => Op::Between,
            Op::BetweenSymmetric => Op::NotBetweenSymmetric,
            Op::NotBetweenSymmetric => Op::BetweenSymmetric,
            Op::Match => Op::NotMatch,
            Op::NotMatch => Op::Match,
            Op::RegexpMatch => Op::NotRegexpMatch,
            Op::NotRegexpMatch => Op::RegexpMatch,
            _ => return None,
        })
    }

    /// Whether its result is a truth value.
    pub fn is_comparison(&self) -> bool {
        match self {
            Op::Custom { is_comparison, .. } => *is_comparison,
            other => other.negated().is_some(),
        }
    }

    /// Whether its operands can change places.
    pub(crate) fn is_commutative(&self) -> bool {
        matches!(self, Op::Eq | Op::Ne | Op::Add | Op::Mul)
    }

    /// The operator with its sides exchanged, as Python reflects comparisons.
    pub fn reflected(&self) -> Op {
        match self {
            Op::Lt => Op::Gt,
            Op::Gt => Op::Lt,
            Op::Le => Op::Ge,
            Op::Ge => Op::Le,
            other => other.clone(),
        }
    }

    /// The text between two operands, with its spaces.
    pub(crate) fn infix(&self) -> Option<&str> {
        Some(match self {
            Op::Eq => " = ",
            Op::Ne => " != ",
            Op::Lt => " < ",
            Op::Le => " <= ",
            Op::Gt => " > ",
            Op::Ge => " >= ",
            Op::Add => " + ",
            Op::Sub => " - ",
            Op::Mul => " * ",
            Op::Div | Op::FloorDiv => " / ",
            Op::Mod => " % ",
            Op::Concat => " || ",
            Op::And => " AND ",
            Op::Or => " OR ",
            Op::Is => " IS ",
            Op::IsNot => " IS NOT ",
            Op::IsDistinctFrom => " IS DISTINCT FROM ",
            Op::IsNotDistinctFrom => " IS NOT DISTINCT FROM ",
            Op::In => " IN ",
            Op::NotIn => " NOT IN ",
            Op::Like => " LIKE ",
            Op::NotLike => " NOT LIKE ",
            Op::Between => " BETWEEN ",
            Op::NotBetween => " NOT BETWEEN ",
            Op::BetweenSymmetric => " BETWEEN SYMMETRIC ",
            Op::NotBetweenSymmetric => " NOT BETWEEN SYMMETRIC ",
            Op::Match => " MATCH ",
            Op::Collate => " COLLATE ",
            Op::BitAnd => " & ",
            Op::BitOr => " | ",
            Op::BitXor => " ^ ",
            Op::ShiftLeft => " << ",
            Op::ShiftRight => " >> ",
            Op::Comma => ", ",
            _ => return None,
        })
    }
}

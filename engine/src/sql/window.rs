//! A function's call with more beside it: `OVER (…)`, `FILTER (WHERE …)`, `WITHIN GROUP (…)`.

use super::expr::{Expr, ExprKind};
use super::op::Op;
use crate::schema::SqlType;

/// A function's call with a window, a filter or an order.
#[derive(Debug, Clone)]
pub struct Windowed {
    pub element: Expr,
    pub by: WindowKind,
}

/// What stands beside the call.
#[derive(Debug, Clone)]
pub enum WindowKind {
    Over { partition_by: Vec<Expr>, order_by: Vec<Expr>, frame: Option<Frame> },
    Filter(Expr),
    WithinGroup(Vec<Expr>),
}

/// `ROWS BETWEEN … AND …`.
#[derive(Debug, Clone)]
pub struct Frame {
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub unit: &'static str,
    pub start: FrameEnd,
    pub end: FrameEnd,
}

/// Where a frame begins or ends.
#[derive(Debug, Clone)]
pub enum FrameEnd {
    Unbounded,
    Current,
    Preceding(Expr),
    Following(Expr),
}

impl FrameEnd {
    pub(crate) fn expr(&self) -> Option<&Expr> {
        match self {
            FrameEnd::Preceding(expr) | FrameEnd::Following(expr) => Some(expr),
            FrameEnd::Unbounded | FrameEnd::Current => None,
        }
    }

    fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> FrameEnd {
        match self {
            FrameEnd::Preceding(expr) => FrameEnd::Preceding(f(expr)),
            FrameEnd::Following(expr) => FrameEnd::Following(f(expr)),
            other => other.clone(),
        }
    }
}

impl Windowed {
    /// The expressions in it, left to right.
    pub(crate) fn children(&self) -> Vec<Expr> {
        let mut children = vec![self.element.clone()];
        match &self.by {
            WindowKind::Over { partition_by, order_by, frame } => {
                children.extend(partition_by.iter().chain(order_by).cloned());
                if let Some(frame) = frame {
                    children
                        .extend([&frame.start, &frame.end].into_iter().filter_map(FrameEnd::expr).cloned());
                }
            }
            WindowKind::Filter(condition) => children.push(condition.clone()),
            WindowKind::WithinGroup(order_by) => children.extend(order_by.iter().cloned()),
        }
        children
    }

    pub(crate) fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Windowed {
        let element = f(&self.element);
        let by = match &self.by {
            WindowKind::Over { partition_by, order_by, frame } => WindowKind::Over {
                partition_by: partition_by.iter().map(&mut *f).collect(),
                order_by: order_by.iter().map(&mut *f).collect(),
                frame: frame.as_ref().map(|frame| Frame {
                    unit: frame.unit,
                    start: frame.start.map(f),
                    end: frame.end.map(f),
                }),
            },
            WindowKind::Filter(condition) => WindowKind::Filter(f(condition)),
            WindowKind::WithinGroup(order_by) => {
                WindowKind::WithinGroup(order_by.iter().map(&mut *f).collect())
            }
        };
        Windowed { element, by }
    }

    /// The type of its values: an ordered function's is that of what it is ordered by.
    pub(crate) fn ty(&self) -> SqlType {
        match (&self.by, self.element.kind()) {
            (WindowKind::WithinGroup(order_by), ExprKind::Function(function)) => {
                match function.name.to_lowercase().as_str() {
                    "percentile_cont" | "percentile_disc" | "mode" => {
                        let first = order_by.first().map(|expr| match expr.kind() {
                            ExprKind::Unary { op: Op::Desc | Op::Asc, operand, .. } => operand.ty(),
                            _ => expr.ty(),
                        });
                        first.unwrap_or_default()
                    }
                    _ => function.ty.clone(),
                }
            }
            _ => self.element.ty(),
        }
    }

    /// The same structure, apart from the expressions.
    pub(crate) fn alike(&self, other: &Windowed) -> bool {
        self.shape() == other.shape()
    }

    /// What it is apart from the expressions in it.
    pub(crate) fn shape(&self) -> String {
        let end = |end: &FrameEnd| match end {
            FrameEnd::Unbounded => "unbounded",
            FrameEnd::Current => "current",
            FrameEnd::Preceding(_) => "preceding",
            FrameEnd::Following(_) => "following",
        };
        match &self.by {
            WindowKind::Over { partition_by, order_by, frame } => {
                let frame = frame.as_ref();
                let frame = frame.map(|frame| [frame.unit, end(&frame.start), end(&frame.end)].join(" "));
                format!("over {} {} {}", partition_by.len(), order_by.len(), frame.unwrap_or_default())
            }
            WindowKind::Filter(_) => "filter".to_owned(),
            WindowKind::WithinGroup(order_by) => format!("within group {}", order_by.len()),
        }
    }
}

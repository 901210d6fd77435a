//! The text of `OVER`, `FILTER` and `WITHIN GROUP`.

use super::super::window::{FrameEnd, WindowKind, Windowed};
use super::Compiler;
use crate::error::Result;

impl Compiler<'_> {
    pub(super) fn windowed(&mut self, windowed: &Windowed) -> Result<String> {
        let element = self.expr(&windowed.element)?;
        Ok(match &windowed.by {
            WindowKind::Over { partition_by, order_by, frame } => {
                let mut parts = Vec::new();
                if !partition_by.is_empty() {
                    parts.push(format!("PARTITION BY {}", self.list(partition_by, ", ")?));
                }
                if !order_by.is_empty() {
                    parts.push(format!("ORDER BY {}", self.list(order_by, ", ")?));
                }
                if let Some(frame) = frame {
                    let start = self.frame_end(&frame.start, "PRECEDING")?;
                    let end = self.frame_end(&frame.end, "FOLLOWING")?;
                    parts.push(format!("{} BETWEEN {start} AND {end}", frame.unit));
                }
                format!("{element} OVER ({})", parts.join(" "))
            }
            WindowKind::Filter(condition) => {
                format!("{element} FILTER (WHERE {})", self.expr(condition)?)
            }
            WindowKind::WithinGroup(order_by) => {
                format!("{element} WITHIN GROUP (ORDER BY {})", self.list(order_by, ", ")?)
            }
        })
    }

    fn frame_end(&mut self, end: &FrameEnd, unbounded: &str) -> Result<String> {
        Ok(match end {
            FrameEnd::Unbounded => format!("UNBOUNDED {unbounded}"),
            FrameEnd::Current => "CURRENT ROW".to_owned(),
            FrameEnd::Preceding(expr) => format!("{} PRECEDING", self.expr(expr)?),
            FrameEnd::Following(expr) => format!("{} FOLLOWING", self.expr(expr)?),
        })
    }
}

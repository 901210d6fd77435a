//! Reading whole tables for reports, past every log.

use super::convert;
use super::engine::Databases;
use crate::schema::Table;
use crate::value::Value;

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Databases {
    /// The rows of a table, in the order of its primary key, in the last engine that has such a table; open
    /// transactions are seen. `None` where no engine has it.
    pub fn table_rows(&self, table: &Table) -> Option<Vec<Vec<Value>>> {
        let list = |columns: &[crate::schema::Column]| {
            columns.iter().map(|column| quoted(&column.name())).collect::<Vec<_>>().join(", ")
        };
        let columns = table.columns();
        let mut text = format!("SELECT {} FROM {}", list(&columns), quoted(table.name()));
        let key = table.primary_key();
        if !key.is_empty() {
            text.push_str(&format!(" ORDER BY {}", list(&key)));
        }
        let fetched = self.drivers().into_iter().find_map(|driver| driver.run(&text, &[]).ok())?;
        let rows = fetched.rows.into_iter().map(|row| {
            let values = row.into_iter().zip(&columns);
            values
                .map(|(value, column)| convert::result(&column.ty(), value).unwrap_or(Value::Null))
                .collect()
        });
        Some(rows.collect())
    }
}

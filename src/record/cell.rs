//! A cell of CSV as a spreadsheet may be shown it.

use crate::text::harmless;

/// First characters by which a cell is taken for a formula (OWASP, CSV Injection), in full width
/// too.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\n'];

/// A cell that no spreadsheet takes for a formula, and without what could harm a terminal.
pub fn plain_cell(cell: &str) -> String {
    let cell = harmless(cell);
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(plain_cell("=1+1"), "'=1+1");
        assert_eq!(plain_cell("\u{200b}\r＝1+1"), "'＝1+1");
        assert_eq!(plain_cell("涨6.4%\u{1b}"), "涨6.4%");
    }
}

//! A row of numbers under their names: one question to a model of trees.

/// The numbers of one question.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub values: Vec<f32>,
    /// The names, the same for every row of a model; training alone asks for them.
    names: Option<Vec<&'static str>>,
}

impl Row {
    /// A row that keeps the names of its numbers: for training.
    pub(super) fn named() -> Row {
        Row { values: Vec::new(), names: Some(Vec::new()) }
    }

    /// The names of the numbers; empty unless kept.
    pub fn names(&self) -> &[&'static str] {
        self.names.as_deref().unwrap_or_default()
    }

    pub(super) fn push(&mut self, name: &'static str, value: impl Number) {
        if let Some(names) = &mut self.names {
            names.push(name);
        }
        self.values.push(value.number());
    }
}

/// A number that a row takes.
pub(super) trait Number {
    fn number(self) -> f32;
}

impl Number for f32 {
    fn number(self) -> f32 {
        self
    }
}

impl Number for bool {
    fn number(self) -> f32 {
        f32::from(u8::from(self))
    }
}

impl Number for usize {
    fn number(self) -> f32 {
        self as f32
    }
}

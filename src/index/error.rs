//! Failures of the engine as errors of the library.

use crate::error::Error;
use tantivy::TantivyError;

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Error {
        Error::Engine(error.into())
    }
}

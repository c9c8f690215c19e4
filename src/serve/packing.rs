//! Answers packed with gzip, for clients that take it: whole ones here, exports piece by piece.

use super::problem::HttpProblem;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Bytes of an answer below which packing gains nothing.
const LEAST: u64 = 1 << 10;
/// Bytes of an answer above which it is not packed in one piece.
const MOST: u64 = 8 << 20;

/// True if a client takes gzip.
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    let texts = accepted.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.replace(' ', "");
        let refused = matches!(weight.trim_end_matches(['0', '.']), "q=");
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// Packs an answer that is whole and long enough.
pub async fn packed(answer: Response) -> Response {
    let long = answer.body().size_hint().exact().is_some_and(|n| (LEAST..=MOST).contains(&n));
    if !long || answer.headers().contains_key(header::CONTENT_ENCODING) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, MOST as usize).await else {
        return HttpProblem::failed().into_response();
    };
    let pack = move || {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&bytes).and_then(|()| packer.finish()).unwrap_or_default()
    };
    // Packing a long answer would hold up the sockets.
    let Ok(bytes) = tokio::task::spawn_blocking(pack).await else {
        return HttpProblem::failed().into_response();
    };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

/// Pieces of a text, packed as one stream or as they are.
pub struct PieceWriter(Option<GzEncoder<Vec<u8>>>);

impl PieceWriter {
    /// A writer that packs if `takes_gzip`.
    pub fn new(takes_gzip: bool) -> PieceWriter {
        PieceWriter(takes_gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast())))
    }

    /// The bytes that a client can unpack to all of the text so far.
    ///
    /// # Errors
    /// None in practice: a vector takes whatever is written.
    pub fn piece(&mut self, text: String) -> std::io::Result<Vec<u8>> {
        let Some(packer) = &mut self.0 else { return Ok(text.into_bytes()) };
        packer.write_all(text.as_bytes())?;
        packer.flush()?;
        Ok(std::mem::take(packer.get_mut()))
    }

    /// The last bytes.
    ///
    /// # Errors
    /// None in practice, as of [`PieceWriter::piece`].
    pub fn end(self) -> std::io::Result<Vec<u8>> {
        self.0.map_or(Ok(Vec::new()), GzEncoder::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        let takes = |text: &str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, text.parse().unwrap())]))
        };
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes("gzip; q=0.01"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes("gzip; q=0.00"));
    }

    #[test]
    fn pieces_unpack_to_the_text() {
        let mut writer = PieceWriter::new(true);
        let mut bytes = writer.piece("水涨".to_owned()).unwrap();
        assert!(!bytes.is_empty());
        bytes.extend(writer.piece("了".to_owned()).unwrap());
        bytes.extend(writer.end().unwrap());
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "水涨了");
        assert_eq!(PieceWriter::new(false).piece("堤".to_owned()).unwrap(), "堤".as_bytes());
    }
}

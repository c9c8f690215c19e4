//! Clippings as a document of Word (Office Open XML, ECMA-376), which LibreOffice opens too.

use super::{Clipping, citation};
use crate::error::{Error, Result};
use crate::text::harmless;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = "<Types \
        xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" \
        ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Override PartName=\"/word/document.xml\" \
        ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml\
            .document.main+xml\"/>\
    <Override PartName=\"/word/styles.xml\" \
        ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
    </Types>";
const PACKAGE: &str = "<Relationships \
        xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\
            /officeDocument\" Target=\"word/document.xml\"/>\
    </Relationships>";
const PARTS: &str = "<Relationships \
        xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" \
        Target=\"styles.xml\"/>\
    </Relationships>";
const STYLES: &str = "<w:styles \
        xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
    <w:docDefaults><w:rPrDefault><w:rPr>\
    <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"宋体\"/>\
        <w:sz w:val=\"22\"/><w:lang w:eastAsia=\"zh-CN\"/>\
    </w:rPr></w:rPrDefault></w:docDefaults>\
    <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name \
        w:val=\"Normal\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/><w:basedOn \
        w:val=\"Normal\"/><w:rPr><w:b/><w:sz w:val=\"36\"/></w:rPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/>\
        <w:basedOn w:val=\"Normal\"/>\
    <w:pPr><w:keepNext/><w:spacing w:before=\"240\" w:after=\"80\"/><w:outlineLvl \
        w:val=\"0\"/></w:pPr><w:rPr><w:b/><w:sz w:val=\"26\"/></w:rPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Quote\"><w:name w:val=\"Quote\"/><w:basedOn \
        w:val=\"Normal\"/>\
    <w:pPr><w:spacing w:after=\"80\"/><w:ind w:left=\"480\"/></w:pPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Note\"><w:name w:val=\"Note\"/><w:basedOn \
        w:val=\"Normal\"/><w:rPr><w:color w:val=\"555555\"/><w:sz w:val=\"18\"/></w:rPr>\
        </w:style>\
    </w:styles>";

/// A document of clippings, each with its statements and provenance, the references at its end. The
/// same clippings give the same bytes.
///
/// # Errors
/// [`Error::Io`] where the parts do not fit into an archive (4 GB).
pub fn docx(clippings: &[Clipping]) -> Result<Vec<u8>> {
    let document = document(clippings);
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", PACKAGE),
        ("word/_rels/document.xml.rels", PARTS),
        ("word/styles.xml", STYLES),
        ("word/document.xml", &document),
    ];
    let pack = || -> std::io::Result<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            archive.start_file(name, SimpleFileOptions::default())?;
            archive.write_all(HEAD.as_bytes())?;
            archive.write_all(text.as_bytes())?;
        }
        Ok(archive.finish()?.into_inner())
    };
    pack().map_err(Error::io("write", "docx"))
}

fn document(clippings: &[Clipping]) -> String {
    let mut body = String::new();
    paragraph(&mut body, "Title", "剪报");
    for (i, clipping) in clippings.iter().enumerate() {
        paragraph(&mut body, "Heading1", &format!("{}. {}", i + 1, clipping.title()));
        for line in clipping.text.lines().filter(|line| !line.trim().is_empty()) {
            paragraph(&mut body, "Quote", line.trim());
        }
        for statement in &clipping.statements {
            let words = statement.words.trim();
            paragraph(&mut body, "Note", &format!("{}：“{words}”", statement.attribution()));
        }
        for fact in clipping.printings() {
            paragraph(&mut body, "Note", &fact);
        }
        let place = format!("出处：{}（{}）[{}]", clipping.place(), clipping.key, i + 1);
        paragraph(&mut body, "Note", &place);
    }
    paragraph(&mut body, "Heading1", "参考文献");
    for (i, clipping) in clippings.iter().enumerate() {
        paragraph(&mut body, "Normal", &format!("[{}] {}", i + 1, citation(clipping)));
    }
    format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>{body}<w:sectPr/></w:body></w:document>"
    )
}

/// Adds a paragraph in a style.
fn paragraph(body: &mut String, style: &str, text: &str) {
    // Writing to a string cannot fail.
    let _ = write!(
        body,
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t \
        xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escaped(text)
    );
}

/// Text as XML 1.0 may contain it.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\t' | '\n' => shown.push(' '),
            // No XML may contain these.
            '\u{fffe}' | '\u{ffff}' | '\0'..='\u{1f}' => {}
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;
    use std::io::Read as _;

    #[test]
    fn a_document_is_an_archive_of_xml_with_the_words_and_always_the_same() {
        let mut clipping = clipping();
        clipping.article.title = Some("甲 & <乙>\u{b}".to_owned());
        let bytes = docx(std::slice::from_ref(&clipping)).unwrap();
        assert_eq!(bytes, docx(&[clipping]).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains("1. 甲 &amp; &lt;乙&gt;</w:t>"), "{text}");
        assert!(text.contains("堤坝明年合龙。"));
        assert_eq!(text.matches("<w:p>").count(), text.matches("</w:p>").count());
    }
}

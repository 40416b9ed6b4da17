//! Documents of every format, good and broken, and QDA projects read back. All files are made here.

use std::io::{BufReader, Read, Write};
use std::sync::LazyLock;

use proptest::prelude::*;
use techpower::diag::{Kind, Lang, Notes};
use techpower::text::qdpx::{Code, Selection, Source, project};
use techpower::text::{Document, Format, Options, read};

use crate::small::kinds;

fn documents(name: &str, bytes: &[u8]) -> (Vec<Document>, Notes) {
    let (mut found, mut notes) = (Vec::new(), Notes::new());
    read(name, &mut &bytes[..], &Options::by_name(), &mut |document| found.push(document), &mut notes);
    (found, notes)
}

fn one(name: &str, bytes: &[u8]) -> Document {
    let (mut found, notes) = documents(name, bytes);
    assert_eq!(found.len(), 1, "{:?}", kinds(&notes));
    found.remove(0)
}

/// An archive with compressed files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = rawzip::ZipArchiveWriter::new(Vec::new());
    for (path, bytes) in files {
        let file = writer.new_file(*path).compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, _) = file.start().expect("writing to memory");
        entry.write_all(&miniz_oxide::deflate::compress_to_vec(bytes, 9)).expect("writing to memory");
        entry
            .finish(rawzip::DataDescriptorOutput::new(rawzip::crc32(bytes), bytes.len() as u64))
            .expect("writing to memory");
    }
    writer.finish().expect("writing to memory")
}

#[test]
fn plain_text_is_kept_as_it_is() {
    let text = " 芯片\r\n😀 end \n";
    let marked = one("a/b.txt", format!("\u{feff}{text}").as_bytes());
    assert_eq!((marked.id.as_str(), marked.text.as_str()), ("b", text));
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(one("b.txt", &utf16).text, text);
    let chinese = "出口管制条例适用于先进半导体制造设备和人工智能芯片。";
    let (gbk, _, _) = encoding_rs::GBK.encode(chinese);
    let (found, notes) = documents("c.txt", &gbk);
    assert_eq!((found[0].text.as_str(), kinds(&notes)), (chinese, vec![Kind::GuessedEncoding]));
    // The hash rests on title and text alone, and the two are told apart.
    let other = Document { id: "x".to_owned(), file: "y".to_owned(), ..marked.clone() };
    assert_eq!(marked.hash(), other.hash());
    assert_eq!(marked.hash().len(), 16);
    let (ab, a_b) = (
        Document { title: "a".to_owned(), text: "b".to_owned(), ..marked.clone() },
        Document { title: "ab".to_owned(), text: String::new(), ..marked },
    );
    assert_ne!(ab.hash(), a_b.hash());
}

#[test]
fn markdown_gives_its_front_matter_and_heading() {
    let found =
        one("n.md", b"---\nid: n1\ndate: 2024-05-01\nlang: zh-CN\n---\n```\n# no\n```\n# A *title*\ntext\n");
    assert_eq!((found.id.as_str(), found.title.as_str(), found.lang), ("n1", "A *title*", Some(Lang::Zh)));
    assert_eq!(found.date.map(|date| date.to_string()), Some("2024-05-01".to_owned()));
    assert!(found.text.starts_with("```\n# no"));
    assert_eq!(one("n.md", b"---\nno end\n").text, "---\nno end\n");
}

#[test]
fn the_main_text_of_a_page_is_found() {
    let page = "<!doctype html><html lang=en><head><title>Rule | Agency</title><meta property='article:published_time' \
        content='2023-10-17T09:00:00Z'><link rel=canonical href='https://example.org/rule'><script>var x='<p>no</p>';</script>\
        </head><body><nav><a href=/>Home</a></nav><div><a href=1>One link</a> <a href=2>and another</a></div><article>\
        <h1>Rule on <em>chips</em></h1><p>Exports &amp; re-exports of chips\n are controlled.</p><p>It takes effect<br>at \
        once.</p></article><footer>Contact</footer></body></html>";
    let found = one("r.html", page.as_bytes());
    assert_eq!(
        found.text,
        "Rule on chips\n\nExports & re-exports of chips are controlled.\n\nIt takes effect\nat once."
    );
    assert_eq!((found.title.as_str(), found.source.as_str()), ("Rule on chips", "https://example.org/rule"));
    assert_eq!((found.date.unwrap().to_string().as_str(), found.lang), ("2023-10-17", Some(Lang::En)));
    let linked = "<p>Text of a page without marks, long enough.</p><script type='application/ld+json'>\
        {\"datePublished\": \"2024-01-02\"}</script><ul><li><a href=x>Other page</a></li></ul>";
    let found = one("l.htm", linked.as_bytes());
    assert_eq!(found.text, "Text of a page without marks, long enough.");
    assert_eq!(found.date.unwrap().to_string(), "2024-01-02");
    let (gbk, _, _) = encoding_rs::GBK.encode("<meta charset=gb2312><p>管制</p>");
    assert_eq!(one("g.html", &gbk).text, "管制");
}

#[test]
fn deep_nesting_is_walked() {
    let deep = format!("{}<p>bottom{}", "<div>".repeat(100_000), "</span></b>".repeat(100_000));
    assert_eq!(one("deep.html", deep.as_bytes()).text, "bottom");
}

const LINES: &str = "{\"id\":\"a\",\"date\":\"2024-05-01T10:00:00Z\",\"lang\":\"en\",\"title\":\"T\",\"text\":\"One.\",\"more\":[1]}\n\n\
    {\"id\":\"b\",\"text\":\n{\"id\":\"a\",\"text\":\"Again.\"}\n{\"id\":\"c\"}\n[1]\n{\"id\":7,\"date\":\"2024-02-30\",\"lang\":\"fr\",\"text\":\"Two.\"}\n\
    {\"text\":\"Three\",\"title\":[]}";

#[test]
fn broken_lines_are_notes_and_the_rest_go_on() {
    let (found, notes) = documents("n.jsonl", LINES.as_bytes());
    let ids: Vec<&str> = found.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["a", "7", "n#8"]);
    assert_eq!((found[1].date, found[1].lang, found[1].row), (None, None, 7));
    let said: Vec<(Kind, Option<u64>)> = notes.iter().map(|note| (note.kind, note.at.row)).collect();
    assert_eq!(
        said,
        [
            (Kind::DocumentBroken, Some(3)),
            (Kind::DuplicateRow, Some(4)),
            (Kind::DocumentEmpty, Some(5)),
            (Kind::DocumentBroken, Some(6)),
            (Kind::BadDate, Some(7)),
            (Kind::DocumentLanguage, Some(7)),
            (Kind::DocumentField, Some(8)),
        ]
    );
}

#[test]
fn lines_are_handed_on_while_the_file_is_read() {
    /// A thousand lines and then an error: whoever reads all before handing on hands on nothing.
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0 > 1000 {
                return Err(std::io::Error::other("stop"));
            }
            let line = format!("{{\"id\":\"{}\",\"text\":\"x\"}}\n", self.0);
            self.0 += 1;
            buffer[..line.len()].copy_from_slice(line.as_bytes());
            Ok(line.len())
        }
    }
    let (mut count, mut notes) = (0, Notes::new());
    let mut input = BufReader::with_capacity(64, Endless(0));
    read("e.jsonl", &mut input, &Options::by_name(), &mut |_| count += 1, &mut notes);
    assert_eq!((count, kinds(&notes)), (1001, vec![Kind::UnreadableFile]));
}

#[test]
fn a_line_of_fifty_megabytes_is_read() {
    let line = format!("{{\"id\":\"a\",\"text\":\"{}\"}}", "x".repeat(50 << 20));
    assert_eq!(one("big.jsonl", line.as_bytes()).text.len(), 50 << 20);
}

#[test]
fn arrays_are_read_up_to_an_error() {
    let (found, notes) = documents(
        "n.json",
        b"[{\"id\":\"a\",\"text\":\"One.\"},\n3,\n{\"id\":\"b\",\"text\":\"Two.\"},\n{\"id\":",
    );
    assert_eq!(found.iter().map(|d| (d.id.as_str(), d.row)).collect::<Vec<_>>(), [("a", 1), ("b", 3)]);
    assert_eq!(kinds(&notes), [Kind::DocumentBroken, Kind::DocumentBroken]);
    assert_eq!(kinds(&documents("n.json", b"{}").1), [Kind::DocumentBroken]);
}

#[test]
fn tables_are_read() {
    let (found, notes) =
        documents("n.csv", "id;date;text\na;2024;\"One;\ntwo\"\nb;2024\nc;2024-13;三\n".as_bytes());
    assert_eq!(
        found.iter().map(|d| (d.text.as_str(), d.row)).collect::<Vec<_>>(),
        [("One;\ntwo", 2), ("三", 5)]
    );
    assert_eq!(kinds(&notes), [Kind::RaggedRow, Kind::BadDate]);
    assert_eq!(one("n.tsv", b"text\ttitle\nx\ty\n").title, "y");
    assert_eq!(kinds(&documents("n.csv", b"txt,id\nx,y\n").1), [Kind::MissingColumn]);
    let options = Options { format: Some(Format::Csv), text_column: "body".to_owned() };
    let mut found = Vec::new();
    read("n.dat", &mut &b"body,id\nx,y\n"[..], &options, &mut |d| found.push(d), &mut Notes::new());
    assert_eq!((found[0].text.as_str(), found[0].id.as_str()), ("x", "y"));
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_nothing_unheard() {
    let check = |file: &str, expected: &[&str], told: &[(u64, &str)]| {
        let (found, notes) = documents("n.csv", file.as_bytes());
        assert_eq!(found.iter().map(|d| d.text.as_str()).collect::<Vec<_>>(), expected, "{file}");
        let found: Vec<(u64, String)> = notes
            .iter()
            .map(|note| {
                assert_eq!(note.kind, Kind::OpenQuote, "{file}");
                (note.at.row.unwrap(), note.args["lines"].text(Lang::En))
            })
            .collect();
        let told: Vec<(u64, String)> = told.iter().map(|(row, lines)| (*row, (*lines).to_owned())).collect();
        assert_eq!(found, told, "{file}");
    };
    // To the end of the file.
    check("id,text\na,\"One\nb,two\nc,three\n", &[], &[(2, "2")]);
    check("id,text\na,one\nb,\"two\nc,three", &["one"], &[(3, "1")]);
    // Closed by the mark that opens another cell.
    check("id,text\na,\"One\nb,\"two\"\nc,\"three\"\n", &["three"], &[(2, "1")]);
    check("id,text,\"note\na,one,x\n", &[], &[(1, "1")]);
    // Texts of many lines, with the separator and marks as they are written.
    check(
        "id,text\na,\"However, x\n\nso, \"\"y\"\"\n\"\r\nb,two\n",
        &["However, x\n\nso, \"y\"\n", "two"],
        &[],
    );
    // A mark within a line is the writer's affair.
    check("id,text\na,\"One\" more\nb,5\" disks\n", &["One more", "5\" disks"], &[]);
}

fn word() -> Vec<u8> {
    let body = "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>Export &amp; </w:t></w:r><w:r><w:t>管制&#x21;</w:t>\
        </w:r></w:p><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/>\
        <w:t>c</w:t></w:r></w:p></w:body></w:document>";
    let core = "<cp:coreProperties><dc:title>A &lt;title&gt;</dc:title></cp:coreProperties>";
    zip(&[("docProps/core.xml", core.as_bytes()), ("word/document.xml", body.as_bytes())])
}

#[test]
fn paragraphs_of_word_are_lines() {
    let found = one("d.docx", &word());
    assert_eq!(found.text, "Export & 管制!\na\tb\nc\n");
    assert_eq!(found.title, "A <title>");
    let bytes = word();
    for cut in [0, 1, 30, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(kinds(&documents("d.docx", &bytes[..cut]).1), [Kind::DocumentBroken], "{cut}");
    }
    // 100 MB of blanks in 100 kB.
    let bomb = zip(&[("word/document.xml", &vec![b' '; 100 << 20])]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(kinds(&documents("bomb.docx", &bomb).1), [Kind::DocumentBroken]);
}

/// A PDF of one page with a Latin font and one in a Chinese encoding.
fn pdf(content: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let stream =
        [format!("<</Length {}>>stream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    let objects: [&[u8]; 6] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        &stream,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H>>",
    ];
    for (object, number) in objects.iter().zip(1..) {
        places.push(out.len());
        out.extend(format!("{number} 0 obj\n").as_bytes());
        out.extend(*object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(b"xref\n0 7\n0000000000 65535 f \n");
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").as_bytes());
    }
    out.extend(format!("trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    out
}

#[test]
fn pages_of_pdf_are_read() {
    let content = b"BT /F1 12 Tf 72 700 Td [(Export con)20(trols)-300(apply.)] TJ 0 -14 Td (Second line) Tj /F2 12 Tf 0 -14 Td <b9dcd6c6> Tj ET";
    assert_eq!(one("p.pdf", &pdf(content)).text, "Export controls apply.\nSecond line\n管制\n");
    assert_eq!(kinds(&documents("p.pdf", &pdf(b"0 0 m")).1), [Kind::DocumentEmpty]);
    assert_eq!(kinds(&documents("p.pdf", b"%PDF-1.4\nnothing").1), [Kind::DocumentBroken]);
    let deep = [b"[".repeat(1 << 20), b"]".repeat(1 << 20)].concat();
    let (found, notes) = documents("p.pdf", &pdf(&deep));
    assert!(found.len() <= 1 && notes.count() > 0);
}

#[test]
fn a_name_must_tell_a_format() {
    assert_eq!(kinds(&documents("scan.tiff", b"x").1), [Kind::DocumentFormat]);
    assert_eq!(kinds(&documents("empty.txt", b" \n").1), [Kind::DocumentEmpty]);
}

static GOOD: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    vec![
        ("a.txt", "芯片".as_bytes().to_vec()),
        ("a.md", b"---\nid: x\n---\n# t\n".to_vec()),
        ("a.html", b"<html><title>x</title><p>y<a href='z'>w".to_vec()),
        ("a.jsonl", LINES.as_bytes().to_vec()),
        ("a.json", b"[{\"text\":\"x\"}]".to_vec()),
        ("a.csv", b"id,text\n1,\"x\"\n".to_vec()),
        ("a.tsv", b"id\ttext\n1\tx\n".to_vec()),
        ("a.docx", word()),
        ("a.pdf", pdf(b"BT /F1 12 Tf 72 700 Td (x) Tj ET")),
    ]
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_bytes_end_the_program(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (name, _) in GOOD.iter() {
            let (found, notes) = documents(name, &bytes);
            prop_assert!(!found.is_empty() || notes.count() > 0 || bytes.is_empty()
                || name.ends_with("sv") || name.ends_with("jsonl"), "{name}: neither a document nor a note");
        }
    }

    #[test]
    fn damaged_files_are_read_or_noted(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for (name, good) in GOOD.iter() {
            let mut bytes = good.clone();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            documents(name, &bytes);
            bytes.truncate(cut.index(good.len()));
            documents(name, &bytes);
        }
    }

    #[test]
    fn positions_hold_their_passages(text in "[a芯😀\r\n\u{feff}&<]{0,40}", start in 0_usize..45, length in 0_usize..20) {
        let selection = Selection { start, end: start + length, codes: vec![0], name: "s".to_owned(), note: String::new() };
        let source = Source { name: "x".to_owned(), text: text.clone(), selections: vec![selection] };
        let (xml, texts) = unpacked(&project("p", "0", &[code("a", None)], &[source]));
        let passage: String = text.chars().skip(start).take(length).collect();
        let written: Vec<char> = texts[0].chars().collect();
let clean = !texts[0].contains('\r') && texts[0] == with_line_feeds(&text);
        prop_assert!(clean, "line breaks or mark");
        let number = |name: &str| xml.split_once(name).map(|(_, rest)| rest.split('"').nth(1).unwrap().parse::<usize>().unwrap());
        if let (Some(from), Some(to)) = (number("startPosition="), number("endPosition=")) {
            let found: String = written[from..to].iter().collect();
            // A passage that begins or ends within a CRLF takes the whole line break or none of it.
            let plain = |text: &str| text.replace('\r', "").replace(['\n', '\u{feff}'], "");
            prop_assert_eq!(plain(&found), plain(&passage));
        }
    }
}

fn code(id: &str, parent: Option<usize>) -> Code {
    Code {
        id: id.to_owned(),
        name: format!("<{id}> \"n\""),
        parent,
        description: "d & e".to_owned(),
        color: String::new(),
    }
}

/// What is expected of a text as written.
fn with_line_feeds(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n")
}

/// `project.qde` and the texts of a project, in order.
pub(crate) fn unpacked(bytes: &[u8]) -> (String, Vec<String>) {
    let archive = rawzip::ZipArchive::from_slice(bytes).expect("a whole archive");
    let mut entries = archive.entries();
    let mut files = Vec::new();
    while let Some(entry) = entries.next_entry().expect("a whole archive") {
        let crc = entry.crc32();
        let local = archive.get_entry(entry.wayfinder()).expect("a whole archive");
        let bytes = miniz_oxide::inflate::decompress_to_vec(local.data()).expect("a whole archive");
        assert_eq!(rawzip::crc32(&bytes), crc);
        files.push(String::from_utf8(bytes).expect("a whole archive"));
    }
    let xml = files.remove(0);
    (xml, files)
}

#[test]
fn a_project_holds_codes_texts_and_passages() {
    let codes =
        [code("a", None), code("b", Some(0)), code("c", Some(3)), code("d", Some(2)), code("a", Some(9))];
    let text = "\u{feff}甲😀\r\n乙丙\rend";
    let selection = Selection {
        start: 5,
        end: 7,
        codes: vec![1, 0, 7],
        name: "p".to_owned(),
        note: "why\u{1}?".to_owned(),
    };
    let beyond = Selection { start: 90, end: 99, ..selection.clone() };
    let source =
        Source { name: "s&t".to_owned(), text: text.to_owned(), selections: vec![selection, beyond] };
    let bytes = project("study", "0.1", &codes, std::slice::from_ref(&source));
    assert_eq!(bytes, project("study", "0.1", &codes, &[source]));
    let (xml, texts) = unpacked(&bytes);
    assert_eq!(texts, ["甲😀\n乙丙\nend"]);
    assert!(xml.contains("startPosition=\"3\" endPosition=\"5\""), "{xml}");
    assert_eq!(xml.matches("<PlainTextSelection").count(), 1);
    assert_eq!(xml.matches("<Coding ").count(), 2);
    assert_eq!(xml.matches("<Code ").count(), 5);
    assert!(xml.contains("<PlainTextContent>why?</PlainTextContent>"));
    // GUIDs are of the form that the schema asks for, and each is given once.
    let mut guids: Vec<&str> = xml.split(" guid=\"").skip(1).map(|rest| &rest[..36]).collect();
    let count = guids.len();
    guids.sort_unstable();
    guids.dedup();
    assert_eq!((count, guids.len()), (11, 11));
    let form = |guid: &&str| {
        guid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    assert!(guids.iter().all(form));
}

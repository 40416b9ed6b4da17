//! The request in the format of chat completions, and the text of what comes back.

use serde_json::{Value, json};

use crate::codebook::{Codebook, NONE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::text::Document;

const STAGE: &str = "code";
/// Asks for the same reply each time, as far as an endpoint can promise that.
const SEED: u64 = 1;

/// The JSON schema of a reply, its choices those of the codebook.
///
/// ```
/// use techpower::{code::llm::schema, codebook::Codebook};
/// let schema = schema(&Codebook::builtin().0);
/// let event = &schema["properties"]["events"]["items"]["properties"];
/// assert!(event["mode"]["enum"].as_array().unwrap().contains(&"impose".into()));
/// ```
#[must_use]
pub fn schema(codebook: &Codebook) -> Value {
    let ids =
        |ids: &mut dyn Iterator<Item = &str>| json!({ "type": "string", "enum": ids.collect::<Vec<_>>() });
    let text = || json!({ "type": "string" });
    let maybe = || json!({ "type": ["string", "null"] });
    let properties = json!({
        "sender": maybe(),
        "sender_quote": maybe(),
        "targets": { "type": "array", "items": text() },
        "target_quotes": { "type": "array", "items": maybe() },
        "instrument": ids(&mut codebook.instruments.iter().map(|i| i.id.as_str())),
        "layer": ids(&mut codebook.layers.iter().map(|l| l.id.as_str())),
        "power": ids(&mut codebook.types.iter().map(|t| t.id.as_str()).chain([NONE])),
        "mode": ids(&mut codebook.modes.iter().map(|m| m.id.as_str())),
        "evidence": text(),
        "trigger": maybe(),
        "date_quote": maybe(),
        "note": maybe(),
    });
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|map| map.keys()).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["events"],
        "properties": { "events": { "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": required,
            "properties": properties,
        } } },
    })
}

/// The request that asks a model to code a document. It holds the date, title and text of the document and nothing else of it.
///
/// ```
/// use techpower::code::llm::{body, prompt, request, schema};
/// use techpower::{codebook::Codebook, diag::{Lang, Notes}, text::{Options, read}};
/// let (mut documents, mut notes) = (Vec::new(), Notes::new());
/// read("a.txt", &mut "Chips are controlled.".as_bytes(), &Options::by_name(), &mut |document| documents.push(document), &mut notes);
/// let (codebook, _) = Codebook::builtin();
/// let asked = request("m", &prompt(&codebook, Lang::En), &schema(&codebook), &documents[0]);
/// assert!(body(&asked).contains("Chips are controlled."));
/// ```
#[must_use]
pub fn request(model: &str, prompt: &str, schema: &Value, document: &Document) -> Value {
    let date = document.date.map_or(String::new(), |date| format!("<date>{date}</date>\n"));
    let told = format!("{date}<title>{}</title>\n<text>\n{}\n</text>", document.title, document.text);
    json!({
        "model": model,
        "messages": [
            { "role": "system", "content": prompt },
            { "role": "user", "content": told },
        ],
        "temperature": 0,
        "seed": SEED,
        "response_format": {
            "type": "json_schema",
            "json_schema": { "name": "events", "strict": true, "schema": schema },
        },
    })
}

/// The bytes of a request: keys in the order of the alphabet, so that the same request is the same bytes in every build.
///
/// ```
/// let request = serde_json::json!({ "seed": 1, "model": "m" });
/// assert_eq!(techpower::code::llm::body(&request), r#"{"model":"m","seed":1}"#);
/// ```
#[must_use]
pub fn body(request: &Value) -> String {
    let mut out = String::new();
    write(request, &mut out);
    out
}

/// The name of a request in a cache: the BLAKE3 hash of its body, so the same for every endpoint.
///
/// ```
/// use techpower::code::llm::key;
/// let one = serde_json::json!({ "model": "m", "seed": 1 });
/// let other = serde_json::json!({ "seed": 1, "model": "m" });
/// assert_eq!(key(&one), key(&other));
/// ```
#[must_use]
pub fn key(request: &Value) -> String {
    blake3::hash(body(request).as_bytes()).to_hex().to_string()
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&format!("{}:", Value::from(key.as_str())));
                write(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (at, item) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

/// The text that a model wrote, out of the reply of its endpoint. A refusal, a reply that was cut off and one of another form are notes.
///
/// ```
/// use techpower::{code::llm::content, diag::{Notes, Place}};
/// let reply = r#"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"{\"events\":[]}"}}]}"#;
/// let mut notes = Notes::new();
/// assert_eq!(content(reply, &Place::default(), &mut notes).as_deref(), Some(r#"{"events":[]}"#));
/// ```
pub fn content(reply: &str, at: &Place, notes: &mut Notes) -> Option<String> {
    let mut bad = |kind: Kind, why: &str| {
        notes.push(Note::new(kind, STAGE, at.clone()).with("why", why));
        None
    };
    let reply: Value = match serde_json::from_str(reply) {
        Ok(reply) => reply,
        Err(error) => return bad(Kind::ModelReply, &error.to_string()),
    };
    let choice = &reply["choices"][0];
    if let Some(refusal) = choice["message"]["refusal"].as_str() {
        return bad(Kind::ModelReply, refusal);
    }
    if choice["finish_reason"] == "length" {
        return bad(Kind::ModelCutOff, "");
    }
    match (choice["message"]["content"].as_str(), reply["error"]["message"].as_str()) {
        (Some(text), _) => Some(text.to_owned()),
        (None, Some(error)) => bad(Kind::ModelReply, error),
        (None, None) => bad(Kind::ModelReply, "choices[0].message.content"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_json_and_holds_what_was_asked() {
        let (codebook, _) = Codebook::builtin();
        let document = Document {
            id: "a".into(),
            lang: None,
            date: "2024-05".parse().ok(),
            title: "Chips".into(),
            text: "\"Quoted\"\nand a line.".into(),
            source: "secret source".into(),
            file: "secret.txt".into(),
            row: 1,
        };
        let asked = request("m", "code", &schema(&codebook), &document);
        let body = body(&asked);
        assert_eq!(serde_json::from_str::<Value>(&body).expect("JSON"), asked);
        assert!(!body.contains("secret"), "only date, title and text are sent");
        assert_eq!(
            asked["messages"][1]["content"],
            "<date>2024-05</date>\n<title>Chips</title>\n<text>\n\"Quoted\"\nand a line.\n</text>"
        );
    }

    #[test]
    fn replies_that_say_nothing_are_notes() {
        let check = |reply: &str, kind: Kind| {
            let mut notes = Notes::new();
            assert_eq!(content(reply, &Place::default(), &mut notes), None, "{reply}");
            assert_eq!(notes.iter().map(|note| note.kind).collect::<Vec<_>>(), [kind], "{reply}");
        };
        check("<html>", Kind::ModelReply);
        check("{}", Kind::ModelReply);
        check("[]", Kind::ModelReply);
        check(r#"{"error":{"message":"no such model"}}"#, Kind::ModelReply);
        check(r#"{"choices":[{"message":{"refusal":"no","content":null}}]}"#, Kind::ModelReply);
        check(r#"{"choices":[{"finish_reason":"length","message":{"content":"{"}}]}"#, Kind::ModelCutOff);
    }
}

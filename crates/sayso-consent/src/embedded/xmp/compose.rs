//! The properties of an inscription as RDF.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::scope::Namespace;
use crate::embedded::data_mining::VOCABULARY;
use crate::embedded::write::Inscription;

/// A packet with nothing in it, in the wrapper by which programs find XMP without knowing the container.
pub(in crate::embedded) const NEW_PACKET: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
    </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";

const RDF: (&str, &str) = ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#");
const PLUS: (&str, &str) = ("plus", "http://ns.useplus.org/ldf/xmp/1.0/");
const RIGHTS: (&str, &str) = ("xmpRights", "http://ns.adobe.com/xap/1.0/rights/");
const DC: (&str, &str) = ("dc", "http://purl.org/dc/elements/1.1/");

/// The properties that an inscription sets, by namespace and local name.
pub(super) fn properties_of(inscription: &Inscription) -> Vec<(Namespace, &'static str)> {
    elements(inscription).into_iter().map(|element| (element.namespace, element.local)).collect()
}

/// A node of RDF with everything that an inscription says. It declares its prefixes itself: those of the document around
/// it may stand for something else.
pub(super) fn description(inscription: &Inscription, about: &str) -> String {
    let elements = elements(inscription);
    let mut text = "<rdf:Description".to_owned();
    for (namespace, (prefix, uri)) in
        [(None, RDF), (Some(Namespace::Dc), DC), (Some(Namespace::Plus), PLUS), (Some(Namespace::XmpRights), RIGHTS)]
    {
        if namespace.is_none_or(|namespace| elements.iter().any(|element| element.namespace == namespace)) {
            let _ = write!(text, " xmlns:{prefix}=\"{uri}\"");
        }
    }
    let _ = write!(text, " rdf:about=\"{about}\">");
    for Element { namespace, local, content } in &elements {
        let prefix = match namespace {
            Namespace::Plus => PLUS.0,
            Namespace::Dc => DC.0,
            _ => RIGHTS.0,
        };
        let _ = write!(text, "\n<{prefix}:{local}>{content}</{prefix}:{local}>");
    }
    text.push_str("\n</rdf:Description>");
    text
}

struct Element {
    namespace: Namespace,
    local: &'static str,
    content: String,
}

/// The forms are those of the XMP specification, part 1, section 8, and of the IPTC Photo Metadata Standard 2023.1.
fn elements(inscription: &Inscription) -> Vec<Element> {
    let Inscription { data_mining, other_constraints, licensor_url, creator, rights, web_statement, usage_terms } =
        inscription;
    let in_languages =
        |text: &String| format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt>", escape(text));
    let in_order = |text: &String| format!("<rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq>", escape(text));
    let licensor = |url: &String| {
        let url = escape(url);
        format!(
            "<rdf:Seq><rdf:li rdf:parseType=\"Resource\"><plus:LicensorURL>{url}</plus:LicensorURL></rdf:li></rdf:Seq>"
        )
    };
    // Who names a holder or terms says that there are rights (XMP part 2, section 2.3).
    let has_rights = [rights, web_statement, usage_terms].into_iter().any(Option::is_some);
    [
        (Namespace::Dc, "creator", creator.as_ref().map(in_order)),
        (Namespace::Dc, "rights", rights.as_ref().map(in_languages)),
        (Namespace::Plus, "DataMining", data_mining.map(|term| format!("{VOCABULARY}{term}"))),
        (Namespace::Plus, "OtherConstraints", other_constraints.as_ref().map(in_languages)),
        (Namespace::Plus, "Licensor", licensor_url.as_ref().map(licensor)),
        (Namespace::XmpRights, "Marked", has_rights.then(|| "True".to_owned())),
        (Namespace::XmpRights, "WebStatement", web_statement.as_ref().map(|url| escape(url).into_owned())),
        (Namespace::XmpRights, "UsageTerms", usage_terms.as_ref().map(in_languages)),
    ]
    .into_iter()
    .filter_map(|(namespace, local, content)| Some(Element { namespace, local, content: content? }))
    .collect()
}

/// Text as XML has it, without the characters that XML has no way to write.
fn escape(text: &str) -> Cow<'_, str> {
    let is_forbidden = |c: char| (c.is_control() && !matches!(c, '\t' | '\n')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) {
        let replaced = text.replace(is_forbidden, "\u{fffd}");
        return Cow::Owned(quick_xml::escape::escape(replaced).into_owned());
    }
    quick_xml::escape::escape(text)
}

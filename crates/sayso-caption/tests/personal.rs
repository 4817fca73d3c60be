//! What is personal data in captions, and what only looks like it.
#![allow(clippy::unwrap_used, reason = "tests")]

use sayso_caption::{PersonalKind, mask, personal_in};

fn found(caption: &str) -> Vec<(&str, &str)> {
    personal_in(caption).into_iter().map(|f| (f.kind.as_str(), caption.get(f.span).unwrap())).collect()
}

#[test]
fn personal_data_is_found_in_every_form() {
    for (caption, kind, text) in [
        ("Prints: ana.m+shop@mail.example.org.", "e-mail", "ana.m+shop@mail.example.org"),
        ("mailto:ana@example.museum", "e-mail", "ana@example.museum"),
        ("<o'hara@example.ie>", "e-mail", "o'hara@example.ie"),
        ("Flat to let, +49 30 901820", "phone", "+49 30 901820"),
        ("+1 (212) 555-0123 for sale", "phone", "+1 (212) 555-0123"),
        ("Studio +44 (0)20 7946 0958", "phone", "+44 (0)20 7946 0958"),
        ("+33.1.23.45.67.89", "phone", "+33.1.23.45.67.89"),
        ("ring 0049 30 901820", "phone", "0049 30 901820"),
        ("(212) 555-0123", "phone", "(212) 555-0123"),
        ("Call 212.555.0123 today", "phone", "212.555.0123"),
        ("1-800-555-0123", "phone", "1-800-555-0123"),
        ("Plombier Paris 01 45 23 67 89", "phone", "01 45 23 67 89"),
        ("London 020 7946 0958", "phone", "020 7946 0958"),
        ("van hire 01632 960123", "phone", "01632 960123"),
        ("Taxi 030/901820", "phone", "030/901820"),
        ("Taxi (030) 901820", "phone", "(030) 901820"),
        ("Bloemen 06-12345678", "phone", "06-12345678"),
        ("東京 03-1234-5678", "phone", "03-1234-5678"),
        ("São Paulo (11) 91234-5678", "phone", "(11) 91234-5678"),
        ("tel: 901 82 03", "phone", "901 82 03"),
        ("Téléphone : 0123456789", "phone", "0123456789"),
        ("WhatsApp 612345678", "phone", "612345678"),
        ("Home for sale at 12 Main Street, Springfield", "address", "12 Main Street"),
        ("123 Oak Drive, Austin", "address", "123 Oak Drive"),
        ("221B Baker Street", "address", "221B Baker Street"),
        ("350 West 42nd Street New York", "address", "350 West 42nd Street"),
        ("1600 Pennsylvania Ave, NW", "address", "1600 Pennsylvania Ave"),
        ("Wohnung in der Hauptstraße 12", "address", "Hauptstraße 12"),
        ("Berliner Str. 5a, Potsdam", "address", "Berliner Str. 5a"),
        ("Goetheallee 7 in Hamburg", "address", "Goetheallee 7"),
        ("appartement 12 rue de Rivoli", "address", "12 rue de Rivoli"),
        ("12 bis, avenue Victor Hugo à Paris", "address", "12 bis, avenue Victor Hugo"),
        ("Piso en Calle Mayor 5", "address", "Calle Mayor 5"),
        ("Casa in Via Roma 12, Torino", "address", "Via Roma 12"),
        ("Te koop: Kerkstraat 21", "address", "Kerkstraat 21"),
        ("IBAN DE89 3704 0044 0532 0130 00", "iban", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
        ("card 4111 1111 1111 1111 exp", "payment-card", "4111 1111 1111 1111"),
        ("3782-822463-10005", "payment-card", "3782-822463-10005"),
        ("visa 4111111111111111", "payment-card", "4111111111111111"),
        ("SSN 219-09-9999", "us-ssn", "219-09-9999"),
        ("NI number AB 12 34 56 C", "uk-nino", "AB 12 34 56 C"),
        ("DNI 12345678Z", "es-dni", "12345678Z"),
        ("12345678-Z", "es-dni", "12345678-Z"),
        ("X1234567L", "es-dni", "X1234567L"),
        ("C.F. RSSMRA85T10A562S", "it-codice-fiscale", "RSSMRA85T10A562S"),
        ("CPF 529.982.247-25", "br-cpf", "529.982.247-25"),
        ("CPF: 52998224725", "br-cpf", "52998224725"),
        ("BSN 111222333", "nl-bsn", "111222333"),
        ("Passport No. L8988901C", "passport", "L8988901C"),
        ("passport number: 123456789", "passport", "123456789"),
    ] {
        assert_eq!(found(caption), [(kind, text)], "{caption}");
    }
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    for caption in [
        "",
        "@home",
        "a @ b.example",
        "picture@2x.png",
        "icon@3x.jpg",
        "ana@localhost",
        "stock photo 123456789",
        "Stock Photo - 212555012",
        "wallpaper 1920 x 1080",
        "1920x1080 1280x720 3840x2160",
        "Rembrandt 1606-1669",
        "Vincent van Gogh (1853-1890)",
        "2019-05-04 12:30:15",
        "2010/2011 2012 2013",
        "04.05.2019 - 06.05.2019",
        "ISBN 978-3-16-148410-0",
        "ISBN 0-306-40615-2",
        "$1,234,567.89",
        "$ 1999 - 2500",
        "€ 2.500.000",
        "Code: 600-06382904",
        "SKU 123-456-7890-1234",
        "123-456-7890",
        "Bosch 0 445 110 293",
        "Bosch 0445 110 293",
        "Lotto 05 12 23 34 45",
        "IP 192.168.100.200",
        "1234567890123456",
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "GB82 WEST 1234 5698 7654 33",
        "000-12-3456",
        "12345678Y",
        "SKU 12345678Z",
        "AB123456C",
        "529.982.247-26",
        "111222333",
        "Passport holder 123456789",
        "passport cover 2019",
        "10 Best Streets of Rome",
        "3 Piece Square Set",
        "1923 Main Street Postcard",
        "2015 Penny Lane",
        "Bahnhofstraße 1920",
        "Parkplatz 3",
        "Fotos via Flickr 12",
        "Via Flickr 2012",
        "5 place settings",
        "4 cours de cuisine",
        "50 Shades of Grey",
        "12 Monkeys",
        "42nd Street",
        "Size 3 4 5 6 7 8",
        "For 99 00 01 02 03 04 Jeep",
        "+5 levels +10 mana",
        "NGC 1234567",
        "1941: An East End Street",
        "10. A Road Track",
    ] {
        assert_eq!(found(caption), [], "{caption}");
        assert_eq!(mask(caption), caption);
    }
}

#[test]
fn masks_say_what_was_there_and_nothing_of_it() {
    let caption = "Ana, 12 Main Street, ana@example.org, +49 30 901820, 4111 1111 1111 1111";
    assert_eq!(mask(caption), "Ana, [address], [e-mail], [phone], [number]");
    for kind in PersonalKind::ALL {
        assert_eq!(found(kind.mask()), [], "a mask is no personal data");
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
}

#[test]
fn several_are_found_in_order_and_apart() {
    let caption = "a@b.org,c@d.org tel 555 1234567 and tel 555 1234568";
    assert_eq!(
        found(caption),
        [("e-mail", "a@b.org"), ("e-mail", "c@d.org"), ("phone", "555 1234567"), ("phone", "555 1234568")]
    );
}

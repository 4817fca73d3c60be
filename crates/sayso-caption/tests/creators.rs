//! What captions credit, and what stands behind "by" without being anybody.
#![allow(clippy::unwrap_used, reason = "tests")]

use sayso_caption::creator_of;

#[test]
fn creators_are_found_in_every_form() {
    for (caption, form, name) in [
        ("Chicago from the South by Lauri Novak", "by", "Lauri Novak"),
        ("KNIGHT'S CROSS by E.M. Nathanson", "by", "E.M. Nathanson"),
        ("By Ana Müller", "by", "Ana Müller"),
        ("Tavern Brawl by velinov on DeviantArt", "by", "velinov"),
        ("Dragon by Some_One | ArtStation", "by", "Some_One"),
        ("Dragon by @some.one", "by", "some.one"),
        ("Bridge (by Jane Doe)", "by", "Jane Doe"),
        ("Bridge - by: Jane Doe via Getty Images", "by", "Jane Doe"),
        ("Wrecked By Love by Lauren Smith", "by", "Lauren Smith"),
        ("Harbour by the French photographer Ana Müller", "by", "Ana Müller"),
        ("Haleakala, photo by Wendy Osher.", "credited", "Wendy Osher"),
        ("Cover art by Ana Müller", "credited", "Ana Müller"),
        ("Irises, painting by Monet in the garden", "credited", "Monet"),
        ("Vase designed by Sally Tuffin", "credited", "Sally Tuffin"),
        ("Venice, engraved by W. Miller after Turner", "credited", "W. Miller"),
        ("Boys, Mannheim, Artist: Uwe Umstätter, Code: 600", "credited", "Uwe Umstätter"),
        ("Photographer: Jane Doe", "credited", "Jane Doe"),
        ("Bridge. Photo credit: Jane Doe/Agency", "credited", "Jane Doe"),
        ("The Kaaba (photo: Al Jazeera English, CC BY 2.0)", "credited", "Al Jazeera English"),
        ("Brücke am Morgen. Foto: Max Muster", "credited", "Max Muster"),
        ("Pont neuf. Crédit photo : Jean Dupont", "credited", "Jean Dupont"),
        ("Le pont, photographie par Jean Dupont", "credited", "Jean Dupont"),
        ("El puente, fotografía por Juan Pérez", "credited", "Juan Pérez"),
        ("Brücke, gemalt von Max von Muster", "credited", "Max von Muster"),
        ("Brücke (Foto von Max Muster)", "credited", "Max Muster"),
        ("Ponte dipinto da Mario Rossi", "credited", "Mario Rossi"),
        ("Brug, geschilderd door Jan van der Berg", "credited", "Jan van der Berg"),
        ("© Gail Harker - hand woven papers", "copyright", "Gail Harker"),
        ("Bridge © 2012 Jane Doe", "copyright", "Jane Doe"),
        ("Bridge Copyright (c) 2010-2015 Jane Doe, all rights reserved", "copyright", "Jane Doe"),
        ("Bridge (c) Jane Doe", "copyright", "Jane Doe"),
        ("Foto © Fabio Salles/Argosfoto", "copyright", "Fabio Salles"),
        ("Vincent van Gogh (Dutch, 1853-1890), Irises", "life", "Vincent van Gogh"),
        ("Edvard Munch (1863–1944), Melancholy, oil on canvas", "life", "Edvard Munch"),
        ("Jane Doe (American, b. 1945). Untitled", "life", "Jane Doe"),
    ] {
        let creator = creator_of(caption, None);
        let found = creator.as_ref().map(|creator| (creator.form.as_str(), &*creator.name));
        assert_eq!(found, Some((form, name)), "{caption}");
        let creator = creator.unwrap();
        assert_eq!(caption.get(creator.span).unwrap().trim_start_matches('@'), name);
    }
}

#[test]
fn what_is_nobody_is_left_alone() {
    for caption in [
        "",
        "by",
        "House by the sea",
        "House By The Sea",
        "made by hand",
        "Made by Hand",
        "Made By Hand In England",
        "Carbon free by 2030",
        "Stand by me",
        "Stand By Me",
        "Order by Email",
        "Sent By Post",
        "Step By Step Guide",
        "Inspired by Van Gogh",
        "Surrounded by Trees",
        "Worn by Kate Middleton",
        "Shop By Category",
        "Classical Masterpieces by Various Artists",
        "The funerary mask of Tutankhamun by Unknown",
        "Rooms by Rugs For Cozy Living Room Area Rugs Ideas",
        "Women's Rugby Player 2 BY iPad Cover",
        "The text is searched by search engines",
        "CC BY 2.0",
        "CC BY-SA 4.0",
        "Photo: Golden Gate Bridge",
        "Stock Photo: Girls laying in grass",
        "Picture of the day: Berlin",
        "Foto von Angela Merkel",
        "Photo de Paris la nuit",
        "Foto de Frida Kahlo en su casa",
        "Abraham Lincoln (1809-1865)",
        "Portrait of Henry VIII (1491-1547), oil on panel",
        "Bust of Napoleon Bonaparte (1769-1821)",
        "World War (1914-1918), oil on canvas",
        "Copyright Law",
        "Copyright symbol",
        "© 2012",
        "© All rights reserved",
        "Options (a) Red (b) Green (c) Blue",
        "Drive by Night",
        "A man passed by Google headquarters",
        "12 by 16 inches",
        "Turner's house by Turner's Stockbroker William Marsh",
    ] {
        let creator = creator_of(caption, None);
        assert!(creator.is_none(), "{caption}: {creator:?}");
    }
}

//! A crawl file gives the same however it is cut into pieces and blocks, and chunks can be undone.

use super::{Target, equalities};

pub(super) const TARGET: Target = Target {
    name: "crawl",
    assert,
    mutations: 3_000,
    words: &[
        "WARC/1.1\r\n",
        "WARC-Type: response\r\n",
        "Content-Length: 7\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n\r\n",
        "<img src=a alt=b>",
        "X-Robots-Tag: noai\r\n",
        "5\r\nabcde\r\n0\r\n\r\n",
    ],
};

/// The first two bytes are the size of a piece, the rest is the file.
fn assert(input: &[u8]) {
    let Some((size, file)) = input.split_first_chunk() else { return };
    let size = usize::from(u16::from_be_bytes(*size)).max(1);
    equalities::records_in_pieces(file, size);
    equalities::blocks_of_any_size(file, size);
    equalities::chunks_there_and_back(file, &[size]);
}

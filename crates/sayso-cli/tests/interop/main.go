// Checks what Sayso's registry hands out with the Go checksum database's own packages for notes and logs, and signs notes
// for it to check. Built and run by scripts/interop_go.sh.
package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(ok bool, format string, values ...interface{}) {
	if !ok {
		must(fmt.Errorf(format, values...))
	}
}

// A folder of tiles as C2SP lays them out: Go's own paths name the height, these do not.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func checkpoint(text, vkey string) (int64, tlog.Hash) {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	check(lines[0] == verifier.Name(), "the origin is %q", lines[0])
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return size, root
}

func hashes(texts []string) []tlog.Hash {
	var all []tlog.Hash
	for _, text := range texts {
		bytes, err := base64.StdEncoding.DecodeString(text)
		must(err)
		var hash tlog.Hash
		check(copy(hash[:], bytes) == 32 && len(bytes) == 32, "a hash of %d bytes", len(bytes))
		all = append(all, hash)
	}
	return all
}

// interop log FOLDER VKEY: reads every entry, and compares tiles, root and signature.
func log(dir, vkey string) {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	size, root := checkpoint(string(text), vkey)
	// This reader proves each tile against the root.
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, folder(dir))
	computed, err := tlog.TreeHash(size, reader)
	must(err)
	check(computed == root, "the root is another")
	for at := int64(0); at < size; {
		width := size - at
		if width > 256 {
			width = 256
		}
		path := strings.Replace(tlog.Tile{H: 8, L: 0, N: at / 256, W: int(width)}.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, path))
		must(err)
		for ; len(bundle) > 0; at++ {
			length := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+length]
			bundle = bundle[2+length:]
			leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, at)})
			must(err)
			check(leaf[0] == tlog.RecordHash(entry), "entry %d is another", at)
		}
	}
	fmt.Println(size)
}

// interop proof FILE VKEY: an entry with its proof of inclusion.
func proof(file, vkey string) {
	var document struct {
		Entry      string
		Checkpoint string
		Inclusion  struct {
			Number, Size int64
			Path         []string
		}
	}
	bytes, err := os.ReadFile(file)
	must(err)
	must(json.Unmarshal(bytes, &document))
	size, root := checkpoint(document.Checkpoint, vkey)
	check(size == document.Inclusion.Size, "sizes differ")
	path := tlog.RecordProof(hashes(document.Inclusion.Path))
	must(tlog.CheckRecord(path, size, root, document.Inclusion.Number, tlog.RecordHash([]byte(document.Entry))))
}

// interop consistency FILE OLD NEW VKEY: two checkpoints and the proof between them.
func consistency(file, older, newer, vkey string) {
	var document struct {
		Path []string
	}
	bytes, err := os.ReadFile(file)
	must(err)
	must(json.Unmarshal(bytes, &document))
	oldText, err := os.ReadFile(older)
	must(err)
	newText, err := os.ReadFile(newer)
	must(err)
	oldSize, oldRoot := checkpoint(string(oldText), vkey)
	size, root := checkpoint(string(newText), vkey)
	must(tlog.CheckTree(tlog.TreeProof(hashes(document.Path)), size, root, oldSize, oldRoot))
}

// interop key NAME: a new key, secret and public. interop sign SKEY FILE: a signed note of a text.
func main() {
	switch arguments := os.Args[1:]; arguments[0] {
	case "log":
		log(arguments[1], arguments[2])
	case "proof":
		proof(arguments[1], arguments[2])
	case "consistency":
		consistency(arguments[1], arguments[2], arguments[3], arguments[4])
	case "key":
		skey, vkey, err := note.GenerateKey(rand.Reader, arguments[1])
		must(err)
		fmt.Printf("%s\n%s\n", skey, vkey)
	case "sign":
		signer, err := note.NewSigner(arguments[1])
		must(err)
		text, err := os.ReadFile(arguments[2])
		must(err)
		signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
		must(err)
		os.Stdout.Write(signed)
	}
}
